import { expect, test } from 'vitest';
import { cut, rowsOf } from '../../src/ui/width.js';

test.each([
  ['', 10, 1],
  ['abc', 10, 1],
  ['\x1b[1mabc\x1b[22m', 3, 1],
  ['abcd', 3, 2],
  ['abcdef', 3, 2],
  ['日本語', 6, 1],
  ['日本語', 4, 2],
  // Two such characters take four of five columns. The third does not start in the fifth column.
  ['日本語日本', 5, 3],
  ['e\u0301e\u0301', 2, 1],
])('%j on %i columns takes %i rows', (line, columns, rows) => {
  expect(rowsOf(line, columns)).toBe(rows);
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
