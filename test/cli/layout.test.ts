import { expect, test } from 'vitest';
import { items, layoutOf } from '../../src/cli/help/layout.js';

test('a description stands beside its term if 20 columns are left for it, otherwise below', () => {
  const shown = (width: number) => items([['ten-----ch', 'A description.']], layoutOf(width)).split('\n').length;
  expect([shown(34), shown(33)]).toEqual([1, 2]);
});
