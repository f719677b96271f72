import type { Socket } from 'node:net';
import type { Answer } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { fakeClock } from '../helpers/fake-clock.js';
import {
  addressOf,
  type DnsReply,
  doctorAt,
  domain,
  host,
  srvName,
  srvTo,
  startDns,
  startTls,
} from '../helpers/path-world.js';
import { whenItWaits } from '../helpers/stalls.js';

/* DNS servers that answer anything, or nothing: an error of the right check, in time. */

const serverFailure = 2;
/** A port on which nothing listens, so that nothing is reached. */
const closedPort = 1;

type Names = (name: string, type: string) => DnsReply;
/** The usual answers, some of which a test replaces. */
const usual: Names = (name, type) => {
  if (type === 'SRV') return [srvTo(host, closedPort)];
  return type === 'A' && name === host ? [addressOf(host)] : [];
};
const cname = (name: string, data: string): Answer => ({ type: 'CNAME', name, data, ttl: 0 });
const isQuestionOf = (wanted: string, own: DnsReply): Names => {
  return (name, type) => (type === wanted ? own : usual(name, type));
};
/** The SRV record has these hosts, on a port where nothing listens. */
const hostsAre = (...targets: string[]) => {
  const records = targets.map((each) => srvTo(each, closedPort));
  return isQuestionOf('SRV', records);
};
const text = (...data: string[]): Answer => ({ type: 'TXT', name: srvName, data });

async function examine(reply: Names, line?: string, clock = fakeClock()) {
  const dns = await startDns(reply);
  const run = await doctorAt(dns.address, line, { clock }).finally(dns.close);
  const [first] = run.checks.filter(({ result }) => result === 'error');
  return { ...run, first, queries: dns.queries() };
}

const codes = '\u001b[31m\u0007';
const hosts = (count: number, below = domain) => Array.from({ length: count }, (_, index) => `h${index}.${below}`);

test.each<[what: string, reply: Names, id: string, detail: RegExp]>([
  ['300 hosts elsewhere', hostsAre(...hosts(300, 'x.example')), 'dns-srv', /^h0\.x\.example:1, .* and 290 more /],
  [
    'one host of another domain among its own',
    hostsAre(host, `${domain}.x.example`),
    'dns-srv',
    /^k45tj\.mongodb\.net\.x\.example:1 is not below k45tj\.mongodb\.net, /,
  ],
  ['the domain as the end of another label', hostsAre(`evil${domain}`), 'dns-srv', /is not below/],
  ['no host at all (RFC 2782)', hostsAre('.'), 'dns-srv', /no record _mongodb/],
  ['two of TXT', isQuestionOf('TXT', Array(2).fill(text('authSource=admin'))), 'dns-txt', /^there are 2 TXT records/],
  ['a failure for SRV', isQuestionOf('SRV', serverFailure), 'dns-srv', /failed to look up the SRV record/],
  ['a failure for TXT', isQuestionOf('TXT', serverFailure), 'dns-txt', /failed to look up the TXT record/],
  ['a failure for A', isQuestionOf('A', serverFailure), 'dns-address', /failed to look up the A record/],
])('%s', async (_, reply, id, detail) => {
  const { first, exitCode, stderr } = await examine(reply);
  expect(first).toMatchObject({ id, detail: expect.stringMatching(detail) });
  expect(first?.detail.length).toBeLessThan(700);
  expect(exitCode).toBe(6);
  expect(stderr).toMatch(/^Error: \d+ problems?: [^\n]+\n$/);
});

