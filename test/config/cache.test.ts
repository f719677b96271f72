import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { authCacheOf } from '../../src/config/cache.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { json, ownFolders, runCli, sharedSandbox, startServer } from '../helpers/run-cli.js';

const shared = sharedSandbox();

const { clientId, clientSecret, privateKey } = sandboxKeys;
const account = { ATLAS_PE_CLIENT_ID: clientId, ATLAS_PE_CLIENT_SECRET: clientSecret };

function user(credentials: Record<string, string> = {}) {
  const env: Record<string, string> = { ...shared.sandbox.env, ...ownFolders(), ...credentials };
  const file = join(env.ATLAS_PE_CACHE_DIR ?? '', credentials.ATLAS_PE_CLIENT_ID ? 'cache.json' : 'nonces.json');
  const list = async (line = 'list --provider aws') => {
    shared.sandbox.clock.advance(10);
    shared.sandbox.exchanges.length = 0;
    const { exitCode, stderr } = await runCli(line.split(' '), { env, clock: shared.sandbox.clock });
    expect([exitCode, stderr]).toEqual([0, '']);
    return shared.sandbox.exchanges.map(({ method, status }) => `${method} ${status}`);
  };
  return { env, file, list };
}

test('a warm list sends one request for each provider, with an API key and with a service account', async () => {
  const key = user();
  expect(await key.list()).toEqual(['GET 401', 'GET 200']);
  expect(await key.list()).toEqual(['GET 200']);
  // Each request at the same time has a nonce of its own.
  expect((await key.list('list')).sort()).toEqual(['GET 200', 'GET 200', 'GET 200', 'GET 401', 'GET 401']);
  expect(await key.list('list')).toEqual(['GET 200', 'GET 200', 'GET 200']);
  const robot = user(account);
  expect(await robot.list()).toEqual(['POST 200', 'GET 200']);
  expect(await robot.list()).toEqual(['GET 200']);
});

test('an expired nonce or token costs one more round trip, but is not an error', async () => {
  const key = user();
  await key.list();
  shared.sandbox.clock.advance(10 * 60_000);
  expect(await key.list()).toEqual(['GET 401', 'GET 200']);
  expect(await key.list()).toEqual(['GET 200']);

  const robot = user(account);
  await robot.list();
  writeFileSync(robot.file, readFileSync(robot.file, 'utf8').replace(/"value":"[^"]+"/, '"value":"revoked"'));
  expect(await robot.list()).toEqual(['GET 401', 'POST 200', 'GET 200']);
});

test('the next write removes entries older than a day, but keeps others', async () => {
  const clock = fakeClock();
  const file = join(ownFolders().ATLAS_PE_CACHE_DIR ?? '', 'cache.json');
  const [old, other] = ['old', 'other'].map((clientId) => {
    const credentials = { kind: 'service-account', clientId, clientSecret: 's' } as const;
    return authCacheOf({ credentials, origin: { kind: 'entered' }, baseUrl: 'https://a.example' }, file, clock);
  });
  const kept = () => Object.values(JSON.parse(readFileSync(file, 'utf8'))).map((entry) => Object(entry).value);
  await old?.write('1');
  clock.advance(24 * 60 * 60_000 - 1);
  await other?.write('2');
  expect(kept()).toEqual(['1', '2']);
  clock.advance(1);
  await other?.write('3');
  expect([kept(), await old?.read(), await other?.read()]).toEqual([['3'], undefined, '3']);
  await other?.write(undefined);
  expect(kept()).toEqual([]);
});

test.each(['', '{', 'null', '[]', '{"x":1}', '{"x":{"at":1}}', '\0\0'])('a file of %j is no error', async (text) => {
  for (const { list, file } of [user(), user(account)]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    expect(await list()).toHaveLength(2);
    expect(await list()).toEqual(['GET 200']);
  }
});

const challenge = { realm: 'r', nonce: 'n' };
test.each([
  null,
  { challenge },
  { challenge, count: 0 },
  { challenge, count: 1.5 },
  { challenge: { ...challenge, realm: 1 }, count: 1 },
  { challenge: { ...challenge, nonce: 'a\nb' }, count: 1 },
  { challenge: { ...challenge, opaque: {} }, count: 1 },
])('a saved nonce that is %j is not used', async (nonce) => {
  const { list, file } = user();
  await list();
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), nonces: [nonce] }));
  expect(await list()).toEqual(['GET 401', 'GET 200']);
});

test('the file becomes private to its owner, and contains no key', async () => {
  const { list, file } = user();
  await list();
  chmodSync(file, 0o644);
  shared.sandbox.clock.advance(10 * 60_000);
  await list();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(privateKey);
  expect(readdirSync(dirname(file))).toEqual(['nonces.json']);
});

test('works without a writable cache folder', async () => {
  const { env } = user();
  const blocked = { ...env, ATLAS_PE_CACHE_DIR: join(env.HOME ?? '', 'file', 'below') };
  writeFileSync(join(env.HOME ?? '', 'file'), '');
  const { exitCode } = await runCli(['list'], { env: blocked, clock: shared.sandbox.clock });
  expect(exitCode).toBe(0);
});

test('credentials from one host are never sent to another, not even after a redirect', async () => {
  const seen: (string | undefined)[] = [];
  const other = await startServer((request, response) => {
    seen.push(request.headers.authorization);
    json(response, 200, []);
  });
  const first = await startServer((_, response) => json(response, 307, {}, { location: `${other.baseUrl}/x` }));
  const { env } = user(account);
  await runCli(['list'], { env, clock: shared.sandbox.clock });
  const moved = await runCli(['list'], { env: { ...shared.sandbox.env, ATLAS_PE_BASE_URL: first.baseUrl } });
  expect([moved.exitCode, moved.stderr]).toEqual([1, expect.stringContaining('redirect')]);
  expect(seen).toEqual([]);
  // The token of the first host is not even tried at another host.
  await runCli(['list', '--provider', 'aws'], { env: { ...env, ATLAS_PE_BASE_URL: other.baseUrl } });
  expect(seen).toEqual([expect.stringMatching(/^Basic /)]);
});

test('--verbose shows the request id from Atlas', async () => {
  const server = await startServer((_, response) => json(response, 200, [], { 'x-request-id': 'abc-123' }));
  const env = { ...user().env, ATLAS_PE_BASE_URL: server.baseUrl, ATLAS_PE_ACCESS_TOKEN: 't' };
  const { stderr } = await runCli(['list', '--provider', 'aws', '-v'], { env });
  expect(stderr).toMatch(/^GET http:\S+ 200 \d+ ms \(request abc-123\)\n$/);
});
