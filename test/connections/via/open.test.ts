import { expect, test } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { Screen } from '../../helpers/screen.js';

/** Runs doctor with a prefix that ends as soon as it is asked something. */
const run = (options: Parameters<typeof runCli>[1]) => {
  const prefix = `'${process.execPath}' -e 'process.stdin.once("data",()=>process.exit(3))'`;
  return runCli(['doctor', 'mongodb+srv://a.b.example', '--via', prefix], options);
};

test('a terminal shows that it connects, in one line that no spinner draws again', async () => {
  const screen = new Screen({ columns: 80, rows: 20, convertEol: true });
  const { exitCode } = await run({ screen });
  await screen.written();
  // Anything that moves the cursor would disturb ssh, which asks for a password in the same terminal.
  expect(screen.raw).not.toContain('\x1b');
  expect(screen.raw).toMatch(/^Connecting: \S+ -e process\.stdin[\s\S]*\nError: /);
  expect(exitCode).toBe(1);
});

test('a pipe gets only the error', async () => {
  const { stderr, exitCode } = await run({});
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Error: /)]);
});
