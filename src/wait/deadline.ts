import type { Clock } from '../base/clock.js';
import { type RequestLimits, retryDelay } from '../http/ask.js';
import { isLimit, isUnanswered, RequestError } from '../http/request-error.js';

/** A wait gives up after this long without any response. */
export const longestSilenceMs = 5 * 60_000;
/** The time-out of one request, and how far the last one may run past the deadline. */
const [requestMs, graceMs] = [30_000, 5000];

/** How often a sleep checks the clocks, and how much later than that means that the machine was suspended. */
const [sliceMs, jumpMs] = [1000, 5000];

const reportEveryMs = 60_000;

export interface DeadlineOptions {
  /** Milliseconds from now, not counting time when the machine sleeps. */
  timeoutMs: number;
  /** The time limit as the user set it, in milliseconds; default: the same. Time-out errors say it. */
  limitMs?: number | undefined;
  clock: Clock;
  /** Aborts everything: the calls reject with its reason. */
  signal: AbortSignal;
  /** There was a response before this wait. */
  isKnown?: boolean;
  /** Called for the first of several failures in a row, and now and then for intermittent ones. */
  onFault?: ((error: Error) => void) | undefined;
  /** Called for the first response after a reported failure. */
  onRecovery?: (() => void) | undefined;
}

export type Deadline = ReturnType<typeof createDeadline>;

export function createDeadline({ timeoutMs, limitMs = timeoutMs, clock, signal, ...options }: DeadlineOptions) {
  const now = () => clock.monotonic();
  let deadline = now() + timeoutMs;
  const faults = trackFaults(clock, options);

  /** 0 or negative after the deadline. */
  const remainingMs = () => deadline - now();
  /** Time when the machine slept counts neither as waiting nor as silence. */
  const wake = (lost: number) => {
    deadline += lost;
    faults.wake(lost);
  };

  /** Sends the request once. Returns undefined after a transient error; throws any other error. */
  async function ask<T>(request: (how: RequestLimits) => Promise<T>): Promise<T | undefined> {
    const before = now();
    // Too early for a retry: the deadline came first, or a clock jumped.
    if (before < faults.retryAt()) return undefined;
    const limits = { tries: 1, timeoutMs: Math.min(requestMs, Math.max(graceMs, remainingMs())) };
    /** One call may send a few requests, each with its own time-out. If it took even longer, the machine was asleep. */
    const wakeAfter = () => {
      const took = now() - before;
      if (took > 5 * limits.timeoutMs) wake(took - limits.timeoutMs);
    };
    try {
      const answer = await request(limits);
      wakeAfter();
      faults.end();
      return answer;
    } catch (error) {
      const fault = faults.begin(error, before);
      wakeAfter();
      // At the deadline, the wait throws its own error.
      faults.add(fault, remainingMs() > 0);
      return undefined;
    }
  }

  /** Sleeps `ms`, but never past the deadline; after a failure until the next retry. Ends early if a clock jumps. */
  async function pause(ms: number): Promise<void> {
    const until = Math.min(faults.last() ? faults.retryAt() : now() + ms, deadline);
    for (;;) {
      const [before, wallBefore] = [now(), clock.now()];
      const slice = Math.min(sliceMs, until - before);
      if (slice <= 0) return;
      await clock.sleep(slice, signal);
      const lost = now() - before - slice;
      if (lost > jumpMs) return wake(lost);
      // If the monotonic clock stops during sleep, only the wall clock shows that the machine slept.
      if (Math.abs(clock.now() - wallBefore - slice) > jumpMs) return;
    }
  }

  return { limitMs, remainingMs, ask, pause, fault: faults.last };
}

/** Retries until there is a response. Returns undefined if the deadline passes first. */
export async function retryUntil<T>(
  { ask, pause, remainingMs }: Pick<Deadline, 'ask' | 'pause' | 'remainingMs'>,
  request: (how: RequestLimits) => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    const answer = await ask(request);
    if (answer !== undefined || remainingMs() <= 0) return answer;
    await pause(0);
  }
}

/** The failures of a wait in a row: when to try again, when to tell the user, and when there was no response for too long. */
function trackFaults(
  { monotonic: now, random }: Clock,
  { onFault, onRecovery, ...options }: Pick<DeadlineOptions, 'isKnown' | 'onFault' | 'onRecovery'>,
) {
  let { isKnown = false } = options;
  let silentSince = now();
  let fault: RequestError | undefined;
  let [count, retryAt] = [0, 0];
  let [reportedAt, isReported] = [Number.NEGATIVE_INFINITY, false];
  return {
    last: () => fault,
    retryAt: () => (fault ? retryAt : 0),
    wake: (lost: number) => {
      silentSince += lost;
      reportedAt += lost;
    },
    end: () => {
      if (isReported) onRecovery?.();
      [isKnown, fault, count, isReported] = [true, undefined, 0, false];
    },
    /** Throws what is no transient error. `before`: when its request was sent. */
    begin: (error: unknown, before: number): RequestError => {
      if (!(error instanceof RequestError) || !mayPass(error, isKnown)) throw error;
      // Silence starts at the first request without a response. "Come back later" is a response.
      if (!fault || isLimit(error)) silentSince = before;
      return error;
    },
    add: (error: RequestError, isTold: boolean) => {
      if (now() - silentSince >= longestSilenceMs) throw error;
      if (isTold && !isReported && now() - reportedAt >= reportEveryMs) {
        [reportedAt, isReported] = [now(), true];
        onFault?.(error);
      }
      fault = error;
      retryAt = now() + retryDelay(error, Math.min(++count, 8), random);
    },
  };
}

/** An answer like another server's (HTML, an unknown certificate) may pass only if the right one answered before. */
function mayPass(error: RequestError, isKnown: boolean) {
  return error.mayPass || (isKnown && isUnanswered(error));
}
