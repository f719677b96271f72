/*
 * Measures a warm `list` at a distance: whole processes, in turns, through TLS and relays that delay each direction. It
 * compares with the Atlas CLI, if that is there, and with the limit: Node's own start and three round trips (TCP, TLS, one
 * request). Fails if a target is missed. `npm run bench:distance [-- NODE…]`, where each NODE is the path of another Node.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../bin/atlas-pe.js');
const script = fileURLToPath(new URL('./digest-request.cjs', import.meta.url));
const relay = fileURLToPath(new URL('./far-away.js', import.meta.url));
const authority = here('../test/helpers/tls/cert.pem');
const unpacker = here('../../shared/peers/unpack.sh');
const peers = here('../node_modules/.cache/peers');

const runs = Number(process.env.RUNS ?? 15);
const projects = 300;
const inFlight = 8;
const mostMegabytes = 65;

/** The maximum ratios to the limit and to the Atlas CLI, by place. */
const places = [
  { name: 'loopback, HTTP', roundTrip: 0, trips: 0, toCli: 1.6 },
  { name: 'loopback, TLS', roundTrip: 0, trips: 3 },
  { name: '40 ms, TLS', roundTrip: 40, trips: 3, toLimit: 1.35, toCli: 1.0 },
  { name: '100 ms, TLS', roundTrip: 100, trips: 3, toCli: 0.9 },
];

const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-bench-'));
const started = [];

/** Starts a server in a process of its own and returns the JSON that it prints. */
async function serve(argv) {
  const child = spawn(process.execPath, argv, {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return JSON.parse(line);
}

function environment(baseUrl, { publicKey, privateKey, projectIds }) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    NODE_EXTRA_CA_CERTS: authority,
    SSL_CERT_FILE: authority,
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

/** Runs a command once and returns milliseconds. Throws if it fails. */
function time({ file, argv }, env) {
  const before = performance.now();
  const { status, stderr, error } = spawnSync(file, argv, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const ms = performance.now() - before;
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} ${argv.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

/** The peak memory of a command in MB. The command itself reports it when it exits. */
function memory({ file, argv }, env) {
  const tell = "process.on('exit', () => process.stderr.write(' peak ' + process.resourceUsage().maxRSS))";
  const more = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };
  const { stderr } = spawnSync(file, argv, {
    env: { ...env, ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  return Number(/ peak (\d+)/.exec(stderr)?.[1]) / 1024;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const missed = [];

/** Notes whether a value is within its target, and says it for the table. */
function judge(what, value, target) {
  if (value === undefined || target === undefined) return value === undefined ? '' : value.toFixed(2);
  if (value > target) missed.push(`${what}: ${value.toFixed(2)}, target ${target}`);
  return `${value.toFixed(2)} (target ${target}, ${value <= target ? 'met' : 'missed'})`;
}

function measurePlace(node, version, place, env) {
  const list = ['list', '--provider', 'aws', '--json'];
  const commands = {
    node: { file: node, argv: ['-e', '0'] },
    script: { file: node, argv: [script] },
    ours: { file: node, argv: [program, ...list] },
    ...(hasPeers && {
      cli: { file: join(peers, 'atlas'), argv: ['privateEndpoints', 'aws', 'list', '--output', 'json'] },
    }),
  };
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= runs; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const ms = time(command, env);
      // The first round fills caches.
      if (round > 0) times[name].push(ms);
    }
  }
  // The ratio of each round, then the median: a slow moment affects both sides of a ratio.
  const ratio = (of) => median(times.ours.map((ms, round) => ms / of(round)));
  const limit = (round) => times.node[round] + place.trips * place.roundTrip;
  const what = `Node ${version}, ${place.name}`;
  const megabytes = memory(commands.ours, env);
  if (megabytes > mostMegabytes) missed.push(`${what}: ${megabytes.toFixed(0)} MB, target ${mostMegabytes}`);
  const ms = (name) => (times[name] ? median(times[name]).toFixed(0) : '');
  const row = [
    place.name,
    ...[ms('node'), median(times.node.map((_, round) => limit(round))).toFixed(0), ms('script'), ms('cli'), ms('ours')],
    judge(`${what}, to the limit`, ratio(limit), place.toLimit),
    judge(`${what}, to the Atlas CLI`, times.cli && ratio((round) => times.cli[round]), place.toCli),
    megabytes.toFixed(0),
  ];
  return { row, start: median(times.ours) };
}

/** All projects: the connections are reused, and each always has a request on its way. */
function measureAll(node, version, roundTrip, env, start) {
  const argv = [program, 'list', '--all-projects', '--json', '--quiet'];
  const { ATLAS_PE_PROJECT: _, ...rest } = env;
  const ms = median([1, 2, 3].map(() => time({ file: node, argv }, rest)));
  const ideal = ((3 * projects) / inFlight) * roundTrip;
  const ratio = judge(`Node ${version}, --all-projects`, (ms - start) / ideal, 1.3);
  process.stdout.write(
    `list --all-projects, ${projects} projects, ${roundTrip} ms: ${ms.toFixed(0)} ms; without the start, to ` +
      `requests ÷ ${inFlight} × round trip (${ideal.toFixed(0)} ms): ${ratio}\n`,
  );
}

/** Fetches a Digest challenge. It is the sandbox's, so it's valid at each distance. */
async function challengeOf(baseUrl, project) {
  const url = `${baseUrl}/api/atlas/v2/groups/${project}/privateEndpoint/AWS/endpointService`;
  // Without an agent: a connection that is kept would be closed while this process waits for others.
  const [answer] = await once(get(url, { agent: false }), 'response');
  answer.resume();
  return answer.headers['www-authenticate'];
}

async function measure(node) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
  const sandbox = await serve([program, 'sandbox', 'serve', '--output', 'jsonl', '--projects', String(projects - 1)]);
  const { port } = new URL(sandbox.baseUrl);
  const delays = [...new Set(places.filter(({ trips }) => trips > 0).map(({ roundTrip }) => roundTrip / 2))];
  const ports = await serve([relay, port, here('../test/helpers/tls/key.pem'), authority, ...delays.map(String)]);
  const table = new Table({
    head: [
      'where Atlas is',
      'node',
      'limit',
      'bare script',
      'Atlas CLI',
      'atlas-pe',
      'to the limit',
      'to the Atlas CLI',
      'MB',
    ],
    style: { head: [], border: [] },
  });
  let far;
  for (const place of places) {
    const baseUrl =
      place.trips === 0 ? sandbox.baseUrl : `https://127.0.0.1:${ports[delays.indexOf(place.roundTrip / 2)]}`;
    // A nonce lives for five minutes.
    const CHALLENGE = await challengeOf(sandbox.baseUrl, sandbox.projectIds[0]);
    const env = { ...environment(baseUrl, sandbox), CHALLENGE };
    const { row, start } = measurePlace(node, version, place, env);
    table.push(row);
    if (place.roundTrip === 40) far = { env, start };
  }
  process.stdout.write(`Node ${version}, ${runs} runs each, milliseconds\n${table.toString()}\n`);
  measureAll(node, version, 40, far.env, far.start);
  for (const child of started.splice(0)) child.kill();
}

if (existsSync(unpacker)) execFileSync('bash', [unpacker, peers]);
const hasPeers = existsSync(join(peers, 'atlas'));
try {
  for (const node of [process.execPath, ...process.argv.slice(2)]) await measure(node);
} finally {
  for (const child of started) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
if (missed.length > 0) {
  process.stderr.write(`Missed:\n${missed.join('\n')}\n`);
  process.exitCode = 1;
}
