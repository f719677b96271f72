import { setTimeout as after } from 'node:timers/promises';

/** The clock and timers. Injected everywhere, so that no test waits for real time. */
export interface Clock {
  /** Milliseconds since 1970, for dates and ages. It jumps if someone sets the clock. */
  now(): number;
  /**
   * Milliseconds since an arbitrary moment, for deadlines and durations. It never jumps back. It may stop while the
   * machine sleeps.
   */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Returns a signal that aborts after `ms` milliseconds with a `TimeoutError`. It doesn't keep the process alive. */
  timeout(ms: number): AbortSignal;
}

/** The longest timer (2³¹ − 1 ms, 24 days). A longer one would fire at once. */
const longestMs = 2 ** 31 - 1;

/** Milliseconds as a timer accepts them: an integer from 0 to `longestMs`. */
function whole(ms: number): number {
  return Math.min(longestMs, Math.max(0, Math.ceil(ms)));
}

export const systemClock: Clock = {
  now: Date.now,
  // Not `performance`, which Node 20 loads on first access.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  timeout(ms) {
    // Not `AbortSignal.timeout`: if only `AbortSignal.any` refers to it, Node 20 garbage-collects it and it never
    // aborts. A timer keeps its callback alive.
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

/**
 * Lets the event loop turn once. Modules load synchronously, and a connection that is being opened moves on only when the
 * loop turns.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
