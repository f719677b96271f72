import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { createFaults } from '../../src/sandbox/faults.js';
import type { Service } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runProgram } from '../helpers/run-program.js';
import { testSandbox } from '../helpers/sandbox.js';

/** What is measured. */
interface Kind {
  options: string[];
  /** The requests for each project, beside the challenge and the pages of projects. */
  requests: number;
  exit: number;
  /** The output with as many lines as projects. */
  line: RegExp;
}

const plain: Kind = { options: ['--json'], requests: 3, exit: 0, line: /^\[\]$/ };
// Beside the lists: the clusters, and the interface endpoint that no connection string leads through.
const checked: Kind = {
  options: ['--check', '--output', 'jsonl', '--fields', 'check'],
  ...{ requests: 5, exit: 6, line: /^\{"check":"vpce-\w+ REJECTED"\}$/ },
};

interface Figures {
  options: readonly string[];
  projects: number;
  seconds: number;
  requests: number;
  mostAtOnce: number;
  megabytes: number;
}

const all: Figures[] = [];
afterAll(() => {
  const lines = all.map(
    ({ options, projects, seconds, requests, mostAtOnce, megabytes }) =>
      `${options[0]}: ${projects} projects: ${seconds.toFixed(2)} s (${((seconds * 1000) / projects).toFixed(1)} ms each), ` +
      `${requests} requests, ${mostAtOnce} at once, ${megabytes.toFixed(0)} MB at most`,
  );
  process.stdout.write(`\nlist --all-projects\n${lines.join('\n')}\n`);
});

/** Lists the endpoints of this many projects with the built program, which reports its peak memory at exit. */
async function measure(projects: number, { options, requests: each, exit, line }: Kind): Promise<Figures> {
  const ids = Array.from({ length: projects }, (_, index) => `64f0c2a7e1b2c3d4${index.toString(16).padStart(8, '0')}`);
  const sandbox = await testSandbox({
    clock: { ...fakeClock(), ...systemClock },
    world: { projects: ids },
    // Slow enough that parallel requests overlap.
    faults: createFaults([{ path: '/endpointService', delayMs: 4 }]),
  });
  if (each > 3)
    await sandbox.store.update((world) => ({ world: { ...world, services: ids.map(rejected) }, answer: 0 }));
  // On Linux, maxRSS begins with the peak of the process that started this one.
  const peak = existsSync('/proc/self/status')
    ? "/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]"
    : 'process.resourceUsage().maxRSS';
  const tell = `import fs from 'node:fs'; process.on('exit', () => process.stderr.write('peak ' + ${peak}))`;
  const before = performance.now();
  const { exitCode, stdout, stderr } = await runProgram(['list', '--all-projects', '--quiet', ...options], {
    ...sandbox.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
  });
  const seconds = (performance.now() - before) / 1000;
  expect(exitCode).toBe(exit);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBe(each > 3 ? projects : 1);
  for (const shown of lines) expect(shown).toMatch(line);
  // One request gets the digest challenge, and a page has 500 projects.
  const requests = sandbox.requests();
  expect(requests).toBe(1 + Math.floor(projects / 500) + (projects % 500 === 0 ? 0 : 1) + each * projects);
  const figures = {
    ...{ options, projects, seconds, requests, mostAtOnce: sandbox.mostAtOnce() },
    megabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024,
  };
  all.push(figures);
  return figures;
}

/** A service whose only interface endpoint was rejected. */
function rejected(projectId: string): Service {
  const [createdAt, fate] = [systemClock.now() - 3_600_000, { kind: 'failed', reason: 'It was deleted.' } as const];
  const times = { createdAt, goneAt: null };
  return {
    ...{
      id: projectId.replace(/^64f0/, '6a79'),
      projectId,
      provider: 'AWS',
      atlasRegion: 'US_EAST_1',
      readyAt: createdAt,
    },
    ...{ supportedRemoteRegions: null, portMappingEnabled: false, fate: undefined, ...times },
    interfaces: [{ id: 'vpce-0123456789abcdef0', availableAt: createdAt, fate, ...times }],
  };
}

// Other load on the machine may slow down one measurement, but hardly all three.
test('many projects need few parallel requests, little memory, and time in proportion', { retry: 2 }, async () => {
  const figures: Figures[] = [];
  for (const projects of [100, 300, 1000]) figures.push(await measure(projects, plain));
  for (const { mostAtOnce, megabytes } of figures) {
    expect(mostAtOnce).toBe(8);
    expect(megabytes).toBeLessThan(150);
  }
  // Start-up takes the same time in all runs. Without it, the time for each project must not grow with their number.
  const [few, some, many] = figures.map(({ seconds }) => seconds) as [number, number, number];
  expect((many - some) / 700).toBeLessThan(3 * ((some - few) / 200));
});

test('a check of 200 projects needs five requests a project, little memory, and time in proportion', {
  retry: 2,
}, async () => {
  const [few, many] = [await measure(50, checked), await measure(200, checked)];
  expect(many.mostAtOnce).toBe(8);
  expect(many.megabytes).toBeLessThan(150);
  expect(many.seconds).toBeLessThan(4 * few.seconds * 1.5);
});
