import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { counts } from '../helpers/connection-state.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram, startProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';
import { Terminal } from '../helpers/terminal.js';

/* The built program, with the AWS SDK as it is bundled. */

const connect = ['connect', 'us-east-1', '--yes'];

/** A sandbox in real time, whose things are ready at once. */
async function quickSandbox() {
  return startSandbox({ clock: { ...fakeClock(), ...systemClock }, world: { readyAfter: 0 } });
}

/** Runs it until a request comes, and kills it then: the request takes effect, and nobody gets the answer. */
async function killedAt(request: number) {
  const sandbox = await quickSandbox();
  try {
    const { child, ended } = startProgram(connect, sandbox.env);
    let seen = 0;
    sandbox.onRequest(() => {
      if (++seen === request) child.kill('SIGKILL');
    });
    const first = await ended;
    await sandbox.idle();
    const second = await runProgram(connect, sandbox.env);
    return { first: first.exitCode, second, counts: await counts(sandbox) };
  } finally {
    await sandbox.close();
  }
}

describe('killed after a request', () => {
  test('connect goes on when it is run again: always one of everything', { timeout: 300_000 }, async () => {
    const whole = await quickSandbox();
    const { exitCode, stderr } = await runProgram(connect, whole.env);
    expect(exitCode, stderr).toBe(0);
    const requests = Array.from({ length: whole.requests() }, (_, index) => index + 1);
    await whole.close();
    expect(requests.length).toBeGreaterThan(20);
    const next = requests.values();
    const work = async () => {
      for (const request of next) {
        const { first, second, counts: there } = await killedAt(request);
        expect(first, `request ${request}`).toBe(-1);
        expect([second.exitCode, there], `request ${request}\n${second.stderr}`).toEqual([0, [1, 1, 1, 1]]);
      }
    };
    await Promise.all([work(), work(), work()]);
  });
});

test('from a fresh start: connect ends with a connection string, disconnect leaves nothing', async () => {
  const env = ownFolders();
  await runProgram(['sandbox', 'reset', '--ready-after', '0s'], env);
  const made = await runProgram(['--sandbox', 'connect', '--region', 'us-east-1', '--yes'], env);
  expect([made.exitCode, made.stdout], made.stderr).toEqual([0, expect.stringMatching(/^mongodb\+srv:\/\//)]);
  const gone = await runProgram(['--sandbox', 'disconnect', 'us-east-1', '--yes', '--json'], env);
  expect(gone.exitCode, gone.stderr).toBe(0);
  expect((await runProgram(['--sandbox', 'list', '--json'], env)).stdout).toBe('[]\n');
});

test('in a terminal it shows the plan, asks, then ticks off each step', async () => {
  const env = ownFolders();
  await runProgram(['sandbox', 'reset', '--ready-after', '2s'], env);
  const terminal = new Terminal(['--sandbox', 'connect', '--region', 'us-east-1'], env, { columns: 80 });
  await terminal.shows(/\[y\/N\]/);
  terminal.type('y\r');
  await terminal.shows(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Atlas service {2}us-east-1 {2}INITIATING/m);
  await terminal.shows(/^ {2}Connection strings$/m);
  expect(await terminal.exit).toBe(0);
  const lines = terminal.lines();
  for (const title of ['Atlas service', 'Security group', 'VPC endpoint', 'Attachment', 'Connection strings']) {
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^✔ ${title}: created `)));
  }
  expect(lines.at(-1)).toMatch(/^mongodb\+srv:\/\//);
});

test('Ctrl-C says what there is and how to go on', async () => {
  const env = ownFolders();
  await runProgram(['sandbox', 'reset', '--ready-after', '1h'], env);
  const terminal = new Terminal(['--sandbox', 'connect', '--region', 'us-east-1', '--yes'], env, { columns: 80 });
  await terminal.shows(/INITIATING/);
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  const screen = terminal.lines().join(' ');
  expect(screen).toMatch(/Interrupted\. Hint: Existing now: Atlas service [0-9a-f]{24}\./);
  expect(screen).toMatch(/atlas-pe --sandbox connect --region us-east-1 --yes$/);
});
