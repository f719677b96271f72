import { expect, test } from 'vitest';
import { cut } from '../../src/ui/width.js';

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
