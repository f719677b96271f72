import type { Clock } from '../../src/base/clock.js';

export interface FakeClock extends Clock {
  /** Lets time pass without anybody sleeping. */
  advance(ms: number): void;
  /** How long each sleep was, in order. */
  readonly sleeps: readonly number[];
}

/**
 * A clock whose sleeps take no time: each moves it on by as much as it was to last. Time-outs that it passes on its way go
 * off, so whoever sleeps long enough on the other end of a connection is timed out.
 */
export function fakeClock(start = Date.UTC(2026, 7, 1)): FakeClock {
  let now = start;
  const sleeps: number[] = [];
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
    sleeps,
    advance: moveOn,
    sleep: async (ms, signal) => {
      // A turn of the event loop, in which whatever else is under way can go on.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      sleeps.push(ms);
      // A real timer takes a millisecond at least; a sum may lose what is less.
      moveOn(ms < 1 ? Math.ceil(ms) : ms);
    },
    timeout: (ms) => {
      const alarm = new AbortController();
      alarms.push({ at: now + ms, ring: () => alarm.abort(new DOMException('The time is up.', 'TimeoutError')) });
      return alarm.signal;
    },
  };
}

/** The same clock, but from that time on every sleep lasts until it is interrupted; `onSleep` is told. */
export function standStill(clock: FakeClock, at: number, onSleep = () => {}): FakeClock {
  const forever = (signal?: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      onSleep();
    });
  return { ...clock, sleep: (ms, signal) => (clock.now() < at ? clock.sleep(ms, signal) : forever(signal)) };
}
