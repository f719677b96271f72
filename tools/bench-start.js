/*
 * Measures start-up time and memory: whole processes, in alternation, so that a slow moment of the machine affects all
 * of them. Prints medians, and ratios to plain Node and to a plain script. `npm run bench [-- NODE…]`, where each NODE
 * is the path of another Node to test (default: those that nvm has installed).
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

const runs = 15;
const program = fileURLToPath(new URL('../bin/atlas-pe.js', import.meta.url));
const script = fileURLToPath(new URL('./digest-fetch.js', import.meta.url));

/** Each command, the command it is compared with, and the maximum ratio. */
const commands = {
  'node -e 0': { argv: ['-e', '0'] },
  '--version': { argv: [program, '--version'], to: 'node -e 0', target: 1.15 },
  '--help': { argv: [program, '--help'], to: 'node -e 0', target: 1.3 },
  'a usage error': { argv: [program, 'lst'], to: 'node -e 0', target: 1.6, exit: 2 },
  'a wrong option': { argv: [program, 'list', '--nope'], to: 'node -e 0', target: 1.6, exit: 2 },
  'a bare script': { argv: [script] },
  'list --json, cold': { argv: [program, 'list', '--json'], to: 'a bare script', target: 1.25, cold: true },
  'list --json, warm': { argv: [program, 'list', '--json'], to: 'a bare script', target: 1.1 },
};

const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-bench-'));
const folders = Object.fromEntries(
  ['CONFIG', 'DATA', 'CACHE'].map((name) => [`ATLAS_PE_${name}_DIR`, join(folder, name)]),
);
const sandbox = spawn(process.execPath, [program, 'sandbox', 'serve', '--output', 'jsonl'], {
  env: { ...process.env, ...folders },
  stdio: ['ignore', 'pipe', 'ignore'],
});
const [line] = await once(sandbox.stdout.setEncoding('utf8'), 'data');
const { baseUrl, publicKey, privateKey, projectIds } = JSON.parse(line);
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  ...folders,
  ATLAS_PE_BASE_URL: baseUrl,
  ATLAS_PE_PROJECT: projectIds[0],
  ATLAS_PE_PUBLIC_KEY: publicKey,
  ATLAS_PE_PRIVATE_KEY: privateKey,
};

/** Runs a command once. Returns milliseconds and its stderr. Throws if the exit code is unexpected. */
function run(node, { argv, cold, exit = 0 }, more = {}) {
  if (cold) rmSync(folders.ATLAS_PE_CACHE_DIR, { recursive: true, force: true });
  const before = performance.now();
  const { status, stderr, error } = spawnSync(node, argv, {
    env: { ...env, ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const ms = performance.now() - before;
  if (error) throw error;
  if (status !== exit) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, stderr };
}

/** The peak memory of a command in MB. The command itself reports it when it exits. */
function memory(node, command) {
  const tell = "process.on('exit', () => process.stderr.write(' peak ' + process.resourceUsage().maxRSS))";
  const { stderr } = run(node, command, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` });
  return Number(/ peak (\d+)/.exec(stderr)?.[1]) / 1024;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The newest Node of each major version that nvm has installed, except the running one's. */
function installedNodes() {
  const folder = join(process.env.NVM_DIR ?? join(homedir(), '.nvm'), 'versions/node');
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const byAge = versions.toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const newest = new Map(byAge.map((version) => [version.split('.')[0], version]));
  newest.delete(process.version.split('.')[0]);
  return ['v20', 'v22', 'v24', 'v26']
    .flatMap((line) => newest.get(line) ?? [])
    .map((name) => join(folder, name, 'bin/node'));
}

function measure(node) {
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= runs; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const { ms } = run(node, command);
      // The first round fills caches.
      if (round > 0) times[name].push(ms);
    }
  }
  const table = new Table({
    head: ['command', 'ms', 'ratio', 'to', 'target', '', 'MB'],
    style: { head: [], border: [] },
  });
  for (const [name, command] of Object.entries(commands)) {
    const { to, target } = command;
    // The ratio of each round, then the median: a slow moment affects both sides of a ratio.
    const ratio = to && median(times[name].map((ms, round) => ms / times[to][round]));
    const verdict = to ? [ratio.toFixed(2), to, target, ratio <= target ? 'met' : 'missed'] : ['', '', '', ''];
    table.push([name, median(times[name]).toFixed(0), ...verdict, memory(node, command).toFixed(0)]);
  }
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  process.stdout.write(`Node ${stdout.trim()}, ${runs} runs each\n${table.toString()}\n`);
}

try {
  const others = process.argv.length > 2 ? process.argv.slice(2) : installedNodes();
  for (const node of [process.execPath, ...others]) measure(node);
} finally {
  sandbox.kill();
  rmSync(folder, { recursive: true, force: true });
}
