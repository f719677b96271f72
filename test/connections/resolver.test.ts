import { createServer } from 'node:net';
import { join } from 'node:path';
import { TRUNCATED_RESPONSE } from 'dns-packet';
import { expect, test } from 'vitest';
import { openResolver } from '../../src/connections/doctor/resolver.js';
import { listen } from '../helpers/listen.js';
import { startDns } from '../helpers/path-world.js';
import { temporaryFolder, writeFiles } from '../helpers/temporary-folder.js';

/* Looking up names as the system does: the hosts file and search domains come before DNS. */

const host = 'pl-0-us-east-1.k45tj.mongodb.net';

function filesWith({ hosts = '', resolv = '' }) {
  const folder = temporaryFolder();
  writeFiles(folder, { hosts, 'resolv.conf': resolv });
  return { hosts: join(folder, 'hosts'), resolv: join(folder, 'resolv.conf') };
}

const asking = { timeoutMs: () => 900, signal: new AbortController().signal };

test('the hosts file comes first, unless a DNS server was chosen', async () => {
  const hosts = `# 10.9.9.9 ${host}\n::1 ${host}\n10.1.2.3 a.example ${host.toUpperCase()} # x\n10.1.2.4\t${host}\n`;
  const files = filesWith({ hosts });
  const resolver = openResolver(undefined, { ...asking, files });
  expect(resolver.inHostsFile(host)).toEqual(['10.1.2.3', '10.1.2.4']);
  expect(await resolver.addresses(host)).toEqual(['10.1.2.3', '10.1.2.4']);
  expect(await resolver.aliases(host)).toEqual([]);
  expect(openResolver('127.0.0.1:1', { ...asking, files }).inHostsFile(host)).toEqual([]);
});

test.each(['10.1.2.3', 'localhost'])('%s is asked nowhere', async (name) => {
  const files = filesWith({ hosts: `10.9.9.9 ${name}\n`, resolv: 'search x.example\noptions ndots:5\n' });
  const resolver = openResolver(undefined, { ...asking, files });
  expect(await resolver.addresses(name)).toEqual([name === 'localhost' ? '127.0.0.1' : name]);
  expect([resolver.inHostsFile(name), await resolver.aliases(name), await resolver.searched(name)]).toEqual([
    [],
    [],
    undefined,
  ]);
});

test('files that cannot be read say nothing', async () => {
  const resolver = openResolver(undefined, {
    ...asking,
    files: { hosts: '/nowhere/hosts', resolv: '/nowhere/resolv' },
  });
  expect(resolver.inHostsFile(host)).toEqual([]);
  expect(await resolver.searched(host)).toBeUndefined();
});

test.each([
  ['options ndots:5', 'search svc.cluster.local', `${host}.svc.cluster.local`],
  // As many dots as that: the host itself is looked up first.
  ['options ndots:3', 'search svc.cluster.local', undefined],
  ['', 'search svc.cluster.local', undefined],
  ['options ndots:5', 'search other.local', undefined],
])('%s and %s: %s', async (options, search, found) => {
  // A name in the hosts file stands for one that exists.
  const files = filesWith({
    hosts: `10.1.1.1 ${host}.svc.cluster.local\n`,
    resolv: `nameserver 127.0.0.1\n${search}\n${options}\n`,
  });
  expect(await openResolver(undefined, { ...asking, files, timeoutMs: () => 30 }).searched(host)).toBe(found);
});

test('the first of the search domains that has the name, of six at most', async () => {
  const domains = Array.from({ length: 8 }, (_, index) => `d${index}.local`);
  const searchedWith = (...known: string[]) => {
    const hosts = known.map((each) => `10.1.1.1 ${host}.${each}\n`).join('');
    const resolv = `nameserver 127.0.0.1\nsearch ${domains.join(' ')}\noptions ndots:5\n`;
    return openResolver(undefined, { ...asking, files: filesWith({ hosts, resolv }), timeoutMs: () => 30 }).searched(
      host,
    );
  };
  expect(await searchedWith('d4.local', 'd2.local')).toBe(`${host}.d2.local`);
  expect(await searchedWith('d5.local')).toBe(`${host}.d5.local`);
  expect(await searchedWith('d6.local')).toBeUndefined();
});

test('a long answer of a server without TCP is told apart from a server that is not there', async () => {
  const failed = (address: string) =>
    openResolver(address, asking)
      .services('_mongodb._tcp.a.b.example')
      .catch((error: Error) => error.message);
  // The answer is too long for UDP, and nothing listens on this TCP port; or TCP packets are dropped, so there is none.
  const said = /answers other queries, .* TCP port 53 closed or blocked\.$/;
  for (const [long, more] of [
    [TRUNCATED_RESPONSE, /The record may be too long for UDP, and/],
    [undefined, said],
  ] as const) {
    const dns = await startDns((_, type) => (type === 'SRV' ? long : 3));
    const message = await failed(dns.address);
    expect(message).toMatch(said);
    expect(message).toMatch(more);
    await dns.close();
  }
  const { host: closed, close } = await listen(createServer());
  await close();
  expect(await failed(closed)).toMatch(/is not running or refuses queries\.$/);
});
