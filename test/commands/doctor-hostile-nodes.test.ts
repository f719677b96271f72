import type { TLSSocket } from 'node:tls';
import { type Document, ObjectId } from 'bson';
import { describe, expect, test } from 'vitest';
import { encodeMessage, encodeOpMsg, opMsg } from '../../src/base/op-msg.js';
import { serveCommands } from '../../src/sandbox/network/mongo.js';
import { fakeClock } from '../helpers/fake-clock.js';
import {
  addressOf,
  type DnsReply,
  doctorAt,
  doctorThrough,
  host,
  srvName,
  srvTo,
  startDns,
  startTls,
} from '../helpers/path-world.js';
import { whenItWaits } from '../helpers/stalls.js';

/* Servers with a valid certificate that answer hello with anything. doctor says that it is not MongoDB, soon, and reads little. */

const healthy = {
  ...{ isWritablePrimary: true, setName: 'atlas-a-shard-0', hosts: [], primary: 'x:1' },
  ...{ minWireVersion: 0, maxWireVersion: 25, ok: 1 },
};
const message = (body: Buffer, responseTo = 1, opCode = opMsg) =>
  encodeMessage({ requestId: 7, responseTo, opCode, body });
const answer = (document: Document, ...more: [responseTo?: number, opCode?: number]) =>
  message(encodeOpMsg(document), ...more);
const withLength = (length: number) => {
  const bytes = answer(healthy);
  bytes.writeInt32LE(length, 0);
  return bytes;
};
/** Documents in documents, as bytes: an encoder would exhaust the stack. */
const nested = (levels: number) => {
  const bytes = Buffer.alloc(5 + 6 * levels + 5 + levels);
  for (let level = 0; level <= levels; level++) {
    bytes.writeInt32LE(5 + 7 * (levels - level), 5 + 6 * level);
    if (level < levels) bytes[5 + 6 * level + 4] = 3;
  }
  return bytes;
};
/** A document with one value whose bytes are these. */
const valued = (type: number, ...value: number[]) => {
  const document = Buffer.concat([Buffer.alloc(4), Buffer.from([type, 0x61, 0, ...value, 0])]);
  document.writeInt32LE(document.length, 0);
  return message(Buffer.concat([Buffer.alloc(5), document]));
};

/** Writes forever, as fast as the other side reads. */
const flood = (socket: TLSSocket, bytes: Buffer) => {
  const write = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', write);
  write();
};

/** What a server sends after the question, or does then. */
type Reply = Buffer | ((socket: TLSSocket) => void);

async function helloOf(reply: Reply, line?: string, clock = fakeClock(), isHealthy = false) {
  let written = 0;
  const closed: Promise<unknown>[] = [];
  const server = await startTls((socket) => {
    socket.once('data', (bytes: Buffer) => {
      if (isHealthy && bytes.readInt32LE(12) === opQuery) {
        // The driver is answered as it expects.
        socket.unshift(bytes);
        return serveCommands(socket, () => ({ ...healthy, hosts: [`${host}:${server.port}`] }));
      }
      return typeof reply === 'function' ? reply(socket) : socket.write(reply);
    });
    const close = new Promise((resolve) => socket.once('close', resolve));
    closed.push(close.then(() => (written += socket.bytesWritten)));
  });
  const run = await doctorThrough([server.port], line, { clock });
  // No socket of doctor is left.
  await Promise.all(closed);
  await server.close();
  return { ...run, written, connections: server.connections(), hello: run.find('network-hello') };
}

const opQuery = 2004;
const notBson =
  /^what answers does not speak MongoDB's protocol: a message has a document that is not valid BSON: 127/;

const closing = /closed the connection instead of answering/;
const noHello = /it does not answer hello/;

