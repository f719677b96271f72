import { describe, expect, test } from 'vitest';
import { createRateLimit } from '../../src/atlas/rate-limit.js';
import { fakeClock } from '../helpers/fake-clock.js';

function start(of: number | null = null) {
  const clock = fakeClock();
  const limit = createRateLimit(clock);
  return { clock, gapMs: limit.gapMs, note: (remaining: number | null) => limit.note({ remaining, limit: of }) };
}

test('by default, half of the remaining requests are spread over a minute', () => {
  for (const [left, gap] of [
    [null, 0],
    [100_000, 1.2],
    [60, 2000],
    [10, 12_000],
    [1, 60_000],
    [0, 60_000],
  ] as const) {
    const { note, gapMs } = start();
    note(left);
    expect(gapMs(1)).toBeCloseTo(gap);
  }
  const { note, gapMs } = start();
  note(60);
  expect(gapMs(3)).toBe(6000);
});

/** Sends requests at the suggested intervals to a server with this limit per window. Returns the time of each poll. */
function ask(requests: number, perMs: number, { each = 1, used = 0 } = {}) {
  const { clock, note, gapMs } = start(requests);
  const times: number[] = [];
  let [windowStart, count, refused] = [0, used, 0];
  while (clock.monotonic() < 180_000) {
    const now = clock.monotonic();
    if (now - windowStart >= perMs) [windowStart, count] = [now, 0];
    for (let asked = 0; asked < each; asked++) {
      if (++count > requests) refused++;
      note(Math.max(0, requests - count));
    }
    times.push(now);
    clock.advance(Math.max(1, Math.ceil(gapMs(each))));
  }
  return { times, refused };
}

describe('learns the length of a window', () => {
  test.each([
    [4, 5000],
    [4, 10_000],
    [2, 5000],
    [10, 5000],
    [20, 30_000],
  ])('%i requests in %i ms: then about half are used', (requests, perMs) => {
    const { times, refused } = ask(requests, perMs);
    expect(refused).toBe(0);
    const used = times.filter((time) => time >= 60_000).length;
    const all = (120_000 / perMs) * requests;
    expect([used > all * 0.25, used < all * 0.8]).toEqual([true, true]);
  });

  test.each([5000, 10_000])('within twice its length (%i ms), if some requests were used before', (perMs) => {
    const second = ask(8, perMs, { used: 2 }).times.find((time) => time >= perMs);
    expect(second).toBeLessThanOrEqual(2 * perMs);
  });

  test('with several requests per poll and responses in any order', () => {
    expect(ask(24, 5000, { each: 3 }).refused).toBe(0);
    const { clock, note, gapMs } = start(100);
    for (const left of [45, 43, 44]) note(left);
    const before = gapMs(3);
    clock.advance(3000);
    for (const left of [40, 42, 41]) note(left);
    expect(gapMs(3)).toBeGreaterThan(before);
  });

  test.each([
    [999, 2000],
    [1000, 2000 / 61],
  ])('if more requests remain %i ms after a response, but not within a second', (ms, gap) => {
    const { clock, note, gapMs } = start(200);
    note(60);
    clock.advance(ms);
    note(61);
    expect(gapMs(1)).toBeCloseTo(gap);
  });

  test.each([0, 3])('but not if %i remain each time', (left) => {
    const { clock, note, gapMs } = start(100);
    for (let count = 0; count < 5; count++) {
      note(left);
      clock.advance(10_000);
    }
    expect(gapMs(2)).toBe(60_000);
  });
});

test.each([8, 10, 40, 100])(
  'of %i requests a minute, half are left for others from the first minute on',
  (requests) => {
    const { times } = ask(requests, 60_000);
    for (const minute of [0, 1, 2]) {
      const used = times.filter((time) => Math.floor(time / 60_000) === minute).length;
      expect(used).toBeLessThanOrEqual(requests / 2 + 2);
    }
  },
);
