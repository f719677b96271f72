/*
 * Measures `list --all-projects` with the built program and many projects: requests at once, memory, and the time for
 * each project, which must not grow with their number.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { systemClock } from '../src/base/clock.js';
import { createFaults } from '../src/sandbox/faults.js';
import { sandboxKeys } from '../src/sandbox/gate.js';
import { createSandbox } from '../src/sandbox/server.js';
import { emptyWorld, memoryStore, type Service } from '../src/sandbox/world.js';

const program = fileURLToPath(new URL('../bin/atlas-pe.js', import.meta.url));

/** The options of `list`, and whether each project has a service with a rejected interface endpoint. */
const kinds = [
  { options: ['--json'], hasServices: false, sizes: [100, 300, 1000] },
  { options: ['--check', '--output', 'jsonl', '--fields', 'check'], hasServices: true, sizes: [50, 200] },
];

/** On Linux, maxRSS begins with the peak of the process that started this one. */
const peak = existsSync('/proc/self/status')
  ? "/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]"
  : 'process.resourceUsage().maxRSS';
const tell = `import fs from 'node:fs'; process.on('exit', () => process.stderr.write('peak ' + ${peak}))`;

async function measure(projects: number, { options, hasServices }: (typeof kinds)[number]) {
  const ids = Array.from(
    { length: projects },
    (_, index) => `64f0c2a7e1b2c3d4${index.toString(16).padStart(8, '0')}`,
  );
  const services = hasServices ? ids.map(rejected) : [];
  const sandbox = createSandbox({
    store: memoryStore({ ...emptyWorld({ projects: ids, clusters: [] }), services }),
    clock: systemClock,
    // Slow enough that parallel requests overlap.
    faults: createFaults([{ path: '/endpointService', delayMs: 4 }]),
  });
  let [requests, atOnce, mostAtOnce] = [0, 0, 0];
  sandbox.server.prependListener('request', (_, response) => {
    requests++;
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    response.on('close', () => atOnce--);
  });
  const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-bench-'));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ATLAS_PE_BASE_URL: await sandbox.listen(0),
    ATLAS_PE_PUBLIC_KEY: sandboxKeys.publicKey,
    ATLAS_PE_PRIVATE_KEY: sandboxKeys.privateKey,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
  };
  const started = performance.now();
  const child = spawn(process.execPath, [program, 'list', '--all-projects', '--quiet', ...options], { env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const seconds = (performance.now() - started) / 1000;
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
  const megabytes = Number(/peak (\d+)$/.exec(stderr)?.[1]) / 1024;
  const lines = stdout.trimEnd().split('\n').length;
  if (lines !== (hasServices ? projects : 1) || Number.isNaN(megabytes)) throw new Error(`It failed: ${stderr}`);
  return { name: options[0], projects, seconds, requests, mostAtOnce, megabytes };
}

/** A service whose only interface endpoint was rejected. */
function rejected(projectId: string): Service {
  const createdAt = systemClock.now() - 3_600_000;
  const fate = { kind: 'failed', reason: 'It was deleted.' } as const;
  return {
    id: projectId.replace(/^64f0/, '6a79'),
    projectId,
    provider: 'AWS',
    atlasRegion: 'US_EAST_1',
    createdAt,
    readyAt: createdAt,
    goneAt: null,
    fate: undefined,
    supportedRemoteRegions: null,
    portMappingEnabled: false,
    interfaces: [{ id: 'vpce-0123456789abcdef0', createdAt, readyAt: createdAt, goneAt: null, fate }],
  };
}

const table = new Table({
  head: ['list --all-projects', 'projects', 's', 'ms each', 'requests', 'at once', 'MB', ''],
  style: { head: [], border: [] },
});
for (const kind of kinds) {
  let limit = Number.POSITIVE_INFINITY;
  for (const size of kind.sizes) {
    const { name, projects, seconds, requests, mostAtOnce, megabytes } = await measure(size, kind);
    const each = (seconds * 1000) / projects;
    const isMet = mostAtOnce <= 8 && megabytes < 150 && each <= limit;
    const figures = [seconds.toFixed(2), each.toFixed(1), requests, mostAtOnce, megabytes.toFixed(0)];
    table.push([name, projects, ...figures, isMet ? 'met' : 'missed']);
    limit = 1.5 * each;
  }
}
process.stdout.write(`Targets: 8 requests at once, 150 MB, and time in proportion\n${table.toString()}\n`);
