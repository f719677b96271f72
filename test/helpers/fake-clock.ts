import type { Clock } from '../../src/clock.js';

export interface FakeClock extends Clock {
  /** Lets time pass without anybody sleeping. */
  advance(ms: number): void;
  /** How long each sleep was, in order. */
  readonly sleeps: readonly number[];
}

/** A clock whose sleeps take no time: each moves it on by as much as it was to last. */
export function fakeClock(start = Date.UTC(2026, 7, 1)): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  return {
    now: () => now,
    sleeps,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms, signal) => {
      // A turn of the event loop, in which whatever else is under way can go on.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      sleeps.push(ms);
      now += ms;
    },
  };
}
