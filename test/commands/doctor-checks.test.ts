import { describe, expect, test, vi } from 'vitest';
import { stringCategory } from '../../src/connections/doctor/given-string.js';
import { categoriesOf } from '../../src/connections/doctor/run-checks.js';
import {
  apiKey,
  clusterWith,
  type DoctorWorld,
  endpointId,
  examine,
  host,
  namesAt,
  nodesIn,
  projectId,
  service,
  serviceId,
  setName,
  srvName,
} from '../helpers/doctor-world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import type { CliOptions } from '../helpers/run-cli.js';
import { whenItWaits } from '../helpers/stalls.js';

/* Each check of doctor, good and in each way of being bad: what it finds, and what it advises. */

/** What differs from a private endpoint that works, and how doctor is called. */
interface World extends Partial<DoctorWorld> {
  change?: (healthy: DoctorWorld, ports: readonly number[]) => Partial<DoctorWorld>;
  line?: string;
  options?: CliOptions;
}

/** What a check finds: the whole detail, or a pattern of it; and a part of the hint. */
const finds = (result: 'success' | 'warning' | 'error' | 'skipped') => {
  return (what: string, world: World, detail: string | RegExp, hint?: string | RegExp) => {
    return { what, world, result, detail, hint };
  };
};
type Row = ReturnType<ReturnType<typeof finds>>;
const [success, warning, error, skipped] = [finds('success'), finds('warning'), finds('error'), finds('skipped')];

function examineIn({ change = () => ({}), line = '', options = {}, ...parts }: World) {
  return examine((healthy, ports) => ({ ...parts, ...change(healthy, ports) }), line, options);
}

const second = 'vpce-0aaaaaaaaaaaaaaaa';
const noServices = { AWS: [], AZURE: [], GCP: [] };
/** The service of the world with other properties. */
const serviceWith = (more: object) => ({ services: { ...noServices, AWS: [{ ...service, ...more }] } });
const gcpService = {
  cloudProvider: 'GCP',
  id: serviceId,
  regionName: 'US_EAST_4',
  status: 'AVAILABLE',
  errorMessage: null,
  endpointGroupNames: ['rule'],
  serviceAttachmentNames: ['a'],
  portMappingEnabled: true,
};
const gcpWith = (more: object = {}) => ({ services: { ...noServices, GCP: [{ ...gcpService, ...more }] } });
const refused = (errorCode: string, error: number, detail: string) => {
  return { status: error, body: { error, errorCode, detail } };
};
const unavailable = refused('X', 503, 'Unavailable.');
const notOnList = refused('IP_ADDRESS_NOT_ON_ACCESS_LIST', 403, 'IP address 203.0.113.9 is not allowed.');
const notListed = { api: notOnList, lists: notOnList };
const keyWith = (more: object) => ({ api: { apiKey: { ...apiKey.apiKey, ...more } } });
const role = (roleName: string, more: object) => keyWith({ roles: [{ roleName, ...more }] });
const serviceAccount = { api: { apiKey: null } };
/** The interface endpoints with these statuses. */
const attached = (statuses: Record<string, string>, more: object = {}) => ({
  ...(Object.keys(statuses).length > 1 && serviceWith({ interfaceEndpoints: Object.keys(statuses) })),
  interfaces: Object.fromEntries(
    Object.entries(statuses).map(([id, connectionStatus]) => [id, { connectionStatus, ...more }]),
  ),
});
const attachedAs = (status: string, more?: object) => attached({ [endpointId]: status }, more);
const nothingAttached = serviceWith({ interfaceEndpoints: [] });
const elsewhere = { ATLAS_PE_ACCESS_TOKEN: 'other' };
const after = (day: string): CliOptions => ({ clock: fakeClock(Date.parse(day)) });
const cluster = (...of: Parameters<typeof clusterWith>) => ({ clusters: [clusterWith(...of)] });
const clusterIn = (...nodes: Parameters<typeof nodesIn>) => cluster({}, { configs: [nodesIn(...nodes)] });
const otherCluster = clusterWith({ name: 'Other' }, { configs: [nodesIn('AZURE', 'US_EAST_2')] });
const shared = (providerName: string, instanceSize: string) => {
  const place = { providerName, backingProviderName: 'AWS', regionName: 'US_EAST_1' };
  return clusterWith({}, { configs: [{ ...place, electableSpecs: { instanceSize } }], privateEndpoint: [] });
};
const srvString = `mongodb+srv://${srvName}`;
const strings = (...privateEndpoint: object[]) => cluster({}, { privateEndpoint });
const twoRegions = (...privateEndpoint: object[]) => {
  return cluster({}, { configs: [nodesIn('AWS', 'US_EAST_1'), nodesIn('AWS', 'EU_WEST_1')], privateEndpoint });
};
const namesAre = (names: Record<string, object>): World => ({
  change: (healthy) => ({ names: { ...Object(healthy.names), ...names } }),
});
/** The host is an alias of this interface endpoint. */
const aliasOf = (id: string) => {
  const alias = `${id}-x.vpce.amazonaws.com`;
  return namesAre({ [host]: [{ type: 'CNAME', data: alias }], [alias]: [{ type: 'A', data: '127.0.0.1' }] });
};
const at = (address: string): World => ({ change: (_, ports) => ({ names: namesAt(address, ports) }) });
const away: World = { ...at('255.255.255.255'), options: { addresses: ['172.20.1.2'] } };

