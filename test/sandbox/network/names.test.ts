import { createSocket } from 'node:dgram';
import { decode, encode, type Packet } from 'dns-packet';
import { expect, test } from 'vitest';
import { standardString } from '../../../src/sandbox/clusters.js';
import { type ClusterSpec, type World, withAccount } from '../../../src/sandbox/world.js';
import { type Attached, openNetwork, type TestNetwork, usEast, vpce } from '../../helpers/network.js';

const azureId = `/subscriptions/${'1'.repeat(8)}-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p`;
const azure: Attached = { provider: 'AZURE', atlasRegion: 'US_EAST_2', id: azureId, ip: '10.1.0.4' };
const rule = (number: number) => ({ endpointName: `r${number}`, ipAddress: `10.2.0.${number}` });
const gcp = { provider: 'GCP', atlasRegion: 'US_EAST_4', gcpProjectId: 'p' } as const;
const mapped: Attached = { ...gcp, portMappingEnabled: true, id: 'r1', endpoints: [rule(1)] };
const older: Attached = { ...gcp, id: 'group', endpoints: [1, 2, 3, 4, 5, 6].map(rule) };

const clusterIn = (...regions: Attached[]): ClusterSpec => ({ name: 'App', regions });

/** The SRV records of the only private string, and what each of its hosts resolves to. */
async function resolved({ dns, strings, nodes }: TestNetwork) {
  const [string] = await strings();
  const srv = await nodes();
  const hosts = [...new Set(srv.map(({ name }) => name))];
  const found = await Promise.all(hosts.map(async (host) => [host.replace(/\..*/, ''), await dns.resolve4(host)]));
  return { string, hosts, ports: srv.map(({ port }) => port), addresses: Object.fromEntries(found) };
}

test('on AWS, a string has one host, an alias of the interface endpoint, with a port for each node', async () => {
  await using network = await openNetwork();
  const { string, hosts, ports, addresses } = await resolved(network);
  expect([hosts.length, ports]).toEqual([1, [1024, 1025, 1026]]);
  expect(string?.name).toMatch(/^cluster0-pl-0\.[0-9a-f]{5}\.mongodb\.net$/);
  expect(addresses).toEqual({ 'pl-0-us-east-1': [expect.stringMatching(/^10(\.\d{1,3}){3}$/)] });
  const { dns } = network;
  expect(await dns.resolveTxt(string?.name ?? '')).toEqual([
    [expect.stringMatching(/^authSource=admin&replicaSet=atlas-[0-9a-f]{6}-shard-0$/)],
  ]);
  const [alias = ''] = await dns.resolveCname(hosts[0] ?? '');
  expect(alias).toMatch(
    new RegExp(`^${vpce}-[0-9a-f]{8}\\.vpce-svc-[0-9a-f]{17}\\.us-east-1\\.vpce\\.amazonaws\\.com$`),
  );
  expect(await dns.resolve4(alias)).toEqual(addresses['pl-0-us-east-1']);
});

test.each<[string, Attached, number[], Record<string, string[]>]>([
  ['Azure', azure, [1024, 1025, 1026], { 'pl-0-us-east-2': ['10.1.0.4'] }],
  ['GCP with port mapping', mapped, [1024, 1025, 1026], { 'psc-0-us-east-4': ['10.2.0.1'] }],
  [
    'GCP without port mapping',
    older,
    [27_015, 27_016, 27_017],
    { 'pl-0-us-east-4-0': ['10.2.0.1'], 'pl-0-us-east-4-1': ['10.2.0.2'], 'pl-0-us-east-4-2': ['10.2.0.3'] },
  ],
])('on %s, hosts have the addresses that were given', async (_, attached, ports, addresses) => {
  await using network = await openNetwork({ clusters: [clusterIn(attached)], attached: [attached] });
  const found = await resolved(network);
  expect(found).toMatchObject({ ports, addresses });
  await expect(network.dns.resolveCname(found.hosts[0] ?? '')).rejects.toMatchObject({ code: 'ENODATA' });
});

test('a cluster in several regions has the nodes of each behind the endpoint of that region', async () => {
  const west: Attached = { provider: 'AWS', atlasRegion: 'EU_WEST_1', id: `vpce-${'b'.repeat(17)}` };
  const attached = [{ ...usEast, id: vpce }, west, azure];
  await using network = await openNetwork({ clusters: [clusterIn(...attached)], attached });
  const { hosts, ports, addresses } = await resolved(network);
  expect(ports).toEqual([1024, 1025, 1026, 1027, 1028, 1029, 1030, 1031, 1032]);
  expect(addresses).toMatchObject({ 'pl-0-us-east-2': ['10.1.0.4'] });
  const aliases = await Promise.all(hosts.slice(0, 2).map((host) => network.dns.resolveCname(host)));
  expect(aliases.flat().map((alias) => alias.slice(0, 22))).toEqual([vpce, west.id]);
});

