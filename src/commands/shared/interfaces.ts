import { isGone } from '../../atlas/errors.js';
import type { Patience } from '../../atlas/http.js';
import { type InterfaceEndpoint, interfaceKind } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { deleted } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { NotFoundError, UsageError } from '../../errors.js';
import { nameOf } from './endpoint-view.js';
import { type Filter, findEndpoint, listEndpoints } from './endpoints.js';

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

/** Reads `ENDPOINT INTERFACE`, either of which may be missing: an interface endpoint by itself says by its form what it is. */
export function readPlace(args: readonly string[]): Place {
  const [first, second, ...more] = args;
  if (more.length > 0)
    throw new UsageError(`'${more.join(' ')}' is too much.`, 'Name an endpoint and one of its interface endpoints.');
  if (second !== undefined) return { endpoint: first, id: second };
  return first !== undefined && interfaceKind(first) ? { id: first } : { endpoint: first };
}

/** The interface endpoints of one endpoint, or of all of them. */
export async function listAttached(
  context: Context,
  endpoint: string | undefined,
  filter: Filter,
): Promise<Attached[]> {
  const services =
    endpoint === undefined ? await listEndpoints(context, filter) : [await findEndpoint(context, endpoint, filter)];
  return services.flatMap((service) => service.interfaceEndpoints.map((id) => ({ service, id })));
}

/** Finds the one interface endpoint that is meant; undefined where there is none. Throws where there are several. */
export async function findAttached(context: Context, place: Place, filter: Filter): Promise<Attached | undefined> {
  const all = await listAttached(context, place.endpoint, filter);
  const fitting = all.filter(({ id }) => place.id === undefined || id === place.id);
  if (fitting.length <= 1) return fitting[0];
  throw new UsageError(
    `Which interface endpoint is meant is not clear: there are ${fitting.length}.`,
    `Name one: ${fitting.map(describe).join(', ')}`,
  );
}

export function describe({ service, id }: Attached): string {
  return `${id} (${nameOf(service)})`;
}

/** The error where nothing fits. */
export async function notAttached(context: Context, place: Place, filter: Filter): Promise<NotFoundError> {
  const all = await listAttached(context, place.endpoint, filter);
  const what =
    place.id === undefined ? 'There is no interface endpoint' : `There is no interface endpoint '${place.id}'`;
  const where = place.endpoint === undefined ? '' : ` at ${place.endpoint}`;
  const hint =
    all.length > 0
      ? `There are: ${all.map(describe).join(', ')}`
      : `Add one: ${context.commandLine('interface add ENDPOINT INTERFACE')}`;
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
    if (isGone(error)) return goneInterface({ service, id });
    throw error;
  }
}

export function goneInterface({ service, id }: Attached): InterfaceEndpoint {
  const { id: endpointId, projectId, provider, region } = service;
  return { id, projectId, endpointId, provider, region, status: deleted, errorMessage: null };
}
