import { describe, expect, test } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import { sandboxKeys as keys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { runCli } from '../helpers/run-cli.js';
import { testSandbox } from '../helpers/sandbox.js';
import { messagesIn } from '../helpers/stderr.js';

describe('a fault affects the requests that match', () => {
  const [services, one] = ['/groups/a/privateEndpoint/AWS/endpointService', '/groups/a/endpointService/b'];

  test.each<[Fault, string[]]>([
    [{}, ['POST', 'GET', 'GET one', 'DELETE one']],
    [{ method: 'GET' }, ['GET', 'GET one']],
    [{ path: '/endpointService' }, ['POST', 'GET']],
    [{ path: '/endpointService/*' }, ['GET one', 'DELETE one']],
    [{ path: '/AWS/*' }, ['POST', 'GET']],
    [{ path: services }, ['POST', 'GET']],
    [{ path: 'endpointServic.' }, []],
    [{ method: 'GET', nth: [{ from: 2, to: 2 }] }, ['GET one']],
    [
      {
        nth: [
          { from: 1, to: 1 },
          { from: 3, to: Number.POSITIVE_INFINITY },
        ],
      },
      ['POST', 'GET one', 'DELETE one'],
    ],
  ])('%j', (fault, expected) => {
    const faults = createFaults([fault]);
    const requests = ['POST', 'GET', 'GET one', 'DELETE one'];
    const hit = requests.filter((request) => {
      const [method = '', more] = request.split(' ');
      return faults.next(method, more ? one : services) !== undefined;
    });
    expect(hit).toEqual(expected);
  });

  test('the first of several is used, and each counts all requests', () => {
    const faults = createFaults([
      { status: 502, nth: [{ from: 1, to: 1 }] },
      { status: 503, nth: [{ from: 1, to: 2 }] },
    ]);
    expect([1, 2, 3].map(() => faults.next('GET', '/')?.status)).toEqual([502, 503, undefined]);
  });
});

describe('over the wire', () => {
  /** A sandbox with these faults, what a create in it printed, and what is there afterwards. */
  async function create(...faults: Fault[]) {
    const sandbox = await testSandbox({ faults: createFaults(faults) });
    const run = (line: string) => runCli(line.split(' '), { env: sandbox.env, clock: sandbox.clock });
    const { stderr, exitCode } = await run('create --region us-east-1 --verbose --json --log-format json');
    const world = await sandbox.store.read();
    return {
      run,
      stderr,
      exitCode,
      exchanges: sandbox.exchanges,
      services: world.services.length,
      posts: messagesIn(stderr, 'note').filter((line) => line.startsWith('POST ')),
    };
  }

  const path = '/privateEndpoint/endpointService';

  test('with a status, the request has no effect unless the fault says so', async () => {
    expect(await create({ path, status: 418, body: '{"detail":"Tea."}' })).toMatchObject({
      services: 0,
      stderr: expect.stringContaining('Tea (HTTP 418).'),
    });
    expect(await create({ path, status: 418, effect: true })).toMatchObject({ services: 1 });
  });

  test('a status has the body and the headers of the fault, or an error in the format of Atlas', async () => {
    const { stderr, posts } = await create(
      { path, status: 429, headers: { 'Retry-After': '7' }, nth: [{ from: 1, to: 1 }] },
      { path, status: 403, body: '<html>', nth: [{ from: 2, to: 2 }] },
    );
    expect(stderr).toContain('(RATE_LIMITED 429). Retrying in 7s.');
    expect(stderr).toContain('returned an error that is not from Atlas (HTTP 403)');
    expect(posts.filter((line) => / (429|403) /.test(line))).toHaveLength(2);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('a connection dropped %s the effect leaves %i service', async (drop, services) => {
    const result = await create({ path, drop });
    expect(result).toMatchObject({ services, stderr: expect.stringContaining('closed the connection') });
  });

  test('a late answer comes after its effect', async () => {
    const result = await create({ path, delayMs: 31_000 });
    expect(result).toMatchObject({ services: 1, stderr: expect.stringContaining('did not respond within 30s') });
  });

  test('an answer can be cut', async () => {
    const result = await create({ path, truncate: 20 });
    expect(result).toMatchObject({ services: 1, stderr: expect.stringContaining('invalid JSON') });
  });

  test.each(['stale-nonce', 'expired-token'] as const)('%s is answered with a new challenge', async (auth) => {
    const { posts, exitCode, exchanges } = await create({ path, auth, nth: [{ from: 1, to: 1 }] });
    expect([exitCode, posts.map((line) => line.split(' ')[2])]).toEqual([0, ['401', '401', '201']]);
    const refused = exchanges.filter(({ status }) => status === 401);
    expect(refused.length).toBeGreaterThan(1);
    for (const { headers } of refused) expect(Object.keys(headers).join()).not.toContain('ratelimit');
  });

  test.each([
    ['never-ready', { kind: 'never-ready' }, 8, 'is still INITIATING'],
    ['vanishes', { kind: 'vanishes' }, 6, 'was deleted'],
    ['failed', { kind: 'failed', reason: 'No capacity' }, 6, 'failed: No capacity.'],
  ] as const)('an endpoint with the fault %s', async (_, fate, code, message) => {
    const { run } = await create({ path, fate });
    const { exitCode, stderr } = await run('wait --timeout 1m');
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  test('a token of a service account expires, and is renewed', async () => {
    const faults = createFaults([{ auth: 'expired-token', nth: [{ from: 2, to: 2 }] }]);
    const sandbox = await testSandbox({ faults });
    const env = { ...sandbox.env, ATLAS_PE_CLIENT_ID: keys.clientId, ATLAS_PE_CLIENT_SECRET: keys.clientSecret };
    const { exitCode } = await runCli(['list', '--provider', 'aws'], { env, clock: sandbox.clock });
    expect(exitCode).toBe(0);
    const seen = sandbox.exchanges.map(({ url, status }) => `${url.includes('oauth') ? 'token' : 'list'} ${status}`);
    expect(seen).toEqual(['token 200', 'list 401', 'token 200', 'list 200']);
    expect(sandbox.exchanges.at(-1)?.url).toContain(defaultProject);
  });
});
