import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hintProse, oneLine, printable, prose, shortened, wantsColor } from '../../src/ui/streams.js';

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
    expect(hintProse({ text: ' \n', commands: [] }, at(60))).toBe('');
    for (const stream of [at(80), {}]) expect(hintProse(hint, stream)).toBe(`Hint: Go on waiting: ${command}\n`);
    for (const stream of [at(60), at(80), {}]) {
      expect(hintProse({ text: 'Do both:', commands: [command, command] }, stream)).toBe(
        `Hint: Do both:\n  ${command}\n  ${command}\n`,
      );
    }
  });

  test("text from outside can't start a line in a pipe or send control codes", () => {
    expect(prose('Warning: a\r\nError: b\n\n\tHint:\tc\x1b[2J', {})).toBe('Warning: a Error: b Hint: c\\u001b[2J\n');
    expect(prose('a\n  b', {}, ['c\n  d'])).toBe('a b\n  c d\n');
    expect(oneLine('  a\n\n b\tc \r\n')).toBe('a b c');
  });
});

test('text that is far too long is cut in the middle, but not within a surrogate pair', () => {
  const text = `begin ${'🚀'.repeat(3000)}x end`;
  for (const shown of [shortened(text), oneLine(text), prose(text, {}).trimEnd()]) {
    expect(shown).toMatch(/^begin 🚀+ … 🚀+x end$/u);
    expect(shown.length).toBeLessThanOrEqual(2003);
  }
  expect(shortened('x'.repeat(2000))).toBe('x'.repeat(2000));
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
