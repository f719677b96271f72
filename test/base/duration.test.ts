import { expect, test } from 'vitest';
import { formatAge, formatDuration, parseDuration } from '../../src/base/duration.js';
import { UsageError } from '../../src/base/errors.js';
import { guessed } from '../../src/base/words.js';

test.each([
  ['90s', 90_000],
  ['20m', 1_200_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5s', 1500],
  ['2D', 172_800_000],
  ['0s', 0],
  ['30d', 30 * 86_400_000],
  ['1.4ms', 1],
  ['1.6ms', 2],
  [' 1S ', 1000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'soon', '5', '-5s', '5 s x', 's', '1h-3m', '1e3s', '30d1ms', 'Infinitys'])('%j is no time', (text) => {
  expect(() => parseDuration(text)).toThrow(UsageError);
});

test('a number without a unit gets a suggestion', () => {
  expect(() => parseDuration('90')).toThrow(
    expect.objectContaining({ hint: { text: guessed('90s or 90m'), commands: [] } }),
  );
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [499, '0s'],
  [500, '1s'],
  [59_499, '59s'],
  [59_600, '1m'],
  [141_000, '2m21s'],
  [3_599_500, '1h'],
  [3_661_000, '1h1m'],
  [90_000_000, '25h'],
])('%i ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [-5, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_599_999, '59m'],
  [3_600_000, '1h'],
  [86_399_999, '23h'],
  [86_400_000, '1d'],
  [400 * 86_400_000, '400d'],
])('an age of %i ms is shown as %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});
