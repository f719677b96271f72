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

export function createDeadline({ timeoutMs, clock, signal, ...options }: DeadlineOptions) {
  const now = () => clock.monotonic();
  let deadline = now() + timeoutMs;
  let { isKnown = false } = options;
  let silentSince = now();
  let fault: Error | undefined;
  let [count, retryAt] = [0, 0];
  let [reportedAt, isReported] = [Number.NEGATIVE_INFINITY, false];

  /** Milliseconds until the deadline; 0 or negative after it. */
  const remainingMs = () => deadline - now();
  /** Time when the machine slept counts neither as waiting nor as silence. */
  const wake = (lost: number) => {
    deadline += lost;
    silentSince += lost;
    reportedAt += lost;
  };
  const report = (error: Error) => {
    // At the deadline, the wait throws its own error.
    if (isReported || remainingMs() <= 0 || now() - reportedAt < reportEveryMs) return;
    [reportedAt, isReported] = [now(), true];
    options.onFault?.(error);
  };

  /** Sends the request once. Returns undefined after a transient error; throws any other error. */
  async function ask<T>(request: (how: RequestLimits) => Promise<T>): Promise<T | undefined> {
    const before = now();
    // Too early for a retry: the deadline came first, or a clock jumped.
    if (fault && before < retryAt) return undefined;
    const timeoutMs = Math.min(requestMs, Math.max(graceMs, remainingMs()));
    /** One call may send a few requests, each with its own time-out. If it took even longer, the machine was asleep. */
    const wakeAfter = () => {
      const took = now() - before;
      if (took > 5 * timeoutMs) wake(took - timeoutMs);
    };
    try {
      const answer = await request({ tries: 1, timeoutMs });
      wakeAfter();
      if (isReported) options.onRecovery?.();
      [isKnown, fault, count, isReported] = [true, undefined, 0, false];
      return answer;
    } catch (error) {
      if (!(error instanceof RequestError) || !mayPass(error, isKnown)) throw error;
      // Silence starts at the first request without a response. "Come back later" is a response.
      if (!fault || isLimit(error)) silentSince = before;
      wakeAfter();
      if (now() - silentSince >= longestSilenceMs) throw error;
      report(error);
      fault = error;
      retryAt = now() + retryDelay(error, Math.min(++count, 8), clock.random);
      return undefined;
    }
  }

  /** Sleeps `ms`, but never past the deadline; after a failure until the next retry. Ends early if a clock jumps. */
  async function pause(ms: number): Promise<void> {
    const until = Math.min(fault ? retryAt : now() + ms, deadline);
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

  /** Retries until there is a response. Returns undefined if the deadline passes first. */
  async function retryUntilDeadline<T>(request: (how: RequestLimits) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const answer = await ask(request);
      if (answer !== undefined || remainingMs() <= 0) return answer;
      await pause(0);
    }
  }

  return {
    limitMs: options.limitMs ?? timeoutMs,
    remainingMs,
    ask,
    retryUntilDeadline,
    pause,
    fault: () => fault,
  };
}

/** An answer like another server's (HTML, an unknown certificate) may pass only if the right one answered before. */
function mayPass(error: RequestError, isKnown: boolean) {
  return error.mayPass || (isKnown && isUnanswered(error));
}
