import { expect, test } from 'vitest';
import { toEndpoint, toInterface } from '../../src/atlas/model.js';
import { runChecks } from '../../src/connections/doctor/check.js';
import { dnsCategory } from '../../src/connections/doctor/dns.js';
import { readGivenString } from '../../src/connections/doctor/given-string.js';
import { cloudCategory } from '../../src/connections/doctor/interface.js';
import type { Facts } from '../../src/connections/doctor/open-facts.js';
import { isNear, type PathFacts } from '../../src/connections/doctor/path.js';
import { pathCategories } from '../../src/connections/doctor/run-checks.js';

/* What this machine changes: its hosts file, search domains, Node.js and network. The resolver is a stand-in for them. */

type Resolver = PathFacts['resolver'];

const host = 'pl-0-us-east-1.k45tj.mongodb.net';
const alias = 'vpce-0123456789abcdef0-abcdefgh.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com';

const inHostsFile = (...addresses: string[]): Partial<Resolver> => ({
  inHostsFile: () => addresses,
  addresses: async () => addresses,
  aliases: async () => [],
});

/** How long each search domain takes, then the host. `silent`: DNS does not answer. */
const takes = (...all: [ms: number, end?: 'found' | 'silent'][]): Partial<Resolver> => ({
  searched: async () =>
    all.map(([ms, end], index) => {
      const suffix = index === all.length - 1 ? '' : `.d${index}.local`;
      return { suffix, ms, isFound: end === 'found', isSilent: end === 'silent' };
    }),
});
const addressesAre = (...all: string[]): Partial<Resolver> => ({
  addresses: async () => all,
  inDns: async () => all,
});

async function examine(more: Partial<Resolver>) {
  const resolver: Resolver = {
    services: async () => [{ host, port: 1024 }],
    addresses: async () => ['10.0.1.5'],
    texts: async () => [],
    aliases: async () => [alias],
    inDns: async () => ['10.0.1.5', '10.0.1.6'],
    inHostsFile: () => [],
    isLocal: () => false,
    isAsked: () => true,
    searched: async () => [],
    isUnknown: async () => false,
    refusingNode: async () => undefined,
    failingServer: async () => undefined,
    ...more,
  };
  const { string } = await readGivenString('mongodb+srv://cluster0-pl-0.k45tj.mongodb.net');
  const facts = { strings: async () => [string], recorded: async () => [], resolver, ownAddresses: [] };
  const checks = await runChecks(pathCategories, facts as Partial<PathFacts> as PathFacts);
  return (id: string) => checks.find((each) => each.id === id);
}

test.each<[what: string, more: Partial<Resolver>, id: string, result: string, detail: RegExp]>([
  ['a search domain', takes([20], [20, 'found'], [20]), 'dns-address', 'error', /looks up the name in d1\.local/],
  [
    'the hosts file, as DNS',
    inHostsFile('10.0.1.6'),
    'dns-address',
    'warning',
    /^the hosts file of this machine says 10\.0\.1\.6, so DNS is not asked$/,
  ],
  [
    'the hosts file alone',
    { ...inHostsFile('10.9.9.9'), inDns: async () => [] },
    'dns-address',
    'warning',
    /so DNS is not asked$/,
  ],
  ['a public address in the hosts file', inHostsFile('203.0.113.7'), 'dns-private', 'error', /^203\.0\.113\.7/],
  // What the name is an alias of says nothing about the address in the hosts file.
  ['the hosts file', inHostsFile('10.9.9.9'), 'dns-endpoint', 'skipped', /^the name is in the hosts file$/],
  ['fast DNS', takes([20], [20], [20]), 'dns-time', 'success', /^60 ms a host$/],
  ['slow DNS', takes([1240]), 'dns-time', 'warning', /^DNS takes 1\.2 s a query, and/],
  [
    'slow DNS with search domains',
    takes([1200], [1200], [1200]),
    'dns-time',
    'warning',
    /^looking up a host takes 3\.6 s: this machine tries search domains first$/,
  ],
  [
    'a search domain without an answer',
    takes([20], [10_000, 'silent'], [20]),
    'dns-time',
    'error',
    /^looking up a host takes at least 10\.0 s: .* DNS does not answer for d1\.local$/,
  ],
  [
    'AAAA queries without an answer',
    takes([10_000, 'silent']),
    'dns-time',
    'error',
    /^looking up a host takes at least 10\.0 s: DNS answers only one of the queries for A and AAAA$/,
  ],
  [
    'names that this Node.js refuses',
    { refusingNode: async () => '26.10.0' },
    'dns-srv',
    'warning',
    /^Node\.js 26\.10\.0 refuses this answer .* Other drivers accept it: pl-0-us-east-1\.k45tj\.mongodb\.net:1024$/,
  ],
  [
    'a first DNS server that fails',
    { failingServer: async () => 'ESERVFAIL' },
    'dns-srv',
    'warning',
    /^the first DNS server of this machine fails \(SERVFAIL\), another one answers: /,
  ],
  [
    'NAT64 of a public address',
    { ...addressesAre('64:ff9b::cb00:7107'), aliases: async () => [] },
    'dns-private',
    'error',
    /^64:ff9b::cb00:7107 is public/,
  ],
  ['a block for IPv6 alone', addressesAre('10.0.1.5', '::'), 'dns-private', 'success', /^yes$/],
])('$0: $2', async (_, more, id, result, detail) => {
  const find = await examine(more);
  expect(find(id)).toMatchObject({ result, detail: expect.stringMatching(detail) });
});

