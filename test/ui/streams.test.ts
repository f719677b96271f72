import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ignoreErrors, isTerminal, wantsColor, write } from '../../src/ui/streams.js';

const tty = { isTTY: true };
const pipe = { isTTY: false };

test.each([
  [tty, {}, undefined, true],
  [tty, {}, true, true],
  [pipe, {}, undefined, false],
  [tty, {}, false, false],
  [tty, { NO_COLOR: '1' }, undefined, false],
  [tty, { NO_COLOR: '' }, undefined, true],
  [pipe, { FORCE_COLOR: '1' }, undefined, true],
  [tty, { FORCE_COLOR: '0' }, undefined, false],
  [tty, { FORCE_COLOR: '1', NO_COLOR: '1' }, undefined, false],
  [pipe, { FORCE_COLOR: '1' }, false, false],
  [tty, { TERM: 'dumb' }, undefined, false],
] as const)('%j with %j and --color=%j: %j', (stream, env, flag, expected) => {
  expect(wantsColor(stream, env, flag)).toBe(expected);
});

test('a dumb terminal is none whose cursor can move', () => {
  expect([isTerminal(tty, {}), isTerminal(tty, { TERM: 'dumb' }), isTerminal(pipe, {})]).toEqual([true, false, false]);
});

function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
}

test('a closed pipe is no error, a full disk is', async () => {
  const [closed, full] = [failing('EPIPE'), failing('ENOSPC')];
  ignoreErrors(closed, full);
  await expect(write(closed, 'text')).resolves.toBe(false);
  await expect(write(full, 'text')).rejects.toThrow("The output can't be written: ENOSPC.");
});
