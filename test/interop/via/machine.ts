import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { programWords } from '../../helpers/run-program.js';
import { startDns } from '../doctor/dns.js';
import { openNetwork } from '../doctor/network.js';
import { createAuthorities } from '../doctor/nodes.js';
import { rows as networks } from '../doctor/rows.js';
import { openNodes, stringOf, zoneOf } from '../doctor/set-up.js';
import { makePlaces, mountPlaces } from './places.js';
import { clusters, type Row, rows } from './rows.js';
import { type Outcome, run } from './run.js';

/*
 * A machine with all places behind prefixes, and two clusters. It runs `doctor --via` for its rows, one after another, in
 * namespaces of its own. It reads a `Request` from stdin, and prints each outcome as a line of JSON.
 */

export interface Request {
  machine: Row['machine'];
  executable: string;
  /** A pattern for the names of rows. */
  wanted: string;
}

const request = JSON.parse(await text(process.stdin)) as Request;
const queries = new Set<string>();

async function openClusters(): Promise<void> {
  const authorities = await createAuthorities();
  writeFileSync('/mnt/ca.pem', authorities.pem);
  const names: readonly string[] = Object.values(clusters);
  const own = networks.filter(({ name }) => names.includes(name));
  const zone = zoneOf(own);
  const trouble: typeof zone.trouble = (name, type) => {
    queries.add(name);
    return zone.trouble(name, type);
  };
  startDns('10.1.0.53', { ...zone, trouble });
  await Promise.all(own.map((each) => openNodes(each, authorities)));
}

function stringFor({ cluster = 'healthy', options = 'tlsCAFile=/mnt/ca.pem' }: Row): string {
  const network = networks.find(({ name }) => name === clusters[cluster]);
  if (!network) throw new Error(`There is no cluster for ${cluster}.`);
  return `${stringOf(network, {})}/shop?${options}`;
}

function runRow(row: Row): Promise<Outcome> {
  const { words = ['-'], executable = request.executable, via } = row;
  const own = { HOME: '/mnt/home', ATLAS_PE_CACHE_DIR: '/mnt/cache', ATLAS_PE_CONFIG_DIR: '/mnt/cache' };
  const env = { PATH: process.env.PATH ?? '', ...own, ...row.env };
  const string = stringFor(row);
  const [program, named] =
    executable === null ? [[request.executable], []] : [programWords, ['--executable', executable]];
  const given = words.map((word) => word.replace('{string}', string));
  queries.clear();
  return run({
    row,
    program,
    words: ['doctor', ...given, ...named, '--via', via.replace('{string}', string)],
    env,
    stdin: words.includes('-') ? string.replace('://', '://shop:hunter2@') : '',
    hasAsked: () => queries.size > 0,
  });
}

mountPlaces();
process.env.TMPDIR = '/mnt/cache';
openNetwork('plain', '/mnt');
await openClusters();
await makePlaces(request.executable);
const wanted = new RegExp(request.wanted);
for (const row of rows.filter(({ machine, name }) => machine === request.machine && wanted.test(name)))
  process.stdout.write(`${JSON.stringify(await runRow(row))}\n`);
if (request.machine === 'quiet') {
  const executable = readFileSync(request.executable);
  const times = [1, 2, 3].map(() => {
    const begun = performance.now();
    const input = gzipSync(executable, { level: 1 });
    execFileSync('env', ['-i', 'sh', '-c', 'gzip -dc > /mnt/home/sent'], { input });
    return performance.now() - begun;
  });
  process.stdout.write(`${JSON.stringify({ name: 'transfer', ms: Math.min(...times) })}\n`);
}
// The servers are still open.
process.stdout.write('', () => process.kill(process.pid));
