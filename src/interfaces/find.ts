import { isGone } from '../atlas/errors.js';
import type { Patience } from '../atlas/http.js';
import { checkAnyInterfaceId, goneInterface, type InterfaceEndpoint, interfaceKind } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import type { Context } from '../context.js';
import { NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { quote } from '../base/shell.js';
import { nameOf } from '../endpoints/view.js';
import { type Filter, findEndpoint, listEndpoints, namesEndpoint } from '../endpoints/find.js';

/** An interface endpoint as a service names it: it takes another request to read it. */
export interface Attached {
  service: Endpoint;
  id: string;
}

/** What `[ENDPOINT] [INTERFACE]` names. */
export interface Place {
  endpoint?: string | undefined;
  id?: string | undefined;
}

/**
 * Reads `ENDPOINT INTERFACE`, either of which may be missing: what stands alone, and names no endpoint by its form, is an
 * interface endpoint. Throws usage errors.
 */
export function readPlace(args: readonly string[]): Place {
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

/** The interface endpoints of one endpoint, or of all of them. */
export async function listAttached(context: Context, { endpoint, id }: Place, filter: Filter): Promise<Attached[]> {
  // An id may tell whose it is, so that only that cloud is asked.
  const provider = filter.provider ?? (id === undefined ? undefined : interfaceKind(id)?.toLowerCase());
  const narrowed = { ...filter, provider };
  const services =
    endpoint === undefined ? await listEndpoints(context, narrowed) : [await findEndpoint(context, endpoint, filter)];
  return services.flatMap((service) => service.interfaceEndpoints.map((each) => ({ service, id: each })));
}

/** Finds the one interface endpoint that is meant; undefined where there is none. Throws where there are several. */
export async function findAttached(context: Context, place: Place, filter: Filter): Promise<Attached | undefined> {
  const all = await listAttached(context, place, filter);
  const fitting = all.filter(({ id }) => place.id === undefined || id === place.id);
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
  context: Context,
  place: Place,
  filter: Filter,
  instead?: string,
): Promise<NotFoundError> {
  const all = await listAttached(context, place, filter);
  const what =
    place.id === undefined ? 'There is no interface endpoint' : `There is no interface endpoint '${place.id}'`;
  const where = place.endpoint === undefined ? '' : ` at ${place.endpoint}`;
  const hint =
    all.length > 0
      ? `There are: ${listed(all.map(describe))}`
      : (instead ??
        `Add one: ${context.commandLine(`interface add ${quote(place.endpoint ?? 'ENDPOINT')} INTERFACE`)}`);
  return new NotFoundError(`${what}${where}.`, hint);
}

/** Reads one; one that is gone meanwhile, with its service or without, comes back with the status DELETED. */
export async function readAttached(
  context: Context,
  { service, id }: Attached,
  patience?: Patience,
): Promise<InterfaceEndpoint> {
  const atlas = await context.atlas();
  try {
    return await atlas.getInterface(service, id, patience);
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    throw error;
  }
}