/** What each check says if all is well. */
const healthy: Record<string, string | RegExp> = {
  'key-credentials': /^access token from environment ATLAS_PE_ACCESS_TOKEN, for http:/,
  'key-valid': 'Atlas accepts the credentials',
  'key-access-list': 'this address is allowed',
  'key-roles': 'GROUP_OWNER',
  'service-exists': `us-east-1 ${serviceId}`,
  'service-status': 'AVAILABLE',
  'service-ready': 'vpce-svc-0667f4ca6f4a2bbc8',
  'service-region': 'Cluster0',
  'interface-attached': endpointId,
  'interface-status': 'AVAILABLE',
  'cluster-exists': 'Cluster0',
  'cluster-dedicated': 'yes',
  'cluster-running': 'yes',
  'cluster-idle': 'IDLE',
  'cluster-covered': 'AWS us-east-1',
  'cluster-string': srvString,
  'dns-srv': /^pl-0-us-east-1\.k45tj\.mongodb\.net:\d+,\d+,\d+$/,
  'dns-txt': 'none, which is allowed',
  'dns-address': '127.0.0.1',
  'dns-private': 'yes',
  'dns-endpoint': endpointId,
  'dns-time': '0 ms a host',
  'network-place': 'the sandbox is on this machine',
  'network-tcp': /^3 of 3 open: 127\.0\.0\.1:/,
  'network-tls': `valid for ${host}`,
  'network-hello':
    /^primary \([\d.]+ ms\) at 127\.0\.0\.1:\d+(?:, secondary \([\d.]+ ms\) at 127\.0\.0\.1:\d+){2}; wire version 25$/,
  'network-driver': /^primary \([\d.]+ ms\) at pl-0-us-east-1\.k45tj\.mongodb\.net:\d+$/,
};

