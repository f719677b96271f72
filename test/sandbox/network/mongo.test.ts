import dns from 'node:dns';
import { connect } from 'node:tls';
import { MongoClient } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { type NetworkFault, networkFaultNames } from '../../../src/sandbox/network/faults.js';
import { openNetwork, type TestNetwork } from '../../helpers/network.js';

/* MongoDB's own driver, as an application uses it: it looks up the SRV and TXT records, then talks to each node. */

const usual = dns.getServers();
afterEach(() => dns.setServers(usual));

/** Connects by the SRV string, and returns what the driver knows about the cluster. */
async function topologyOf(network: TestNetwork) {
  dns.setServers([network.network.dnsServer]);
  const [string] = await network.strings();
  const client = new MongoClient(`mongodb+srv://${string?.name}`, {
    ca: network.network.authority ?? '',
    serverSelectionTimeoutMS: 1500,
    // The sandbox's names are not known to the system.
    lookup: (_host, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
  });
  const types = new Map<string, string>();
  client.on('serverDescriptionChanged', ({ address, newDescription }) => types.set(address, newDescription.type));
  const pinged = await client
    .db('admin')
    .command({ ping: 1 })
    .then(({ ok }) => ok === 1)
    .catch((error: Error) => error.name);
  await client.close();
  return { pinged, types: [...types.values()].sort() };
}

test('the official driver connects by the SRV string, and finds the primary', async () => {
  await using network = await openNetwork({ mongo: 'free' });
  const { pinged, types } = await topologyOf(network);
  expect(pinged).toBe(true);
  expect(types).toContain('RSPrimary');
});

test.each<[NetworkFault, RegExp | string]>([
  ['no-primary', 'MongoServerSelectionError'],
  ['other-cluster', 'MongoServerSelectionError'],
  ['not-mongodb', 'MongoServerSelectionError'],
  ['failing-txt', /Error/],
])('with the fault %s it does not', async (fault, name) => {
  expect(networkFaultNames).toContain(fault);
  await using network = await openNetwork({ mongo: 'free', faults: [fault] });
  const { pinged } = await topologyOf(network);
  expect(pinged).toMatch(name);
});

test('what is not the protocol ends the connection', async () => {
  await using network = await openNetwork({ mongo: 'free' });
  const [node] = await network.nodes();
  const socket = connect({
    host: '127.0.0.1',
    port: node?.port ?? 0,
    servername: node?.name ?? '',
    ca: network.network.authority ?? '',
  });
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
});
