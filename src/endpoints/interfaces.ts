import { isGone } from '../atlas/errors.js';
import {
  deleted,
  type Endpoint,
  goneInterface,
  hasEnded,
  type InterfaceEndpoint,
  interfaceId,
  interfaceKind,
  readAnyInterfaceId,
  withName,
} from '../atlas/model.js';
import { advise, CliError, NotFoundError, orNone, UsageError } from '../base/errors.js';
import { cmd, longName, option } from '../base/shell.js';
import { listed, oneOf } from '../base/words.js';
import { clouds, defaultProvider, type Provider, providers } from '../clouds/all.js';
import type { CloudFacts, InterfaceOptions, InterfaceRequest } from '../clouds/facts.js';
import { regionsNamed } from '../clouds/regions.js';
import { checkId } from '../clouds/shapes.js';
import { pollUntilFound, type RequestLimits } from '../http/ask.js';
import { isRefusal } from '../http/request-error.js';
import { awaitAll, type WaitSubject } from './await-all.js';
import type { Context } from './context.js';
import { eachOf, isPossible, listEndpoints } from './find.js';
import type { Goal } from './goal.js';
import { type Filter, namesEndpoint, readFilter, readNames, referrer, referTo } from './name.js';
import { yesOf } from './next-step.js';
import { reconcile, requestRemoval } from './reconcile.js';
import { nameOf } from './view.js';

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
  if (id !== undefined) return { endpoint, id: readAnyInterfaceId(id) };
  if (endpoint === undefined || (namesEndpoint(endpoint) && !interfaceKind(endpoint))) return { endpoint };
  return { id: readAnyInterfaceId(endpoint) };
}

/** For --if-exists. Throws a usage error if no cloud that is meant can have an interface endpoint with this id. */
export function checkPossible({ endpoint, id }: InterfaceName, filter: Filter) {
  if (id === undefined) return;
  const [named = {}] = readNames([endpoint ?? filter.region], filter);
  const possible = readFilter(filter).clouds.filter((cloud) => isPossible(named, cloud));
  const kind = interfaceKind(id);
  // Without a place, a plain word can be anything. Names that connect gives have dashes. Azure's ids end with a name.
  const isPlaced = endpoint ?? filter.region ?? filter.provider ?? kind ?? id.includes('-');
  if (!isPlaced)
    throw new UsageError(`'${id}' is not an interface endpoint id.`, 'For a name, add its region or --provider.');
  const shapes = possible.map((cloud) => clouds[cloud].interfaces.shape);
  const fits = shapes.some(({ pattern, example }) => pattern.test(id) || (!kind && example.includes('/')));
  if (shapes[0] && !fits) checkId(shapes[0], id);
}

export function notAttached(context: Pick<Context, 'settings'>, id: string) {
  const hint = advise(context, 'List the attached interface endpoints:', cmd`interface list`);
  return new NotFoundError(`Interface endpoint '${id}' not found.`, hint, 'otherWord');
}

export function attachedTo(services: readonly Endpoint[]): Attached[] {
  return services.flatMap((service) => service.interfaceEndpoints.map((id) => ({ service, id })));
}

export async function listAttached(context: Context, name: InterfaceName, filter: Filter) {
  return attachedTo(await listEndpoints(context, name.endpoint, narrowedBy(name, filter)));
}

/** The filter with the cloud that the form of an interface endpoint's id shows, if the endpoint doesn't. */
export function narrowedBy({ endpoint = '', id = '' }: InterfaceName, filter: Filter): Filter {
  const isOpen = endpoint === '' || regionsNamed(endpoint).length > 1;
  return { ...filter, provider: filter.provider ?? (isOpen ? interfaceKind(id)?.toLowerCase() : undefined) };
}

/** Throws a usage error if several match, and a not-found error if none does. */
export async function findAttached(context: Context, name: InterfaceName, filter: Filter) {
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
    if (!isGone(error)) throw error;
    return goneInterface(service, id);
  }
}

export function readAllAttached(context: Pick<Context, 'atlas'>, services: readonly Endpoint[]) {
  return eachOf(attachedTo(services), (each) => readAttached(context, each));
}

/** If the response is lost, looks and sends again: Atlas refuses a second one. With `orExisting`, returns one that is there. */
export async function attach(
  context: Context,
  service: Endpoint,
  request: InterfaceRequest,
  orExisting: boolean,
): Promise<InterfaceEndpoint> {
  const atlas = await context.atlas();
  const reference = await referTo(context, service);
  const read = (limits?: RequestLimits) => readAttached(context, { service, id: request.id }, limits);
  let isLost = false;
  const check = async ({ message }: CliError) => {
    isLost = true;
    context.io.warn(`${message} Checking whether the interface endpoint was attached.`);
    const find = async (how: RequestLimits) => [await read(how)].find((found) => !hasEnded(found));
    return orNone(pollUntilFound(context, find, message));
  };
  const doubt = 'The interface endpoint may or may not have been attached. Check before you try again:';
  const unknown = () => advise(context, doubt, cmd`interface list ${reference}`);
  const isRefusedTwice = async () => true;
  try {
    return await reconcile(() => atlas.addInterface(service, request), { check, isRefusedTwice, unknown });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.errorCode === 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS') {
      const text = 'Wait until the private endpoint service is ready:';
      throw error.withHint(advise(context, text, cmd`wait ${reference}`));
    }
    if (error.errorCode === 'INVALID_ATTRIBUTE') {
      const where = `your ${clouds[service.provider].account}`;
      throw error.withHint(`Check that ${request.id} is still in ${where}, and connects to this service.`);
    }
    if (error.status !== 409) throw error;
    // The code that says that it exists may differ by cloud, so a read decides. It may not show it yet.
    const isNamed = error.errorCode === 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS';
    const find = async () => [await read()].find(({ status }) => status !== deleted);
    const existing = await (isNamed ? pollUntilFound(context, find) : orNone(find()));
    if (!existing && !isNamed) throw error;
    const commands = [context.settings.again(cmd`--if-not-exists`)];
    if (!orExisting && !isLost) throw error.withHint({ text: 'To use the existing one:', commands });
    // An interface endpoint that failed or is being removed still exists.
    if (existing && !hasEnded(existing)) return existing;
    const text = 'It already exists, but it failed or is being removed. Check its status:';
    throw error.withHint(advise(context, text, cmd`interface get ${reference} ${request.id}`));
  }
}

