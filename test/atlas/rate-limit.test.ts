import { expect, test } from 'vitest';
import { createRateLimit } from '../../src/atlas/client.js';

test.each([
  [null, 0],
  [100_000, 1.2],
  [60, 2000],
  [10, 12_000],
  [1, 60_000],
  [0, 60_000],
])('half of the remaining requests are spread over a minute: %j', (left, gap) => {
  const { note, gapMs } = createRateLimit();
  note(left);
  expect(gapMs(1)).toBeCloseTo(gap);
});

test('polls of several requests are further apart', () => {
  const { note, gapMs } = createRateLimit();
  note(60);
  expect(gapMs(3)).toBe(6000);
});

test('the last response that has a number counts', () => {
  const { note, gapMs } = createRateLimit();
  for (const left of [10, 60, null]) note(left);
  expect(gapMs(1)).toBe(2000);
});
