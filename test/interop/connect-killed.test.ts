import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { counts } from '../helpers/connection-state.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runProgram, startProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';

const connect = ['connect', 'us-east-1', '--yes'];

/** A sandbox in real time, where everything is ready at once. */
async function quickSandbox() {
  return startSandbox({ clock: { ...fakeClock(), ...systemClock }, world: { readyAfter: 0 } });
}

/** Runs connect and kills it at a request. The request takes effect, but its response is lost. */
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

test('connect continues after a kill at any request: there is always one of everything', {
  timeout: 300_000,
}, async () => {
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
      expect(first, `request ${request}`).toBe(128 + constants.signals.SIGKILL);
      expect([second.exitCode, there], `request ${request}\n${second.stderr}`).toEqual([0, [1, 1, 1, 1]]);
    }
  };
  await Promise.all([work(), work(), work()]);
});