test('two strings of a project share no port, so that all can be served on one address', async () => {
  const other = { ...usEast, id: `vpce-${'b'.repeat(17)}` };
  const clusters = [clusterIn(other), { name: 'Web', regions: [usEast] }];
  const regional = (world: World) => ({
    ...world,
    services: world.services.map((each) => ({
      ...each,
      interfaces: [...each.interfaces, ...each.interfaces.map((one) => ({ ...one, id: other.id }))],
    })),
  });
  await using network = await openNetwork({ clusters, change: regional });
  const strings = await network.strings();
  const ports = strings.flatMap(({ nodes }) => nodes.map(({ port }) => port));
  expect([strings.length, new Set(ports).size]).toEqual([4, 12]);
});

test('an alias leads to the network interfaces of the VPC endpoint, one address for each subnet', async () => {
  const place = { region: 'us-west-2', vpcId: 'vpc-1', createdAt: 0 };
  const subnet = (zone: string, cidr: string) => ({ ...place, id: `subnet-${zone}`, cidr, zone: `us-west-2${zone}` });
  const subnets = [subnet('a', '10.7.1.0/24'), subnet('b', '10.7.2.0/24')];
  const endpoint = {
    ...place,
    id: vpce,
    serviceName: 'com.x.vpce-svc-1',
    serviceRegion: 'us-east-1',
    subnetIds: ['subnet-a', 'subnet-b'],
    groupIds: [],
    privateDns: false,
    clientToken: null,
    requestDigest: '',
    goneAt: null,
  };
  await using network = await openNetwork({
    change: (world) => {
      const endpoints = [{ ...endpoint, acceptedBy: world.services[0]?.id ?? '' }];
      return withAccount(world, 'AWS', { ...world.clouds.AWS, subnets, endpoints });
    },
  });
  const { hosts, addresses } = await resolved(network);
  expect(addresses['pl-0-us-east-1']).toEqual([
    expect.stringMatching(/^10\.7\.1\./),
    expect.stringMatching(/^10\.7\.2\./),
  ]);
  expect(await network.dns.resolveCname(hosts[0] ?? '')).toEqual([expect.stringContaining('.us-west-2.vpce.')]);
});

test('the public string leads to public addresses', async () => {
  await using network = await openNetwork({ attached: [] });
  const { dns } = network;
  expect(await network.strings()).toEqual([]);
  const name = await standardName(network);
  const srv = await dns.resolveSrv(`_mongodb._tcp.${name}`);
  expect(srv.map(({ name: host, port }) => `${host.replace(/\..*/, '')}:${port}`)).toEqual(
    [0, 1, 2].map((index) => `cluster0-shard-00-0${index}:27017`),
  );
  for (const { name: host } of srv) {
    expect(await dns.resolve4(host)).toEqual([expect.stringMatching(/^203\.0\.113\.\d+$/)]);
  }
});

test('names follow the world: a string resolves once it exists, until its endpoint is removed', async () => {
  await using network = await openNetwork();
  const { dns, store } = network;
  const name = `_mongodb._tcp.${(await network.strings())[0]?.name}`;
  expect(await dns.resolveSrv(name)).toHaveLength(3);
  const removed = (world: World) => ({ ...world, services: [] });
  await store.update((world) => ({ world: removed(world), answer: undefined }));
  await expect(dns.resolveSrv(name)).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('other names do not exist, and other types have no records', async () => {
  await using network = await openNetwork();
  const { dns } = network;
  const { hosts } = await resolved(network);
  for (const name of ['example.com', 'x.mongodb.net', `x.${hosts[0]}`, `${vpce}.vpce.amazonaws.com`, 'constructor']) {
    await expect(dns.resolve4(name), name).rejects.toMatchObject({ code: 'ENOTFOUND' });
  }
  for (const type of ['AAAA', 'MX', 'SRV'] as const) {
    // Node's answer to an alias without such records depends on its version.
    expect([[], 'ENODATA']).toContainEqual(await dns.resolve(hosts[0] ?? '', type).catch(({ code }) => code));
  }
  await expect(dns.resolve4(await standardName(network))).rejects.toMatchObject({ code: 'ENODATA' });
});

test('names are found in any case, and an answer repeats the question', async () => {
  await using network = await openNetwork();
  const [{ name } = { name: '' }] = await network.strings();
  const question = { type: 'TXT', name: name.toUpperCase() } as const;
  const answer = await ask(network, encode({ type: 'query', id: 7, flags: 0x0100, questions: [question] }));
  expect(answer).toMatchObject({ id: 7, rcode: 'NOERROR', flag_aa: true, flag_rd: true, questions: [question] });
  expect(answer.answers).toMatchObject([{ ...question, ttl: 0 }]);
});

/** Sends these messages, and returns the first answer. */
function ask({ network }: TestNetwork, ...messages: Buffer[]): Promise<Packet & { id: number }> {
  const socket = createSocket('udp4');
  const port = Number(network.dnsServer?.split(':')[1]);
  for (const message of messages) socket.send(message, port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('message', (message) => {
      socket.close();
      resolve(decode(message) as Packet & { id: number });
    });
  });
}

async function standardName({ store }: TestNetwork): Promise<string> {
  const world = await store.read();
  const [[project = ''] = [], [spec]] = [world.options.projects as string[], world.options.clusters];
  return spec ? standardString(project, spec).name : '';
}