/** Asks Atlas to remove an interface endpoint and returns it with its new status. Repeating this does no harm. */
export async function detach(context: Context, attached: Attached) {
  const { service, id } = attached;
  const atlas = await context.atlas();
  const gone = goneInterface(service, id);
  const read = (limits?: RequestLimits) => readAttached(context, attached, limits);
  return requestRemoval(context, {
    send: async () => {
      await atlas.removeInterface(service, id);
      return { ...(await orNone(read(), gone)), status: 'DELETING' };
    },
    read,
    gone,
    unknown: () => 'The interface endpoint may or may not have been removed. It is safe to try again.',
  });
}

/** Reads the options of `interface add` and their cloud: `likely`, if they don't show it. Throws usage errors. */
export function readRequest(options: InterfaceOptions, likely: Provider | undefined) {
  const id = options.id && interfaceId(options.id);
  const takes = (provider: Provider, name: OptionName) => Object.hasOwn(clouds[provider].interfaces.options, name);
  const given = optionNames.filter((name) => options[name] !== undefined);
  const accepting = providers.find((each) => given.length > 0 && given.every((name) => takes(each, name)));
  const provider = interfaceKind(id ?? '') ?? likely ?? accepting ?? defaultProvider;
  const foreign = given.find((name) => !takes(provider, name));
  if (foreign !== undefined) {
    const others = providers.filter((each) => takes(each, foreign)).map((each) => clouds[each].title);
    throw new UsageError(
      `${longName(foreign)} is for ${oneOf(others)}, but this interface endpoint is on ${clouds[provider].title}.`,
      `Remove ${longName(foreign)}.`,
    );
  }
  return { provider, request: clouds[provider].interfaces.read({ ...options, id }) };
}

type OptionName = keyof CloudFacts['interfaces']['options'];

const optionNames = providers.flatMap((provider) => {
  return Object.keys(clouds[provider].interfaces.options) as OptionName[];
});

/** `ready` is AVAILABLE. Throws a usage error for a status that an interface endpoint never has. */
export function interfaceUntil(until: string) {
  if (until === 'ready' || until === 'AVAILABLE') return 'AVAILABLE';
  if (until === deleted) return until;
  throw new UsageError(`wait --interface cannot wait for ${until}.`, 'Valid values: AVAILABLE, DELETED');
}

/** Waits for interface endpoints of these services, like `awaitEndpoints`. `now` must be freshly read. */
export async function awaitInterfaces(
  context: Context,
  services: readonly Endpoint[],
  now: readonly InterfaceEndpoint[],
  goal: Goal<InterfaceEndpoint>,
) {
  const { until, any, all } = goal;
  const name = await referrer(context);
  const refer = ({ projectId, endpointId }: InterfaceEndpoint) => name({ projectId, id: endpointId });
  const resume = (some: readonly InterfaceEndpoint[]) => {
    const services = [...new Set(some.map(refer))];
    const more = [...option('--until', until === deleted ? until : undefined), ...(any ? ['--any'] : [])];
    return context.settings.commandLine(cmd`wait ${all ?? services} --interface ${more}`);
  };
  const subject: WaitSubject<InterfaceEndpoint> = {
    resume,
    statusVerdict: ({ status }) => {
      if (status === until) return 'reached';
      return until !== deleted && hasEnded({ status }) ? 'failed' : 'pending';
    },
    poll: (some, how) =>
      eachOf(some, async (each) => {
        const service = services.find(({ id }) => id === each.endpointId);
        const now = service ? await readAttached(context, { service, id: each.id }, how) : each;
        // Atlas returns no other values of an interface endpoint that is gone.
        return now.status === deleted ? { ...each, status: deleted } : now;
      }),
    facts: ({ id, endpointId, projectId, provider, region }) => {
      return { endpointId, interfaceEndpointId: id, projectId, provider, region };
    },
    error: (item) => {
      const { id, status, errorMessage } = item;
      if (status === 'REJECTED' || status === 'FAILED') {
        const text = `Check it in your ${clouds[item.provider].account}, then remove it:`;
        const hint = advise(context, text, cmd`interface remove ${refer(item)} ${id} ${yesOf(context)}`);
        const why = errorMessage ?? 'Atlas gave no reason';
        return new CliError('endpointFailed', `${id} is ${status}: ${why.replace(/\.$/, '')}.`, { hint });
      }
      const what = status === deleted ? 'was removed' : 'is being removed';
      const hint = advise(context, 'List the interface endpoints:', cmd`interface list ${refer(item)}`);
      return new CliError('endpointFailed', `${id} ${what} and cannot become ${until}.`, { hint });
    },
  };
  return awaitAll(context, now, subject, goal);
}
