import { readyTimes } from '../../atlas/durations.js';
import { isGone } from '../../atlas/errors.js';
import { type Endpoint, toDeleted } from '../../atlas/model.js';
import { deleted, isReady, parseUntil, type Until } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { formatDuration, parseDuration } from '../../duration.js';
import { CliError } from '../../errors.js';
import { judge, type Outcome, waitFor } from '../../wait/wait.js';
import { nameOf } from './endpoint-view.js';
import { referTo } from './endpoints.js';

/** The options of every command that can wait. */
export interface WaitFlags {
  until?: string | undefined;
  timeout?: string | undefined;
}

export interface Goal {
  until: Until;
  timeoutMs: number;
}

/** Reads what to wait for and for how long. Throws usage errors. */
export function readGoal({ until = 'ready', timeout = '1h' }: WaitFlags): Goal {
  return { until: parseUntil(until), timeoutMs: parseDuration(timeout) };
}

/**
 * Waits for endpoints, read just now, and shows how it goes on. Returns them as they were read last. Throws the worst of
 * what went wrong, after telling the rest; every error says how to go on.
 */
export async function awaitEndpoints(
  context: Context,
  endpoints: readonly Endpoint[],
  goal: Goal,
): Promise<Endpoint[]> {
  if (endpoints.length === 0) return [];
  const { io, clock, signal } = context;
  const atlas = await context.atlas();
  const started = clock.now();
  const latest = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const elapsed = () => formatDuration(clock.now() - started);

  // What has come to its end no longer counts the time.
  const live = (endpoint: Endpoint) =>
    judge(goal.until, endpoint.status) === 'pending'
      ? `${nameOf(endpoint)}: ${endpoint.status}, ${elapsed()}${usual(endpoint, goal.until)}`
      : `${nameOf(endpoint)}: ${endpoint.status}`;
  const progress = await io.progress(() => [...latest.values()].map(live).join('\n  '));
  for (const endpoint of endpoints) progress.changed(`${nameOf(endpoint)}: ${endpoint.status}`);

  const names = new Map(
    await Promise.all(endpoints.map(async (each) => [each.id, await referTo(context, each)] as const)),
  );
  const refer = ({ id }: Endpoint) => names.get(id) ?? id;
  const next: NextSteps = {
    resume: (some) => {
      const until = goal.until === 'ready' ? '' : ` --until ${goal.until}`;
      return context.commandLine(`wait ${some.map(refer).join(' ')}${until}`);
    },
    remove: (endpoint) => context.commandLine(`delete ${refer(endpoint)}`),
    look: () => context.commandLine('list'),
  };

  let outcomes: Outcome[];
  try {
    outcomes = await waitFor(endpoints, {
      ...goal,
      ...{ clock, signal },
      poll: async (endpoint) => {
        try {
          return await atlas.getService(endpoint.projectId, endpoint.provider, endpoint.id);
        } catch (error) {
          if (isGone(error)) return toDeleted(endpoint);
          throw error;
        }
      },
      onChange: (endpoint) => {
        latest.set(endpoint.id, endpoint);
        progress.changed(`${nameOf(endpoint)}: ${endpoint.status} after ${elapsed()}`);
      },
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
  progress.stop(
    outcomes.map(({ endpoint, result, settledAt }) => ({
      line: `${nameOf(endpoint)}: ${endpoint.status} after ${formatDuration(settledAt - started)}`,
      isGood: result === 'reached',
    })),
  );

  const errors = outcomes
    .filter(({ result }) => result !== 'reached')
    .map((outcome) => errorOf(outcome, goal.until, elapsed(), next))
    // A failure is worse than a time-out: the one is final, the other may still end well.
    .sort((a, b) => a.exitCode - b.exitCode);
  const [worst, ...others] = errors;
  for (const other of others) io.note(other.message);
  if (worst) throw worst;
  return outcomes.map(({ endpoint }) => endpoint);
}

/** What real endpoints of this cloud take, where that is what is awaited; the sandbox is faster. */
function usual({ provider, status }: Endpoint, until: Until): string {
  if (status !== 'INITIATING' || !['ready', 'WAITING_FOR_USER', 'AVAILABLE'].includes(until)) return '';
  const { least, p95 } = readyTimes[provider];
  return ` (on Atlas usually ready ${formatDuration(least * 1000)}–${formatDuration(p95 * 1000)} after create)`;
}

/** Command lines that go on from here. */
interface NextSteps {
  resume(endpoints: readonly Endpoint[]): string;
  remove(endpoint: Endpoint): string;
  look(): string;
}

function errorOf({ endpoint, result }: Outcome, until: Until, elapsed: string, next: NextSteps): CliError {
  const name = nameOf(endpoint);
  if (result === 'timed-out') {
    const isUp = until === 'AVAILABLE' && isReady(endpoint.status);
    const why = isUp ? ' AVAILABLE may need an interface endpoint.' : '';
    return new CliError('timedOut', `Timed out after ${elapsed}: ${name} is still ${endpoint.status}.${why}`, {
      hint: `Go on waiting: ${next.resume([endpoint])}`,
    });
  }
  if (endpoint.status === 'FAILED') {
    return new CliError('endpointFailed', `${name} failed: ${endpoint.errorMessage ?? 'Atlas gives no reason'}.`, {
      hint: `Delete it, then create it again: ${next.remove(endpoint)}`,
    });
  }
  const what = endpoint.status === deleted ? 'is gone' : 'is being deleted';
  return new CliError('endpointFailed', `${name} ${what}, so it can't become ${until}.`, {
    hint: `See what there is: ${next.look()}`,
  });
}
