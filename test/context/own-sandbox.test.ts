import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownSandbox } from '../../src/context/own-sandbox.js';
import { privateStrings } from '../../src/sandbox/network/records.js';
import { fileStore } from '../../src/sandbox/store.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { handshake, isOpen, vpce } from '../helpers/network.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';

test('the network of the saved sandbox starts once, on free ports, and ends with the sandbox', async () => {
  const [env, clock] = [ownFolders(), fakeClock()];
  for (const line of ['create --region us-east-1 --wait', `interface add us-east-1 ${vpce} --wait`])
    await runCli(['--sandbox', ...line.split(' ')], { env, clock });
  clock.advance(60_000);

  const file = join(env.ATLAS_PE_DATA_DIR ?? '', 'sandbox.json');
  const sandbox = ownSandbox(file, clock, () => {});
  const [network, again] = await Promise.all([sandbox.network(), sandbox.network()]);
  expect(again).toBe(network);
  const dns = new Resolver({ timeout: 2000, tries: 1 });
  dns.setServers([network.dnsServer]);
  const [{ name } = { name: '' }] = privateStrings({ world: await fileStore(file).read(), now: clock.now() });
  const [node] = await dns.resolveSrv(`_mongodb._tcp.${name}`);
  expect(await handshake(node?.port ?? 0, node?.name ?? '', network.authority)).toBe('ok');
  await sandbox.close();
  expect(await isOpen(node?.port ?? 0)).toBe(false);
});
