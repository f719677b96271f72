/*
 * Measures a warm `list` at a distance: whole processes, in turns, through TLS and relays that delay each direction. It
 * compares with a bare script, which signs in as curl does and sends the same request, and with the Atlas CLI, if that is there.
 * Fails if a target is missed. `npm run bench:distance [-- NODE…]`, where each NODE is the path of another Node.
 *
 * The script needs the same Node, but a round trip more, because it has no nonce of an earlier command. The Atlas CLI
 * is machine code and starts at once: the slower the CPU, the longer Node's own start, and the higher the second ratio. A
 * longer distance lowers both.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
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

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../bin/atlas-pe.js');
const script = fileURLToPath(new URL('./digest-request.cjs', import.meta.url));
const relay = fileURLToPath(new URL('./far-away.js', import.meta.url));
const [key, authority] = [here('../test/helpers/tls/key.pem'), here('../test/helpers/tls/cert.pem')];
// The Atlas CLI is not in this repository; test/interop uses it too.
const [unpacker, peers] = [here('../../shared/peers/unpack.sh'), here('../node_modules/.cache/peers')];

const runs = 15;
const [projects, inFlight] = [300, 8];
const mostMegabytes = 65;

/** The round trip in milliseconds through TLS (none: loopback without TLS), and whether the targets apply. */
const places = [
  { name: 'loopback, HTTP' },
  { name: 'loopback, TLS', roundTrip: 0 },
  { name: '40 ms, TLS', roundTrip: 40, hasTargets: true },
  { name: '100 ms, TLS', roundTrip: 100, hasTargets: true },
];

/** The maximum ratios to the script and to the Atlas CLI. Node 20 starts more slowly than later ones. */
const targetsOf = (node) => ({ toScript: 1.15, toCli: Number.parseInt(versionOf(node), 10) < 22 ? 1.15 : 1 });

const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-bench-'));
const started = [];

/** Starts a server and returns the JSON that it prints. */
async function start(argv) {
  const { child, printed } = await serve(argv, { PATH: process.env.PATH, HOME: folder });
  started.push(child);
  return printed;
}

function environment(baseUrl, { publicKey, privateKey, projectIds }) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    // Node 20 reads this file at each start, needed or not.
    ...(baseUrl.startsWith('https:') && { NODE_EXTRA_CA_CERTS: authority, SSL_CERT_FILE: authority }),
    ATLAS_PE_BASE_URL: baseUrl,
    ATLAS_PE_PROJECT: projectIds[0],
    ATLAS_PE_PUBLIC_KEY: publicKey,
    ATLAS_PE_PRIVATE_KEY: privateKey,
    MONGODB_ATLAS_OPS_MANAGER_URL: `${baseUrl}/`,
    MONGODB_ATLAS_PROJECT_ID: projectIds[0],
    MONGODB_ATLAS_PUBLIC_API_KEY: publicKey,
    MONGODB_ATLAS_PRIVATE_API_KEY: privateKey,
    MONGODB_ATLAS_SKIP_UPDATE_CHECK: 'true',
    MONGODB_ATLAS_TELEMETRY_ENABLED: 'false',
    DO_NOT_TRACK: '1',
  };
}

const missed = [];

/** Notes whether a value is within its target, and says it for the table. */
function verdict(what, value, target) {
  if (value === undefined || target === undefined) return value === undefined ? '' : value.toFixed(2);
  if (value > target) missed.push(`${what}: ${value.toFixed(2)}, target ${target}`);
  return `${value.toFixed(2)} (target ${target}, ${value <= target ? 'met' : 'missed'})`;
}

/** Measures one place. Returns a row of the table, and the time of a `list`. */
function measurePlace(node, place, env, what) {
  const commands = {
    node: [node, ['-e', '0']],
    script: [node, [script]],
    cli: [cli, ['privateEndpoints', 'aws', 'list', '--output', 'json']],
    ours: [node, [program, 'list', '--provider', 'aws', '--json']],
  };
  if (!hasCli) delete commands.cli;
  const times = measureInTurns(commands, runs, ([file, argv]) => run(file, argv, env));
  const [, ours] = commands.ours;
  const shown = ['node', 'script', 'cli', 'ours'].map((name) => median(times[name] ?? [])?.toFixed(0) ?? '');
  const { toScript, toCli } = place.hasTargets ? targetsOf(node) : {};
  const row = [
    place.name,
    ...shown,
    verdict(`${what}, to the script`, medianRatio(times.ours, times.script), toScript),
    times.cli ? verdict(`${what}, to the Atlas CLI`, medianRatio(times.ours, times.cli), toCli) : '',
    verdict(`${what}, MB`, memory(node, ours, env), mostMegabytes),
  ];
  return { row, start: median(times.ours) };
}

/** All projects: the connections are reused, and each always has a request on its way. */
function measureAll(node, roundTrip, { ATLAS_PE_PROJECT: _, ...env }, start, what) {
  const argv = [program, 'list', '--all-projects', '--json', '--quiet'];
  const ms = median([1, 2, 3].map(() => run(node, argv, env).ms));
  const ideal = ((3 * projects) / inFlight) * roundTrip;
  return (
    `list --all-projects, ${projects} projects, ${roundTrip} ms: ${ms.toFixed(0)} ms. Without the start, to ` +
    `requests ÷ ${inFlight} × round trip (${ideal} ms): ${verdict(`${what}, all projects`, (ms - start) / ideal, 1.3)}\n`
  );
}

async function measure(node) {
  const faults = join(folder, 'faults.yaml');
  writeFileSync(faults, `projects: ${projects - 1}\n`);
  const sandbox = await start([program, 'sandbox', 'serve', '--output', 'jsonl', '--faults', faults]);
  const delays = places.flatMap(({ roundTrip }) => (roundTrip === undefined ? [] : [roundTrip / 2]));
  const ports = await start([relay, new URL(sandbox.baseUrl).port, key, authority, ...delays.map(String)]);
  const subjects = ['node -e 0', 'bare script', 'Atlas CLI', 'atlas-pe'];
  const head = ['where Atlas is', ...subjects, 'to the script', 'to the Atlas CLI', 'MB'];
  const table = new Table({ head, style: { head: [], border: [] } });
  let all = '';
  for (const place of places) {
    const { name, roundTrip } = place;
    const baseUrl =
      roundTrip === undefined ? sandbox.baseUrl : `https://localhost:${ports[delays.indexOf(roundTrip / 2)]}`;
    const env = environment(baseUrl, sandbox);
    const what = `Node ${versionOf(node)}, ${name}`;
    const { row, start } = measurePlace(node, place, env, what);
    table.push(row);
    if (roundTrip === 40) all = measureAll(node, roundTrip, env, start, what);
  }
  process.stdout.write(`Node ${versionOf(node)}, ${runs} runs each, milliseconds\n${table.toString()}\n${all}`);
  for (const child of started) child.kill();
}

if (existsSync(unpacker)) execFileSync('bash', [unpacker, peers]);
/** The Atlas CLI: the one of the interop tests, or the one on the PATH. */
const cli = existsSync(join(peers, 'atlas')) ? join(peers, 'atlas') : 'atlas';
const hasCli = spawnSync(cli, ['--version'], { stdio: 'ignore' }).status === 0;
if (!hasCli) process.stdout.write('The Atlas CLI was not found, so it is not compared.\n');
try {
  for (const node of nodesToMeasure(process.argv.slice(2))) await measure(node);
} finally {
  await end(started, folder);
}
if (missed.length > 0) {
  process.stderr.write(`Missed:\n${missed.join('\n')}\n`);
  process.exitCode = 1;
}