const apiKeyPair = { ATLAS_PE_PUBLIC_KEY: 'public', ATLAS_PE_PRIVATE_KEY: 'secret-part' };
const noProject = refused('GROUP_NOT_FOUND', 404, 'No group with ID 1 exists.');
const failed = serviceWith({ status: 'FAILED', errorMessage: 'No capacity.' });
const initiating = serviceWith({ status: 'INITIATING', endpointServiceName: null });
const ofLater = serviceWith({ status: 'LINGERING', errorMessage: 'Odd.' });
const selected = (line: string, ...clusters: object[]) => ({ clusters, line });
const unmapped = (day: string) => {
  return { ...gcpWith({ portMappingEnabled: false }), clusters: [], options: after(day) };
};
const emptyGcp = { ...gcpWith({ endpointGroupNames: [] }), ...clusterIn('GCP', 'US_EAST_4') };
const bothAttached = (status: string) => attached({ [endpointId]: 'AVAILABLE', [second]: status });
const paused = clusterWith({ name: 'Old', paused: true }, { privateEndpoint: [] });
const used = { srvConnectionString: srvString, endpoints: [{ endpointId }] };
const throughOther = { srvConnectionString: 'mongodb+srv://a.b', endpoints: [{ endpointId: second }] };
const throughBoth = { srvConnectionString: srvString, endpoints: [{ endpointId: second }, { endpointId }] };
const optimized = { ...used, srvShardOptimizedConnectionString: 'mongodb+srv://cluster0-pl-0-lb.k45tj.mongodb.net' };
const hostList: World = {
  change: (_, [one, two]) =>
    strings({ connectionString: `mongodb://${host}:${one},${host}:${two}/?ssl=true`, endpoints: [{ endpointId }] }),
};
const onePortCloses: World = { change: (_, ports) => ({ names: namesAt('127.0.0.1', [...ports.slice(1), 1]) }) };
const txt = (...records: string[]): World => namesAre({ [srvName]: records.map((data) => ({ type: 'TXT', data })) });
const hostAt = (address: string): World => namesAre({ [host]: [{ type: 'A', data: address }] });
const deleting = cluster({ stateName: 'DELETING' });
/** The only cluster has nodes there, and a string through this endpoint. */
const stringThrough = (provider: string, atlasRegion: string, endpointId: string) => {
  const privateEndpoint = [{ srvConnectionString: srvString, endpoints: [{ endpointId }] }];
  return cluster({}, { configs: [nodesIn(provider, atlasRegion)], privateEndpoint });
};
/** A service on GCP, whose forwarding rule has this address at Atlas. */
const onGcp = (ipAddress: string) => ({
  ...gcpWith(),
  interfaces: {
    rule: { status: 'AVAILABLE', endpoints: [{ endpointName: 'rule', ipAddress, status: 'AVAILABLE' }] },
  },
  ...stringThrough('GCP', 'US_EAST_4', 'rule'),
});
/** A service of the older kind on GCP. One of its two forwarding rules may not be connected. */
const oldGcp = (status: string, second = 'FAILED') => ({
  ...gcpWith({ portMappingEnabled: false }),
  interfaces: {
    rule: {
      status,
      endpoints: ['AVAILABLE', second].map((each, index) => ({ endpointName: `rule-${index}`, status: each })),
    },
  },
});
const azureId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/mine';
const azureService = {
  cloudProvider: 'AZURE',
  id: serviceId,
  regionName: 'US_EAST_2',
  status: 'AVAILABLE',
  errorMessage: null,
  privateEndpoints: [azureId],
};
/** A service on Azure, whose interface endpoint has this address at Atlas. */
const onAzure = (privateEndpointIPAddress: string) => ({
  services: { ...noServices, AZURE: [azureService] },
  interfaces: { [azureId]: { status: 'AVAILABLE', privateEndpointIPAddress } },
  ...stringThrough('AZURE', 'US_EAST_2', azureId),
});
/** These worlds together, without connections to the nodes. */
const unconnected = (...worlds: World[]): World => Object.assign({ line: '--no-network' }, ...worlds);
const inside: World = { ...at('255.255.255.255'), options: { addresses: ['255.255.0.9'] } };

