import { createServer } from 'node:net';
import { join } from 'node:path';
import { TRUNCATED_RESPONSE } from 'dns-packet';
import { expect, test } from 'vitest';
import { openResolver } from '../../src/connections/doctor/resolver.js';
import { listen } from '../helpers/listen.js';
import { startDns } from '../helpers/path-world.js';
import { temporaryFolder, writeFiles } from '../helpers/temporary-folder.js';

/* Looking up names as the system does: the hosts file comes before DNS. */

const host = 'pl-0-us-east-1.k45tj.mongodb.net';

function fileWith(hosts: string) {
  const folder = temporaryFolder();
  writeFiles(folder, { hosts });
  return join(folder, 'hosts');
}

const asking = { timeoutMs: () => 900, signal: new AbortController().signal };

test('the hosts file comes first, unless a DNS server was chosen', async () => {
  const text = `# 10.9.9.9 ${host}\n::1 ${host}\n10.1.2.3 a.example ${host.toUpperCase()} # x\n10.1.2.4\t${host}\n`;
  const hosts = fileWith(text);
  const resolver = openResolver(undefined, { ...asking, hosts });
  expect(resolver.inHostsFile(host)).toEqual(['10.1.2.3', '10.1.2.4']);
  expect(await resolver.addresses(host)).toEqual(['10.1.2.3', '10.1.2.4']);
  expect(await resolver.aliases(host)).toEqual([]);
  expect(openResolver('127.0.0.1:1', { ...asking, hosts }).inHostsFile(host)).toEqual([]);
});

test.each(['10.1.2.3', 'localhost'])('%s is asked nowhere', async (name) => {
  const hosts = fileWith(`10.9.9.9 ${name}\n`);
  const resolver = openResolver(undefined, { ...asking, hosts });
  expect(await resolver.addresses(name)).toEqual([name === 'localhost' ? '127.0.0.1' : name]);
  expect([resolver.inHostsFile(name), await resolver.aliases(name)]).toEqual([[], []]);
});

test('a hosts file that cannot be read says nothing', () => {
  expect(openResolver(undefined, { ...asking, hosts: '/nowhere/hosts' }).inHostsFile(host)).toEqual([]);
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
