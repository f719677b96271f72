import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { authCacheOf } from '../../src/config/cache.js';
import type { Origin } from '../../src/config/precedence.js';
import { connectAtlas, startOwnNetwork } from '../../src/context/atlas.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { privateStrings } from '../../src/sandbox/network/records.js';
import { fileStore } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { handshake, isOpen } from '../helpers/network.js';
import { json, ownFolders, runCli, startServer } from '../helpers/run-cli.js';

const token = { kind: 'access-token', accessToken: 't' } as const;
const origin = { kind: 'profile', name: 'default' } as const;

test('the user agent has the version, the Node version and the platform', async () => {
  const agents: unknown[] = [];
  const server = await startServer(({ headers }, respond) => {
    agents.push(headers['user-agent']);
    json(respond, 200, { results: [] });
  });
  const signIn = { credentials: token, origin, baseUrl: server.baseUrl };
  const { signal } = new AbortController();
  const { atlas } = connectAtlas(signIn, { env: {}, clock: fakeClock(), signal, cacheFile: null });
  await atlas.listProjects();
  expect(agents).toEqual([expect.stringMatching(/^atlas-pe\/\d+\.\d+\.\d+ \(node \d+\.\d+\.\d+; \w+\)$/)]);
});

test.each<[Origin, string]>([
  [{ kind: 'atlasCli', name: 'work' }, 'or use another profile of the Atlas CLI.'],
  [{ kind: 'entered' }, 'then log in again.'],
])('a sandbox has ended, and its credentials are from %o', async (from, hint) => {
  const credentials = { kind: 'api-key', ...sandboxKeys } as const;
  const { signal } = new AbortController();
  const by = { env: {}, clock: fakeClock(), signal, cacheFile: null, tries: 1 };
  // Nothing listens on port 1.
  const { atlas } = connectAtlas({ credentials, origin: from, baseUrl: 'http://127.0.0.1:1' }, by);
  const message = 'The sandbox at http://127.0.0.1:1 has ended.';
  await expect(atlas.listProjects()).rejects.toMatchObject({
    message,
    hint: { text: expect.stringContaining(hint) },
  });
});

test('only the token of a service account is cached', () => {
  const baseUrl = 'https://cloud.mongodb.com';
  const key = { kind: 'api-key', publicKey: 'p', privateKey: 'q' } as const;
  const account = { kind: 'service-account', clientId: 'p', clientSecret: 'q' } as const;
  const cacheOf = (credentials: typeof token | typeof key | typeof account) =>
    authCacheOf({ credentials, origin, baseUrl }, '/nowhere/cache.json', fakeClock());
  expect([token, key].map(cacheOf)).toEqual([undefined, undefined]);
  expect(cacheOf(account)).toBeDefined();
});

test('the network of the saved sandbox starts on free ports, and ends when it is closed', async () => {
  const [env, clock] = [ownFolders(), fakeClock()];
  await runCli('--sandbox connect us-east-1 --yes'.split(' '), { env, clock });
  clock.advance(60_000);

  const file = join(env.ATLAS_PE_DATA_DIR ?? '', 'sandbox.json');
  const network = await startOwnNetwork(file, clock);
  const dns = new Resolver({ timeout: 2000, tries: 1 });
  dns.setServers([network.dnsServer]);
  const [{ name } = { name: '' }] = privateStrings({ world: await fileStore(file).read(), now: clock.now() });
  const [node] = await dns.resolveSrv(`_mongodb._tcp.${name}`);
  expect(await handshake(node?.port ?? 0, node?.name ?? '', network.authority)).toBe('ok');
  await network.close();
  expect(await isOpen(node?.port ?? 0)).toBe(false);
});
