import { setTimeout as after } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970, for dates and ages. It jumps if someone sets the clock. */
  now(): number;
  /** Milliseconds since some moment, for deadlines and durations. Never jumps back. May stop while the host sleeps. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Returns a signal that aborts after `ms` milliseconds with a `TimeoutError`. It doesn't keep the process alive. */
  timeout(ms: number): AbortSignal;
  /** A random number from 0 to 1, for jitter: pauses of the same length would bring many clients at the same moment. */
  random(): number;
}

/** Milliseconds as a timer accepts them: an integer from 0 to 2³¹ − 1 (24 days). A longer timer would fire at once. */
function whole(ms: number) {
  return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(ms)));
}

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  // Not `performance`, which Node 20 loads on first access.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  timeout(ms) {
    // Not `AbortSignal.timeout`: Node 20 garbage-collects it if only `AbortSignal.any` refers to it.
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

export function isTimeout(error: unknown) {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** Settles like `work`, but rejects with the signal's reason as soon as the signal aborts. */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
