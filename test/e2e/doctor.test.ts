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
