import { expect, test } from 'vitest';
import { backOff } from '../../src/base/request-limits.js';

test('a back-off doubles with each try, and half of it is random', () => {
  expect([1, 2, 3].map((tries) => backOff(300, tries, () => 0))).toEqual([150, 300, 600]);
  expect([1, 2, 3].map((tries) => backOff(300, tries, () => 1))).toEqual([300, 600, 1200]);
  expect(backOff(1000, 1, () => 0.5)).toBe(750);
});
