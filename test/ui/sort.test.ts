import { expect, test } from 'vitest';
import { UsageError } from '../../src/base/errors.js';
import { readSort } from '../../src/ui/formats.js';
import { type Row, sorted, type View } from '../../src/ui/view.js';

const keys = ['id', 'status', 'count'];

function ids(rows: Row[], sort: string, more: Partial<View> = {}): string {
  const view: View = { single: false, rows, id: 'id', ...more };
  return sorted(view, readSort(sort, keys))
    .rows.map(({ id }) => id)
    .join('');
}

test('sorts text as text and numbers as numbers; -key reverses the order', () => {
  const rows = [{ id: 'b' }, { id: 'a' }, { id: 'C' }];
  expect([ids(rows, 'id'), ids(rows, '-id')]).toEqual(['abC', 'Cba']);
  const counted = [10, 9, 100].map((count, index) => ({ id: `${index}`, count }));
  expect([ids(counted, 'count'), ids(counted, '-count')]).toEqual(['102', '201']);
});

test('rows without a value come last in both orders, and equal rows keep their order', () => {
  const rows = ['x', null, 'x', '', 'y'].map((status, index) => ({ id: `${index}`, status }));
  expect([ids(rows, 'status'), ids(rows, '-status')]).toEqual(['02413', '40213']);
  expect(ids([{ id: 'a' }, { id: 'b', count: 1 }], 'count')).toBe('ba');
});

test('age is the reverse of createdAt', () => {
  expect(readSort('age', ['createdAt', 'age'])).toEqual({ key: 'createdAt', isDescending: true });
  expect(readSort('-AGE', ['createdAt', 'age'])).toEqual({ key: 'createdAt', isDescending: false });
  expect(() => readSort('age', keys)).toThrow(UsageError);
});

test('values in `order` come first, in that order', () => {
  const rows = ['GONE', 'NEW', 'MADE'].map((status) => ({ id: status.charAt(0), status }));
  expect(ids(rows, 'status', { order: { status: ['NEW', 'MADE'] } })).toBe('NMG');
});

test('an object is unchanged, and an unknown key lists the valid ones', () => {
  const one: View = { single: true, rows: [{ id: 'a' }], id: 'id' };
  expect(sorted(one, readSort('-id', keys))).toBe(one);
  expect(() => readSort('-sttus', keys)).toThrow(UsageError);
});
