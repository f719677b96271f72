import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import type { NetworkFault } from '../../../src/sandbox/network/faults.js';
import { handshake, openNetwork, vpce } from '../../helpers/network.js';

/* What doctor does not tell apart: doctor-string.test.ts has the other faults. */

/** A network with this fault, and the first host of its only private string. */
async function faulty(...faults: NetworkFault[]) {
  const network = await openNetwork({ mongo: 'free', faults });
  const [string] = await network.strings();
  return { ...network, host: string?.nodes[0]?.host ?? '' };
}

test('no-address: hosts have an alias and no address, as if a resolver filtered it', async () => {
  await using network = await faulty('no-address');
  expect(await network.nodes()).toHaveLength(3);
  // Node's answer to this depends on its version.
  expect([[], 'ENODATA']).toContainEqual(await network.dns.resolve4(network.host).catch(({ code }) => code));
  expect(await network.dns.resolveCname(network.host)).toEqual([expect.stringContaining(vpce)]);
});

test('other-endpoint: the alias names another endpoint', async () => {
  await using network = await faulty('other-endpoint');
  const [alias = ''] = await network.dns.resolveCname(network.host);
  expect(alias).toMatch(/^vpce-[0-9a-f]{17}-[0-9a-f]{8}\.vpce-svc-/);
  expect(alias).not.toContain(vpce);
  expect(await network.dns.resolve4(alias)).toEqual(['127.0.0.1']);
});

test('other-endpoint: without an alias, the address is another one', async () => {
  const place = { provider: 'GCP', atlasRegion: 'US_EAST_4' } as const;
  const endpoints = [{ endpointName: 'rule', ipAddress: '10.2.0.1' }];
  const attached = [{ ...place, portMappingEnabled: true, id: 'rule', gcpProjectId: 'p', endpoints }];
  const clusters = [{ name: 'App', regions: [place] }];
  await using network = await openNetwork({ mongo: 'free', faults: ['other-endpoint'], attached, clusters });
  const host = (await network.strings())[0]?.nodes[0]?.host ?? '';
  const [address] = await network.dns.resolve4(host);
  expect(address).toMatch(/^10\./);
  expect(address).not.toBe('10.2.0.1');
});

test('silent-port: one port accepts connections and never speaks TLS', async () => {
  await using network = await faulty('silent-port');
  const [first, , last] = await network.nodes();
  expect(await handshake(first?.port ?? 0, first?.name ?? '', network.network.authority)).toBe('ok');
  const socket = createConnection({ host: '127.0.0.1', port: last?.port ?? 0 });
  // Bytes that the node never reads end in a reset.
  socket.on('error', () => {});
  let received = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
  });
  await new Promise((resolve) => socket.write('\x16\x03\x01', resolve));
  const ended = new Promise((resolve) => socket.on('close', resolve));
  await network.network.close();
  await ended;
  expect(received).toBe(0);
});
