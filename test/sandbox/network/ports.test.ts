import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/sandbox/world.js';
import { handshake, isOpen, openNetwork, usEast } from '../../helpers/network.js';

test('on free ports, each node speaks TLS with a certificate of the authority', async () => {
  await using network = await openNetwork({ mongo: 'free' });
  const nodes = await network.nodes();
  expect(new Set(nodes.map(({ port }) => port)).size).toBe(3);
  expect(await network.dns.resolve4(nodes[0]?.name ?? '')).toEqual(['127.0.0.1']);
  expect(await network.shake()).toEqual(['ok', 'ok', 'ok']);
  const { name = '', port = 0 } = nodes[0] ?? {};
  expect(await handshake(port, name, null)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const other = name.replace(/^[^.]+/, 'a.b');
  expect(await handshake(port, other, network.network.authority)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('without a string no port is open, and a removed one is closed', async () => {
  await using network = await openNetwork({ mongo: 'free' });
  const [node] = await network.nodes();
  expect(await isOpen(node?.port ?? 0)).toBe(true);
  await network.store.update((world) => ({ world: { ...world, services: [] }, answer: undefined }));
  await network.network.refresh();
  expect(await isOpen(node?.port ?? 0)).toBe(false);
});

test('closing it closes open connections and all ports', async () => {
  const network = await openNetwork({ mongo: 'free' });
  const nodes = await network.nodes();
  const socket = connect({ host: '127.0.0.1', port: nodes[0]?.port ?? 0 });
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await network.network.close();
  await closed;
  expect(await Promise.all(nodes.map(({ port }) => isOpen(port)))).toEqual([false, false, false]);
});

/** Clusters of which the last one has ports from this number on. */
function clustersUpTo(firstPort: number): ClusterSpec[] {
  const west = { provider: 'AWS', atlasRegion: 'US_WEST_2' } as const;
  return [
    { name: 'Other', regions: Array((firstPort - 1024) / 3).fill(west) },
    { name: 'App', regions: [usEast] },
  ];
}

test('on their own ports: one in use is named once, and the others work', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(20_024, '127.0.0.1', resolve));
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  await using network = await openNetwork({ mongo: 'own', clusters: clustersUpTo(20_023), warn });
  const nodes = await network.nodes();
  expect(nodes.map(({ port }) => port)).toEqual([20_023, 20_024, 20_025]);
  await network.network.refresh();
  expect(warnings).toEqual([expect.stringMatching(/\b20024\b.*in use/)]);
  for (const { port, name } of nodes.filter(({ port }) => port !== 20_024)) {
    expect(await handshake(port, name, network.network.authority)).toBe('ok');
  }
  // It is taken as soon as it is free.
  await new Promise((resolve) => taken.close(resolve));
  expect(await network.shake()).toEqual(['ok', 'ok', 'ok']);
});

test('a refresh opens the ports', async () => {
  await using network = await openNetwork({ mongo: 'own', clusters: clustersUpTo(20_053) });
  expect(await isOpen(20_053)).toBe(false);
  await Promise.all([network.network.refresh(), network.network.refresh()]);
  expect(await isOpen(20_053)).toBe(true);
});

test('a DNS port in use is an error', async () => {
  await using network = await openNetwork();
  const dnsPort = Number(network.network.dnsServer.split(':')[1]);
  await expect(openNetwork({ dnsPort })).rejects.toThrow(`UDP port ${dnsPort}`);
});