/* The address of an interface endpoint on Azure in the cloud account, at Atlas and in DNS. */

const azureId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/mine';
const service = toEndpoint('1'.repeat(24), 'AZURE', { id: '2'.repeat(24), privateEndpoints: [azureId] });
const both = ['dns-endpoint', 'cloud-addresses'];

async function compare(inCloud: string, atAtlas: string, inDns: string, failed: 'silent' | null, hasNetwork = true) {
  const { string } = await readGivenString('mongodb://pl-0.k45tj.mongodb.net:1024');
  const facts = {
    strings: async () => [{ ...string, services: [service], endpointIds: [azureId] }],
    services: async () => [service],
    recorded: async () => [atAtlas],
    attached: async () => toInterface(service, azureId, { status: 'AVAILABLE', privateEndpointIPAddress: atAtlas }),
    inspection: async () => ({
      ...{ id: azureId, state: 'Approved', stage: 'connected', mark: null, network: 'net' },
      addresses: async () => [inCloud],
      check: async () => ({ result: 'success', detail: '' }),
    }),
    resolver: {
      addresses: async () => [inDns],
      isAsked: () => true,
      inHostsFile: () => [],
      searched: async () => [],
    },
    reach: async () => ({ failed, reason: '', hello: null }),
    ...{ ownAddresses: [], hasNetwork, isLocalAtlas: false },
  };
  const checks = await runChecks<Facts>([dnsCategory, cloudCategory], facts as unknown as Facts);
  return both.map((id) => checks.find((each) => each.id === id));
}

const [a, b, c] = ['10.0.0.4', '10.0.0.9', '10.1.0.4'] as const;
test.each<[what: string, of: Parameters<typeof compare>, dns: string, cloud: string, detail: string, hint: RegExp]>([
  ['the same by NAT64', [a, a, '64:ff9b::a00:4', null], 'success', 'success', a, /^$/],
  [
    'a zone overrides it, and nodes answer',
    [a, a, c, null],
    'warning',
    'warning',
    `the interface endpoint has ${a}, but DNS has ${c}. Nodes answer there`,
    /on purpose/,
  ],
  [
    'a zone overrides it, and nothing answers',
    [a, a, c, 'silent'],
    'error',
    'error',
    `the interface endpoint has ${a}, but DNS has ${c}`,
    /was replaced/,
  ],
  ['the same, without connections', [a, a, c, null, false], 'error', 'error', expect.stringMatching(/DNS has/), /./],
  [
    'wrong at Atlas, and right in DNS',
    [a, b, a, null],
    'warning',
    'warning',
    `the interface endpoint has ${a}, but Atlas has ${b}. Nodes answer there`,
    /on purpose/,
  ],
])('the addresses of an interface endpoint: %s', async (_, of, dns, cloud, detail, hint) => {
  const [inDns, inCloud] = await compare(...of);
  expect([inDns?.result, inCloud?.result]).toEqual([dns, cloud]);
  expect(inCloud?.detail).toEqual(detail);
  expect(inCloud?.hint?.text ?? '').toMatch(hint);
});

const none = { ...addressesAre(), aliases: async () => [] };
test.each<[what: string, more: Partial<Resolver>, id: string, hint: RegExp]>([
  ['an unknown host', { ...none, isUnknown: async () => true }, 'dns-address', /^A private zone/],
  ['a host without addresses', none, 'dns-address', /rebinding protection/],
  ['nsswitch.conf without dns', { isAsked: () => false }, 'dns-address', /^Write hosts: files dns$/],
  ['an alias that does not exist', { ...addressesAre(), isUnknown: async () => true }, 'dns-address', /was replaced/],
  ['an alias whose addresses are removed', addressesAre(), 'dns-address', /rebinding protection/],
  ['no SRV record', { services: async () => [] }, 'dns-srv', /^Compare the name .* A private zone .* \(split-/],
])('$0: the hint of $2', async (_, more, id, hint) => {
  expect((await examine(more))(id)?.hint?.text).toMatch(hint);
});

test.each([
  ['10.0.0.9', true],
  ['64:ff9b::a00:9', true],
  ['fd00::9', false],
])('%s may be near 10.0.0.1: %o', (address, isSame) => {
  expect(isNear(address, { ownAddresses: ['10.0.0.1'] })).toBe(isSame);
});