const rows: Record<string, Row[]> = {
  'key-credentials': [
    success('an API key, not its secret', { env: apiKeyPair }, /^API key public from environment ATLAS_PE_PUB/),
    error('nobody is signed in', { env: {} }, 'Not signed in to Atlas.', 'atlas-pe login'),
    error('half of a key', { env: { ATLAS_PE_PUBLIC_KEY: 'public' } }, /^Missing private-key\./, 'same place'),
  ],
  'key-valid': [
    error('a wrong token', { env: elsewhere }, /^Atlas does not accept the access token/, 'may have expired'),
    success('accepted, but not from this address', notListed, 'Atlas accepts the credentials'),
  ],
  'key-access-list': [
    error('not on its list', notListed, /203\.0\.113\.9/, /API key or service account.*project's IP access/),
    error('a list that is only for projects', { lists: notOnList }, /203\.0\.113\.9/, 'access list of the API key'),
  ],
  'key-roles': [
    success('a service account', serviceAccount, /^can read/),
    success('only reading', role('GROUP_READ_ONLY', { groupId: projectId }), /^GROUP_READ_ONLY: .*, but not create/),
    success(
      'a role for private endpoints',
      role('GROUP_NETWORK_ACCESS_MANAGER', { groupId: projectId }),
      /: can read, create and delete private endpoints$/,
    ),
    success('an owner of another project', role('GROUP_OWNER', { groupId: '5'.repeat(24) }), /^none: can read/),
    error('no access to the project', { lists: noProject }, /GROUP_NOT_FOUND 404/, 'Check the project id'),
  ],
  'service-exists': [
    error('none', { services: noServices }, 'no private endpoint service in the project', 'create REGION --wait'),
    error(
      'none for the selected cluster',
      selected('--cluster Other', clusterWith(), otherCluster),
      'no private endpoint service in a region where Other has nodes',
      'atlas-pe connect --cluster Other',
    ),
    error('Atlas is in trouble', { lists: unavailable }, /Unavailable \(X 503\)/),
  ],
  'service-status': [
    error('FAILED', failed, 'FAILED: No capacity.', new RegExp(`atlas-pe delete ${serviceId}.*atlas-pe create`)),
    error('DELETING', serviceWith({ status: 'DELETING' }), /^DELETING$/),
    warning('AVAILABLE with an error message', serviceWith({ errorMessage: 'Odd.' }), 'AVAILABLE: Odd.'),
    warning('a status of a later version', ofLater, 'LINGERING: this version does not know this status: Odd.'),
  ],
  'service-ready': [
    success('WAITING_FOR_USER', serviceWith({ status: 'WAITING_FOR_USER' }), /svc/),
    error('INITIATING', initiating, /INITIATING/, `atlas-pe wait ${serviceId}`),
    skipped('a status of a later version', ofLater, 'this version does not know this status'),
  ],
  'service-region': [
    error('without nodes', clusterIn('AWS', 'EU_WEST_1'), /no cluster has nodes in AWS us-east-1/, 'AWS eu-west-1'),
    error(
      'without nodes of the selected cluster',
      selected('us-east-1 --cluster Other', clusterWith(), otherCluster),
      /^Other has no nodes in AWS us-east-1/,
      'Azure eastus2',
    ),
    skipped('no clusters', { clusters: [] }, 'there is no cluster'),
  ],
  'service-port-mapping': [
    success('with port mapping', { ...gcpWith(), clusters: [] }, 'yes'),
    warning('without it, before the day', unmapped('2027-04-29'), /30 April 2027/, `atlas-pe convert ${serviceId}`),
    error('without it, from the day on', unmapped('2027-04-30'), /disabled .* on 30 April 2027/, 'atlas-pe convert'),
  ],
  'interface-attached': [
    error('none', nothingAttached, 'no interface endpoint', 'atlas-pe connect us-east-1'),
    error('none, on GCP', emptyGcp, 'no interface endpoint', 'atlas-pe connect us-east4 --provider gcp'),
    skipped(
      'none, and the selected cluster could not use one',
      { ...nothingAttached, ...selected('us-east-1 --cluster Other', clusterWith(), otherCluster) },
      'no dedicated cluster has nodes in AWS us-east-1',
    ),
    error(
      'none, and unknown clusters',
      { ...nothingAttached, clusterList: unavailable },
      'no interface endpoint',
      'atlas-pe connect',
    ),
    skipped('the service is not ready', initiating, "'Ready for interface endpoints' failed"),
  ],
  'interface-status': [
    ...['NONE', 'PENDING_ACCEPTANCE', 'PENDING', 'INITIATING', 'VERIFIED'].map((status) =>
      error(status, attachedAs(status), new RegExp(`^${status}: Atlas has `), /atlas-pe doctor .* --wait 10m/),
    ),
    error(
      'REJECTED, the only one: not to be removed first',
      attachedAs('REJECTED', { errorMessage: 'Deleted.' }),
      /^REJECTED: .* \(Deleted\.\)$/,
      new RegExp(
        `not remove it first.*interface add .* INTERFACE.*interface remove ${serviceId} ${endpointId} --yes$`,
      ),
    ),
    error(
      'FAILED beside another one: may be removed',
      attached({ [endpointId]: 'FAILED', [second]: 'AVAILABLE' }),
      /^FAILED: /,
      new RegExp(`^Remove it: atlas-pe interface remove .* ${endpointId} --yes$`),
    ),
    error('DELETING', attachedAs('DELETING'), /^DELETING: Atlas is removing it/),
    error('removed meanwhile', { interfaces: {} }, 'DELETED: it was removed'),
    error(
      'a rule FAILED although its group is AVAILABLE',
      oldGcp('AVAILABLE'),
      'FAILED: the connection could not be set up (rule-1 is FAILED)',
      /interface add .* INTERFACE.*interface remove/,
    ),
    success('a rule that is not ready in a group that is AVAILABLE', oldGcp('AVAILABLE', 'INITIATING'), 'AVAILABLE'),
    warning('a status of a later version', attachedAs('LINGERING'), /^LINGERING: /),
    warning('PENDING beside one that works', bothAttached('PENDING'), /^PENDING: Atlas has /, /--wait 10m/),
    error('PENDING beside a refused one', attached({ [endpointId]: 'PENDING', [second]: 'REJECTED' }), /^PENDING: /),
    error('PENDING, and named', { ...bothAttached('PENDING'), line: second }, /^PENDING: /),
  ],
  'cluster-exists': [
    error('none', { clusters: [] }, 'no cluster in the project', 'Create a dedicated cluster'),
    skipped('the only one is being deleted', deleting, 'no cluster has nodes in the region of a service'),
    success(
      'another one is being deleted',
      { clusters: [clusterWith(), clusterWith({ name: 'Old', stateName: 'DELETING' }, { privateEndpoint: [] })] },
      'Cluster0',
    ),
  ],
  'cluster-dedicated': [
    error('only M0', { clusters: [shared('TENANT', 'M0')] }, 'M0 clusters do not support private endpoints', 'M10'),
    error(
      'the selected one is Flex',
      selected('--cluster Cluster0', clusterWith({ name: 'Big' }), shared('FLEX', 'FLEX')),
      'Flex clusters do not support private endpoints',
    ),
    success('M0 beside a dedicated one: not selected', { clusters: [shared('TENANT', 'M0'), clusterWith()] }, 'yes'),
  ],
  'cluster-running': [
    error('paused', cluster({ paused: true }), /paused/, 'Resume'),
    warning('paused beside one that runs', { clusters: [clusterWith(), paused] }, /paused/, 'Resume'),
  ],
  'cluster-idle': [
    warning('UPDATING', cluster({ stateName: 'UPDATING' }), /^UPDATING: /, 'connection-strings --cluster Cluster0'),
  ],
  'cluster-covered': [
    error(
      'another region has no service',
      twoRegions(),
      /^no interface endpoint works in AWS eu-west-1\./,
      'atlas-pe connect --cluster Cluster0',
    ),
    success(
      'another region has none, but there is a string (regional mode)',
      twoRegions(used),
      'not in AWS eu-west-1, but the cluster has a private connection string',
    ),
    skipped('another check reports it', attachedAs('REJECTED'), 'no interface endpoint works in AWS us-east-1'),
  ],
  'cluster-string': [
    error('none yet', strings(), /3 to 5 minutes/, `strings --cluster Cluster0 --endpoint ${serviceId} --w`),
    error(
      'only through another endpoint',
      strings(throughOther),
      new RegExp(`^no connection string through us-east-1 ${serviceId}`),
    ),
    skipped('the cluster is paused', cluster({ paused: true }), "'Running' failed"),
    warning('a new cluster', cluster({ stateName: 'CREATING' }, { privateEndpoint: [] }), /^no connection string/),
    warning(
      'only through one of two interface endpoints',
      bothAttached('AVAILABLE'),
      new RegExp(`none through ${second}$`),
      'connection-strings',
    ),
    success('the other interface endpoint has ended: another check says so', bothAttached('REJECTED'), srvString),
    skipped(
      'its interface endpoint is PENDING: another check says so',
      { ...attachedAs('PENDING'), ...strings() },
      'no interface endpoint works yet in AWS us-east-1',
    ),
  ],
  'dns-srv': [
    error('does not resolve', { names: {} }, /_mongodb\._tcp\.cluster0-pl-0\.k45tj/, 'wait a few minutes'),
    success('not needed for a list of hosts', hostList, /^not needed/),
    error('no string for sharded clusters', strings(optimized), /_tcp\.cluster0-pl-0-lb\.k45tj\.mongodb\.net$/),
  ],
  'dns-txt': [
    success('one record', txt(`authSource=admin&replicaSet=${setName}`), `authSource=admin&replicaSet=${setName}`),
    error('another option', txt('authSource=admin&tls=false'), /^it has tls, but drivers accept only authSource/),
    success('not needed for a list of hosts', hostList, /^not needed/),
  ],
  'dns-address': [
    error('no A record: a filter', namesAre({ [host]: [] }), /its host has no address$/, 'removes private addresses'),
  ],
  'dns-private': [
    error('public', unconnected(hostAt('203.0.113.7')), /203\.0\.113\.7 is public/),
    success('its own range: the alias names the interface endpoint', unconnected(at('203.0.113.7')), 'yes'),
    success(
      'its own range: that of this machine',
      { ...hostAt('198.18.3.4'), line: '--no-network', options: { addresses: ['198.18.9.9'] } },
      'yes',
    ),
    error('blocked', unconnected(hostAt('0.0.0.0')), /^0\.0\.0\.0 is no address of a node: the DNS server or the/),
  ],
  'dns-endpoint': [
    error(
      'another interface endpoint',
      aliasOf('vpce-0cccccccccccccccc'),
      new RegExp(`it resolves to vpce-0cccccccccccccccc, but the connection string is for ${endpointId}`),
    ),
    warning(
      'a private zone with addresses',
      namesAre({ [host]: [{ type: 'A', data: '127.0.0.1' }] }),
      /it has an A record and no CNAME/,
      'private DNS zone',
    ),
    error(
      'not the address on record, on Azure',
      unconnected(onAzure('10.0.0.9'), hostAt('10.0.0.4')),
      /resolves to 10\.0\.0\.4, but Atlas has 10\.0\.0\.9 on record/,
      '--ip',
    ),
    success('the address on record', unconnected(onGcp('10.0.0.4'), hostAt('10.0.0.4')), 'rule'),
    success('another region of the same string', { ...aliasOf(second), ...twoRegions(throughBoth) }, second),
  ],
  'network-place': [
    error('outside', away, /^no node answers, .*172\.20\.1\.2.*255\.255\.255\.255/, 'in that network'),
    skipped('unknown without an address', { names: {} }, 'the private endpoint has no address'),
  ],
  'network-tcp': [
    warning(
      'one refuses',
      onePortCloses,
      /^1 of 3 connections failed: refused .*: 127\.0\.0\.1:1$/,
      /^A firewall rejects the connection, or the SRV record is stale/,
    ),
    warning(
      'one of a list refuses',
      {
        change: (_, [one]) =>
          strings({ connectionString: `mongodb://${host}:${one},${host}:1/?ssl=true`, endpoints: [{ endpointId }] }),
      },
      /^1 of 2 connections failed: refused .*: 127\.0\.0\.1:1$/,
      'which the SRV connection string has',
    ),
    error(
      'inside the network',
      inside,
      /unreachable \(no route\): 255\.255\.255\.255:/,
      /Allow TCP 1024-65535 .*\(security groups\)/,
    ),
    error(
      'inside the network, on GCP',
      { ...onGcp('255.255.255.255'), ...hostAt('255.255.255.255'), options: inside.options ?? {} },
      /unreachable/,
      /another region, the forwarding rule needs global access/,
    ),
  ],
  'network-tls': [
    error('for another name', { tls: 'certificate' }, /not for this host name/, 'resolves to another server'),
    error('expired', { tls: 'expired-certificate' }, /has expired/, 'the clock of this machine'),
    error(
      'signed by another authority',
      { tls: 'untrusted-certificate' },
      /signature of the certificate is not valid/,
      '--tls-ca-file',
    ),
    skipped('no TCP connection', away, 'there is no TCP connection'),
  ],
  'network-hello': [
    error(
      'a node of another cluster',
      txt('replicaSet=atlas-zzzzzz-shard-0'),
      new RegExp(`^the node at .* belongs to the replica set ${setName}, not to atlas-zzzzzz-shard-0$`),
      'private DNS zone',
    ),
    skipped('no TLS', { tls: 'certificate' }, "'TLS certificates' failed"),
  ],
  'network-driver': [
    error('none', { tls: 'no-primary' }, /^no primary/, 'An election'),
    skipped('no node answers', away, 'no node answers'),
  ],
};

/** Like `toBe` for a text, and `toMatch` for a pattern. */
const like = (detail: string | RegExp) => (typeof detail === 'string' ? detail : expect.stringMatching(detail));

test('if all is well, each check says what it found', async () => {
  const { checks, exitCode } = await examineIn({});
  const found = checks.map(({ id, result, detail, hint }) => [id, { result, detail, hint }]);
  const expected = Object.entries(healthy).map(([id, detail]) => [id, { result: 'success', detail: like(detail) }]);
  expect(Object.fromEntries(found)).toMatchObject(Object.fromEntries(expected));
  expect(checks.map(({ hint }) => hint)).toEqual(Array(Object.keys(healthy).length).fill(null));
  expect(exitCode).toBe(0);
});

describe.each(Object.entries(rows))('%s', (id, ways) => {
  test.each(ways)('$what: $result', async ({ world, result, detail, hint }) => {
    const { checks, exitCode, stderr } = await examineIn(world);
    const own = checks.filter((each) => each.id === id);
    const check = own.find((each) => result === 'success' || each.result === result);
    expect(check, JSON.stringify(own) + stderr).toMatchObject({ result, detail: like(detail) });
    if (hint) expect(check?.hint).toMatch(hint);
    if (result === 'success' || result === 'skipped') expect(check?.hint).toBeNull();
    const errors = checks.filter((each) => each.result === 'error');
    const isKnown = errors.some((each) => !each.detail.startsWith('could not check: '));
    expect(exitCode).toBe(errors.length === 0 ? 0 : isKnown ? 6 : 1);
  });
});

test('a list of GCP that does not come leaves time for the nodes on AWS', async () => {
  const clock = fakeClock();
  await examineIn({});
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 50);
  const services = { ...noServices, AWS: [service], GCP: 'silent' as const };
  const { checks, exitCode } = await examineIn({ services, options: { clock } }).finally(stop);
  const bad = checks.filter(({ result }) => result !== 'success');
  expect(bad).toMatchObject([{ id: 'service-exists', detail: expect.stringMatching(/did not respond within 3s/) }]);
  expect(exitCode).toBe(1);
  expect(clock.monotonic()).toBeLessThan(10_000);
});

