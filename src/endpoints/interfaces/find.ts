import { isGone } from '../../atlas/errors.js';
import { checkAnyInterfaceId, type Endpoint, goneInterface, interfaceKind, withName } from '../../atlas/model.js';
import { advise, NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/lists.js';
import { cmd } from '../../base/shell.js';
import { regionsNamed } from '../../clouds/regions.js';
import type { RequestLimits } from '../../http/retries.js';
import { eachOf } from '../ask.js';
import type { Context } from '../context.js';
import { listEndpoints } from '../find.js';
import { type Filter, namesEndpoint } from '../name.js';
import { nameOf } from '../view.js';

/** An interface endpoint as a service lists it. Reading it takes another request. */
export interface Attached {
  service: Endpoint;
  id: string;
}

export interface InterfaceName {
  endpoint?: string | undefined;
  id?: string | undefined;
}

type Typed = { [Name in 'endpoint' | 'interface']?: string | undefined };

/** A single argument that doesn't look like an endpoint is an interface endpoint. Throws usage errors. */
export function readInterfaceName({ endpoint, interface: id }: Typed): InterfaceName {
  if (id !== undefined) return { endpoint, id: checkAnyInterfaceId(id) };
  if (endpoint === undefined || (namesEndpoint(endpoint) && !interfaceKind(endpoint))) return { endpoint };
  return { id: checkAnyInterfaceId(endpoint) };
}

export function notAttached(context: Pick<Context, 'settings'>, id: string): NotFoundError {
  const hint = advise(context, 'List the attached interface endpoints:', cmd`interface list`);
  return new NotFoundError(`Interface endpoint '${id}' not found.`, hint, 'otherWord');
}

export function attachedTo(services: readonly Endpoint[]): Attached[] {
  return services.flatMap((service) => service.interfaceEndpoints.map((id) => ({ service, id })));
}

export async function listAttached(context: Context, name: InterfaceName, filter: Filter): Promise<Attached[]> {
  return attachedTo(await listEndpoints(context, name.endpoint, narrowedBy(name, filter)));
}

/** The filter with the cloud that the form of an interface endpoint's id shows, if the endpoint doesn't. */
export function narrowedBy({ endpoint = '', id = '' }: InterfaceName, filter: Filter): Filter {
  const isOpen = endpoint === '' || regionsNamed(endpoint).length > 1;
  return { ...filter, provider: filter.provider ?? (isOpen ? interfaceKind(id)?.toLowerCase() : undefined) };
}

/** Throws a usage error if several match, and a not-found error if none does. */
export async function findAttached(context: Context, name: InterfaceName, filter: Filter): Promise<Attached> {
  const all = await listAttached(context, name, filter);
  const matching = name.id === undefined ? all : withName(all, name.id);
  if (matching.length > 1) {
    const choice = listed(matching.map(describeInterface));
    throw new UsageError(`There are ${matching.length} interface endpoints.`, `Choose one: ${choice}`);
  }
  const [attached] = matching;
  if (attached) return attached;
  const id = name.id === undefined ? '' : ` '${name.id}'`;
  const where = name.endpoint === undefined ? '' : ` for ${name.endpoint}`;
  const what = `No interface endpoint${id} found${where}.`;
  if (all.length > 0)
    throw new NotFoundError(what, `Existing interface endpoints: ${listed(all.map(describeInterface))}`, 'otherWord');
  const add = advise(context, 'Attach one:', cmd`interface add ${name.endpoint ?? 'ENDPOINT'} INTERFACE`);
  throw new NotFoundError(what, add, 'noneAtAll');
}

export function describeInterface({ service, id }: Attached) {
  return `${id} (${nameOf(service)})`;
}

/** Reads an interface endpoint. If it or its service no longer exists, its status is DELETED. */
export async function readAttached(
  context: Pick<Context, 'atlas'>,
  { service, id }: Attached,
  limits?: RequestLimits,
) {
  const atlas = await context.atlas();
  try {
    return await atlas.getInterface(service, id, limits);
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    throw error;
  }
}

export function readAllAttached(context: Pick<Context, 'atlas'>, services: readonly Endpoint[]) {
  return eachOf(attachedTo(services), (each) => readAttached(context, each));
}
