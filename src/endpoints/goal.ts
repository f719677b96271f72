import { type Endpoint, untils } from '../atlas/model.js';
import { formatDuration, parseDuration } from '../base/duration.js';
import { parseName } from '../base/words.js';
import { createDeadline, type Deadline, longestSilenceMs } from '../wait/deadline.js';
import type { AwaitOptions } from './await-all.js';
import type { Context } from './context.js';

export const goOnWaiting = 'To continue waiting:';

export interface Goal<E = Endpoint> extends AwaitOptions<E> {
  /** One of the statuses, `ready` or DELETED. */
  until: string;
  /** The options that select all of them on a command line: `--all --provider aws`. */
  all?: readonly string[] | undefined;
  /** A change that must be done besides: how to see it, and what to say as long as it is not. */
  change?: { isDone(endpoint: E): boolean; pending: string };
}

interface WaitFlags {
  wait?: boolean | undefined;
  until?: string | undefined;
  timeout?: string | undefined;
}

/** `waits`: whether to wait after a change, which --until and --timeout imply. Throws usage errors. */
export function readGoal({ wait = false, until, timeout }: WaitFlags) {
  const waits = wait || until !== undefined || timeout !== undefined;
  return {
    until: parseName('status', until ?? 'ready', untils),
    timeoutMs: parseDuration(timeout ?? '1h'),
    waits,
  };
}

/** Starts the time limit of a wait. Prints faults and recoveries. `isKnown`: the server answered before. `by`: its name. */
export function startDeadline(
  { io, clock, signal, remainingMs }: Pick<Context, 'io' | 'clock' | 'signal' | 'remainingMs'>,
  { timeoutMs }: { timeoutMs: number },
  { isKnown = true, by = 'Atlas' } = {},
): Deadline {
  return createDeadline({
    timeoutMs: Math.min(timeoutMs, remainingMs()),
    limitMs: timeoutMs,
    clock,
    signal,
    isKnown,
    onFault: (error) =>
      io.warn(
        `${error.message} Still waiting. The wait ends after ${formatDuration(longestSilenceMs)} without a response.`,
      ),
    onRecovery: () => io.note(`${by} is responding again.`),
  });
}
