import { Resolver } from 'node:dns/promises';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { attach } from '../../../src/sandbox/attaching.js';
import { type NetworkOptions, startNetwork } from '../../../src/sandbox/network/start.js';
import { createService } from '../../../src/sandbox/services.js';
import { memoryStore } from '../../../src/sandbox/store.js';
import { defaultProject, emptyWorld, type WorldOptions } from '../../../src/sandbox/world.js';
import { fakeClock } from '../../helpers/fake-clock.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const vpce = `vpce-${'a'.repeat(17)}`;

/** A network whose cluster has a private connection string. */
async function connected(options: Partial<NetworkOptions> = {}, world: Partial<WorldOptions> = {}) {
  const clock = fakeClock();
  const request = { provider: 'AWS', region: 'us-east-1', supportedRemoteRegions: null } as const;
  const chance = { now: clock.now(), random: () => 0.5 };
  const empty = emptyWorld({ readyAfter: 0, ...world });
  const created = createService(empty, chance, defaultProject, { ...request, portMappingEnabled: false });
  const attached = attach(created.world, clock.now(), created.service, { id: vpce });
  clock.advance(10_000);
  const store = memoryStore(attached.world);
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: 'free', ...options });
  closers.push(network.close);
  const dns = new Resolver({ timeout: 1000, tries: 1 });
  dns.setServers([network.dnsServer ?? '']);
  const { name } = (await import('../../../src/sandbox/network/strings.js')).privateStrings(
    attached.world,
    clock.now(),
  )[0] ?? { name: '' };
  return { network, dns, store, clock, name };
}

/** Connects, and returns the address that the certificate was checked for, or the error's code. */
function handshake(options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...options }, () => {
      resolve(socket.authorized ? 'authorized' : String(socket.authorizationError));
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test('the names of a string lead to its nodes, which speak TLS', async () => {
  const { network, dns, name } = await connected();
  const srv = await dns.resolveSrv(`_mongodb._tcp.${name}`);
  expect(srv).toHaveLength(3);
  const { name: host = '', port = 0 } = srv[0] ?? {};
  expect(host).toMatch(/^pl-0-us-east-1\./);
  expect(await dns.resolveTxt(name)).toEqual([[expect.stringMatching(/^authSource=admin&replicaSet=atlas-/)]]);
  expect(await dns.resolveCname(host)).toEqual([
    expect.stringMatching(
      new RegExp(`^${vpce}-[0-9a-f]{8}\\.vpce-svc-[0-9a-f]{17}\\.us-east-1\\.vpce\\.amazonaws\\.com$`),
    ),
  ]);
  expect(await dns.resolve4(host)).toEqual(['127.0.0.1']);
  expect(await handshake({ port, servername: host, ca: network.authority ?? '' })).toBe('authorized');
});
