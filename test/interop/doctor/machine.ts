import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { startDns } from './dns.js';
import { type Driver, drivers, type Verdict } from './drivers.js';
import { openNetwork } from './network.js';
import { createAuthorities } from './nodes.js';
import { startProxy } from './proxy.js';
import { type machines, rows } from './rows.js';
import { hostsOf, openNodes, stringOf, zoneOf } from './set-up.js';

/*
 * A machine with its network, and all rows that are for it. It runs in a network and a mount namespace of its own, reads a
 * `Request` from stdin, and prints a `Report`.
 */

export interface Request {
  machine: keyof typeof machines;
  /** A folder for files. */
  folder: string;
  doctor: readonly string[];
  drivers: Readonly<Record<Driver, readonly string[]>>;
  /** How often doctor runs alone on the first row, for its time. */
  repeat: number;
}

export interface Outcome {
  name: string;
  verdicts: Record<Driver, Verdict>;
  doctor: Ran;
}

interface Ran {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  ms: number;
}

export interface Report {
  outcomes: Outcome[];
  /** The times of doctor alone, in milliseconds. */
  alone: number[];
}

const request = JSON.parse(await text(process.stdin)) as Request;
const file = (name: string) => join(request.folder, name);
const files = { ca: file('ca.pem'), other: file('other.pem') };

/** Runs a program that trusts the nodes, and knows nothing of this machine but its PATH. */
async function run([program = '', ...words]: readonly string[], stdin = ''): Promise<Ran> {
  const { PATH } = process.env;
  const trust = { NODE_EXTRA_CA_CERTS: files.ca, SSL_CERT_FILE: files.ca };
  // Each name that Node looks up takes a thread.
  const env = { PATH, HOME: request.folder, ...trust, UV_THREADPOOL_SIZE: '256', NODE_NO_WARNINGS: '1' };
  const begun = performance.now();
  const child = spawn(program, words, { env, cwd: request.folder });
  child.stdin.end(stdin);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, stdout, stderr, ms: performance.now() - begun };
}

async function ask(driver: Driver, strings: readonly object[]): Promise<Verdict[]> {
  const { stdout, stderr } = await run(request.drivers[driver], JSON.stringify(strings));
  if (stdout === '') throw new Error(`${driver}: ${stderr}`);
  return JSON.parse(stdout);
}

mkdirSync(request.folder);
openNetwork(request.machine, request.folder);
const authorities = await createAuthorities();
writeFileSync(files.ca, authorities.pem);
writeFileSync(files.other, authorities.other);
const own = rows.filter(({ machine = 'plain' }) => machine === request.machine);
for (const address of ['10.1.0.53', 'fd00:1::53']) startDns(address, zoneOf(own));
// It answers SERVFAIL to everything.
startDns('10.1.0.55', { records: new Map(), trouble: () => 'failed' });
const addresses = new Map(own.flatMap(hostsOf).map(({ host, addresses: [first = ''] }) => [host, first]));
startProxy(1080, (host) => addresses.get(host));
await Promise.all(own.map((row) => openNodes(row, authorities)));

const strings = own.map((row) => ({ name: row.name, string: stringOf(row, files) }));
const doctor = (string = '') => run([...request.doctor, 'doctor', string, '--json']);
// The drivers first, so that they don't make doctor slow.
const [node = [], python = [], go = []] = await Promise.all(drivers.map((driver) => ask(driver, strings)));
const few = pLimit(5);
const outcomes = strings.map(({ name, string }, index) =>
  few(async (): Promise<Outcome> => {
    const [ofNode, ofPython, ofGo] = [node[index], python[index], go[index]];
    if (!ofNode || !ofPython || !ofGo) throw new Error(`There is no verdict on ${name}.`);
    return { name, verdicts: { node: ofNode, python: ofPython, go: ofGo }, doctor: await doctor(string) };
  }),
);
const report: Report = { outcomes: await Promise.all(outcomes), alone: [] };
while (report.alone.length < request.repeat) report.alone.push((await doctor(strings[0]?.string)).ms);
// The servers are still open.
process.stdout.write(JSON.stringify(report), () => process.kill(process.pid));
