import type { Clock } from '../../src/base/clock.js';

export interface FakeClock extends Clock {
  advance(ms: number): void;
  timeouts(): number;
  /** Moves the time forward to the next time-out, if there is one. */
  expireNext(): void;
  /** The length of each sleep in milliseconds, in order. */
  readonly sleeps: readonly number[];
}

/**
 * A clock whose sleeps take no real time: each moves the clock forward by its length. Time-outs on the way expire. So
 * if the other end of a connection sleeps long enough, the request times out.
 */
export function fakeClock(start = Date.UTC(2026, 7, 1)): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  let timeouts = 0;
  let alarms: { at: number; ring: () => void }[] = [];
  const moveOn = (ms: number) => {
    now += ms;
    const due = alarms.filter(({ at }) => at <= now);
    alarms = alarms.filter(({ at }) => at > now);
    for (const { ring } of due) ring();
  };
  return {
    now: () => now,
    monotonic: () => now - start,
    random: () => 0.5,
    sleeps,
    advance: moveOn,
    timeouts: () => timeouts,
    expireNext: () => {
      if (alarms.length > 0) moveOn(Math.min(...alarms.map(({ at }) => at)) - now);
    },
    sleep: async (ms, signal) => {
      // One turn of the event loop, so that other work can proceed.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      sleeps.push(ms);
      // A real timer takes at least a millisecond. Smaller amounts could get lost in a sum.
      moveOn(ms < 1 ? Math.ceil(ms) : ms);
    },
    timeout: (ms) => {
      timeouts++;
      const alarm = new AbortController();
      alarms.push({ at: now + ms, ring: () => alarm.abort(new DOMException('The time is up.', 'TimeoutError')) });
      return alarm.signal;
    },
  };
}

/** The same clock, but sleeps at the same time take it together: the one that ends first moves the clock, like a real one. */
export function overlapping(clock: FakeClock): FakeClock {
  let sleeping: { end: number; wake: () => void }[] = [];
  let changes = 0;
  const wakeAll = async () => {
    while (sleeping.length > 0) {
      // Others may be about to sleep, too, as soon as they have their responses.
      for (let [calm, seen] = [0, changes]; calm < 50; calm++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (seen !== changes) [calm, seen] = [0, changes];
      }
      const next = Math.min(...sleeping.map(({ end }) => end));
      await clock.sleep(Math.max(0, next - clock.now()));
      const due = sleeping.filter(({ end }) => end <= next);
      sleeping = sleeping.filter(({ end }) => end > next);
      for (const { wake } of due) wake();
    }
  };
  return {
    ...clock,
    sleep: async (ms, signal) => {
      changes++;
      await new Promise<void>((wake) => {
        sleeping.push({ end: clock.now() + ms, wake });
        if (sleeping.length === 1) void wakeAll();
      });
      signal?.throwIfAborted();
    },
  };
}

/** The same clock, but from that time on every sleep lasts until it is aborted, and calls `onSleep`. */
export function standStill(clock: FakeClock, at: number, onSleep = () => {}): FakeClock {
  const forever = (signal?: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      onSleep();
    });
  return { ...clock, sleep: (ms, signal) => (clock.now() < at ? clock.sleep(ms, signal) : forever(signal)) };
}
