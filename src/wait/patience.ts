import { AnswerError, ApiError, NetworkError, SignInError } from '../atlas/errors.js';
import type { Patience as Request } from '../atlas/http.js';
import { retryDelay } from '../atlas/retry.js';
import type { Clock } from '../base/clock.js';

/** So long may nothing answer before a wait gives up. */
export const longestSilenceMs = 5 * 60_000;
/** How long one request may take; the last look may go so much beyond the end that it can still be answered. */
const [requestMs, graceMs] = [30_000, 5000];

/** The clocks are looked at this often, and so much more than that says that the machine, or this process, slept. */
const [sliceMs, jumpMs] = [1000, 5000];

/** Faults that come and go are told this often at most. */
const toldEveryMs = 60_000;

export interface PatienceOptions {
  /** Milliseconds of waking time from now. */
  timeoutMs: number;
  clock: Clock;
  /** Ends everything: it rejects with the signal's reason. */
  signal: AbortSignal;
  random: () => number;
  /** That Atlas has answered before. */
  isKnown?: boolean;
  /** The first of several faults in a row; now and then where they come and go. */
  onFault?: ((error: Error) => void) | undefined;
  /** The first answer after faults that were told. */
  onRecovery?: (() => void) | undefined;
}

/** The time that a wait has, and how it takes faults on the way. */
export interface Patience {
  /** Milliseconds until time is up, none or less once it is. */
  left(): number;
  /** Asks Atlas. Undefined where a fault that may pass came instead of an answer; throws what won't pass. */
  ask<T>(request: (how: Request) => Promise<T>): Promise<T | undefined>;
  /** Asks until an answer comes; undefined where time is up before. */
  insist<T>(request: (how: Request) => Promise<T>): Promise<T | undefined>;
  /** Sleeps until time is up at the latest; after a fault rather until it is worth trying again. Ends at once after a jump of a clock. */
  pause(ms: number): Promise<void>;
  /** Milliseconds from now to the next question, where it is to be this long after an answer. */
  gap(ms: number): number;
  /** What came instead of an answer last, or undefined where there was one. */
  fault(): Error | undefined;
}

export function createPatience({ timeoutMs, clock, signal, random, ...options }: PatienceOptions): Patience {
  const now = () => clock.monotonic();
  let deadline = now() + timeoutMs;
  let { isKnown = false } = options;
  let silentSince = now();
  let fault: Error | undefined;
  let [faults, retryAt] = [0, 0];
  let [toldAt, isTold] = [Number.NEGATIVE_INFINITY, false];

  const left = () => deadline - now();
  /** Time that was slept through counts neither as waiting nor as silence. */
  const wake = (lost: number) => {
    deadline += lost;
    silentSince += lost;
    toldAt += lost;
  };
  const told = (error: Error) => {
    // At its end the error of the wait says so.
    if (isTold || left() <= 0 || now() - toldAt < toldEveryMs) return;
    [toldAt, isTold] = [now(), true];
    options.onFault?.(error);
  };

  async function ask<T>(request: (how: Request) => Promise<T>): Promise<T | undefined> {
    const before = now();
    // Time was up before it is worth trying again.
    if (fault && before < retryAt) return undefined;
    const timeoutMs = Math.min(requestMs, Math.max(graceMs, left()));
    /** What is asked for may take a few requests, each its time; what took longer was slept through. */
    const wakeAfter = () => {
      const took = now() - before;
      if (took > 5 * timeoutMs) wake(took - timeoutMs);
    };
    try {
      const answer = await request({ tries: 1, timeoutMs });
      wakeAfter();
      if (isTold) options.onRecovery?.();
      [isKnown, fault, faults, isTold] = [true, undefined, 0, false];
      return answer;
    } catch (error) {
      if (!(error instanceof Error) || !mayPass(error, isKnown)) throw error;
      // Silence begins with the first question that gets no answer; to be told to come back later is one.
      if (!fault || (error instanceof ApiError && error.status === 429)) silentSince = before;
      wakeAfter();
      if (now() - silentSince >= longestSilenceMs) throw error;
      told(error);
      fault = error;
      retryAt = now() + retryDelay(error, Math.min(++faults, 8), random);
      return undefined;
    }
  }

  const gap = (ms: number) => (fault ? Math.max(0, retryAt - now()) : ms);

  async function pause(ms: number): Promise<void> {
    const until = Math.min(now() + gap(ms), deadline);
    for (;;) {
      const [before, wallBefore] = [now(), clock.now()];
      const slice = Math.min(sliceMs, until - before);
      if (slice <= 0) return;
      await clock.sleep(slice, signal);
      const lost = now() - before - slice;
      if (lost > jumpMs) return wake(lost);
      // A sleep of the machine shows on the wall clock alone where it stops the other one.
      if (Math.abs(clock.now() - wallBefore - slice) > jumpMs) return;
    }
  }

  async function insist<T>(request: (how: Request) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const answer = await ask(request);
      if (answer !== undefined || left() <= 0) return answer;
      await pause(0);
    }
  }

  return { left, ask, insist, pause, gap, fault: () => fault };
}

/**
 * Whether a request may go well a little later: faults of the network and of Atlas, cut answers, too many requests. What
 * answers like another server (a page of HTML, an unknown certificate) passes for a fault only of an Atlas that has
 * answered before; else it is a wrong address.
 */
function mayPass(error: Error, isKnown: boolean): boolean {
  if (error instanceof SignInError && error.cause instanceof Error) return mayPass(error.cause, isKnown);
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429 || error.status === 408;
  return error instanceof NetworkError || (error instanceof AnswerError && (error.transient || isKnown));
}
