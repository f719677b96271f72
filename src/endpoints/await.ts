import { isGone } from '../atlas/errors.js';
import { createdAt } from '../atlas/ids.js';
import { deleted, type Endpoint, hasReached, isAhead, isFailed, isLeaving, isReady } from '../atlas/model.js';
import { formatDuration } from '../base/duration.js';
import { advise, CliError, orNone } from '../base/errors.js';
import { isLoopback } from '../base/loopback.js';
import { cmd, option } from '../base/shell.js';
import { listed } from '../base/words.js';
import { clouds } from '../clouds/all.js';
import type { RequestLimits } from '../http/ask.js';
import { isRefusal } from '../http/request-error.js';
import type { Deadline } from '../wait/deadline.js';
import { type Awaited, gapMs } from '../wait/schedule.js';
import type { StatusVerdict } from '../wait/wait.js';
import { awaitAll, type WaitSubject } from './await-all.js';
import type { Context } from './context.js';
import { askForSure } from './find.js';
import type { Goal } from './goal.js';
import { referrer, referTo } from './name.js';
import { failedError } from './next-step.js';
import { requestRemoval } from './reconcile.js';
import { nameOf } from './view.js';

/** Waits for private endpoint services, like `awaitAll`. `endpoints` must be freshly read. */
export async function awaitEndpoints(
  context: Context,
  endpoints: readonly Endpoint[],
  { until, all, change, ...how }: Goal,
): Promise<Endpoint[]> {
  const { any, again } = how;
  const isAtlas = !isLoopback(await context.settings.baseUrl());
  const atlas = await context.atlas();
  const started = atlas.timeThere(context.clock.now());
  // An id may be newer than our clock. The age is never negative.
  const age = ({ id }: Endpoint, elapsedMs: number) => Math.max(0, started - (createdAt(id) ?? started)) + elapsedMs;
  const awaited = (endpoint: Endpoint, elapsedMs: number): Awaited => {
    const isCreating = isAhead(until) && endpoint.status === 'INITIATING';
    const readyTimes = isCreating ? clouds[endpoint.provider].readyTimes : undefined;
    return { readyTimes, ageMs: age(endpoint, elapsedMs), elapsedMs, isAtlas };
  };
  const refer = await referrer(context);
  const resume = (some: readonly Endpoint[]) => {
    if (change && again !== undefined) return again;
    const more = [...option('--until', until === 'ready' ? undefined : until), ...(any ? ['--any'] : [])];
    return context.settings.commandLine(cmd`wait ${all ?? some.map(refer)} ${more}`);
  };
  const subject: WaitSubject<Endpoint> = {
    resume,
    statusVerdict: (endpoint, before) => {
      const verdict = statusVerdict(until, endpoint.status, before);
      return verdict === 'reached' && change?.isDone(endpoint) === false ? 'pending' : verdict;
    },
    poll: pollOf(context),
    gapMs: (endpoint, elapsedMs) => gapMs(awaited(endpoint, elapsedMs)),
    age,
    facts: ({ id, projectId, provider, region }) => ({ endpointId: id, projectId, provider, region }),
    note: (endpoint, elapsedMs) => usual(awaited(endpoint, elapsedMs)),
    late: (item) => {
      if (until === 'AVAILABLE' && isReady(item.status))
        return { why: ' It may need an interface endpoint to become AVAILABLE.' };
      const isUnchanged = change && statusVerdict(until, item.status) === 'reached';
      return { why: isUnchanged ? ` ${change.pending}` : '' };
    },
    error: (item) => {
      const { status } = item;
      if (isFailed(status)) return failedError(context, item, refer(item));
      const what = status === deleted ? 'was deleted' : 'is being deleted';
      const hint = advise(context, 'List the existing endpoints:', cmd`list`);
      return new CliError('endpointFailed', `${nameOf(item)} ${what} and cannot become ${until}.`, { hint });
    },
  };
  return awaitAll(context, endpoints, subject, how);
}

/** Returns a function that reads endpoints again: a single one by id, several on one cloud with one list request. */
function pollOf(context: Context): WaitSubject<Endpoint>['poll'] {
  const providersIn = (some: readonly Endpoint[]) => [...new Set(some.map(({ provider }) => provider))];
  const silent = new Set<string>();
  const warnOnce = (cloud: string, error: CliError | undefined) => {
    if (error && !silent.has(cloud)) context.io.warn(`${cloud}: ${error.message} Still waiting for the others.`);
    error ? silent.add(cloud) : silent.delete(cloud);
  };
  return async (some, how) => {
    const atlas = await context.atlas();
    const { answers, failures } = await askForSure(providersIn(some), async (cloud) => {
      const onCloud = some.filter(({ provider }) => provider === cloud);
      const [first, ...others] = onCloud;
      const list = first && others.length > 0 ? await atlas.listServices(first.projectId, cloud, how) : [];
      const byId = new Map(list.map((endpoint) => [endpoint.id, endpoint]));
      // An endpoint that is missing from the list is read by id before it counts as gone.
      return Promise.all(onCloud.map((each) => byId.get(each.id) ?? readAgain(context, each, how)));
    });
    for (const cloud of providersIn(some)) warnOnce(cloud, failures.get(cloud));
    const seen = new Map([...answers.values()].flat().map((endpoint) => [endpoint.id, endpoint]));
    // If a cloud doesn't respond but others do, its endpoints stay as they were.
    return some.map((endpoint) => seen.get(endpoint.id) ?? endpoint);
  };
}

