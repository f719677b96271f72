import { isLoopback } from '../atlas/base-url.js';
import { isGone } from '../atlas/errors.js';
import { createdAt } from '../atlas/ids.js';
import { type Endpoint, toDeleted } from '../atlas/model.js';
import { deleted, hasReached, isAhead, isLeaving, isReady, type Until } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { CliError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import { type Awaited, gap } from '../wait/schedule.js';
import type { StatusVerdict } from '../wait/wait.js';
import { askForSure } from './ask.js';
import { type AwaitOptions, awaitAll, timedOut, type WaitSubject } from './await-all.js';
import { referrer } from './find.js';
import { type Goal, startDeadline } from './goal.js';
import { failedError } from './next-step.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/**
 * Waits for endpoints and shows progress. `endpoints` must be freshly read. Returns them as last read; with `any`, only
 * those that reached the goal. Throws the worst error, after printing the others. Every error has a hint on how to
 * continue.
 */
export async function awaitEndpoints(
  session: Session,
  endpoints: readonly Endpoint[],
  goal: Goal,
  { deadline = startDeadline(session, goal, true), onRead }: Partial<AwaitOptions<Endpoint>> = {},
): Promise<Endpoint[]> {
  const { until, any, all, again, change } = goal;
  const isAtlas = !isLoopback(await session.baseUrl());
  const atlas = await session.atlas();
  const started = atlas.timeThere(session.clock.now());
  const cloudsOf = (some: readonly Endpoint[]) => [...new Set(some.map(({ provider }) => provider))];
  // An id may be newer than our clock. The age is never negative.
  const age = ({ id }: Endpoint, elapsedMs: number) => Math.max(0, started - (createdAt(id) ?? started)) + elapsedMs;
  const awaited = (endpoint: Endpoint, elapsedMs: number): Awaited => {
    const isExpected = endpoint.status === 'INITIATING' && isAhead(until);
    const expected = isExpected ? clouds[endpoint.provider] : undefined;
    return { expected, ageMs: age(endpoint, elapsedMs), elapsedMs, isAtlas };
  };
  // Report a cloud that doesn't respond only once, until it responds again.
  const silent = new Set<string>();
  const warnOnce = (cloud: string, error: CliError | undefined) => {
    if (error && !silent.has(cloud)) session.io.warn(`${cloud}: ${error.message} Still waiting for the others.`);
    error ? silent.add(cloud) : silent.delete(cloud);
  };
  const refer = await referrer(session);
  const resume = (some: readonly Endpoint[]) => {
    if (change && again !== undefined) return again;
    const more = [...option('--until', until === 'ready' ? undefined : until), ...(any ? ['--any'] : [])];
    return session.commandLine(cmd`wait ${all ?? some.map(refer)} ${more}`);
  };
  const subject: WaitSubject<Endpoint> = {
    resume,
    statusVerdict: (endpoint, before) => {
      const verdict = statusVerdict(until, endpoint.status, before);
      return verdict === 'reached' && change?.isDone(endpoint) === false ? 'pending' : verdict;
    },
    // A single endpoint is read by id, several on one cloud with one list request.
    poll: async (some, how) => {
      const { answers, failures } = await askForSure(cloudsOf(some), async (cloud) => {
        const there = some.filter(({ provider }) => provider === cloud);
        const [first, ...others] = there;
        const list = first && others.length > 0 ? await atlas.listServices(first.projectId, cloud, how) : [];
        const byId = new Map(list.map((endpoint) => [endpoint.id, endpoint]));
        // An endpoint that is missing from the list is read by id before it counts as gone.
        return Promise.all(there.map((endpoint) => byId.get(endpoint.id) ?? readAgain(session, endpoint, how)));
      });
      for (const cloud of cloudsOf(some)) warnOnce(cloud, failures.get(cloud));
      const seen = new Map([...answers.values()].flat().map((endpoint) => [endpoint.id, endpoint]));
      // If a cloud doesn't respond but others do, its endpoints stay as they were.
      return some.map((endpoint) => seen.get(endpoint.id) ?? endpoint);
    },
    gap: (endpoint, elapsedMs) => gap(awaited(endpoint, elapsedMs)),
    age,
    requests: (some) => cloudsOf(some).length,
    name: nameOf,
    facts: ({ id, projectId, provider, region }) => {
      return { endpointId: id, interfaceEndpointId: null, cluster: null, projectId, provider, region };
    },
    row: (endpoint, elapsedMs) => {
      const { region, id, status } = endpoint;
      return [region, status, formatDuration(elapsedMs), id, usual(awaited(endpoint, elapsedMs))];
    },
    error: ({ item, result }, limit) => {
      const { status } = item;
      const name = nameOf(item);
      if (result === 'timed-out') {
        const isUp = until === 'AVAILABLE' && isReady(status);
        const pending = change && statusVerdict(until, status) === 'reached' ? ` ${change.pending}` : '';
        const why = isUp ? ' It may need an interface endpoint to become AVAILABLE.' : pending;
        return timedOut(`${name} is still ${status}`, limit, resume([item]), why);
      }
      if (status === 'FAILED') return failedError(session, item, refer(item));
      const what = status === deleted ? 'was deleted' : 'is being deleted';
      const hint = advise(session, 'List the existing endpoints:', cmd`list`);
      return new CliError('endpointFailed', `${name} ${what} and cannot become ${until}.`, { hint });
    },
  };
  return awaitAll(session, endpoints, subject, { deadline, onRead, any, again });
}

/** Reads an endpoint again. If it no longer exists, its status is DELETED. */
export async function readAgain(
  { atlas: open }: Pick<Session, 'atlas'>,
  endpoint: Endpoint,
  how?: RequestLimits,
): Promise<Endpoint> {
  const atlas = await open();
  try {
    return await atlas.getService(endpoint.projectId, endpoint.provider, endpoint.id, how);
  } catch (error) {
    if (isGone(error)) return toDeleted(endpoint);
    throw error;
  }
}

/**
 * How long endpoints on this cloud usually take until ready, or that this one takes longer than usual. Empty if the
 * wait is for something else. A sandbox has its own times.
 */
function usual({ expected, ageMs, elapsedMs, isAtlas }: Awaited): string {
  if (!expected) return '';
  const { least, p95 } = expected.readyTimes;
  const range = `${formatDuration(least * 1000)}–${formatDuration(p95 * 1000)}`;
  // Show the age only if the wait started much later than the create.
  const since = ageMs - elapsedMs > 10_000 ? `created ${formatDuration(ageMs)} ago, ` : '';
  if (!isAtlas) return `${since}on Atlas usually ${range}`;
  return ageMs > p95 * 1000 ? `${since}longer than usual (${range})` : `${since}usually ${range}`;
}

/** What the status of a service means for a wait. `before` is the status one poll earlier. */
export function statusVerdict(until: Until, status: string, before?: string): StatusVerdict {
  if (hasReached(until, status)) return 'reached';
  const isDeletion = until === 'DELETING' || until === deleted;
  // A failed service can still be deleted. Only if it fails during the deletion, it will stay.
  if (status === 'FAILED') return isDeletion && before !== 'DELETING' ? 'pending' : 'failed';
  return isLeaving(status) && !isDeletion ? 'failed' : 'pending';
}
