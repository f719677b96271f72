import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { isComplete } from '../helpers/complete.js';
import { testServer, tlsOptions } from '../helpers/listen.js';
import { prepare } from '../helpers/prepare-sandbox.js';
import { json, linesIn, messagesIn, ownFolders, signedIn } from '../helpers/run-cli.js';
import { quotedProgram, runProgram, runShell } from '../helpers/run-program.js';
import { Terminal } from '../helpers/terminal.js';

/* The built program with stderr as a pipe that a program reads. */

const sandbox = () => ({ ...ownFolders(), ATLAS_PE_PROFILE: 'sandbox' });

describe('jq can parse stderr', () => {
  const hasJq = spawnSync('jq', ['--version']).status === 0;
  if (isComplete) test('jq is installed', () => expect(hasJq).toBe(true));

  test.skipIf(!hasJq).each([
    [
      'create --region us-east-1 --wait --output jsonl --log-format json --verbose',
      0,
      ['note', 'progress', 'progress', 'hint'],
    ],
    ['lst --log-format json', 2, ['error']],
  ])('of %s', async (line, exitCode, kinds) => {
    const env = sandbox();
    if (line.startsWith('create')) await prepare(env, 'sandbox reset --ready-after 1s');
    const script = `( ${quotedProgram} ${line} 2>&1 > /dev/null; echo "{\\"exit\\":{\\"code\\":$?}}" ) | jq -r 'keys_unsorted[0], .exit.code // empty'`;
    const { status, stdout, stderr } = runShell(script, env);
    const found = stdout.trim().split('\n');
    expect([status, stderr, found.slice(-2)]).toEqual([0, '', ['exit', String(exitCode)]]);
    // The number of requests doesn't matter here.
    const shown = found.slice(0, -2);
    expect(shown.filter((kind, index) => kind !== 'note' || shown.indexOf(kind) === index)).toEqual(kinds);
  });
});

test('a full disk is reported in JSON, also for --version', () => {
  const env = { ...ownFolders(), ATLAS_PE_LOG_FORMAT: 'json' };
  const { status, stderr } = runShell(`${quotedProgram} --version > /dev/full`, env);
  expect([status, messagesIn(stderr, 'error')]).toEqual([1, [expect.stringContaining('no space left on device')]]);
});

test("Node's own warnings become JSON lines too, and are unchanged in text output", async () => {
  const port = await testServer(createServer(tlsOptions(), (_, response) => json(response, 200, [])));
  const env = { ...signedIn(`https://localhost:${port}`), NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { stderr } = await runProgram(['list', '--log-format', 'json'], env);
  expect(linesIn(stderr).map(({ kind }) => kind)).toEqual(['warning', 'error']);
  expect(messagesIn(stderr, 'warning')).toEqual([expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED')]);
  expect((await runProgram(['list'], env)).stderr).toMatch(/^\(node:\d+\) Warning: Setting the NODE_TLS/);
  const silenced = await runProgram(['list', '--log-format', 'json'], { ...env, NODE_NO_WARNINGS: '1' });
  expect(linesIn(silenced.stderr).map(({ kind }) => kind)).toEqual(['error']);
});

test('if stderr goes to a program, the question for a secret is a JSON line', async () => {
  const shell = ['sh', '-c', '"$@" 2> "$HOME/log"; cat "$HOME/log"; echo "exit $?"', 'sh'];
  const env: Record<string, string> = ownFolders();
  const line = 'config set private-key --log-format json';
  const terminal = new Terminal(line.split(' '), env, { shell, columns: 300 });
  const log = `${env.HOME}/log`;
  await expect.poll(() => readFileSync(log, { encoding: 'utf8', flag: 'a+' })).toContain('private-key');
  terminal.type('11111111-2222-3333-4444-555555555555\r');
  await terminal.shows(/exit 0/);
  expect(messagesIn(readFileSync(log, 'utf8'), 'note')).toEqual([
    'private-key:',
    expect.stringContaining('Saved private-key for profile default'),
  ]);
  expect(terminal.raw()).not.toContain('4444');
});
