import { expect, test } from 'vitest';
import { toEndpoint, toInterface } from '../../src/atlas/model.js';
import { dnsCategory } from '../../src/connections/doctor/dns.js';
import { readGivenString } from '../../src/connections/doctor/given-string.js';
import { cloudCategory } from '../../src/connections/doctor/interface.js';
import type { Facts } from '../../src/connections/doctor/open-facts.js';
import type { PathFacts } from '../../src/connections/doctor/path.js';
import { pathCategories, runChecks } from '../../src/connections/doctor/run-checks.js';

/* What the files of this machine change: the hosts file and search domains. The resolver is a stand-in for them. */

type Resolver = PathFacts['resolver'];

const host = 'pl-0-us-east-1.k45tj.mongodb.net';
const alias = 'vpce-0123456789abcdef0-abcdefgh.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com';

const inHostsFile = (...addresses: string[]): Partial<Resolver> => ({
  inHostsFile: () => addresses,
  addresses: async () => addresses,
  aliases: async () => [],
});

async function examine(more: Partial<Resolver>) {
  const resolver: Resolver = {
    services: async () => [{ host, port: 1024 }],
    addresses: async () => ['10.0.1.5'],
    texts: async () => [],
    aliases: async () => [alias],
    inDns: async () => ['10.0.1.5', '10.0.1.6'],
    inHostsFile: () => [],
    searched: async () => undefined,
    ...more,
  };
  const { string } = readGivenString('mongodb+srv://cluster0-pl-0.k45tj.mongodb.net');
  const facts = { strings: async () => [string], recorded: async () => [], resolver, ownAddresses: [] };
  const checks = await runChecks(pathCategories, facts as Partial<PathFacts> as PathFacts);
  return (id: string) => checks.find((each) => each.id === id);
}

test.each<[what: string, more: Partial<Resolver>, id: string, result: string, detail: RegExp]>([
  ['nothing', {}, 'dns-endpoint', 'success', /^vpce-0123456789abcdef0$/],
  [
    'a search domain',
    { searched: async () => `${host}.svc.local` },
    'dns-address',
    'error',
    /looks up pl-0-us-east-1\.k45tj\.mongodb\.net\.svc\.local first/,
  ],
  [
    'the hosts file, as DNS',
    inHostsFile('10.0.1.6'),
    'dns-address',
    'warning',
    /^the hosts file of this machine says 10\.0\.1\.6, so DNS is not asked$/,
  ],
  [
    'the hosts file, other than DNS',
    inHostsFile('10.9.9.9'),
    'dns-address',
    'warning',
    /^the hosts file of this machine says 10\.9\.9\.9, but DNS says 10\.0\.1\.5, 10\.0\.1\.6$/,
  ],
  [
    'the hosts file alone',
    { ...inHostsFile('10.9.9.9'), inDns: async () => [] },
    'dns-address',
    'warning',
    /so DNS is not asked$/,
  ],
  [
    'an address of the internet in the hosts file',
    inHostsFile('203.0.113.7'),
    'dns-private',
    'error',
    /^203\.0\.113\.7/,
  ],
  // What the name is an alias of says nothing about the address in the hosts file.
  ['the hosts file', inHostsFile('10.9.9.9'), 'dns-endpoint', 'skipped', /^the name is in the hosts file$/],
])('%s: %3$s', async (_, more, id, result, detail) => {
  const find = await examine(more);
  expect(find(id)).toMatchObject({ result, detail: expect.stringMatching(detail) });
});

/* The address of an interface endpoint on Azure in the cloud account, at Atlas and in DNS. */

const azureId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/mine';
const service = toEndpoint('1'.repeat(24), 'AZURE', { id: '2'.repeat(24), privateEndpoints: [azureId] });
const both = ['dns-endpoint', 'cloud-addresses'];

async function compare(inCloud: string, atAtlas: string, inDns: string, failed: 'silent' | null, hasNetwork = true) {
  const { string } = readGivenString('mongodb://pl-0.k45tj.mongodb.net:1024');
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
    resolver: { addresses: async () => [inDns], inHostsFile: () => [], searched: async () => undefined },
    reach: async () => ({ failed, reason: '', hello: null }),
    ...{ ownAddresses: [], hasNetwork, isLocalAtlas: false },
  };
  const checks = await runChecks<Facts>([dnsCategory, cloudCategory], facts as unknown as Facts);
  return both.map((id) => checks.find((each) => each.id === id));
}

const [a, b, c] = ['10.0.0.4', '10.0.0.9', '10.1.0.4'] as const;
test.each<[what: string, of: Parameters<typeof compare>, dns: string, cloud: string, detail: string, hint: RegExp]>([
  ['the same', [a, a, a, null], 'success', 'success', a, /^$/],
  [
    'a zone overrides it, and nodes answer',
    [a, a, c, null],
    'warning',
    'warning',
    `the interface endpoint has ${a}, Atlas has ${a} on record, DNS has ${c}. Nodes answer there`,
    /on purpose/,
  ],
  [
    'a zone overrides it, and nothing answers',
    [a, a, c, 'silent'],
    'error',
    'error',
    `the interface endpoint has ${a}, Atlas has ${a} on record, DNS has ${c}`,
    /was replaced/,
  ],
  ['the same, without connections', [a, a, c, null, false], 'error', 'error', expect.stringMatching(/DNS has/), /./],
  [
    'wrong at Atlas, and so in DNS',
    [a, b, b, 'silent'],
    'success',
    'error',
    `the interface endpoint has ${a}, Atlas has ${b} on record, DNS has ${b}`,
    /add it again with --ip 10\.0\.0\.4/,
  ],
  [
    'wrong at Atlas, and right in DNS',
    [a, b, a, null],
    'warning',
    'warning',
    `the interface endpoint has ${a}, Atlas has ${b} on record, DNS has ${a}. Nodes answer there`,
    /on purpose/,
  ],
])('the addresses of an interface endpoint: %s', async (_, of, dns, cloud, detail, hint) => {
  const [inDns, inCloud] = await compare(...of);
  expect([inDns?.result, inCloud?.result]).toEqual([dns, cloud]);
  expect(inCloud?.detail).toEqual(detail);
  expect(inCloud?.hint?.text ?? '').toMatch(hint);
});
