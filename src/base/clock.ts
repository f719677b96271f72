import { setTimeout as after } from 'node:timers/promises';

/** Time, and the passing of it. Injected everywhere, so that no test waits for the wall clock. */
export interface Clock {
  /** Milliseconds since 1970, for dates and ages. It jumps where somebody sets it. */
  now(): number;
  /** Milliseconds since some moment, for deadlines and durations. It never jumps back; a machine that sleeps may stop it. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms` milliseconds with a `TimeoutError`. It keeps no process alive. */
  timeout(ms: number): AbortSignal;
}

/** The longest that timers take (2³¹ − 1 ms, 24 days): a longer one would go off at once. */
const longestMs = 2 ** 31 - 1;

/** Milliseconds as timers take them: whole ones, and not less than none. */
function whole(ms: number): number {
  return Math.min(longestMs, Math.max(0, Math.ceil(ms)));
}

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  timeout(ms) {
    // Not `AbortSignal.timeout`: where only `AbortSignal.any` refers to it, the garbage collector of Node 20 takes it, and it
    // never goes off. A timer keeps what it calls.
    const timeout = new AbortController();
    const goOff = () => timeout.abort(new DOMException('The time is up.', 'TimeoutError'));
    setTimeout(goOff, whole(ms)).unref();
    return timeout.signal;
  },
  async sleep(ms, signal) {
    try {
      await after(whole(ms), undefined, signal ? { signal } : {});
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
