import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/* What the benchmarks need to measure whole processes. */

/** Runs a command once. Returns milliseconds and its stderr. Throws if the exit code is unexpected. */
export function run(file, argv, env, exit = 0) {
  const before = performance.now();
  const { status, stderr, error } = spawnSync(file, argv, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const ms = performance.now() - before;
  if (error) throw error;
  if (status !== exit) throw new Error(`${file} ${argv.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, stderr };
}

/** Starts a server in a separate process. Returns it, and the JSON that it prints. */
export async function serve(argv, env) {
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, printed: JSON.parse(line) };
}

/** Stops these processes and removes the folder. A process that hasn't ended yet may still write to it. */
export async function end(children, folder) {
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const ended = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill();
  await Promise.all(ended);
  // What they have started may write too.
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** The peak memory of a Node process in MB. The process itself reports it when it exits. */
export function memory(node, argv, env, exit = 0) {
  const report = "process.on('exit', () => process.stderr.write(' peak ' + process.resourceUsage().maxRSS))";
  const options = `--import=data:text/javascript,${encodeURIComponent(report)}`;
  const { stderr } = run(node, argv, { ...env, NODE_OPTIONS: options }, exit);
  return Number(/ peak (\d+)/.exec(stderr)?.[1]) / 1024;
}

/** Runs these commands in turns, `runs` times. Returns the milliseconds of each. */
export function measureInTurns(commands, runs, measure) {
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= runs; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const { ms } = measure(command);
      // The first round fills caches.
      if (round > 0) times[name].push(ms);
    }
  }
  return times;
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The ratio of each round, then the median: a slow moment affects both sides of a ratio. */
export const medianRatio = (values, others) => median(values.map((value, round) => value / others[round]));

/** The Nodes to measure: the running one and those in `paths`, or else the newest of each line that nvm has. */
export function nodesToMeasure(paths) {
  return [process.execPath, ...(paths.length > 0 ? paths : installedNodes())];
}

export function versionOf(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
}

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
