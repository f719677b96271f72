import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ignoreClosedPipe, isTerminal, wantsColor } from '../../src/ui/streams.js';

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

test('a closed pipe is no error, another fault of a stream is', () => {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  ignoreClosedPipe(streams);
  const fault = (code: string) => Object.assign(new Error(code), { code });
  expect(() => streams.stdout.emit('error', fault('EPIPE'))).not.toThrow();
  expect(() => streams.stdout.emit('error', fault('ENOSPC'))).toThrow('ENOSPC');
});
