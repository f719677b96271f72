import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownSandbox } from '../../src/context/own-sandbox.js';
import { attachInterface } from '../../src/sandbox/interface-routes.js';
import { privateStrings } from '../../src/sandbox/network/records.js';
import { createService } from '../../src/sandbox/services.js';
import { fileStore } from '../../src/sandbox/store.js';
import { defaultProject, emptyWorld } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { handshake, isOpen } from '../helpers/network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('the network of the saved sandbox starts once, on free ports, and ends with the sandbox', async () => {
  const clock = fakeClock();
  const file = join(temporaryFolder(), 'sandbox.json');
  const request = { provider: 'AWS', region: 'us-east-1', supportedRemoteRegions: null } as const;
  const created = createService(
    emptyWorld({ readyAfter: 0 }),
    { now: clock.now(), random: Math.random },
    defaultProject,
    { ...request, portMappingEnabled: false },
  );
  const { world } = attachInterface(created.world, clock.now(), created.service, { id: `vpce-${'a'.repeat(17)}` });
  await fileStore(file).replace(world);
  clock.advance(10_000);

  const sandbox = ownSandbox(file, clock, () => {});
  const [network, again] = await Promise.all([sandbox.network(), sandbox.network()]);
  expect(again).toBe(network);
  const dns = new Resolver({ timeout: 2000, tries: 1 });
  dns.setServers([network.dnsServer]);
  const [node] = await dns.resolveSrv(`_mongodb._tcp.${privateStrings(world, clock.now())[0]?.name}`);
  expect(await handshake(node?.port ?? 0, node?.name ?? '', network.authority)).toBe('ok');
  await sandbox.close();
  expect(await isOpen(node?.port ?? 0)).toBe(false);
});