test.each(['', ' -v'])('no control character of names or texts reaches the output: doctor%s', async (flag) => {
  const evil: Names = (name, type) => {
    if (type === 'TXT') return [text(`${codes}=1`)];
    return type === 'A' ? [cname(name, `${codes}\n.x.example`), addressOf(name)] : usual(name, type);
  };
  for (const reply of [evil, hostsAre(`${codes}\n.x.example`)]) {
    const { stdout, stderr, exitCode } = await examine(reply, `--output table${flag}`);
    expect(exitCode).toBe(6);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones.
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
});

describe('16 hosts of 3 nodes, none of which accepts a connection', () => {
  const ports = [1, 2, 3];
  const records = hosts(16).flatMap((each) => ports.map((port) => srvTo(each, port)));
  const many = isQuestionOf('SRV', records);
  const anywhere: Names = (name, type) => (type === 'A' ? [addressOf(name)] : many(name, type));

  test('are one problem in the report, with the first names', async () => {
    const { stdout, stderr, exitCode } = await examine(anywhere, '--output table');
    const names = hosts(3);
    expect(stdout.split('\n').filter((line) => line.startsWith('  '))).toEqual([
      `  ✖ ${names.join(', ')} and 13 more (16 times): all connections failed: refused (nothing listens on this port)`,
      expect.stringMatching(/^ {4}A firewall rejects the connection, or the SRV record is stale\./),
    ]);
    // Not more than three of them.
    const each = names.map((name) => `cannot connect to ${name}`);
    expect(stderr).toBe(`Error: 16 problems: ${each.join(', ')} and 13 more.\n`);
    expect(exitCode).toBe(6);
  });

  test('are a problem each in JSON and with -v', async () => {
    const { checks } = await examine(anywhere);
    const details = checks.filter(({ id }) => id === 'network-tcp').map(({ detail }) => detail);
    const detail = '3 of 3 connections failed: refused (nothing listens on this port): ';
    expect(details).toEqual(Array(16).fill(`${detail}127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3`));
    const { stdout } = await examine(anywhere, '--output table -v');
    for (const host of hosts(16)) expect(stdout).toContain(`  ${host}\n    ✖ TCP connections: ${detail}127.0.0.1:1,`);
  });

  test('a host with another fault is a problem of its own', async () => {
    const oneWithout: Names = (name, type) => (type === 'A' && name === hosts(1)[0] ? [] : anywhere(name, type));
    const { stdout } = await examine(oneWithout, '--output table');
    expect(stdout).toMatch(/^ {2}✖ h0\.k45tj\.mongodb\.net: the SRV record exists, but its host has no address/m);
    const [, ...others] = hosts(4);
    expect(stdout).toContain(`${others.join(', ')} and 12 more (15 times)`);
  });
});

test('a host that drivers refuse is neither looked up nor connected to', async () => {
  const node = await startTls((socket) => socket.destroy());
  const asked: string[] = [];
  const { first } = await examine((name, type) => {
    asked.push(name);
    if (type === 'SRV') return [srvTo(host, node.port), srvTo('evil.x.example', node.port)];
    return type === 'A' ? [addressOf(name, name === host ? '127.0.0.1' : '127.0.0.2')] : [];
  });
  await node.close();
  expect(first?.id).toBe('dns-srv');
  expect(asked).toContain(host);
  expect(asked).not.toContain('evil.x.example');
});

test('the first address of each host comes before the others of any', async () => {
  const node = await startTls((socket) => socket.destroy(), '0.0.0.0');
  const tried: string[] = [];
  node.server.on('connection', ({ localAddress = '' }: Socket) => tried.push(localAddress));
  // More than the sockets that doctor opens at a time.
  const others = Array.from({ length: 19 }, (_, index) => `127.0.2.${index}`);
  await examine((name, type) => {
    if (type === 'SRV') return hosts(12).map((each) => srvTo(each, node.port));
    const own = `127.0.1.${/^h(\d+)/.exec(name)?.[1]}`;
    return type === 'A' ? [own, ...others].map((each) => addressOf(name, each)) : [];
  });
  await node.close();
  expect(tried).toHaveLength(12 * 20);
  expect(new Set(tried.slice(0, 12).map((each) => each.slice(0, 7)))).toEqual(new Set(['127.0.1']));
});

test('a long chain of aliases is no problem, and nothing asks for aliases', async () => {
  const types = new Set<string>();
  const { first } = await examine((name, type) => {
    types.add(type);
    const chain = hosts(300).map((each) => cname(each, `x.${each}`));
    return type === 'A' ? [...chain, addressOf(host)] : usual(name, type);
  });
  expect(first?.id).toBe('network-tcp');
  expect([...types].toSorted()).toEqual(['A', 'AAAA', 'SRV', 'TXT']);
});

test('300 hosts with 31 addresses each: only a part of them is tried', async () => {
  const node = await startTls((socket) => socket.destroy());
  const addresses = Array.from({ length: 30 }, (_, index) => `127.0.1.${index}`);
  const { checks, exitCode, queries } = await examine((name, type) => {
    if (type === 'SRV') return hosts(300).map((each) => srvTo(each, node.port));
    // The server has one address only; nothing listens at the others.
    return type === 'A' ? ['127.0.0.1', ...addresses].map((each) => addressOf(name, each)) : [];
  });
  await node.close();
  const tcp = checks.filter(({ id }) => id === 'network-tcp');
  expect(tcp).toHaveLength(50);
  expect([checks[1]?.id, checks[1]?.result]).toEqual(['dns-srv', 'success']);
  expect(checks[1]?.detail).toMatch(/; only 50 of 300 nodes are checked$/);
  expect(tcp[0]?.detail).toMatch(/^\d+ of \d+ connections failed: refused .* more$/);
  expect(exitCode).toBe(6);
  expect(queries).toBeLessThanOrEqual(2 + 2 * 50);
  expect(node.connections()).toBe(50);
  const tried = tcp.map(({ detail }) => Number(/of (\d+) connections/.exec(detail)?.[1]));
  expect(tried.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1000);
});

/** Runs doctor with a DNS server that is silent about a name. The time of a wait passes at once. */
async function examineSilent(reply: Names) {
  const clock = fakeClock();
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 50);
  const run = await examine(reply, '--json', clock).finally(stop);
  return { ...run, ms: clock.monotonic() };
}

