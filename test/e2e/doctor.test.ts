import { expect, test } from 'vitest';
import { prepare } from '../helpers/prepare-sandbox.js';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { Terminal } from '../helpers/terminal.js';

/* The built program, with the DNS and TLS of the sandbox as they are bundled. */

test('in a terminal and in a pipe, doctor shows a line for each category of a connection that works', async () => {
  const env = ownFolders();
  await prepare(env, 'sandbox reset --ready-after 0s', '--sandbox connect --region us-east-1 --yes');
  const line = ['--sandbox', 'doctor', '--cloud'];
  const terminal = new Terminal(line, env, { columns: 130, rows: 60 });
  expect(await terminal.exit).toBe(0);
  const lines = terminal.lines();
  expect(lines.filter((each) => each.startsWith('✔'))).toHaveLength(7);
  expect(lines.at(-3)).toMatch(/^✔ Network {20}3 nodes: TCP, TLS, MongoDB; primary found, [\d.]+ ms$/);
  expect(lines.at(-1)).toMatch(/^No problems found \(\d+ checks, \d+\.\ds\)\.$/);

  const { exitCode, stdout, stderr } = await runProgram(line, env);
  expect([exitCode, stderr]).toEqual([0, '']);
  const untimed = (all: readonly string[]) => all.map((each) => each.replace(/[\d.]+ ms$/, 'some ms'));
  expect(untimed(stdout.split('\n').slice(0, -2))).toEqual(untimed(lines.slice(0, -1)));
});

test('Ctrl-C ends doctor --wait at once and leaves a clean line', async () => {
  const terminal = new Terminal(['--sandbox', 'doctor', '--wait', '1h'], ownFolders(), { columns: 80 });
  await terminal.shows(/Next check in/);
  const before = performance.now();
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  expect(performance.now() - before).toBeLessThan(5000);
  expect(terminal.lines().at(-1)).toBe('Interrupted.');
});
