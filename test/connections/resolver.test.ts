import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { decode, encode, RECURSION_DESIRED, TRUNCATED_RESPONSE } from 'dns-packet';
import { expect, test } from 'vitest';
import { openResolver } from '../../src/connections/doctor/resolver.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* Looking up names as the system does: the hosts file and search domains come before DNS. */

const host = 'pl-0-us-east-1.k45tj.mongodb.net';

function filesWith({ hosts = '', resolv = '' }) {
  const folder = temporaryFolder();
  const files = { hosts: join(folder, 'hosts'), resolv: join(folder, 'resolv.conf') };
  writeFileSync(files.hosts, hosts);
  writeFileSync(files.resolv, resolv);
  return files;
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
  const server = createSocket('udp4');
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  const { port } = server.address();
  // Nobody else takes this TCP port, on which nothing listens.
  server.on('message', (message, from) => {
    const { id = 0, questions = [] } = decode(message);
    const flags = RECURSION_DESIRED | (questions[0]?.type === 'SRV' ? TRUNCATED_RESPONSE : 3);
    server.send(encode({ type: 'response', id, flags, questions }), from.port, from.address);
  });
  const failed = (address: string) =>
    openResolver(address, asking)
      .services('_mongodb._tcp.a.b.example')
      .catch((error: Error) => error.message);
  expect(await failed(`127.0.0.1:${port}`)).toMatch(
    /answers other queries, .* The record may be too long for UDP, and TCP port 53 closed or blocked\.$/,
  );
  server.close();
  // TCP packets are dropped, so the query with a long answer has none.
  const dropping = createSocket('udp4');
  await new Promise<void>((resolve) => dropping.bind(0, '127.0.0.1', resolve));
  dropping.on('message', (message, from) => {
    const { id = 0, questions = [] } = decode(message);
    if (questions[0]?.type === 'SRV') return;
    dropping.send(encode({ type: 'response', id, flags: 3, questions }), from.port, from.address);
  });
  expect(await failed(`127.0.0.1:${dropping.address().port}`)).toMatch(
    /answers other queries, .* TCP port 53 closed or blocked/,
  );
  dropping.close();
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port: closed } = free.address() as { port: number };
  await new Promise((resolve) => free.close(resolve));
  expect(await failed(`127.0.0.1:${closed}`)).toMatch(/is not running or refuses queries\.$/);
});
