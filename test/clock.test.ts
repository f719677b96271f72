import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.js';

test.each([0, 0.25, 1999.6, -7, -0.5])('a time-out of %d ms goes off, though timers take whole milliseconds', (ms) => {
  expect(() => systemClock.timeout(ms)).not.toThrow();
});

test.each([2 ** 31, 2.6e9, 1e15, Number.POSITIVE_INFINITY])(
  'a time-out of %d ms does not go off at once',
  async (ms) => {
    const signal = systemClock.timeout(ms);
    const stop = new AbortController();
    const slept = systemClock.sleep(ms, stop.signal).then(
      () => 'slept',
      () => 'stopped',
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('enough'));
    expect([signal.aborted, await slept]).toEqual([false, 'stopped']);
  },
);