test.each([
  ['eu-west-1', /^Error: No private endpoint service 'eu-west-1' found/, serviceId],
  [second, new RegExp(`^Error: Interface endpoint '${second}' not found`), 'interface list'],
  ['Cluster0', /^Error: Interface endpoint 'Cluster0' not found/, 'interface list'],
  ['--cluster Nope', /^Error: Cluster 'Nope' not found/, 'Cluster0'],
])('%s does not exist: exit code 3', async (line, message, hint) => {
  const { stdout, stderr, exitCode } = await examineIn({ line });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
  expect(stderr).toMatch(message);
  expect(stderr).toContain(hint);
});

test('nothing is asked that a failed check makes needless', async () => {
  const { requests, checks } = await examineIn({ env: elsewhere });
  expect(requests).toBe(1);
  const skipped = checks.filter(({ result }) => result === 'skipped');
  expect(skipped.length).toBe(checks.length - 2);
  for (const { detail } of skipped) expect(detail).toBe("'Sign-in' failed");
});

test('the environment cannot turn a bad certificate into a good one', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const { checks } = await examineIn({ tls: 'certificate' }).finally(() => vi.unstubAllEnvs());
  expect(checks.find(({ id }) => id === 'network-tls')).toMatchObject({ result: 'error' });
});

test('a certificate of an authority that Node does not know', async () => {
  const { checks } = await examine(() => ({}), '', { isTrusting: false });
  expect(checks.find(({ id }) => id === 'network-tls')?.detail).toMatch(
    /^the certificate is from an unknown authority: /,
  );
});

