import { createServer as createHttp } from 'node:http';
import { createServer, type LookupFunction, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { listenInTest } from '../helpers/listen.js';
import { fakeAtlas, json, ownFolders, runCli } from '../helpers/run-cli.js';

/* How many connections a command opens. */

const signedIn = { ATLAS_PE_ACCESS_TOKEN: 't', ATLAS_PE_PROJECT: defaultProject };

function run(line: string, env: Record<string, string>, lookup?: LookupFunction) {
  return runCli(line.split(' '), { env: { ...ownFolders(), ...signedIn, ...env }, lookup });
}

test.each([
  ['list --provider aws', { requests: 1, connections: 1 }],
  ['list', { requests: 3, connections: 3 }],
  // One after the other.
  ['list --provider aws --project named', { requests: 2, connections: 1 }],
  ['projects', { requests: 1, connections: 1 }],
])('%s opens as many connections as it has requests at once', async (line, expected) => {
  const server = await fakeAtlas(({ url = '' }, response) => {
    const project = { id: defaultProject, name: 'named' };
    json(response, 200, url.includes('/byName/') ? project : url.includes('/groups?') ? { results: [project] } : []);
  });
  expect(await server.run(line)).toMatchObject({ exitCode: 0 });
  expect({ requests: server.count(), connections: server.connections() }).toEqual(expected);
});

test.each([
  'config list',
  'config get project',
  'profile list',
  'completion bash',
  'list --help',
  'list --nope',
  'list --status nope',
  'list --all-projects --project 64f0c2a7e1b2c3d4e5f60718',
  'convert mongodb://localhost',
])('%s opens no connection', async (line) => {
  const server = await fakeAtlas((_, response) => json(response, 200, []));
  await server.run(line);
  expect(server.connections()).toBe(0);
});

test('nothing connects to a host that the credentials are not for', async () => {
  const server = await fakeAtlas((_, response) => json(response, 200, []));
  const folders = ownFolders();
  const stdin = '00000000-5a4d-4b0c-8a11-5a4db0c5a4db';
  for (const line of ['config set public-key abcdefgh', 'config set private-key']) {
    expect(await runCli(line.split(' '), { env: folders, stdin })).toMatchObject({ exitCode: 0 });
  }
  const env = { ...folders, ATLAS_PE_PROJECT: defaultProject, ATLAS_PE_BASE_URL: server.baseUrl };
  const { exitCode, stderr } = await runCli(['list'], { env });
  expect([exitCode, server.connections()]).toEqual([4, 0]);
  expect(stderr).toContain(`not for ${server.baseUrl}`);
});

test('connections that are not needed are closed if the sign-in fails', async () => {
  const server = await fakeAtlas((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }).end();
  });
  const env = { ATLAS_PE_PUBLIC_KEY: 'key', ATLAS_PE_PRIVATE_KEY: 'secret', ATLAS_PE_ACCESS_TOKEN: '' };
  const { exitCode } = await run('list', { ...env, ATLAS_PE_BASE_URL: server.baseUrl });
  expect([exitCode, server.connections()]).toEqual([4, 3]);
  await expect.poll(server.open, { interval: 5 }).toBe(0);
});

test('requests at once share the lookup of the host, also while undici is loaded', async () => {
  const server = await fakeAtlas((_, response) => json(response, 200, []));
  let lookups = 0;
  const lookup: LookupFunction = async (_, __, callback) => {
    lookups++;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  };
  const env = { ATLAS_PE_BASE_URL: server.baseUrl.replace('127.0.0.1', 'localhost') };
  const list = () => run('list', env, lookup);
  // The first one loads modules, which takes longer than the lookup.
  await list();
  lookups = 0;
  const { exitCode } = await list();
  expect([exitCode, lookups, server.connections()]).toEqual([0, 1, 6]);
});

describe('a connection that fails', () => {
  test('refused: five tries, each with a lookup', async () => {
    const server = await listenInTest(createServer());
    await server.close();
    let lookups = 0;
    const lookup: LookupFunction = (_, __, callback) => {
      lookups++;
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    const env = { ATLAS_PE_BASE_URL: `https://atlas.test:${server.port}` };
    const { exitCode, stderr } = await run('list --provider aws', env, lookup);
    expect([exitCode, lookups]).toEqual([1, 5]);
    expect(stderr).toContain(`Error: atlas.test:${server.port} refused the connection.`);
  });

  const closing = () => createServer((socket) => socket.once('data', () => socket.end()));

  test.each([
    ['no TLS: one try', createHttp, 'does not use TLS on this port.', 1],
    ['closed in the middle of TLS: five tries', closing, 'closed the connection.', 5],
  ])('%s', async (_, create, said, tries) => {
    const server = await listenInTest(create());
    const { exitCode, stderr } = await run('list --provider aws', { ATLAS_PE_BASE_URL: `https://${server.host}` });
    expect([exitCode, server.connections()]).toEqual([1, tries]);
    expect(stderr).toContain(`Error: ${server.host} ${said}`);
  });

  test('to a proxy whose URL is not valid is a usage error', async () => {
    const { exitCode, stderr } = await run('list', {
      ATLAS_PE_BASE_URL: 'https://a.test',
      HTTPS_PROXY: 'ftp://p',
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('ftp:// proxies are not supported.')]);
  });
});

test('a create is sent once, over a new connection if the server has closed that one', async () => {
  const posts: string[] = [];
  let isFirst = true;
  const http = createHttp((request, response) => {
    if (request.method === 'POST') posts.push(request.url ?? '');
    json(response, request.method === 'POST' ? 403 : 200, request.method === 'POST' ? { error: 403 } : []);
  });
  const server = await listenInTest(http);
  http.on('connection', (socket: Socket) => {
    if (isFirst) socket.end();
    isFirst = false;
  });
  await run('create --region us-east-1 --provider aws', { ATLAS_PE_BASE_URL: `http://${server.host}` });
  expect(posts).toHaveLength(1);
});

test('many requests share eight connections evenly', async () => {
  const projects = Array.from({ length: 24 }, (_, index) => `64f0c2a7e1b2c3d4${index.toString(16).padStart(8, '0')}`);
  const used = new Map<Socket, number>();
  const waiting: (() => void)[] = [];
  const http = createHttp(({ url, socket }, response) => {
    if (url?.startsWith('/api/atlas/v2/groups?')) {
      return json(response, 200, { results: projects.map((id) => ({ id, name: id })), totalCount: projects.length });
    }
    used.set(socket, (used.get(socket) ?? 0) + 1);
    // As from a distant server: the responses to all requests on their way arrive at about the same time.
    if (waiting.push(() => json(response, 200, [])) === 8) for (const answer of waiting.splice(0)) answer();
  });
  const server = await listenInTest(http);
  const env = { ...ownFolders(), ATLAS_PE_ACCESS_TOKEN: 't', ATLAS_PE_BASE_URL: `http://${server.host}` };
  expect(await runCli(['list', '--all-projects', '--json'], { env })).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  expect([server.connections(), [...used.values()]]).toEqual([8, Array(8).fill(9)]);
});
