import { isLoopback } from '../../atlas/base-url.js';
import { createdAt } from '../../atlas/ids.js';
import type { Endpoint } from '../../atlas/model.js';
import { deleted, parseUntil, type Until } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { formatDuration, parseDuration } from '../../duration.js';
import { CliError } from '../../errors.js';
import { createPatience, longestSilenceMs, type Patience } from '../../wait/patience.js';
import { type Awaited, gap, gapOfRateLimit, withJitter } from '../../wait/schedule.js';
import { judge, type Outcome, waitFor } from '../../wait/wait.js';
import { nameOf } from './endpoint-view.js';
import { look } from './look.js';
import { errorOf, nextSteps, usual } from './outcomes.js';

/** The options of every command that can wait. */
export interface WaitFlags {
  until?: string | undefined;
  timeout?: string | undefined;
}

export interface Goal {
  until: Until;
  timeoutMs: number;
  /** Content with the first endpoint that gets there. */
  any?: boolean;
}

/** Reads what to wait for and for how long. Throws usage errors. */
export function readGoal({ until = 'ready', timeout = '1h' }: WaitFlags): Goal {
  return { until: parseUntil(until), timeoutMs: parseDuration(timeout) };
}

/** The time that a wait has from now on; it tells of faults as they come and go. */
export function startPatience({ io, clock, signal, random }: Context, { timeoutMs }: Goal, isKnown: boolean): Patience {
  return createPatience({
    ...{ timeoutMs, clock, signal, random, isKnown },
    onFault: (error) =>
      io.warn(`${error.message} The wait goes on, unless nothing answers for ${formatDuration(longestSilenceMs)}.`),
    onRecovery: () => io.note('Atlas answers again.'),
  });
}

export interface AwaitOptions {
  /** The rest of the time, where some has passed already. */
  patience?: Patience;
  /** Called for each endpoint as it is first, and after each change. */
  onRead?: (endpoint: Endpoint) => Promise<void>;
}

/**
 * Waits for endpoints, read just now, and shows how it goes on. Returns them as they were read last; with `any` only those
 * that got there. Throws the worst of what went wrong, after telling the rest; every error says how to go on.
 */
export async function awaitEndpoints(
  context: Context,
  endpoints: readonly Endpoint[],
  goal: Goal,
  { patience = startPatience(context, goal, true), onRead }: AwaitOptions = {},
): Promise<Endpoint[]> {
  if (endpoints.length === 0) return [];
  const { io, clock, random } = context;
  const { until, any } = goal;
  const atlas = await context.atlas();
  const isAtlas = !isLoopback(await context.baseUrl());
  const started = clock.now();
  const latest = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const elapsed = () => formatDuration(clock.now() - started);
  // No endpoint comes from the future, whatever this machine's clock thinks of it.
  const born = ({ id }: Endpoint) => Math.min(createdAt(id) ?? started, started);

  const awaited = (endpoint: Endpoint): Awaited => {
    const [ageMs, elapsedMs] = [clock.now() - born(endpoint), clock.now() - started];
    return { provider: endpoint.provider, status: endpoint.status, until, ageMs, elapsedMs, isAtlas };
  };
  const row = (endpoint: Endpoint) => {
    const { region, id, status } = endpoint;
    return [region, id, status, elapsed(), usual(awaited(endpoint))];
  };
  const isUnderWay = ({ status }: Endpoint) => judge(until, status) === 'pending';
  const progress = await io.progress(() => [...latest.values()].filter(isUnderWay).map(row));
  const next = await nextSteps(context, endpoints, until);

  let outcomes: Outcome[];
  try {
    for (const endpoint of endpoints) {
      progress.changed(`${nameOf(endpoint)}: ${endpoint.status}`);
      await onRead?.(endpoint);
    }
    outcomes = await waitFor(endpoints, {
      ...{ until, any, patience },
      gap: (pending) => {
        const gaps = pending.map((each) => gap(awaited(each)));
        const requests = new Set(pending.map(({ provider }) => provider)).size;
        return Math.max(withJitter(Math.min(...gaps), random), gapOfRateLimit(atlas.remaining(), requests));
      },
      look: (pending, how) => look(context, pending, how),
      onChange: async (endpoint) => {
        latest.set(endpoint.id, endpoint);
        progress.changed(`${nameOf(endpoint)}: ${endpoint.status} after ${elapsed()}`);
        await onRead?.(endpoint);
      },
      onSettled: ({ endpoint, result }) =>
        progress.settled({
          line: `${nameOf(endpoint)}: ${endpoint.status} after ${elapsed()}`,
          isGood: result === 'reached',
        }),
    });
  } catch (error) {
    progress.stop();
    if (error instanceof CliError) {
      const there = [...latest.values()].filter(({ status }) => status !== deleted);
      const states = there.map((endpoint) => `${nameOf(endpoint)} (${endpoint.status})`).join(', ');
      error.hint = `${error.hint ?? ''} Still there: ${states}. Go on waiting: ${next.resume(there)}`.trim();
    }
    throw error;
  }
  for (const { endpoint, result } of outcomes) {
    const line = `${nameOf(endpoint)}: ${endpoint.status} after ${elapsed()}`;
    if (result === 'timed-out') progress.settled({ line, isGood: false });
  }
  progress.stop();

  const errors = outcomes
    .filter(({ result }) => result !== 'reached')
    .map((outcome) => errorOf(outcome, { until, elapsed: elapsed(), fault: patience.fault() }, next))
    // A failure is worse than a time-out: the one is final, the other may still end well.
    .sort((a, b) => a.exitCode - b.exitCode);
  const reached = outcomes.filter(({ result }) => result === 'reached').map(({ endpoint }) => endpoint);
  const isGood = any ? reached.length > 0 : errors.length === 0;
  const [worst, ...others] = errors;
  for (const other of isGood ? errors : others) io.warn(other.message);
  if (!isGood && worst) throw worst;
  return reached;
}
