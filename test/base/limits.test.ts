import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readAll, readText } from '../../src/base/files.js';
import { closest, didYouMean, listed, oneOf } from '../../src/base/words.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('a long list shows ten items, or the given number', () => {
  const items = (count: number) => Array.from({ length: count }, (_, index) => `i${index}`);
  expect(listed(items(10))).toBe(items(10).join(', '));
  expect(listed(items(11))).toBe(`${items(10).join(', ')} and 1 more`);
  expect(listed(items(5), 3)).toBe('i0, i1, i2 and 2 more');
  expect([listed([]), listed(['a'])]).toEqual(['', 'a']);
  expect([oneOf(['a', 'b', 'c']), oneOf(['a', 'b']), oneOf(['a'])]).toEqual(['a, b or c', 'a or b', 'a']);
});

test.each([
  ['lst', 'list'],
  ['LIST', 'list'],
  ['slit', undefined],
  ['lsit', 'list'],
  ['ohter', 'other'],
  ['ohtre', undefined],
  ['liszxt', 'list'],
  ['lisxyzt', undefined],
  // At most half of the typed characters may differ.
  ['li', undefined],
  ['lit', 'list'],
  ['tsil', undefined],
  ['', undefined],
])('the closest to %j is %s', (typed, near) => {
  expect(closest(typed, ['other', 'list'])).toBe(near);
});

test('suggests the closest name, otherwise lists the valid ones, up to a limit', () => {
  expect(closest('wait', ['waits', 'wait'])).toBe('wait');
  expect(closest('wiat', ['list', 'wait'])).toBe('wait');
  expect(didYouMean('lst', ['list', 'get'])).toContain('list');
  expect(didYouMean('nothing', ['list', 'get'])).toContain('list, get');
  expect(didYouMean('nothing', ['list', 'get', 'create'], 1)).toContain('list and 2 more');
});

describe('input', () => {
  const file = (text: string | Buffer) => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, text);
    return path;
  };
  const stream = (...chunks: string[]) => Readable.from(chunks.map((text) => Buffer.from(text)));
  const never = new AbortController().signal;

  test('from a stream is not read to its end if it is endless', async () => {
    expect(await readAll(stream('ab', 'c'), never, 3)).toBe('abc');
    await expect(readAll(stream('ab', 'cd'), never, 3)).rejects.toMatchObject({ code: 'EFBIG' });
    const endless = new Readable({ read: () => endless.push(Buffer.alloc(10_000)) });
    await expect(readAll(endless, never, 65_536)).rejects.toMatchObject({ code: 'EFBIG' });
    const stop = new AbortController();
    const silent = new Readable({ read: () => stop.abort(new Error('enough')) });
    await expect(readAll(silent, stop.signal, 3)).rejects.toThrow('enough');
  });

  test('may have the encodings that PowerShell writes', async () => {
    const text = 'ä{}';
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [little, big, Buffer.from(`\ufeff${text}`), Buffer.from(text)])
      expect([readText(file(bytes)), await readAll(Readable.from([bytes]), never, 100)]).toEqual([text, text]);
    // Half a byte order mark is not one.
    for (const half of [Buffer.from([0xff, 0x41]), Buffer.from([0x41, 0xfe]), Buffer.from([0xfe, 0x41])])
      expect(readText(file(half))).toContain('A');
  });
});
