import type { Clock } from '../base/clock.js';
import type { Effort } from '../base/effort.js';

/** So long may nothing answer before a wait gives up. */
export const longestSilenceMs = 5 * 60_000;
/** How long one request may take; the last look may go so much beyond the end that it can still be answered. */
const [requestMs, graceMs] = [30_000, 5000];

/** The clocks are looked at this often, and so much more than that says that the machine, or this process, slept. */
const [sliceMs, jumpMs] = [1000, 5000];

/** Faults that come and go are told this often at most. */
const toldEveryMs = 60_000;

/** What is to be known of what goes wrong with a request. */
interface Faults {
  /** Whether it may go well a little later; `isKnown` where there were answers before. */
  mayPass(error: Error, isKnown: boolean): boolean;
  /** Whether it is an answer all the same: to come back later. */
  isAnswer(error: Error): boolean;
  /** Milliseconds until it is worth trying again, after so many faults in a row. */
  delayMs(error: Error, faults: number, random: () => number): number;
}

export interface PatienceOptions {
  /** Milliseconds of waking time from now. */
  timeoutMs: number;
  clock: Clock;
  /** Ends everything: it rejects with the signal's reason. */
  signal: AbortSignal;
  random: () => number;
  faults: Faults;
  /** That there were answers before. */
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
  /** Asks. Undefined where a fault that may pass came instead of an answer; throws what won't pass. */
  ask<T>(request: (how: Effort) => Promise<T>): Promise<T | undefined>;
  /** Asks until an answer comes; undefined where time is up before. */
  insist<T>(request: (how: Effort) => Promise<T>): Promise<T | undefined>;
  /** Sleeps until time is up at the latest; after a fault rather until it is worth trying again. Ends at once after a jump of a clock. */
  pause(ms: number): Promise<void>;
  /** Milliseconds from now to the next question, where it is to be this long after an answer. */
  gap(ms: number): number;
  /** What came instead of an answer last, or undefined where there was one. */
  fault(): Error | undefined;
}

export function createPatience({ timeoutMs, clock, signal, random, faults, ...options }: PatienceOptions): Patience {
  const now = () => clock.monotonic();
  let deadline = now() + timeoutMs;
  let { isKnown = false } = options;
  let silentSince = now();
  let fault: Error | undefined;
  let [count, retryAt] = [0, 0];
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

  async function ask<T>(request: (how: Effort) => Promise<T>): Promise<T | undefined> {
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
      [isKnown, fault, count, isTold] = [true, undefined, 0, false];
      return answer;
    } catch (error) {
      if (!(error instanceof Error) || !faults.mayPass(error, isKnown)) throw error;
      // Silence begins with the first question that gets no answer; to be told to come back later is one.
      if (!fault || faults.isAnswer(error)) silentSince = before;
      wakeAfter();
      if (now() - silentSince >= longestSilenceMs) throw error;
      told(error);
      fault = error;
      retryAt = now() + faults.delayMs(error, Math.min(++count, 8), random);
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

  async function insist<T>(request: (how: Effort) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const answer = await ask(request);
      if (answer !== undefined || left() <= 0) return answer;
      await pause(0);
    }
  }

  return { left, ask, insist, pause, gap, fault: () => fault };
}
