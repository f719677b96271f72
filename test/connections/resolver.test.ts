import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Answer, encode, type Packet, streamEncode, TRUNCATED_RESPONSE } from 'dns-packet';
import { expect, test } from 'vitest';
import { openResolver } from '../../src/connections/doctor/resolver.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { listen } from '../helpers/listen.js';
import { addressOf, type DnsReply, srvName, srvTo, startDns } from '../helpers/path-world.js';
import { whenItWaits } from '../helpers/stalls.js';
import { temporaryFolder, writeFiles } from '../helpers/temporary-folder.js';

/* Looking up names as the system does: the hosts file and search domains come before DNS. */

const host = 'pl-0-us-east-1.k45tj.mongodb.net';
const record = `_mongodb._tcp.${srvName}`;
const [serverFailure, unknownName] = [2, 3];

type Reply = (name: string, type: string, query: Packet) => DnsReply;
type Machine = NonNullable<Parameters<typeof openResolver>[1]['machine']>;
type Resolver = ReturnType<typeof openResolver>;

function filesWith({ hosts = '', resolv = '' }) {
  const folder = temporaryFolder();
  writeFiles(folder, { hosts, 'resolv.conf': resolv });
  return { hosts: join(folder, 'hosts'), resolv: join(folder, 'resolv.conf') };
}

const nodeWith = (ares: string, platform: NodeJS.Platform = 'linux') => ({
  node: { platform, versions: { ...process.versions, node: '99.1.0', ares } },
});

const aaaa = (data: string): Answer => ({ type: 'AAAA', name: host, data });
const signal = new AbortController().signal;
const noServer: Reply = () => serverFailure;

/** Asks on a machine with these DNS servers. Waiting for silent ones takes no real time. Returns the message of an error. */
async function ask<T>(replies: Reply | readonly Reply[], use: (resolver: Resolver) => Promise<T>, own: Machine = {}) {
  const dns = await Promise.all([replies].flat().map((reply: Reply) => startDns(reply)));
  const clock = fakeClock();
  const servers = () => dns.map(({ address }) => address);
  const machine = { servers, ...filesWith({}), ...nodeWith('1.34.9'), ...own };
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 50);
  try {
    return await use(openResolver(undefined, { timeoutMs: () => 3000, clock, signal, machine })).catch(String);
  } finally {
    stop();
    await Promise.all(dns.map(({ close }) => close()));
  }
}

test('the hosts file comes first, with both families, unless a DNS server was chosen', async () => {
  const hosts = `# 10.9.9.9 ${host}\n::1 ${host}\n10.1.2.3 a.example ${host.toUpperCase()} # x\n10.1.2.4\t${host}\n`;
  const machine = filesWith({ hosts });
  const found = ['10.1.2.3', '10.1.2.4', '::1'];
  const read = async ({ inHostsFile, addresses, aliases }: Resolver) => [
    inHostsFile(host),
    await addresses(host),
    await aliases(host),
  ];
  expect(await ask(noServer, read, machine)).toEqual([found, found, []]);
  const chosen = openResolver('127.0.0.1:1', { timeoutMs: () => 3000, clock: fakeClock(), signal, machine });
  expect(chosen.inHostsFile(host)).toEqual([]);
});

test.each(['10.1.2.3', 'localhost'])('%s is asked nowhere', async (name) => {
  const files = filesWith({ hosts: `10.9.9.9 ${name}\n`, resolv: 'search x.example\noptions ndots:5\n' });
  const read = async ({ addresses, inHostsFile, aliases, searched }: Resolver) => [
    await addresses(name),
    inHostsFile(name),
    await aliases(name),
    await searched(name),
  ];
  const itself = { suffix: '', isFound: true, isSilent: false, ms: 0 };
  expect(await ask(noServer, read, files)).toEqual([[name === 'localhost' ? '127.0.0.1' : name], [], [], [itself]]);
});

test('files that cannot be read say nothing', async () => {
  const files = { hosts: '/nowhere/hosts', resolv: '/nowhere/resolv' };
  const read = async ({ inHostsFile, searched }: Resolver) => [inHostsFile(host), await searched(host)];
  const itself = { suffix: '', isFound: false, isSilent: false, ms: 0 };
  expect(await ask(noServer, read, files)).toEqual([[], [itself]]);
});

