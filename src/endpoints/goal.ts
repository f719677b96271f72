import { faults } from '../atlas/retry.js';
import { parseUntil, type Until } from '../atlas/status.js';
import { formatDuration, parseDuration } from '../base/duration.js';
import { createPatience, longestSilenceMs, type Patience } from '../wait/patience.js';
import type { Session } from './session.js';

/** Before the command that waits for what a command broke off waiting for. */
export const goOnWaiting = 'Go on waiting:';

/** The options of every command that can wait. */
export interface WaitFlags {
  wait?: boolean | undefined;
  until?: string | undefined;
  timeout?: string | undefined;
}

export interface Goal {
  until: Until;
  timeoutMs: number;
  /** Content with the first that gets there. */
  any?: boolean;
  /** The words with which a command line names them all at once: `--all --provider aws`. */
  all?: readonly string[] | undefined;
}

/** Whether a command waits after its change: what to wait for, and for how long, imply it. */
export function isWaiting({ wait, until, timeout }: WaitFlags): boolean {
  return wait === true || until !== undefined || timeout !== undefined;
}

/** Reads what to wait for and for how long. Throws usage errors. */
export function readGoal({ until = 'ready', timeout = '1h' }: WaitFlags): Goal {
  return { until: parseUntil(until), timeoutMs: parseDuration(timeout) };
}

/** The time that a wait has from now on; it tells of faults as they come and go. */
export function startPatience(
  { io, clock, signal, random }: Pick<Session, 'io' | 'clock' | 'signal' | 'random'>,
  { timeoutMs }: Pick<Goal, 'timeoutMs'>,
  isKnown: boolean,
): Patience {
  return createPatience({
    timeoutMs,
    clock,
    signal,
    random,
    faults,
    isKnown,
    onFault: (error) =>
      io.warn(`${error.message} The wait goes on, unless nothing answers for ${formatDuration(longestSilenceMs)}.`),
    onRecovery: () => io.note('Atlas answers again.'),
  });
}
