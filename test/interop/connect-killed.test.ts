import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { counts } from '../helpers/connection-state.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { azureClusters, azureCounts } from '../helpers/own-azure.js';
import { gcpClusters, gcpCounts } from '../helpers/own-gcp.js';
import { runProgram, startProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

interface Cloud {
  connect: string[];
  world: Partial<WorldOptions>;
  counts(sandbox: Sandbox): Promise<number[]>;
}

const onAws: Cloud = {
  connect: ['connect', 'us-east-1', '--yes'],
  world: {},
  counts: (sandbox) => counts(sandbox),
};
const onGcp: Cloud = {
  connect: ['connect', 'us-east4', '--provider', 'gcp', '--yes'],
  world: { clusters: gcpClusters },
  counts: gcpCounts,
};

const onAzure: Cloud = {
  connect: ['connect', 'eastus2', '--provider', 'azure', '--yes'],
  world: { clusters: azureClusters },
  counts: azureCounts,
};

/** A sandbox in real time, where everything is ready at once. */
function quickSandbox({ world }: Cloud) {
  const clock = { ...fakeClock(), ...systemClock };
  return startSandbox({ clock, world: { readyAfter: 0, ...world } });
}

/** Runs connect and kills it at a request. The request takes effect, but its response is lost. */
async function killedAt(request: number, cloud: Cloud) {
  const sandbox = await quickSandbox(cloud);
  try {
    const { child, ended } = startProgram(cloud.connect, sandbox.env);
    let seen = 0;
    sandbox.onRequest(() => {
      if (++seen === request) child.kill('SIGKILL');
    });
    const first = await ended;
    await sandbox.idle();
    const second = await runProgram(cloud.connect, sandbox.env);
    return { first: first.exitCode, second, counts: await cloud.counts(sandbox) };
  } finally {
    await sandbox.close();
  }
}

test.each([
  ['AWS', onAws],
  ['GCP', onGcp],
  ['Azure', onAzure],
])(
  'connect on %s continues after a kill at any request: there is always one of everything',
  {
    timeout: 600_000,
  },
  async (_, cloud) => {
    const whole = await quickSandbox(cloud);
    const { exitCode, stderr } = await runProgram(cloud.connect, whole.env);
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
