import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cmd, commandLine, option, quote, type Words } from '../../src/base/shell.js';
import { readPowerShell } from '../helpers/powershell.js';

/* A hint may be pasted into any shell: what is quoted there means the same to all, or isn't there. */

test.each([
  ['us-east-1', 'us-east-1'],
  ['--region=us-east-1', '--region=us-east-1'],
  ['rule@10.0.0.5', 'rule@10.0.0.5'],
  ['/subscriptions/1/resourceGroups/g', '/subscriptions/1/resourceGroups/g'],
  ['com.x; touch x', "'com.x; touch x'"],
  ['a,b', "'a,b'"],
  ['-o:json', "'-o:json'"],
  ['=ls', "'=ls'"],
  ['@x', "'@x'"],
  ['%self', "'%self'"],
  ['--%', "'--%'"],
  ['#x', "'#x'"],
  ['~/x', "'~/x'"],
  ['$(touch y)', "'$(touch y)'"],
  ['`date`', "'`date`'"],
  ['Schöne Straße 日本', "'Schöne Straße 日本'"],
  ['C:\\Users\\me\\faults.yaml', "'C:\\Users\\me\\faults.yaml'"],
  ["Bob's project", '"Bob\'s project"'],
  // Left out, since these shells differ.
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
])('%j is written %s', (word, written) => {
  expect(quote(word)).toBe(written);
});

test('a template quotes what is put in; a list is several words, and an empty one none', () => {
  const lineOf = (words: Words) => commandLine(words);
  expect(lineOf(cmd`wait ${'a b'} --until DELETED`)).toBe("atlas-pe wait 'a b' --until DELETED");
  expect(lineOf(cmd`wait ${['a', 'b,c']} ${[]} ${undefined} --any`)).toBe("atlas-pe wait a 'b,c' --any");
  expect(lineOf(cmd`${cmd`get ${'a b'}`} ${option('--project', 'x')} ${option('--region', undefined)}`)).toBe(
    "atlas-pe get 'a b' --project x",
  );
});

test('what is too long to be copied is left out', () => {
  expect([quote('x'.repeat(500)), quote('x'.repeat(501))]).toEqual(['x'.repeat(500), 'VALUE']);
});

const signs = [...'!#$%&()*+,-./:;<=>?@[]^_`{|}~\'"\\ \n\t’‘“„–'];
const unit = fc.oneof(
  fc.constantFrom(...signs, ...signs, "\\'", "'; touch broken; '", '$(touch broken)', '!!', '--', '--%', '\ud800', 'ü'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const word = fc.string({ unit, maxLength: 8 });
/** Words that are not left out, each sign alone and at either end of one among them. */
const words = [
  ...signs.flatMap((sign) => [sign, `a${sign}`, `${sign}a`, `'${sign}`, `${sign}'a`]),
  ...fc.sample(word, 3000),
].filter((each) => quote(each) !== 'VALUE');
const line = words.map(quote).join(' ');

test('there are enough of them', () => {
  expect(words.length).toBeGreaterThan(500);
  expect(words.filter((each) => quote(each).startsWith('"')).length).toBeGreaterThan(20);
});

test('PowerShell reads each word back, by its specification', () => {
  expect(readPowerShell(line)).toEqual(words);
});

/** How each is started without a start-up file. bash expands history where it is told to, in what it reads from stdin. */
const shells: Record<string, (script: string) => { args: string[]; input?: string }> = {
  bash: (script) => ({ args: ['--norc', '--noprofile'], input: `set -o history -H\n${script}\n` }),
  zsh: (script) => ({ args: ['-f', '-c', script] }),
  fish: (script) => ({ args: ['--no-config', '-c', script] }),
  sh: (script) => ({ args: ['-c', script] }),
  pwsh: (script) => ({ args: ['-NoProfile', '-Command', script] }),
};

describe.each(Object.entries(shells))('%s', (name, start) => {
  const isThere = spawnSync(name, ['-c', 'exit'], { stdio: 'ignore' }).status === 0;

  test('is there in CI', () => {
    if (process.env.CI === 'true' && name !== 'pwsh') expect(isThere, `${name} must be installed`).toBe(true);
  });

  test.skipIf(!isThere)(`reads each word back (skipped without ${name})`, () => {
    const { args, input = '' } = start(`/usr/bin/printf '%s\\0' ${line}`);
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8' };
    const { stdout, stderr, status } = spawnSync(name, args, { input, encoding: 'utf8', env });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });
});