test.each([
  ['options ndots:5', 'search svc.local cluster.local other.local', ['.svc.local', '.cluster.local']],
  // As many dots as that: the host itself is looked up first.
  ['options ndots:3', 'search svc.local', ['']],
  ['options ndots:5 timeout:1', 'search . a.local.', ['', '.a.local', '']],
  ['options ndots:5', 'domain a.local', ['.a.local', '']],
  ['options ndots:5', 'search 1 2 3 4 5 6 7', ['.1', '.2', '.3', '.4', '.5', '.6', '']],
])('%s and %s: %o', async (options, search, suffixes) => {
  // A name in the hosts file exists, too.
  const files = filesWith({ hosts: `10.1.1.1 ${host}.cluster.local\n`, resolv: `${search}\n${options}\n` });
  const tried = await ask(
    () => unknownName,
    ({ searched }) => searched(host),
    files,
  );
  expect(tried).toEqual(
    suffixes.map((suffix) => ({ suffix, isFound: suffix === '.cluster.local', isSilent: false, ms: 0 })),
  );
});

const two = 'search a.corp b.corp\noptions ndots:5';
test.each([
  [two, '.b.corp', ['.a.corp 0', '.b.corp 10000']],
  [`${two} timeout:1 attempts:1`, '.a.corp', ['.a.corp 1000']],
  ['', 'AAAA', [' 10000']],
  // Another check says that there is no address.
  ['', '', [' 0']],
])('with resolv.conf %j, if DNS is silent for %j, these take their time: %j', async (resolv, wanted, times) => {
  const reply: Reply = (name, type) => {
    if (type === wanted || (wanted !== 'A' && wanted !== 'AAAA' && name === host + wanted)) return undefined;
    return name === host ? [addressOf(host, '10.0.0.1'), aaaa('fd00::1')] : unknownName;
  };
  const tried: Awaited<ReturnType<Resolver['searched']>> = Object(
    await ask(reply, ({ searched }) => searched(host), filesWith({ resolv })),
  );
  expect(tried.map(({ suffix, ms }) => `${suffix} ${ms}`)).toEqual(times);
});

const families =
  (v4: DnsReply, v6: DnsReply): Reply =>
  (_, type) =>
    type === 'A' ? v4 : type === 'AAAA' ? v6 : [];
test.each<[what: string, reply: Reply, found: string[] | RegExp]>([
  ['both families', families([addressOf(host, '10.0.0.1')], [aaaa('fd00::1')]), ['10.0.0.1', 'fd00::1']],
  ['AAAA queries dropped', families([addressOf(host, '10.0.0.1')], undefined), ['10.0.0.1']],
  ['A queries refused', families(5, [aaaa('fd00::1')]), ['fd00::1']],
  ['neither, and AAAA fails', families([], serverFailure), /failed to look up the AAAA record \(ESERVFAIL\)/],
])('%s', async (_, reply, found) => {
  const addresses = await ask(reply, (resolver) => resolver.addresses(host));
  if (Array.isArray(found)) expect(addresses).toEqual(found);
  else expect(addresses).toMatch(found);
});

test('aliases come with the addresses, in lowercase', async () => {
  const cname = (name: string, data: string): Answer => ({ type: 'CNAME', name, data });
  const reply = families([cname(host, 'A.Example'), cname('a.example', 'B.example')], [aaaa('fd00::1')]);
  expect(await ask(reply, ({ aliases }) => aliases(host))).toEqual(['a.example', 'b.example']);
});

const srv: Reply = (_, type) => (type === 'SRV' ? [srvTo(host, 1024), srvTo(host, 1025)] : []);
const nodes = [1024, 1025].map((port) => ({ host, port }));
const only =
  (wanted: string, reply: DnsReply): Reply =>
  (_, type) =>
    type === wanted ? reply : [];
