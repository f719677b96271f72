import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cmd, commandLine } from '../../src/base/shell.js';
import {
  hintProse,
  ignoreErrors,
  oneLine,
  printable,
  prose,
  shortened,
  wantsColor,
  write,
} from '../../src/ui/streams.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';

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

function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
}

test('a closed pipe is not an error, a full disk is', async () => {
  const [closed, full] = [failing('EPIPE'), failing('ENOSPC')];
  ignoreErrors(closed, full);
  await expect(write(closed, 'text')).resolves.toBe(false);
  await expect(write(full, 'text')).rejects.toMatchObject({
    message: 'Cannot write the output: ENOSPC.',
    hint: { text: 'The disk is full. Free up some space.' },
  });
  const broken = failing('EIO');
  ignoreErrors(broken);
  await expect(write(broken, 'text')).rejects.toMatchObject({
    hint: { text: 'Redirect the output to another file or disk.' },
  });
});

describe('prose', () => {
  const at = (columns: number) => ({ isTTY: true, columns });

  test('wraps at spaces in a terminal, and not in a pipe', () => {
    const text = 'Error: There is no endpoint 6a6d3688019ef3864b189c98 here.';
    expect(prose(text, at(30))).toBe('Error: There is no endpoint\n6a6d3688019ef3864b189c98 here.\n');
    expect(prose(text, at(20))).toBe('Error: There is no\nendpoint\n6a6d3688019ef3864b189c98\nhere.\n');
    expect(prose(text, at(text.length))).toBe(`${text}\n`);
    for (const stream of [{ isTTY: false, columns: 20 }, { isTTY: true }, {}])
      expect(prose(text, stream)).toBe(`${text}\n`);
  });

  test('a command stays whole: on a separate line, or at the end of the sentence if it fits', () => {
    const command = 'atlas-pe wait us-east-1 --until AVAILABLE --sandbox';
    expect(prose('Hint: Connect to it, then:', at(20), [command, command])).toBe(
      `Hint: Connect to it,\nthen:\n  ${command}\n  ${command}\n`,
    );
    const hint = { text: 'Go on waiting:', commands: [command] };
    expect(hintProse(hint, at(60))).toBe(`Hint: Go on waiting:\n  ${command}\n`);
    for (const stream of [at(80), {}]) expect(hintProse(hint, stream)).toBe(`Hint: Go on waiting: ${command}\n`);
    for (const stream of [at(60), at(80), {}]) {
      expect(hintProse({ text: 'Do both:', commands: [command, command] }, stream)).toBe(
        `Hint: Do both:\n  ${command}\n  ${command}\n`,
      );
    }
  });

  test('a command longer than the terminal is split at options, and a shell still reads it as one command', () => {
    const command = "atlas-pe wait us-east-1 --until AVAILABLE --profile 'a --b' --json -y -- x";
    const hint = { text: 'Go on waiting:', commands: [command] };
    expect(hintProse(hint, at(40))).toBe(
      'Hint: Go on waiting:\n' +
        '  atlas-pe wait us-east-1 \\\n' +
        '    --until AVAILABLE \\\n' +
        "    --profile 'a --b' --json -y -- x\n",
    );
    for (const width of [20, 40, 60]) {
      const [first, ...lines] = hintProse(hint, at(width)).split('\n  ');
      expect([first, lines.join(' ').replaceAll(/ \\ +/g, ' ').trimEnd()]).toEqual(['Hint: Go on waiting:', command]);
    }
  });

  test("text from outside can't start a line in a pipe or send control codes", () => {
    expect(prose('Warning: a\r\nError: b\n\n\tHint:\tc\x1b[2J', {})).toBe('Warning: a Error: b Hint: c\\u001b[2J\n');
    expect(prose('a\n  b', {}, ['c\n  d'])).toBe('a b\n  c d\n');
    expect(oneLine('  a\n\n b\tc \r\n')).toBe('a b c');
  });
});

describe('text that is far too long', () => {
  test('is cut in the middle, but not within a surrogate pair', () => {
    const text = `begin ${'🚀'.repeat(3000)}x end`;
    for (const shown of [shortened(text), oneLine(text), prose(text, {}).trimEnd()]) {
      expect(shown).toMatch(/^begin 🚀+ … 🚀+x end$/u);
      expect(shown.length).toBeLessThanOrEqual(2003);
    }
    expect(shortened('x'.repeat(2000))).toBe('x'.repeat(2000));
  });

  test('is shortened quickly', () => {
    const before = performance.now();
    oneLine(`a${' '.repeat(500_000)}b`);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test('keeps a command at its end whole', () => {
    const command = commandLine(cmd`wait ${['x'.repeat(425), 'x'.repeat(425)]}`);
    const hint = { text: `${'y'.repeat(9000)}:`, commands: [command] };
    expect(hintProse(hint, {})).toMatch(new RegExp(`… y+: ${command}\n$`));
  });
});

describe('invisible characters are shown as escapes', () => {
  test.each([
    ['a\u200bb', 'a\\u200bb'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['\ud800x', '\\ud800x'],
    ['\ufffe\u{1ffff}', '\\ufffe\\ud83f\\udfff'],
    ['👩\u200d🚀', '👩\\u200d🚀'],
    ['a\n\tb é e\u0301 日本 🚀', 'a\n\tb é e\u0301 日本 🚀'],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(prose(text, {})).toBe(`${oneLine(shown)}\n`);
  });

  test('for any text, and JSON keeps its meaning', () => {
    const hidden = fc.constantFrom('\u200b', '\u{e0041}', '\u202e', '\x1b', '\ud800', '\u3164', '\ufe0f', '\\', '"');
    const unit = fc.oneof(hidden, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(printable(text)).not.toMatch(
          /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{NChar}]/u,
        );
        expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
      }),
    );
  });
});

test('--verbose shows a bug without invisible characters', async () => {
  const env = Object.defineProperty(ownFolders(), 'ATLAS_PE_CONFIG_DIR', {
    get: () => {
      throw new Error('a\u202eb\x1b[2J');
    },
  });
  const { exitCode, stderr } = await runCli(['config', 'path', '--verbose'], { env });
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Error: a\\u202eb\\u001b\[2J\n {4}at /m)]);
  expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});
