import { expect, test } from 'vitest';
import { readPages } from '../../src/clouds/rest.js';

test('a list has at most 100 pages', async () => {
  const linked = (pages: number) => {
    let page = 0;
    return readPages('disks.list', async () => ({ items: [++page], next: page === pages ? null : `page-${page}` }));
  };
  expect(await linked(100)).toHaveLength(100);
  await expect(linked(101)).rejects.toThrow('The list of disks.list does not end: no new page follows page 100.');
});