test.each<[what: string, reply: Reply, detail: RegExp]>([
  [
    '48 MB, announced and sent',
    (socket) => socket.write(withLength(48_000_000)) && flood(socket, Buffer.alloc(65_536)),
    /length of a message is 48000000/,
  ],
  ...[15, 65_537].map((length): [string, Reply, RegExp] => [
    `the length ${length}`,
    withLength(length),
    new RegExp(`^what answers does not speak MongoDB's protocol: the length of a message is ${length}: `),
  ]),
  ['the end in the middle of a header', (socket) => socket.end(answer(healthy).subarray(0, 9)), closing],
  ['an answer to another question', answer(healthy, 2), /a message answers something else/],
  ['another operation', answer(healthy, 1, 2004), /a message has the code 2004/],
  ['no body', message(Buffer.alloc(0)), /a message has no document/],
  [
    '9000 levels of documents, which fit',
    message(nested(9000)),
    /^what answers does not speak MongoDB's protocol: (?:a message has a document that is not valid BSON|it does not answer hello): 127/,
  ],
  ['text that is not UTF-8', valued(2, 3, 0, 0, 0, 0xc3, 0x28, 0), notBson],
  ['an error', answer({ ok: 0, errmsg: '\u001b[31mno' }), noHello],
  ['a prototype', answer(JSON.parse('{"__proto__": {"ok": 1, "isWritablePrimary": true}}')), noHello],
  ['success, without a role', answer({ ok: 1, n: 3 }), noHello],
])('%s', async (_, reply, detail) => {
  const { hello, exitCode, stderr, written, connections } = await helloOf(reply);
  expect(hello).toMatchObject({ result: 'error', detail: expect.stringMatching(detail) });
  expect(hello?.detail).toMatch(/: 127\.0\.0\.1:\d+$/);
  expect(hello?.hint).toMatch(/^A proxy or a load balancer may answer instead/);
  expect([exitCode, stderr]).toEqual([6, `Error: 1 problem: ${host} does not answer as MongoDB.\n`]);
  // What the buffers of two sockets hold, not 48 MB.
  expect(written).toBeLessThan(12_000_000);
  // The driver tries it twice.
  expect(connections).toBeLessThanOrEqual(3);
});

test('a reply that never comes ends with the time of a connection', async () => {
  const clock = fakeClock();
  const { hello, exitCode } = await helloOf(() => clock.advance(3000), '--json', clock);
  expect(hello?.detail).toMatch(/^no response to hello: /);
  expect(exitCode).toBe(6);
});

test('an interruption ends it at once while the driver waits', async () => {
  let interrupt = (_: 'SIGINT') => false;
  let begun = 0;
  const server = await startTls((socket) =>
    socket.once('data', (bytes: Buffer) => {
      if (bytes.readInt32LE(12) !== opQuery)
        return socket.write(answer({ ...healthy, hosts: [`${host}:${server.port}`] }));
      begun = performance.now();
      return interrupt('SIGINT');
    }),
  );
  const onStart = (send: typeof interrupt) => {
    interrupt = send;
  };
  const { exitCode } = await doctorThrough([server.port], undefined, { onStart });
  expect([exitCode, performance.now() - begun < 500]).toEqual([130, true]);
  await server.close();
});