test('with an old and a new service in a region, each has its own result', async () => {
  const old = { ...gcpService, portMappingEnabled: false };
  const mapped = { ...gcpService, id: '6b074f0407a4d16704be228d', endpointGroupNames: [] };
  const { checks } = await examineIn({
    services: { ...noServices, GCP: [old, mapped] },
    interfaces: { rule: { status: 'AVAILABLE' } },
    ...stringThrough('GCP', 'US_EAST_4', 'rule'),
  });
  const results = (id: string) => checks.filter((each) => each.id === id).map(({ result }) => result);
  expect(results('interface-attached')).toEqual(['success', 'error']);
  expect(results('cluster-string')).toEqual(['success', 'skipped']);
  expect(results('network-tls')).toEqual(['success']);
});

test('each check needs only checks before it', () => {
  const before = new Set<string>();
  for (const { groups } of [stringCategory, ...categoriesOf({ hasCloud: true })]) {
    for (const { checks } of groups) {
      for (const { id, needs } of checks) {
        for (const need of needs) expect(before, `${id} needs ${need}`).toContain(need);
        before.add(id);
      }
    }
  }
  // docs/doctor.md has those of the clouds.
  const ids = [...before].filter((id) => !/^(?:cloud|string)-/.test(id));
  expect(ids.toSorted()).toEqual([...new Set([...Object.keys(healthy), ...Object.keys(rows)])].toSorted());
});
