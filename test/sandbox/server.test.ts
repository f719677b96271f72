import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestHeader, parseChallenge } from '../../src/atlas/digest.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { createSandbox } from '../../src/sandbox/server.js';
import { memoryStore } from '../../src/sandbox/store.js';
import { defaultProject, emptyWorld } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';

const clock = fakeClock();
const sandbox = createSandbox({ store: memoryStore(emptyWorld({ projects: [defaultProject] })), clock });
let baseUrl = '';
beforeAll(async () => {
  baseUrl = await sandbox.listen(0);
});
afterAll(() => sandbox.close());

const services = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AWS/endpointService`;
const creation = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/endpointService`;
const media = 'application/vnd.atlas.2023-01-01+json';

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

async function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}, host = baseUrl) {
  const response = await fetch(`${host}${path}`, {
    method,
    headers: { accept: media, ...headers },
    ...(body && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

async function challenge() {
  const { headers } = await ask(services);
  const found = parseChallenge(headers.get('www-authenticate') ?? '');
  if (!found) throw new Error('no challenge');
  return found;
}

type Given = Awaited<ReturnType<typeof challenge>>;

function digest(
  given: Given,
  uri: string,
  { method = 'GET', count = 1, password = sandboxKeys.privateKey as string } = {},
) {
  return { authorization: digestHeader(given, { method, uri, username: sandboxKeys.publicKey, password, count }) };
}

/** Asks with the right keys. */
async function atlas(path: string, options: Ask = {}) {
  const authorization = digest(await challenge(), path, options.method ? { method: options.method } : {});
  return ask(path, { ...options, headers: { ...authorization, ...options.headers } });
}

const post = (body: unknown) =>
  atlas(creation, { method: 'POST', headers: { 'content-type': media }, body: JSON.stringify(body) });

describe('digest', () => {
  test('challenges as the live API does', async () => {
    const { status, headers, body } = await ask(services);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(
      /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]+=*", algorithm=MD5, qop="auth", stale=false$/,
    );
    expect(headers.get('x-error-code')).toBe('UNEXPECTED_ERROR');
    expect(body).toEqual({
      ...{ error: 401, reason: 'Unauthorized', errorCode: 'UNEXPECTED_ERROR', parameters: [] },
      detail: 'You are not authorized for this resource.',
    });
  });

  test('lets a nonce serve many requests under a rising count, and refuses a replay', async () => {
    const given = await challenge();
    for (const [count, status] of [
      [1, 200],
      [3, 200],
      [2, 200],
      [3, 401],
    ] as const) {
      expect((await ask(services, { headers: digest(given, services, { count }) })).status).toBe(status);
    }
  });

  test('says that an expired nonce is stale', async () => {
    const given = await challenge();
    clock.advance(5 * 60_000);
    const { status, headers } = await ask(services, { headers: digest(given, services) });
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('stale=true')]);
  });

  test('refuses a wrong key, another method, another target, and nonsense', async () => {
    const given = await challenge();
    for (const headers of [
      digest(given, services, { password: 'wrong' }),
      digest(given, services, { method: 'DELETE' }),
      digest(given, creation),
      { authorization: 'Digest' },
      { authorization: 'Digest username="x' },
      { authorization: 'Basic c2FuZGJveHg6eA==' },
      { authorization: 'Bearer nope' },
    ]) {
      expect((await ask(services, { headers })).status).toBe(401);
    }
  });
});

describe('a service account', () => {
  const token = (pair: string, body = 'grant_type=client_credentials') =>
    ask('/api/oauth/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    });
  const account = `${sandboxKeys.clientId}:${sandboxKeys.clientSecret}`;

  test('gets a token that works for an hour', async () => {
    const { status, body } = await token(account);
    expect([status, body]).toEqual([200, { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' }]);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await ask(services, { headers })).status).toBe(200);
    clock.advance(3600_000);
    expect((await ask(services, { headers })).status).toBe(401);
  });

  test('gets none with a wrong secret or another grant', async () => {
    expect((await token(`${sandboxKeys.clientId}:x`)).status).toBe(401);
    expect((await token(account, 'grant_type=password')).status).toBe(400);
  });
});

describe('whom it answers', () => {
  /** Sends a request line and a Host as they are. */
  const raw = (target: string, host: string) =>
    new Promise<[number | undefined, string | string[] | undefined]>((resolve, reject) => {
      const { port } = new URL(baseUrl);
      const options = { host: '127.0.0.1', port, path: target, setHost: false, headers: { host } };
      const request = httpRequest(options, (answer) => {
        answer.resume().on('end', () => resolve([answer.statusCode, answer.headers['x-error-code']]));
      });
      request.on('error', reject).end();
    });

  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '127.1.2.3', '[::1]', '[::1]:1'])('%s', async (host) => {
    expect(await raw(services, host)).toEqual([401, 'UNEXPECTED_ERROR']);
  });

  test.each([
    ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.evil.example:80', '10.0.0.1'],
    ...[
      '[',
      '[::1',
      '[::2]',
      '',
      'localhost:',
      'localhost:1/',
      'x@localhost',
      'localhost:1:2',
      'localhost,evil.example',
    ],
  ])('but not the Host %j', async (host) => {
    expect(await raw(services, host)).toEqual([400, 'INVALID_HOST']);
  });

  test.each(['//', '//evil.example/', '*', 'http://evil.example/'])('nor the target %s', async (target) => {
    expect(await raw(target, 'localhost')).toEqual([400, 'INVALID_URL']);
  });
});

describe('the API', () => {
  test('answers a create with 201, a delete with 202 and {}', async () => {
    const created = await post({ providerName: 'AWS', region: 'us-west-2' });
    expect(created.status).toBe(201);
    expect(created.headers.get('content-type')).toBe(media);
    expect(created.body).toEqual({
      ...{ cloudProvider: 'AWS', endpointServiceName: null, errorMessage: null, interfaceEndpoints: [] },
      ...{ id: expect.stringMatching(/^[0-9a-f]{24}$/), regionName: 'US_WEST_2', status: 'INITIATING' },
      supportedRemoteRegions: null,
    });
    const removed = await atlas(`${services}/${created.body.id}`, { method: 'DELETE' });
    expect([removed.status, removed.body]).toEqual([202, {}]);
  });

  test('says what is wrong with a create, field by field', async () => {
    const { status, body } = await post({ providerName: 'IBM' });
    expect(status).toBe(400);
    expect(body.badRequestDetail.fields.map(({ field }: { field: string }) => field)).toEqual([
      'providerName',
      'region',
    ]);
    expect((await post([])).status).toBe(400);
    const broken = await atlas(creation, { method: 'POST', headers: { 'content-type': media }, body: '{"a' });
    expect([broken.status, broken.body.errorCode]).toEqual([400, 'INVALID_JSON']);
  });

  test('takes remote regions in Atlas’s spelling', async () => {
    const body = { providerName: 'AWS', region: 'sa-east-1', supportedRemoteRegions: ['US_EAST_1'] };
    expect((await post(body)).body.supportedRemoteRegions).toEqual(['US_EAST_1']);
  });

  test.each([
    ['/api/atlas/v2/groups/abc/privateEndpoint/AWS/endpointService', 400, 'PATH_PARAM_PARSE_ERROR'],
    [`/api/atlas/v2/groups/${defaultProject}/privateEndpoint/IBM/endpointService`, 400, 'PATH_PARAM_PARSE_ERROR'],
    [`${services}/abc`, 400, 'PATH_PARAM_PARSE_ERROR'],
    [`${services}/${'f'.repeat(24)}`, 404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND'],
    [services.replace(defaultProject, '1'.repeat(24)), 404, 'GROUP_NOT_FOUND'],
    ['/api/atlas/v2/groups?itemsPerPage=501', 400, 'INVALID_QUERY_PARAMETER'],
    ['/api/atlas/v2/groups?pageNum=0', 400, 'INVALID_QUERY_PARAMETER'],
    ['/api/atlas/v2/groups/byName/%E0%A4%A', 400, 'PATH_PARAM_PARSE_ERROR'],
    [`/api/atlas/v2/groups/${'1'.repeat(24)}`, 404, 'GROUP_NOT_FOUND'],
  ])('%s answers %i %s', async (path, status, errorCode) => {
    const answer = await atlas(path);
    expect([answer.status, answer.body.errorCode, answer.headers.get('x-error-code')]).toEqual([
      status,
      errorCode,
      errorCode,
    ]);
  });

  test('answers 501 to what it does not do, and says so', async () => {
    for (const [method, path] of [
      ['GET', `/api/atlas/v2/groups/${defaultProject}/users`],
      ['PATCH', creation],
      ['GET', '/'],
    ] as const) {
      const { status, body } = await atlas(path, { method });
      expect([status, body.detail]).toEqual([501, expect.stringContaining('The sandbox does not do')]);
    }
  });

  test('wants a versioned media type, of its version or later', async () => {
    const status = async (accept: string) => (await atlas(services, { headers: { accept } })).status;
    expect(await status('application/vnd.atlas.2025-03-12+json')).toBe(200);
    expect(await status('application/vnd.atlas.2022-01-01+json')).toBe(406);
    expect(await status('application/json')).toBe(406);
    const body = JSON.stringify({ providerName: 'AWS', region: 'us-east-1' });
    const headers = { 'content-type': 'application/json' };
    expect((await atlas(creation, { method: 'POST', headers, body })).status).toBe(415);
  });

  test('answers the older API with the body of the newer one, as Terraform’s import asks for it', async () => {
    const { body: created } = await post({ providerName: 'AZURE', region: 'eastus2' });
    const path = `/groups/${defaultProject}/privateEndpoint/AZURE/endpointService/${created.id}`;
    const older = await atlas(`/api/atlas/v1.0${path}`, { headers: { accept: 'application/json' } });
    expect([older.status, older.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(older.body).toEqual((await atlas(`/api/atlas/v2${path}`)).body);
    expect((await atlas(`/api/atlas/v1x0${path}`)).status).toBe(501);
    expect((await atlas(`/api/atlas/v1.0/groups/${defaultProject}`)).status).toBe(501);
  });

  test('writes a cluster in the version that is asked for', async () => {
    const cluster = async (date: string) => {
      const accept = `application/vnd.atlas.${date}+json`;
      const one = await atlas(`/api/atlas/v2/groups/${defaultProject}/clusters/Cluster0`, { headers: { accept } });
      const all = await atlas(`/api/atlas/v2/groups/${defaultProject}/clusters`, { headers: { accept } });
      expect(all.body.results).toEqual([one.body]);
      expect(all.headers.get('content-type')).toBe(one.headers.get('content-type'));
      const [spec] = one.body.replicationSpecs;
      const { diskSizeGB } = spec.regionConfigs[0].electableSpecs;
      return [one.headers.get('content-type'), spec.numShards, one.body.diskSizeGB, spec.zoneId, diskSizeGB];
    };
    const old = ['application/vnd.atlas.2023-02-01+json', 1, 10, undefined, undefined];
    expect(await cluster('2023-02-01')).toEqual(old);
    expect(await cluster('2024-08-04')).toEqual(old);
    const newer = ['application/vnd.atlas.2024-08-05+json', undefined, undefined, expect.any(String), 10];
    expect(await cluster('2024-08-05')).toEqual(newer);
    expect(await cluster('2025-03-12')).toEqual(newer);
  });

  test.each([
    ['clusters/nope', 404, 'CLUSTER_NOT_FOUND'],
    ['clusters/constructor', 404, 'CLUSTER_NOT_FOUND'],
    ['clusters/nope/processArgs', 404, 'CLUSTER_NOT_FOUND'],
    ['containers?providerName=IBM', 400, 'PATH_PARAM_PARSE_ERROR'],
  ])('answers %s with %i %s', async (path, status, errorCode) => {
    const headers = { accept: 'application/vnd.atlas.2024-08-05+json' };
    const answer = await atlas(`/api/atlas/v2/groups/${defaultProject}/${path}`, { headers });
    expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
  });

  test('names a cluster that is missing as the live API does', async () => {
    const headers = { accept: 'application/vnd.atlas.2023-02-01+json' };
    const { body } = await atlas(`/api/atlas/v2/groups/${defaultProject}/clusters/nope`, { headers });
    expect(body.detail).toBe(`No cluster named nope exists in group ${defaultProject}.`);
  });

  test('has a container for each region of a cluster, and no teams', async () => {
    const { body } = await atlas(`/api/atlas/v2/groups/${defaultProject}/containers`);
    expect(body.results).toEqual([expect.objectContaining({ providerName: 'AWS', regionName: 'US_EAST_1' })]);
    expect((await atlas(`/api/atlas/v2/groups/${defaultProject}/containers?providerName=GCP`)).body.results).toEqual(
      [],
    );
    expect((await atlas(`/api/atlas/v2/groups/${defaultProject}/teams`)).body).toEqual({
      ...{ links: [], results: [], totalCount: 0 },
    });
  });

  test('keeps the connection when it challenges', async () => {
    const answers = [await ask(services), await ask(creation, { method: 'POST', body: '{}' })];
    expect(answers.map(({ status, headers }) => [status, headers.get('connection')])).toEqual([
      [401, 'keep-alive'],
      [401, 'keep-alive'],
    ]);
  });

  test('survives a request that breaks off', async () => {
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${baseUrl}${creation}`, { method: 'POST', headers: { 'content-length': 100 } });
      request.on('error', () => resolve());
      request.write('{', () => request.destroy());
    });
    expect((await atlas(services)).status).toBe(200);
  });
});

test('a rate limit is told in each answer; past it come 429 and Retry-After, until the window is over', async () => {
  const own = fakeClock();
  const limited = createSandbox({
    store: memoryStore(emptyWorld()),
    clock: own,
    rateLimit: { requests: 2, perMs: 10_000 },
  });
  const host = await limited.listen(0);
  try {
    const limits = [];
    let given: Given | undefined;
    for (const count of [0, 1, 2]) {
      const { status, headers } = await ask(services, given && { headers: digest(given, services, { count }) }, host);
      limits.push([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]);
      given ??= parseChallenge(headers.get('www-authenticate') ?? '');
    }
    expect(limits).toEqual([
      // A challenge doesn't count, and tells no limit.
      [401, null, null],
      [200, '2', '1'],
      [200, '2', '0'],
    ]);
    own.advance(4500);
    const over = await ask('/api/oauth/token', { method: 'POST', body: 'x' }, host);
    expect([over.status, over.body.errorCode, over.headers.get('retry-after')]).toEqual([429, 'RATE_LIMITED', '6']);
    own.advance(5500);
    expect((await ask(services, {}, host)).status).toBe(401);
  } finally {
    await limited.close();
  }
});
