import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cmd, commandLine, option, quote } from '../../src/base/shell.js';
import { isComplete } from '../helpers/complete.js';
import { readPowerShell } from '../helpers/powershell.js';

/* A hint may be pasted into any shell. Quoted values mean the same in all of them, or are left out. */

test.each([
  ['us-east-1', 'us-east-1'],
  ['rule@10.0.0.5', 'rule@10.0.0.5'],
  ['/subscriptions/1/resourceGroups/g', '/subscriptions/1/resourceGroups/g'],
  ['com.x; touch x', "'com.x; touch x'"],
  ['a,b', "'a,b'"],
  ['-o:json', "'-o:json'"],
  ['--%', "'--%'"],
  ['Schöne Straße 日本', "'Schöne Straße 日本'"],
  ['C:\\Users\\me\\faults.yaml', "'C:\\Users\\me\\faults.yaml'"],
  ["Bob's project", '"Bob\'s project"'],
  // Left out, because shells read these differently.
  ["\\'; touch x; '", 'VALUE'],
  ["Bob's $5", 'VALUE'],
  ["Hi, it's me!", 'VALUE'],
  ['a\\', 'VALUE'],
  ['a\\\\b', 'VALUE'],
  ['a’; touch x; ’', 'VALUE'],
  ['"', 'VALUE'],
  ['a\nb', 'VALUE'],
  ['a\u200bb', 'VALUE'],
  ['a\u3164b', 'VALUE'],
  ['', 'VALUE'],
])('%j becomes %s', (word, written) => {
  expect(quote(word)).toBe(written);
});

test('a template quotes its values; a list becomes several words, and an empty list none', () => {
  expect(commandLine(cmd`wait ${'a b'} --until DELETED`)).toBe("atlas-pe wait 'a b' --until DELETED");
  expect(commandLine(cmd`wait ${['a', 'b,c']} ${[]} ${undefined} --any`)).toBe("atlas-pe wait a 'b,c' --any");
  expect(commandLine(cmd`${cmd`get ${'a b'}`} ${option('--project', 'x')} ${option('--region', undefined)}`)).toBe(
    "atlas-pe get 'a b' --project x",
  );
});

test.each(['\u2019', '"\'', '\0'])('a long word that cannot be quoted is recognized at once: %j', (end) => {
  expect(quote(`${'a'.repeat(400)} ${'é'.repeat(40)}${end}`)).toBe('VALUE');
});

test('a value that is too long to copy is left out', () => {
  expect([quote('x'.repeat(500)), quote('x'.repeat(501))]).toEqual(['x'.repeat(500), 'VALUE']);
});

const signs = [...'!#$%&()*+,-./:;<=>?@[]^_`{|}~\'"\\ \n\t’‘“„–'];
const unit = fc.oneof(
  fc.constantFrom(
    ...signs,
    ...signs,
    "\\'",
    "'; touch broken; '",
    '$(touch broken)',
    '!!',
    '--',
    '--%',
    '\ud800',
    'ü',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const word = fc.string({ unit, maxLength: 8 });
/** Words that can be quoted, with each sign alone and at both ends of a word. */
const words = [
  ...signs.flatMap((sign) => [sign, `a${sign}`, `${sign}a`, `'${sign}`, `${sign}'a`]),
  ...fc.sample(word, 3000),
].filter((each) => quote(each) !== 'VALUE');
const line = words.map(quote).join(' ');

test('there are enough words', () => {
  expect(words.length).toBeGreaterThan(500);
  expect(words.filter((each) => quote(each).startsWith('"')).length).toBeGreaterThan(20);
});

test('PowerShell reads each word back, according to its specification', () => {
  expect(readPowerShell(line)).toEqual(words);
});

/** How to start each shell without its start-up files. bash expands history only in stdin, and only if told to. */
const shells: Record<string, (script: string) => { args: string[]; input?: string }> = {
  bash: (script) => ({ args: ['--norc', '--noprofile'], input: `set -o history -H\n${script}\n` }),
  zsh: (script) => ({ args: ['-f', '-c', script] }),
  fish: (script) => ({ args: ['--no-config', '-c', script] }),
  sh: (script) => ({ args: ['-c', script] }),
  pwsh: (script) => ({ args: ['-NoProfile', '-Command', script] }),
};

describe.each(Object.entries(shells))('%s', (name, start) => {
  const isThere = spawnSync(name, ['-c', 'exit'], { stdio: 'ignore' }).status === 0;

  test('is installed in CI', () => {
    if (isComplete && name !== 'pwsh') expect(isThere, `${name} must be installed`).toBe(true);
  });

  test.skipIf(!isThere)(`reads each word back (skipped without ${name})`, () => {
    const { args, input = '' } = start(`/usr/bin/printf '%s\\0' ${line}`);
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8' };
    const { stdout, stderr, status } = spawnSync(name, args, { input, encoding: 'utf8', env });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });
});
