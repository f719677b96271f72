import { expect, test } from 'vitest';
import { cut, extentOf } from '../../src/ui/width.js';

test.each([
  ['', 10, 1, 0],
  ['abc', 10, 1, 3],
  ['\x1b[1mabc\x1b[22m', 3, 1, 3],
  ['abcd', 3, 2, 1],
  ['abcdef', 3, 2, 3],
  ['日本語', 6, 1, 6],
  ['日本語', 4, 2, 2],
  // Two such characters take four of five columns. The third does not start in the fifth column.
  ['日本語日本', 5, 3, 2],
  ['e\u0301e\u0301', 2, 1, 2],
])('%j on %i columns takes %i rows, and %i columns of the last', (line, columns, rows, used) => {
  expect(extentOf(line, columns)).toEqual({ rows, used });
});

test("a text is cut if it doesn't fit", () => {
  expect(cut('abcdef', 6, '…')).toBe('abcdef');
  expect(cut('abcdef', 5, '…')).toBe('abcd…');
  expect(cut('abc def', 5, '…')).toBe('abc…');
  expect(cut('日本語', 6, '…')).toBe('日本語');
  expect(cut('日本語', 5, '…')).toBe('日本…');
  expect(cut('日本語', 4, '…')).toBe('日…');
  expect(cut('abcdef', 5, '...')).toBe('ab...');
  expect(cut('x'.repeat(10_000_000), 5, '…')).toBe('xxxx…');
});
