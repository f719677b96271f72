import { expect, test } from 'vitest';
import type { PathFacts } from '../../src/connections/doctor/path.js';
import { pathCategories, runChecks } from '../../src/connections/doctor/run-checks.js';
import { readConnectionString } from '../../src/connections/doctor/strings.js';

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
  const string = readConnectionString('mongodb+srv://cluster0-pl-0.k45tj.mongodb.net');
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
