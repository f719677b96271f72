import { expect, test } from 'vitest';
import { fitted } from '../../src/ui/spinner.js';

const rows = [
  ['us-east-1', '6a79', 'INITIATING', '1m12s', 'usually 2m21s–3m7s'],
  ['eu-west-1', '6a80', 'DELETING', '3s', ''],
];

test('rows are aligned', () => {
  expect(fitted(rows, { columns: 80, rows: 24 })).toEqual([
    'us-east-1  6a79  INITIATING  1m12s  usually 2m21s–3m7s',
    'eu-west-1  6a80  DELETING    3s',
  ]);
});

test('wide characters take two columns', () => {
  expect(fitted([['日本', 'a'], ...rows.slice(1)], { columns: 80, rows: 24 })[0]).toBe('日本       a');
  expect(fitted([['日本', 'ab']], { columns: 10, rows: 24 })).toEqual(['日本']);
  expect(fitted([['日本', 'ab']], { columns: 11, rows: 24 })).toEqual(['日本  ab']);
});

test('cells that do not fit are left out whole', () => {
  expect(fitted(rows, { columns: 50, rows: 24 })[0]).toBe('us-east-1  6a79  INITIATING  1m12s');
  expect(fitted(rows, { columns: 28, rows: 24 })[0]).toBe('us-east-1  6a79  1m12s');
  expect(fitted(rows, { columns: 5, rows: 24 })[0]).toBe('us-east-1');
});

test('a first cell that no screen could hold is cut', () => {
  expect(fitted([['x'.repeat(500)]], { columns: 80, rows: 24 })).toEqual([`${'x'.repeat(76)}…`]);
});

test('rows that do not fit are counted', () => {
  const many = Array.from({ length: 30 }, (_, index) => [`r${index}`]);
  const lines = fitted(many, { columns: 80, rows: 10 });
  expect(lines).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', '… and 23 more']);
  expect(fitted(many.slice(0, 8), { columns: 80, rows: 10 })).toHaveLength(8);
  expect(fitted(many, { columns: 80, rows: 2 })).toEqual(['r0', '… and 29 more']);
});
