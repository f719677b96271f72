import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';

test.each([0, 0.25, 1999.6, -7, -0.5])('a time-out of %d ms works, although timers need whole milliseconds', (ms) => {
  expect(() => systemClock.timeout(ms)).not.toThrow();
});

test.each([2 ** 31, 2.6e9, 1e15, Number.POSITIVE_INFINITY])(
  'a time-out of %d ms does not end at once',
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

test('a time-out survives a garbage collection, also inside AbortSignal.any', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const stop = new AbortController();
  const limits = AbortSignal.any([systemClock.timeout(50), stop.signal]);
  const ended = new Promise((resolve) =>
    limits.addEventListener('abort', () => resolve(limits.reason), { once: true }),
  );
  // Objects created in this turn of the event loop stay alive until it ends.
  await new Promise(setImmediate);
  collectGarbage();
  expect(await ended).toMatchObject({ name: 'TimeoutError' });
});
