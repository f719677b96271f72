import { isGone } from '../atlas/errors.js';
import { checkAnyInterfaceId, goneInterface, type InterfaceEndpoint, interfaceKind } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import type { Effort } from '../base/effort.js';
import { NotFoundError, UsageError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import { findEndpoint, listEndpoints } from '../endpoints/find.js';
import { type Filter, namesEndpoint } from '../endpoints/name.js';
import type { Session } from '../endpoints/session.js';
import { nameOf } from '../endpoints/view.js';

/** An interface endpoint as a service names it: it takes another request to read it. */
export interface Attached {
  service: Endpoint;
  id: string;
}

/** What `[ENDPOINT] [INTERFACE]` names. */
export interface InterfaceName {
  endpoint?: string | undefined;
  id?: string | undefined;
}

/**
 * Reads `ENDPOINT INTERFACE`, either of which may be missing: what stands alone, and names no endpoint by its form, is an
 * interface endpoint. Throws usage errors.
 */
export function readInterfaceName(args: readonly string[]): InterfaceName {
  const [first, second, ...more] = args;
  if (more.length > 0) {
    throw new UsageError(
      `${listed(more.map((word) => `'${word}'`))} ${more.length === 1 ? 'is' : 'are'} too much.`,
      'Name an endpoint and one of its interface endpoints.',
    );
  }
  if (second !== undefined) return { endpoint: first, id: checkAnyInterfaceId(second) };
  if (first === undefined || (namesEndpoint(first) && !interfaceKind(first))) return { endpoint: first };
  return { id: checkAnyInterfaceId(first) };
}

/** The interface endpoints that these services name. */
export function attachedTo(services: readonly Endpoint[]): Attached[] {
  return services.flatMap((service) => service.interfaceEndpoints.map((id) => ({ service, id })));
}

/** The interface endpoints of one endpoint, or of all of them. */
export async function listAttached(
  session: Session,
  { endpoint, id }: InterfaceName,
  filter: Filter,
): Promise<Attached[]> {
  // An id may tell whose it is, so that only that cloud is asked.
  const provider = filter.provider ?? (id === undefined ? undefined : interfaceKind(id)?.toLowerCase());
  const narrowed = { ...filter, provider };
  const services =
    endpoint === undefined ? await listEndpoints(session, narrowed) : [await findEndpoint(session, endpoint, filter)];
  return attachedTo(services);
}

/** Finds the one interface endpoint that is meant; undefined where there is none. Throws where there are several. */
export async function findAttached(
  session: Session,
  name: InterfaceName,
  filter: Filter,
): Promise<Attached | undefined> {
  const all = await listAttached(session, name, filter);
  const fitting = all.filter(({ id }) => name.id === undefined || id === name.id);
  if (fitting.length <= 1) return fitting[0];
  throw new UsageError(
    `Which interface endpoint is meant is not clear: there are ${fitting.length}.`,
    `Name one: ${listed(fitting.map(describe))}`,
  );
}

export function describe({ service, id }: Attached): string {
  return `${id} (${nameOf(service)})`;
}

/** The error where nothing fits; where there is nothing else it hints `instead` of adding one. */
export async function notAttached(
  session: Session,
  name: InterfaceName,
  filter: Filter,
  instead?: Advice,
): Promise<NotFoundError> {
  const all = await listAttached(session, name, filter);
  const what = name.id === undefined ? 'There is no interface endpoint' : `There is no interface endpoint '${name.id}'`;
  const where = name.endpoint === undefined ? '' : ` at ${name.endpoint}`;
  if (all.length > 0) return new NotFoundError(`${what}${where}.`, `There are: ${listed(all.map(describe))}`);
  const add = session.commandLine(cmd`interface add ${name.endpoint ?? 'ENDPOINT'} INTERFACE`);
  return new NotFoundError(`${what}${where}.`, instead ?? { text: 'Add one:', commands: [add] });
}

/** Reads one; one that is gone meanwhile, with its service or without, comes back with the status DELETED. */
export async function readAttached(
  session: Pick<Session, 'atlas'>,
  { service, id }: Attached,
  effort?: Effort,
): Promise<InterfaceEndpoint> {
  const atlas = await session.atlas();
  try {
    return await atlas.getInterface(service, id, effort);
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    throw error;
  }
}
