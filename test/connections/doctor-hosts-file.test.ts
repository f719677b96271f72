import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openResolver } from '../../src/connections/doctor/resolver.js';
import { pathCategories, runChecks } from '../../src/connections/doctor/run-checks.js';
import { readConnectionString } from '../../src/connections/doctor/strings.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const host = 'pl-0-us-east-1.k45tj.mongodb.net';

/** The check of the addresses on a machine with these files, where DNS has no alias. */
async function check({ hosts, resolv = '' }: { hosts: string; resolv?: string }) {
  const folder = temporaryFolder();
  const files = { hosts: join(folder, 'hosts'), resolv: join(folder, 'resolv.conf') };
  writeFileSync(files.hosts, hosts);
  writeFileSync(files.resolv, resolv);
  const signal = new AbortController().signal;
  const checks = await runChecks(pathCategories, {
    strings: async () => [readConnectionString(`mongodb://${host}:27017/?tls=true`)],
    isLocalAtlas: false,
    resolver: {
      ...openResolver(undefined, { timeoutMs: () => 900, signal, files }),
      aliases: async () => [],
      inDns: async () => [],
    },
    dnsServer: undefined,
    authority: undefined,
    reach: () => Promise.reject(new Error('There is no network.')),
    recorded: async () => [],
    ownAddresses: ['10.1.9.9'],
    hasNetwork: false,
    isHere: true,
  });
  return Object.fromEntries(checks.map((each) => [each.id, each]));
}

test('an address in the hosts file is a warning, and is checked like one of DNS', async () => {
  const own = await check({ hosts: `10.1.2.3 ${host}\n` });
  expect(own['dns-address']).toMatchObject({
    result: 'warning',
    detail: 'the hosts file of this machine says 10.1.2.3, so DNS is not asked',
  });
  expect(own['dns-private']?.result).toBe('success');
  const foreign = await check({ hosts: `203.0.113.7 ${host}\n` });
  expect(foreign['dns-private']).toMatchObject({ result: 'error', detail: expect.stringMatching(/^203\.0\.113\.7/) });
});

test('a search domain with the same name is an error', async () => {
  const hosts = `10.1.2.3 ${host}\n10.4.4.4 ${host}.corp.example\n`;
  const found = await check({ hosts, resolv: 'search corp.example\noptions ndots:5\n' });
  expect(found['dns-address']).toMatchObject({
    result: 'error',
    detail: `this machine looks up ${host}.corp.example first, and that name exists`,
  });
});
