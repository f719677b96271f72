import { setTimeout as after } from 'node:timers/promises';

/** Time, and the passing of it. Injected everywhere, so that no test waits for the wall clock. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms` milliseconds with a `TimeoutError`. It keeps no process alive. */
  timeout(ms: number): AbortSignal;
}

export const systemClock: Clock = {
  now: Date.now,
  timeout: AbortSignal.timeout,
  async sleep(ms, signal) {
    try {
      await after(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
