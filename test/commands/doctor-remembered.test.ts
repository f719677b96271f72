import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startNetwork } from '../../src/sandbox/network/start.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { ownFolders, ownSandbox, runCli } from '../helpers/run-cli.js';
import { phases, type Stall, whenItWaits } from '../helpers/stalls.js';

/* doctor where the credentials fail: it goes on with the connection strings that were shown last. */

const own = ownSandbox();
const wrongKey = { ATLAS_PE_PRIVATE_KEY: 'wrong' };
const cacheOf = (env: Record<string, string>) => join(env.ATLAS_PE_CACHE_DIR ?? '', 'cache.json');

interface Checks {
  name: string;
  checks: { id: string; result: string; subject: string | null }[];
}

/** Runs doctor with these settings, with the DNS and the nodes of the sandbox. */
async function doctor(more: Record<string, string>, line = '') {
  const { store, clock, env } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: 'free' });
  const file = join(env.HOME ?? '', 'ca.pem');
  writeFileSync(file, network.authority ?? '');
  const words = `doctor --json --dns-server ${network.dnsServer} --tls-ca-file ${file} ${line}`.trim();
  const run = await own.atlas(words, { env: { ...env, ...more } }).finally(network.close);
  const categories: Checks[] = run.stdout === '' ? [] : JSON.parse(run.stdout).categories;
  const checks = categories.flatMap((each) => each.checks);
  const failed = checks.filter(({ result }) => result === 'error').map(({ id }) => id);
  const done = categories.filter((each) => each.checks.some(({ result }) => result === 'success'));
  return { ...run, failed, done: done.map(({ name }) => name) };
}

const note =
  /Checking the connection strings that were shown last, without Atlas: cluster0-pl-0\.\w+\.mongodb\.net\.\n/;

test.each(['connect us-east-1 --yes', 'connection-strings'])('%s remembers the strings', async (line) => {
  await own.atlas('connect us-east-1 --yes');
  if (line === 'connection-strings') rmSync(cacheOf(own.sandbox.env));
  await own.ends(line, 0);
  const { failed, done, stderr, exitCode } = await doctor(wrongKey);
  expect(failed).toEqual(['key-valid']);
  expect(done).toEqual(['key', 'dns', 'network']);
  expect(stderr).toMatch(note);
  expect(stderr).toMatch(/Error: 1 problem: Atlas does not accept/);
  expect(exitCode).toBe(6);
});

test('if Atlas is in trouble, the exit code says that the check failed, and nothing about the connection', async () => {
  await own.atlas('connect us-east-1 --yes');
  own.faults = [{ status: 503 }];
  const { failed, done, stderr, exitCode } = await doctor({});
  expect(failed).toEqual(['key-valid']);
  expect(done).toEqual(['key', 'dns', 'network']);
  expect(stderr).toMatch(note);
  expect(exitCode).toBe(1);
});

test('a wait notes it once', async () => {
  await own.atlas('connect us-east-1 --yes');
  own.faults = [{ status: 503 }];
  const { stderr } = await own.atlas('doctor --wait 30s --dns-server 127.0.0.1:1');
  expect(stderr.match(/Checking the connection strings/g)).toHaveLength(1);
  expect(stderr).toContain('Waiting. Current problems: ');
});

test('without a problem of the credentials, Atlas says what to check', async () => {
  await own.atlas('connect us-east-1 --yes');
  const { failed, stderr } = await doctor({});
  expect([failed, stderr]).toEqual([[], '']);
});

test.each(['us-east-1', '--cluster Cluster0'])('not for a selection: %s', async (line) => {
  await own.atlas('connect us-east-1 --yes');
  expect((await doctor(wrongKey, line)).stderr).not.toContain('shown last');
});

test('strings of another profile are not used', async () => {
  await own.atlas('connect us-east-1 --yes');
  await own.succeeds(`config set project ${'1'.repeat(24)} --profile other`);
  const { stderr, done } = await doctor(wrongKey, '--profile other');
  expect(stderr).not.toContain('connection string');
  expect(done).toEqual(['key']);
  expect((await doctor(wrongKey)).stderr).toMatch(note);
});

test('the sandbox remembers none', async () => {
  const env = ownFolders();
  const { clock } = own.sandbox;
  const made = await runCli(['--sandbox', 'connect', 'us-east-1', '--yes'], { env, clock });
  expect(made.exitCode, made.stderr).toBe(0);
  expect(existsSync(cacheOf(env))).toBe(false);
  const { stderr, exitCode } = await runCli(['doctor', '--json'], { env, clock });
  expect([exitCode, stderr]).toEqual([6, 'Error: 1 problem: Not signed in to Atlas.\n']);
});

const string = (name: string) => `mongodb+srv://${name}.x.example`;
test.each<[what: string, saved: unknown, shown: string]>([
  ['no string', ['nope', 5, null, ['a'], { length: 1 }, 'mongodb+srv://', 'http://x.y.example'], ''],
  ['no list', { length: 3, 0: string('a') }, ''],
  ['a text', string('a'), ''],
  ['control characters', [string('a\u001b[31m'), string('\u202e')], ''],
  ['one of them is valid', ['nope', string('a')], 'a.x.example.'],
  ['a password', ['mongodb+srv://user:hunter2@a.x.example/b'], 'a.x.example.'],
  ['very many', Array.from({ length: 20_000 }, (_, index) => string(`a${index}`)), 'a9.x.example and 40 more.'],
])('a cache with %s', async (_, value, shown) => {
  const env = ownFolders();
  const { clock } = own.sandbox;
  mkdirSync(dirname(cacheOf(env)), { recursive: true, mode: 0o700 });
  const entry = { at: clock.now(), value };
  writeFileSync(cacheOf(env), JSON.stringify({ 'connection strings default': entry }), { mode: 0o600 });
  const run = await runCli(['doctor', '--json', '--no-network', '--dns-server', '127.0.0.1:1'], { env, clock });
  expect(run.exitCode).toBe(6);
  const [first = ''] = run.stderr.split('\n');
  if (shown === '') expect(run.stderr).toBe('Error: 1 problem: Not signed in to Atlas.\n');
  else expect(first.endsWith(shown), first).toBe(true);
  expect(run.stdout + run.stderr).not.toMatch(/hunter2|\n\s+at /);
});

test('neither Atlas nor a node responds: 10 s at most, and the node gets a part of it', async () => {
  const env = ownFolders();
  const clock = fakeClock();
  const before = clock.now();
  const deaf = (await phases.TCP?.start(() => undefined)) as Stall;
  const { port } = new URL(deaf.env.ATLAS_PE_BASE_URL ?? '');
  mkdirSync(dirname(cacheOf(env)), { recursive: true, mode: 0o700 });
  const entry = { at: before, value: [`mongodb://127.0.0.1:${port}/?tls=true`] };
  writeFileSync(cacheOf(env), JSON.stringify({ 'connection strings default': entry }), { mode: 0o600 });
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 100);
  const words = ['doctor', '--json', '--from-here'];
  const run = await runCli(words, { env: { ...env, ATLAS_PE_PROJECT: '1'.repeat(24), ...deaf.env }, clock });
  stop();
  await deaf.close();
  expect(run.stdout).toContain('did not accept the connection within 3s');
  expect(run.stdout).toContain('1 of 1 connections failed: no response');
  expect(clock.now() - before).toBeLessThanOrEqual(10_000);
});
