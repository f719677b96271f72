import { expect, test } from 'vitest';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { Terminal } from '../helpers/terminal.js';

/* The built program, with the DNS and TLS of the sandbox as they are bundled. */

async function connected(): Promise<Record<string, string>> {
  const env = ownFolders();
  await runProgram(['sandbox', 'reset', '--ready-after', '0s'], env);
  const { exitCode, stderr } = await runProgram(['--sandbox', 'connect', '--region', 'us-east-1', '--yes'], env);
  expect(exitCode, stderr).toBe(0);
  return env;
}

test('in a terminal, doctor shows each check of a connection that works', async () => {
  const terminal = new Terminal(['--sandbox', 'doctor', '--cloud'], await connected(), { columns: 100, rows: 60 });
  expect(await terminal.exit).toBe(0);
  const lines = terminal.lines();
  expect(lines[0]).toBe('Credentials');
  expect(lines.at(-1)).toMatch(/^ {4}✔ TLS certificates: valid for pl-0-us-east-1\./);
  expect(lines.filter((line) => /^ +[✖‼-] /.test(line))).toEqual([
    expect.stringMatching(
      /- DNS matches the interface endpoint: skipped, because the sandbox answers on this machine$/,
    ),
  ]);
});

test('in a pipe, doctor prints a line for each check, and why it does not work', async () => {
  const env = ownFolders();
  await runProgram(['--sandbox', 'create', '--region', 'us-east-1'], env);
  const { exitCode, stdout, stderr } = await runProgram(['--sandbox', 'doctor', '--output', 'tsv'], env);
  expect(exitCode).toBe(6);
  expect(stdout).toMatch(/\tservice-ready\terror\tnot ready \(INITIATING\)\tWait until it is ready: atlas-pe wait /);
  expect(stderr).toBe('Error: Found 1 problem: not ready.\n');
});

test('Ctrl-C ends doctor --wait at once and leaves a clean line', async () => {
  const env = ownFolders();
  const terminal = new Terminal(['--sandbox', 'doctor', '--wait', '1h'], env, { columns: 80 });
  await terminal.shows(/Next check in/);
  const before = performance.now();
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  expect(performance.now() - before).toBeLessThan(5000);
  expect(terminal.lines().at(-1)).toBe('Interrupted.');
});
