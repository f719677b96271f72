import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { createFaults } from '../../src/sandbox/faults.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';

interface Figures {
  projects: number;
  seconds: number;
  mostAtOnce: number;
  megabytes: number;
}

const all: Figures[] = [];
afterAll(() => {
  const lines = all.map(
    ({ projects, seconds, mostAtOnce, megabytes }) =>
      `${projects} projects: ${seconds.toFixed(2)} s (${((seconds * 1000) / projects).toFixed(1)} ms each), ` +
      `${mostAtOnce} requests at once, ${megabytes.toFixed(0)} MB at most`,
  );
  process.stdout.write(`\nlist --all-projects\n${lines.join('\n')}\n`);
});

/** Lists the endpoints of this many projects with the built program, which reports its peak memory at exit. */
async function measure(projects: number): Promise<Figures> {
  const ids = Array.from({ length: projects }, (_, index) => `64f0c2a7e1b2c3d4${index.toString(16).padStart(8, '0')}`);
  const sandbox = await startSandbox({
    clock: { ...fakeClock(), ...systemClock },
    world: { projects: ids },
    // Slow enough that parallel requests overlap.
    faults: createFaults([{ path: '/endpointService', delayMs: 4 }]),
  });
  const tell = "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS))";
  const before = performance.now();
  const { exitCode, stdout, stderr } = await runProgram(['list', '--all-projects', '--json', '--quiet'], {
    ...sandbox.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
  });
  const seconds = (performance.now() - before) / 1000;
  expect([exitCode, stdout]).toEqual([0, '[]\n']);
  // One request gets the digest challenge, a page has 500 projects, and each project needs three lists.
  expect(sandbox.requests()).toBe(1 + Math.floor(projects / 500) + (projects % 500 === 0 ? 0 : 1) + 3 * projects);
  const figures = {
    projects,
    seconds,
    mostAtOnce: sandbox.mostAtOnce(),
    megabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024,
  };
  await sandbox.close();
  all.push(figures);
  return figures;
}

// Other load on the machine may slow down one measurement, but hardly all three.
test('many projects need few parallel requests, little memory, and time in proportion', {
  retry: 2,
}, async () => {
  const figures: Figures[] = [];
  for (const projects of [100, 300, 1000]) figures.push(await measure(projects));
  for (const { mostAtOnce, megabytes } of figures) {
    expect(mostAtOnce).toBe(8);
    expect(megabytes).toBeLessThan(150);
  }
  // Start-up takes the same time in all runs. Without it, the time for each project must not grow with their number.
  const [few, some, many] = figures.map(({ seconds }) => seconds) as [number, number, number];
  expect((many - some) / 700).toBeLessThan(3 * ((some - few) / 200));
});