test.each<[what: string, replies: Reply | Reply[], found: object | RegExp]>([
  [
    'a server that drops extensions',
    (name, type, query) => (query.additionals?.length ? undefined : srv(name, type, query)),
    nodes,
  ],
  ['a silent first server', [() => undefined, srv], nodes],
  ['a first server that fails', [() => serverFailure, srv], nodes],
  ['a server that fails, and a silent one', [() => undefined, () => serverFailure], /SRV record \(ESERVFAIL\)\.$/],
  ['silence', () => undefined, /did not respond to the query for the SRV record\.$/],
  [
    'silence for SRV alone',
    only('SRV', undefined),
    /answers other queries, but did not respond .* SRV record, which was sent over UDP/,
  ],
])('the nodes of a string from %s', async (_, replies, found) => {
  const services = await ask(replies, (resolver) => resolver.services(record));
  if (found instanceof RegExp) expect(services).toMatch(found);
  else expect(services).toEqual(found);
});

test.each([
  ['fails, and the second one answers', [() => serverFailure, srv], 'ESERVFAIL'],
  ['answers', [srv, () => serverFailure], undefined],
  ['is silent, and the second one answers', [() => undefined, srv], undefined],
])('the first server %s', async (_, replies, code) => {
  expect(await ask(replies, ({ failingServer }) => failingServer(record))).toBe(code);
});

test('a fourth server is not asked, as systems do not', async () => {
  const fails = () => serverFailure;
  expect(await ask([fails, fails, fails, srv], ({ services }) => services(record))).toMatch(/ESERVFAIL/);
});

test.each(['answers', 'is closed', 'is silent'])('a long answer, if TCP %s', async (tcp) => {
  const server = createServer((socket) => {
    if (tcp === 'is silent') return;
    socket.once('data', (query) => {
      const answer = streamEncode({ type: 'response', id: query.readUInt16BE(2), answers: [srvTo(host, 1024)] });
      // In pieces.
      for (const byte of answer) socket.write(Buffer.from([byte]));
    });
  });
  const { port, close } = await listen(server);
  const cut: Reply = (_, __, { id = 0 }) => encode({ type: 'response', id, flags: TRUNCATED_RESPONSE });
  const dns = await startDns(cut, port);
  if (tcp === 'is closed') await close();
  const found = await ask(noServer, ({ services }) => services(record), { servers: () => [dns.address] });
  await dns.close();
  if (tcp === 'answers') await close();
  if (tcp === 'answers') expect(found).toEqual([{ host, port: 1024 }]);
  else expect(found).toMatch(/only in part over UDP, and not over TCP, which long answers need\.$/);
});

/** An answer whose target ends with a pointer to the name of the question. */
const compressed: Reply = (_, __, { id = 0, questions = [] }) => {
  const bytes = encode({ type: 'response', id, questions, answers: [{ ...srvTo(host, 1024), name: record }] });
  const domain = Buffer.from('\u0005k45tj\u0007mongodb\u0003net\u0000');
  const end = bytes.lastIndexOf(domain);
  const short = Buffer.concat([bytes.subarray(0, end), Buffer.from([0xc0, bytes.indexOf(domain)])]);
  const length = end - 1 - (host.split('.')[0] ?? '').length - 6 - 2;
  short.writeUInt16BE(bytes.readUInt16BE(length) - domain.length + 2, length);
  return short;
};

test.each<[ares: string, reply: Reply, refusing: string | undefined]>([
  ['1.34.7', compressed, '99.1.0'],
  ['1.34.8', compressed, '99.1.0'],
  ['1.34.8', srv, undefined],
  ['1.34.9', compressed, undefined],
])('with c-ares %s, Node.js refuses only compressed names', async (ares, reply, refusing) => {
  const read = async ({ services, refusingNode }: Resolver) => [await services(record), await refusingNode(record)];
  const [found, node] = Object(await ask(reply, read, nodeWith(ares)));
  expect(found).toContainEqual({ host, port: 1024 });
  expect(node).toBe(refusing);
});

test.each<[ares: string, platform: NodeJS.Platform, message: RegExp]>([
  ['1.34.6', 'win32', /^CliError: Node\.js 99\.1\.0 takes 127\.0\.0\.1 for the DNS server/],
  ['1.34.6', 'linux', /^CliError: The DNS server of this machine is not running/],
  ['1.34.9', 'win32', /^CliError: The DNS server of this machine is not running/],
])('c-ares %s on %s, and no DNS server at its fallback', async (ares, platform, message) => {
  const machine = { servers: () => ['127.0.0.1:1'], ...nodeWith(ares, platform) };
  expect(await ask(noServer, ({ services }) => services(record), machine)).toMatch(message);
});
