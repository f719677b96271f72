import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runProgram, startProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';
import { clouds } from '../helpers/scenario.js';

type Cloud = (typeof clouds)['AWS'];

const connectLine = ({ place }: Cloud) => ['connect', ...place.split(' '), '--yes'];

/** A sandbox in real time, where everything is ready at once. */
function quickSandbox({ clusters }: Cloud) {
  const clock = { ...fakeClock(), ...systemClock };
  return startSandbox({ clock, world: { readyAfter: 0, clusters } });
}

/** Runs connect and kills it at a request. The request takes effect, but its response is lost. */
async function killedAt(request: number, cloud: Cloud) {
  const sandbox = await quickSandbox(cloud);
  try {
    const { child, ended } = startProgram(connectLine(cloud), sandbox.env);
    let seen = 0;
    sandbox.onRequest(() => {
      if (++seen === request) child.kill('SIGKILL');
    });
    const first = await ended;
    await sandbox.idle();
    const second = await runProgram(connectLine(cloud), sandbox.env);
    return { first: first.exitCode, second, counts: await cloud.counts(sandbox) };
  } finally {
    await sandbox.close();
  }
}

test.each(Object.entries(clouds))(
  'connect on %s continues after a kill at any request: there is always one of everything',
  {
    timeout: 600_000,
  },
  async (_, cloud) => {
    const whole = await quickSandbox(cloud);
    const { exitCode, stderr } = await runProgram(connectLine(cloud), whole.env);
    expect(exitCode, stderr).toBe(0);
    const requests = Array.from({ length: whole.requests() }, (_, index) => index + 1);
    await whole.close();
    expect(requests.length).toBeGreaterThan(20);
    const next = requests.values();
    const work = async () => {
      for (const request of next) {
        const { first, second, counts: there } = await killedAt(request, cloud);
        expect(first, `request ${request}`).toBe(128 + constants.signals.SIGKILL);
        expect([second.exitCode, there], `request ${request}\n${second.stderr}`).toEqual([0, there.map(() => 1)]);
      }
    };
    await Promise.all([work(), work(), work()]);
  },
);