test.each([
  ['SRV', 'dns-srv', 'or use the mongodb:// form'],
  ['TXT', 'dns-txt', 'or use the mongodb:// form'],
  ['A', 'dns-address', 'drops A queries'],
])('dropped %s queries end in time, as an error of %s', async (wanted, id, hint) => {
  const { first, exitCode, ms } = await examineSilent(isQuestionOf(wanted, undefined));
  const dropped = `did not respond to the query for the ${wanted} record, which was sent over UDP.`;
  expect(first).toMatchObject({ id, detail: expect.stringContaining(dropped), hint: expect.stringContaining(hint) });
  expect(first?.hint).not.toMatch(/TCP/);
  expect(exitCode).toBe(6);
  expect(ms).toBeLessThan(10_000);
});

test('a silent DNS server ends in time, and is not taken for one that drops some queries', async () => {
  const { first, ms } = await examineSilent(() => undefined);
  expect(first).toMatchObject({ id: 'dns-srv', detail: expect.stringMatching(/^The DNS server .* did not respond/) });
  expect(ms).toBeLessThan(10_000);
});

test('a DNS server that takes 2.5 s a query leaves time for the nodes', async () => {
  const clock = fakeClock();
  const rounds = new Set<string>();
  const { checks, first } = await examine(
    (name, type) => {
      // Queries for SRV and TXT are sent at once, and so are those for both families of addresses.
      const round = ['SRV', 'TXT'].includes(type) ? 'string' : 'host';
      if (!rounds.has(round)) clock.advance(2500);
      rounds.add(round);
      return usual(name, type);
    },
    '--json',
    clock,
  );
  const time = 'DNS takes 2.5 s a query, and a new connection needs several';
  expect(checks.find(({ id }) => id === 'dns-time')).toMatchObject({ result: 'warning', detail: time });
  expect(first).toMatchObject({ id: 'network-tcp', detail: expect.stringMatching(/refused/) });
});