/** Reads an endpoint again. If it no longer exists, its status is DELETED. */
export async function readAgain(
  { atlas }: Pick<Context, 'atlas'>,
  endpoint: Endpoint,
  how?: RequestLimits,
): Promise<Endpoint> {
  const { projectId, provider, id } = endpoint;
  try {
    return await (await atlas()).getService(projectId, provider, id, how);
  } catch (error) {
    if (!isGone(error)) throw error;
    return { ...endpoint, status: deleted };
  }
}

/** How long it usually takes until ready, or that it takes longer. Empty for other waits. A sandbox has own times. */
function usual({ readyTimes, ageMs, elapsedMs, isAtlas }: Awaited) {
  if (!readyTimes) return '';
  const { least, p95 } = readyTimes;
  const range = `${formatDuration(least * 1000)}–${formatDuration(p95 * 1000)}`;
  // Show the age only if the wait started much later than the create.
  const since = ageMs - elapsedMs > 10_000 ? `created ${formatDuration(ageMs)} ago, ` : '';
  if (!isAtlas) return `${since}on Atlas usually ${range}`;
  return ageMs > p95 * 1000 ? `${since}longer than usual (${range})` : `${since}usually ${range}`;
}

/** What the status of an endpoint means for a wait. `before` is the status one poll earlier. */
export function statusVerdict(until: string, status: string, before = ''): StatusVerdict {
  if (hasReached(until, status)) return 'reached';
  const isDeletion = isLeaving(until);
  // A failed endpoint can still be deleted. Only if it fails during the deletion, it will stay.
  if (isFailed(status)) return isDeletion && !isLeaving(before) ? 'pending' : 'failed';
  return isLeaving(status) && !isDeletion ? 'failed' : 'pending';
}

/** Deletes an endpoint, with `deadline` waits until it is gone, and returns it as last read, or DELETED. */
export async function removeEndpoint(
  context: Context,
  endpoint: Endpoint,
  yes: readonly string[],
  deadline?: Deadline,
): Promise<Endpoint> {
  const requested = isLeaving(endpoint.status) ? endpoint : await request(context, endpoint, yes);
  if (!deadline) return requested;
  // FAILED after DELETING ends a wait. Here FAILED may be the status from before the deletion.
  const hasFailed = isFailed(endpoint.status) && requested.status !== deleted;
  const now = hasFailed ? endpoint : requested;
  const [last = requested] = await awaitEndpoints(context, [now], { until: deleted, deadline });
  return last;
}

async function request(context: Context, endpoint: Endpoint, yes: readonly string[]): Promise<Endpoint> {
  const { projectId, provider, id } = endpoint;
  const send = async () => {
    await (await context.atlas()).deleteService(projectId, provider, id);
    return { ...endpoint, status: 'DELETING' };
  };
  const read = (limits?: RequestLimits) => readAgain(context, endpoint, limits);
  const retry = 'The endpoint may or may not have been deleted. It is safe to try again:';
  const unknown = async () => advise(context, retry, cmd`delete ${await referTo(context, endpoint)} ${yes}`);
  try {
    const gone = { ...endpoint, status: deleted };
    return await requestRemoval(context, { send, read, gone, unknown });
  } catch (error) {
    if (!isRefusal(error) || error.errorCode !== 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS') throw error;
    throw error.withHint(await howToFree(context, await orNone(read(), endpoint), yes));
  }
}

async function howToFree(context: Context, endpoint: Endpoint, yes: readonly string[]) {
  const { interfaceEndpoints } = endpoint;
  const reference = await referTo(context, endpoint);
  const cascade = cmd`delete ${reference} --cascade ${yes}`;
  const [first] = interfaceEndpoints;
  if (first === undefined) return advise(context, 'Remove its interface endpoints too:', cascade);
  const text = `Remove its interface endpoints (${listed(interfaceEndpoints)}) first, or use --cascade:`;
  return advise(context, text, cmd`interface remove ${reference} ${first} --wait ${yes}`, cascade);
}
