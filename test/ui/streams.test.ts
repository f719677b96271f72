import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ignoreErrors, isTerminal, oneLine, prose, wantsColor, write } from '../../src/ui/streams.js';

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
  await expect(write(full, 'text')).rejects.toMatchObject({
    message: "The output can't be written: ENOSPC.",
    hint: 'The disk is full: free some space on it.',
  });
  const broken = failing('EIO');
  ignoreErrors(broken);
  await expect(write(broken, 'text')).rejects.toMatchObject({ hint: 'Send it somewhere else.' });
});

describe('prose', () => {
  const at = (columns: number) => ({ isTTY: true, columns });

  test('breaks at spaces where a terminal ends, and nowhere in a pipe', () => {
    const text = 'Error: There is no endpoint 6a6d3688019ef3864b189c98 here.';
    expect(prose(text, at(30))).toBe('Error: There is no endpoint\n6a6d3688019ef3864b189c98 here.\n');
    expect(prose(text, at(20))).toBe('Error: There is no\nendpoint\n6a6d3688019ef3864b189c98\nhere.\n');
    expect(prose(text, at(text.length))).toBe(`${text}\n`);
    for (const stream of [{ isTTY: false, columns: 20 }, { isTTY: true }, {}])
      expect(prose(text, stream)).toBe(`${text}\n`);
  });

  test('a command line stands by itself, whole: on a line of its own, or at the end of what has no room for it', () => {
    const command = 'atlas-pe wait us-east-1 --until AVAILABLE --sandbox';
    expect(prose('Hint: Connect to it, then:', at(20), [command, command])).toBe(
      `Hint: Connect to it,\nthen:\n  ${command}\n  ${command}\n`,
    );
    expect(prose(`Hint: Go on waiting: ${command}`, at(20))).toBe(`Hint: Go on waiting:\n  ${command}\n`);
    expect(prose(`Hint: Go on waiting: ${command}`, at(80))).toBe(`Hint: Go on waiting: ${command}\n`);
  });

  test('no text from elsewhere begins a line in a pipe, or sends a control code', () => {
    expect(prose('Warning: a\r\nError: b\n\n\tHint:\tc\x1b[2J', {})).toBe('Warning: a Error: b Hint: c\\u001b[2J\n');
    expect(prose('a\n  b', {}, ['c\n  d'])).toBe('a b\n  c d\n');
    expect(oneLine('  a\n\n b\tc \r\n')).toBe('a b c');
  });
});
