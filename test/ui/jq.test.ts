import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Jq as Library, loadJq } from 'jq-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { CliError, UsageError } from '../../src/base/errors.js';
import { startJq } from '../../src/ui/jq.js';
import { home } from '../helpers/run-program.js';
import { facts, newerFacts } from './jq-facts.js';

const file = join(home, 'dist/jq.cjs');
const start = (program: string, signal = new AbortController().signal) => startJq(program, signal, file);

const values = (text: string): unknown[] => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));

describe('the functions of jq', () => {
  let library: Library;
  beforeAll(async () => {
    library = await loadJq();
  });

  test.each([...facts, ...newerFacts])('%s', (program, input, results) => {
    const { stdout, stderr } = library.raw(JSON.stringify(input), program, ['-c', '--']);
    expect(stderr).toBe('');
    expect(values(stdout)).toEqual(results);
  });
});

const { stdout: version } = spawnSync('jq', ['--version'], { encoding: 'utf8' });

test.skipIf(!version)('an installed jq gives the same results', { timeout: 60_000 }, () => {
  const isOld = /^jq-1\.[0-6]\b/.test(version);
  for (const [program, input, results] of isOld ? facts : [...facts, ...newerFacts]) {
    const { stdout } = spawnSync('jq', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' });
    expect(values(stdout), program).toEqual(results);
  }
});

test('prints each result on a line, strings without quotes', async () => {
  const jq = await start('.[]');
  expect((await jq('["a", 1, {"b": [2]}, null]')).stdout).toBe('a\n1\n{"b":[2]}\nnull\n');
  expect((await jq('[]')).stdout).toBe('');
  expect((await jq('["x"]')).stdout).toBe('x\n');
});

test('accepts a program that looks like an option', async () => {
  expect((await (await start('-1'))('null')).stdout).toBe('-1\n');
});

test("can't read environment variables or files of this machine", async () => {
  expect((await (await start('[env, $ENV] | unique | length, (.[0] | has("PATH_TO_NOTHING"))'))('null')).stdout).toBe(
    '1\nfalse\n',
  );
  process.env.SOMETHING_SECRET = 'hunter2';
  expect((await (await start('$ENV, env'))('null')).stdout).not.toContain('hunter2');
  delete process.env.SOMETHING_SECRET;
  await expect(start('include "x"; .')).rejects.toThrow(UsageError);
});

test.each([
  ['.[', 'syntax error, unexpected end of file, line 1, column 2'],
  ['map(nope)', 'nope/0 is not defined, line 1, column 5'],
  ['', 'Top-level program not given (try ".")'],
])('%j is a usage error with a position', async (program, fault) => {
  const error = { constructor: UsageError, message: `Invalid --jq expression: ${fault}.` };
  await expect(start(program)).rejects.toThrow(expect.objectContaining(error));
});

test.each([
  ['.a', 'Cannot index number with string ("a")'],
  ['1, error("no luck")', 'no luck'],
  ['"stop" | halt_error', 'stop'],
])('%s fails at run time', async (program, fault) => {
  const jq = await start(program);
  const error = { constructor: CliError, exitCode: 1, message: `The --jq expression failed: ${fault}.` };
  await expect(jq('1')).rejects.toThrow(expect.objectContaining(error));
});

test('an endless program can be interrupted', async () => {
  const interruption = new AbortController();
  const jq = await start('last(repeat(1))', interruption.signal);
  const run = jq('null');
  interruption.abort(new Error('Interrupted.'));
  await expect(run).rejects.toThrow('Interrupted.');
});

test.each([
  ['[1,2] | .[0] = "" | @tsv', '\t2\n'],
  ['""', '\n'],
  ['("", "x", "")', '\nx\n\n'],
  ['"  x "', '  x \n'],
  ['"a\\n"', 'a\n\n'],
  ['{a: "b"}, 1, null', '{"a":"b"}\n1\nnull\n'],
  ['empty', ''],
])('%s prints exactly %j', async (program, expected) => {
  const jq = await start(program);
  expect((await jq('null')).stdout).toBe(expected);
});
