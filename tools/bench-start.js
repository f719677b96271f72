/*
 * Measures start-up time and memory: whole processes, in alternation, so that a slow moment of the machine affects all
 * of them. Prints medians, and ratios to plain Node and to a plain script. `npm run bench [-- NODE…]`, where each NODE
 * is the path of another Node to test (default: those that nvm has installed).
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import {
  end,
  measureInTurns,
  median,
  medianRatio,
  memory,
  nodesToMeasure,
  run,
  serve,
  versionOf,
} from './processes.js';

const runs = 15;
const program = fileURLToPath(new URL('../bin/atlas-pe.js', import.meta.url));
const executable = fileURLToPath(new URL('../dist-executable/atlas-pe', import.meta.url));
const script = fileURLToPath(new URL('./digest-fetch.js', import.meta.url));

/** Each command, the command it is compared with, and the maximum ratio. */
const commands = {
  'node -e 0': { argv: ['-e', '0'] },
  '--version': { argv: [program, '--version'], to: 'node -e 0', target: 1.15 },
  '--help': { argv: [program, '--help'], to: 'node -e 0', target: 1.3 },
  'a usage error': { argv: [program, 'lst'], to: 'node -e 0', target: 1.9, exit: 2 },
  'a wrong option': { argv: [program, 'list', '--nope'], to: 'node -e 0', target: 1.9, exit: 2 },
  'a bare script': { argv: [script] },
  'list --json, cold': { argv: [program, 'list', '--json'], to: 'a bare script', target: 1.25, cold: true },
  'list --json, warm': { argv: [program, 'list', '--json'], to: 'a bare script', target: 1.1 },
};

const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-bench-'));
const folders = Object.fromEntries(
  ['CONFIG', 'DATA', 'CACHE'].map((name) => [`ATLAS_PE_${name}_DIR`, join(folder, name)]),
);
const sandbox = await serve([program, 'sandbox', 'serve', '--output', 'jsonl'], { ...process.env, ...folders });
const { baseUrl, publicKey, privateKey, projectIds } = sandbox.printed;
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  ...folders,
  ATLAS_PE_BASE_URL: baseUrl,
  ATLAS_PE_PROJECT: projectIds[0],
  ATLAS_PE_PUBLIC_KEY: publicKey,
  ATLAS_PE_PRIVATE_KEY: privateKey,
};

/** The environment of a command. A cold one has a cache of its own, which is empty, so that the others stay warm. */
function environmentOf({ cold }) {
  if (!cold) return env;
  const cache = join(folder, 'COLD');
  rmSync(cache, { recursive: true, force: true });
  return { ...env, ATLAS_PE_CACHE_DIR: cache };
}

function measure(node) {
  const times = measureInTurns(commands, runs, (command) =>
    run(node, command.argv, environmentOf(command), command.exit),
  );
  const table = new Table({
    head: ['command', 'ms', 'ratio', 'to', 'target', '', 'MB'],
    style: { head: [], border: [] },
  });
  for (const [name, command] of Object.entries(commands)) {
    const { argv, to, target, exit } = command;
    const ratio = to && medianRatio(times[name], times[to]);
    const verdict = to ? [ratio.toFixed(2), to, target, ratio <= target ? 'met' : 'missed'] : ['', '', '', ''];
    const peak = memory(node, argv, environmentOf(command), exit);
    table.push([name, median(times[name]).toFixed(0), ...verdict, peak.toFixed(0)]);
  }
  process.stdout.write(`Node ${versionOf(node)}, ${runs} runs each\n${table.toString()}\n`);
}

/** The single executable beside the package with the Node that it was made from. */
function measureExecutable() {
  const limits = { '--version': 1.35, list: 1.4 };
  const pairs = Object.keys(limits).flatMap((line) => [
    [`${line}, package`, [process.execPath, program, line]],
    [`${line}, executable`, [executable, line]],
  ]);
  const times = measureInTurns(Object.fromEntries(pairs), runs, ([file, ...argv]) => run(file, argv, env));
  const table = new Table({
    head: ['command', 'ms', 'executable', 'ratio', 'target', ''],
    style: { head: [], border: [] },
  });
  for (const [line, target] of Object.entries(limits)) {
    const [ours, others] = [times[`${line}, executable`], times[`${line}, package`]];
    const ratio = medianRatio(ours, others);
    const verdict = ratio <= target ? 'met' : 'missed';
    table.push([line, median(others).toFixed(0), median(ours).toFixed(0), ratio.toFixed(2), target, verdict]);
  }
  process.stdout.write(`The single executable, ${runs} runs each\n${table.toString()}\n`);
}

try {
  for (const node of nodesToMeasure(process.argv.slice(2))) measure(node);
  if (existsSync(executable)) measureExecutable();
  else process.stdout.write('To measure the single executable too, run npm run build:executable first.\n');
} finally {
  await end([sandbox.child], folder);
}