describe('answers that are odd, but complete', () => {
  test.each<[what: string, reply: Reply]>([
    [
      'in packets of one byte',
      (socket) => {
        socket.setNoDelay(true);
        for (const byte of answer(healthy)) socket.write(Buffer.of(byte));
      },
    ],
    ['thousands at once', (socket) => flood(socket, Buffer.concat(Array(1000).fill(answer(healthy))))],
    ['with a checksum after the document', message(Buffer.concat([encodeOpMsg(healthy), Buffer.alloc(4)]))],
    [
      'with values of other types than expected',
      answer({ ...healthy, setName: 5, hosts: 'x', primary: { a: 1 }, maxWireVersion: 'x' }),
    ],
  ])('%s', async (_, reply) => {
    const { hello, exitCode, written } = await helloOf(reply, undefined, undefined, true);
    expect(hello).toMatchObject({ result: 'success', detail: expect.stringMatching(/^primary .* at 127/) });
    expect(exitCode).toBe(0);
    expect(written).toBeLessThan(12_000_000);
  });

  test('4000 hosts', async () => {
    const hosts = Array.from({ length: 4000 }, (_, index) => `h${index}`);
    const { hello, exitCode, written } = await helloOf(answer({ ...healthy, hosts }));
    expect(exitCode).toBe(6);
    expect(hello?.detail).toMatch(/has the nodes h0, h1, h2 and 47 more, and none of/);
    expect(hello?.detail.length).toBeLessThan(300);
    expect(written).toBeLessThan(12_000_000);
  });

  test.each(['', '-v'])('no control character of theirs reaches the output: doctor %s', async (flag) => {
    const evil = `\u001b[31m\u0007\u009b\u202e\r\n${'x'.repeat(5000)}`;
    const odd = { ...healthy, isWritablePrimary: false, setName: evil, hosts: [evil], primary: evil, me: evil };
    const { stdout, stderr, exitCode } = await helloOf(answer(odd), `--output table ${flag}`.trim());
    expect(exitCode).toBe(6);
    expect(stdout).toContain('its replica set has the nodes \\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones.
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(Math.max(...stdout.split('\n').map((each) => each.length))).toBeLessThan(1000);
  });
});

test('one node of three that is not MongoDB is named', async () => {
  const answers = [healthy, { ok: 0 }, healthy];
  const nodes = await Promise.all(answers.map((each) => startTls((socket) => serveCommands(socket, () => each))));
  const { find, exitCode } = await doctorThrough(nodes.map(({ port }) => port));
  await Promise.all(nodes.map((each) => each.close()));
  expect(exitCode).toBe(6);
  expect(find('network-hello')?.detail).toBe(
    `what answers does not speak MongoDB's protocol: it does not answer hello: 127.0.0.1:${nodes[1]?.port}`,
  );
});

interface World {
  /** What the node on this port answers. */
  hello?: (port: number) => Document;
  names?: (port: number) => (name: string, type: string) => DnsReply;
  argument?: (port: number) => string;
  env?: Record<string, string>;
}

/** doctor with one node. */
async function oneNode({ hello, names, argument, env = {} }: World) {
  const usualHello = (port: number) => ({ ...healthy, hosts: [`${host}:${port}`] });
  const node = await startTls((socket) => serveCommands(socket, () => (hello ?? usualHello)(node.port)));
  const usual = (name: string, type: string) =>
    type === 'SRV' ? [srvTo(host, node.port)] : type === 'A' && name === host ? [addressOf(host)] : [];
  const dns = await startDns(names?.(node.port) ?? usual);
  const string = argument?.(node.port) ?? `mongodb+srv://${srvName}`;
  const run = await doctorAt(dns.address, '--json', { argument: string, env });
  await Promise.all([dns.close(), node.close()]);
  return run;
}

const notLocal = { ATLAS_PE_BASE_URL: '' };
const txtOf = (record: string) => (port: number) => (name: string, type: string) => {
  if (type === 'SRV') return [srvTo(host, port)];
  if (type === 'TXT') return [{ type: 'TXT' as const, name, data: [record] }];
  return type === 'A' ? [addressOf(name)] : [];
};
const inTxt = txtOf('replicaSet=atlas-a-shard-0');
/** A node that says this of itself. `own` is its name. */
const saying = (more: (own: string) => Document): World => ({
  hello: (port) => ({ ...healthy, isWritablePrimary: false, ...more(`${host}:${port}`) }),
});
/** The connection string is a list of the node. */
const list = (options: string, name = host): World => ({
  argument: (port) => `mongodb://${name}:${port}/?${options}`,
});
const onIpv6: World = {
  names: (port) => (name, type) => (type === 'AAAA' ? [{ type, name, data: '::1' }] : txtOf('')(port)(name, type)),
};
const inCapitals: World = {
  names: (port) => (name, type) => {
    return type === 'SRV' ? [srvTo(host.toUpperCase(), port)] : type === 'A' ? [addressOf(name)] : [];
  },
};

test.each<[string, World]>([
  ['if nothing answers at its address of IPv6', onIpv6],
  ['if the target of its SRV record is in mixed case', inCapitals],
  ['on loopback, outside of a sandbox', { env: notLocal }],
  ['of a list with SSL=true', list('SSL=true')],
])('a healthy node is not red %s', async (_, world) => {
  const { checks, exitCode } = await oneNode(world);
  expect(checks.filter(({ result }) => result !== 'success')).toEqual([]);
  expect(exitCode).toBe(0);
});

test('an IPv6 address in brackets is connected to as it is', async () => {
  const node = await startTls((socket) => serveCommands(socket, () => healthy), '::1');
  const dns = await startDns(() => []);
  const argument = `mongodb://[::1]:${node.port}/?tls=true`;
  const { find, checks } = await doctorAt(dns.address, '--json', { argument, env: notLocal });
  await Promise.all([dns.close(), node.close()]);
  expect(checks.filter(({ id, result }) => id.startsWith('dns') && result !== 'success')).toEqual([]);
  expect(find('network-tcp')).toMatchObject({ subject: '::1', detail: `1 of 1 open: [::1]:${node.port}` });
  expect(find('network-tls')?.detail).toBe(`the certificate is not for this host name: [::1]:${node.port}`);
  // --from-here is for endpoints of Atlas.
  expect(find('network-place')?.detail).toMatch(/^this machine \(.+\) must reach the nodes$/);
  expect(dns.queries()).toBe(0);
});

test('localhost in a list needs no DNS and is not blocked', async () => {
  const { checks, find } = await oneNode({ ...list('tls=true', 'localhost'), env: notLocal });
  expect(checks.filter(({ id, result }) => id.startsWith('dns') && result !== 'success')).toEqual([]);
  expect(find('network-tls')?.detail).toMatch(/^the certificate is not for this host name: /);
});

test.each([
  ['tlsInsecure=true', 'success'],
  ['tlsAllowInvalidHostnames=true', 'success'],
  ['tlsAllowInvalidCertificates=true', 'success'],
  ['tlsInsecure=false', 'error'],
])('with %s, the certificate of another host is: %s', async (option, result) => {
  const { find } = await oneNode({ ...list(`tls=true&${option}`, '127.0.0.1'), env: notLocal });
  expect(find('network-tls')?.result).toBe(result);
});

const nowhere: World = {
  env: notLocal,
  names: () => (name, type) => (type === 'SRV' ? [srvTo(host, 1)] : [addressOf(name)]),
};
const readOnly = { secondary: true, passive: true, maxWireVersion: 21, hosts: ['a.example:1'] };
const ofOthers: World = { hello: () => ({ ...healthy, hosts: ['b.example:1'] }) };
const mongos = { isWritablePrimary: true, msg: 'isdbgrid', ok: 1, minWireVersion: 0, maxWireVersion: 25 };
const able = (minWireVersion: number, maxWireVersion: number) =>
  saying((own) => ({ isWritablePrimary: true, hosts: [own], minWireVersion, maxWireVersion }));

test.each<[what: string, world: World, found: string, detail: RegExp]>([
  ['loopback without a node', nowhere, 'dns-private error', /blocks the name/],
  ['no address of a host in a list', list('tls=true', 'a.x.example'), 'dns-address error', /^the host has no addr/],
  ['no TLS', { argument: () => `mongodb+srv://${srvName}/?TLS=false` }, 'string-form error', /^Atlas refuses TLS/],
  ['a list without TLS', list(''), 'string-form error', /^Atlas needs tls=true with mongodb:/],
  ['a primary that is none', saying((primary) => ({ primary })), 'network-driver error', /^no primary is among/],
  ['an arbiter', saying(() => ({ arbiterOnly: true })), 'network-hello success', /^other \(.*; wire version 25$/],
  [
    'a read-only node of another release',
    saying((own) => ({ ...readOnly, passives: [own] })),
    'network-hello success',
    /^secondary \([\d.]+ ms\) at .*; wire version 21$/,
  ],
  ['wire version 8', able(0, 8), 'network-driver error', /wire version 8, but this version of the /],
  ['wire versions from 30 on', able(30, 34), 'network-driver error', /wire version 30, but this version of the /],
  [
    'a mongos, and a replica set in the TXT record',
    { hello: () => mongos, names: inTxt },
    'network-hello error',
    /^a mongos of a sharded cluster answers, but .* names the replica set atlas-a-shard-0$/,
  ],
  [
    'another replica set than in a list, whose nodes the server knows',
    list('tls=true&replicaSet=b'),
    'network-hello error',
    /^the connection string has replicaSet=b, but the server at \S+ says atlas-a-shard-0$/,
  ],
  [
    'a node of another cluster: its primary is no second problem',
    saying(() => ({ hosts: ['b.example:1'], primary: 'b.example:1' })),
    'network-driver skipped',
    /^other checks say why$/,
  ],
  ['directConnection', { ...ofOthers, ...list('tls=true&directConnection=true') }, 'network-hello success', /^prim/],
  [
    'a standalone server',
    { hello: () => ({ isWritablePrimary: true, ok: 1 }), names: inTxt },
    'network-hello error',
    /^the node at \S+ belongs to no replica set, not to atlas-a-shard-0/,
  ],
])('$0: $2', async (_, world, found, detail) => {
  const [id = '', result] = found.split(' ');
  const { find } = await oneNode(world);
  expect(find(id)).toMatchObject({ result, detail: expect.stringMatching(detail) });
});

test('a node for which no time is left is unknown', async () => {
  const clock = fakeClock();
  const dns = await startDns((name, type) => {
    if (type === 'AAAA') return undefined;
    return type === 'SRV' ? [srvTo(host, 1)] : type === 'A' ? [addressOf(name)] : [];
  });
  const stop = whenItWaits(clock.timeouts, () => clock.advance(9000), 50);
  const { find, exitCode, stderr } = await doctorAt(dns.address, '--json', { clock }).finally(stop);
  await dns.close();
  expect(find('network-tcp')?.detail).toMatch(/not tried, because no time was left/);
  expect(find('network-tcp')?.hint).not.toMatch(/Allow TCP/);
  expect([exitCode, stderr]).toEqual([1, `Error: 1 problem: could not check ${host}.\n`]);
});

test('the documents of this file are what they seem', () => {
  expect(nested(2)).toEqual(encodeOpMsg({ '': { '': {} } }));
  expect(valued(2, 2, 0, 0, 0, 0x78, 0)).toEqual(answer({ a: 'x' }));
});

describe('behind a load balancer', () => {
  const refusal = { ok: 0, code: 354, errmsg: 'The server is being accessed through a load balancer' };
  /** A mongos that answers only what drivers ask it. */
  const served = { ...mongos, serviceId: new ObjectId() };
  const balanced = async (line: string, records: readonly string[], answered: Document = served) => {
    const node = await startTls((socket) =>
      serveCommands(socket, (command) => ('loadBalanced' in command || 'ping' in command ? answered : refusal)),
    );
    const dns = await startDns((name, type) => {
      if (type === 'TXT') return records.map((record) => ({ type: 'TXT' as const, name, data: [record] }));
      if (type === 'SRV') return [srvTo(host, node.port)];
      return type === 'A' && name === host ? [addressOf(host)] : [];
    });
    const run = await doctorAt(dns.address, '--json', { argument: `mongodb+srv://${srvName}${line}` });
    await Promise.all([dns.close(), node.close()]);
    return run;
  };

  test.each([
    ['says so in the TXT record', '', ['authSource=admin&loadBalanced=true']],
    ['says so itself', '/?LoadBalanced=true', []],
  ])('a mongos is healthy if the string %s', async (_, line, records) => {
    const { exitCode, checks } = await balanced(line, records);
    expect(checks.filter(({ result }) => result !== 'success')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['the string says nothing', '', [], undefined, /^the server refuses hello: The server is being accessed through/],
    ['it has no service id', '/?loadBalanced=true', [], mongos, /^the server is not behind a load balancer, but /],
    [
      'the string names a replica set',
      '/?replicaSet=a',
      ['loadBalanced=true'],
      undefined,
      /^a mongos of a sharded cluster answers, but .* names the replica set a$/,
    ],
  ] as const)('a mongos is an error if %s', async (_, line, records, answered, detail) => {
    const { exitCode, find } = await balanced(line, records, answered);
    expect(find('network-hello')).toMatchObject({ result: 'error', detail: expect.stringMatching(detail) });
    expect(exitCode).toBe(6);
  });
});

test('the public connection string is one problem for all hosts, and nothing is connected to', async () => {
  const hosts = ['cluster0-shard-00-00', 'cluster0-shard-00-01'].map((name) => `${name}.k45tj.mongodb.net`);
  const dns = await startDns((name, type) => {
    if (type === 'SRV') return hosts.map((target) => srvTo(target, 27_017));
    return type === 'A' && hosts.includes(name) ? [addressOf(name, '203.0.113.7')] : [];
  });
  const argument = 'mongodb+srv://cluster0.k45tj.mongodb.net';
  const { stderr, exitCode, checks } = await doctorAt(dns.address, '--json', { argument, env: notLocal });
  await dns.close();
  expect(exitCode).toBe(6);
  expect(stderr).toBe('Error: 1 problem: the connection string is the public one.\n');
  expect(checks.filter(({ id, result }) => /network-(?:tcp|tls)/.test(id) && result !== 'skipped')).toEqual([]);
});
