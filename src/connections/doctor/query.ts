import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once, setMaxListeners } from 'node:events';
import { connect, isIP, isIPv6 } from 'node:net';
import { type Answer, decode, encode, RECURSION_DESIRED, type RecordType } from 'dns-packet';
import type { Clock } from '../../base/clock.js';
import { codeOf } from '../../base/errors.js';

/* DNS queries of our own. Node's resolver has no aliases and no times, and refuses some answers that drivers accept. */

interface Asking {
  /** Addresses with optional ports, as Node writes them: `10.0.0.2`, `127.0.0.1:5353`, `[fd00::2]:53`. */
  servers: readonly string[];
  /** For all tries together. */
  timeoutMs: number;
  clock: Pick<Clock, 'timeout' | 'monotonic'>;
  signal: AbortSignal;
}

/**
 * Asks the servers one after the other, twice. A try that failed, or has no answer yet, begins the next one, and the first
 * answer counts. If there is none, throws an error with a code: that of a server (`ESERVFAIL`) or of the system, `ETRUNCATED`
 * if a long answer does not come over TCP, `ABORT_ERR` if nothing came; without a code if it was not DNS.
 * `isUnknownName`: there is no record of any type. `isCompressed`: the host of an SRV record, against RFC 2782. `firstCode`:
 * the first server answered with this error, and another one with records.
 */
export async function queryDns(type: RecordType, name: string, { servers, timeoutMs, clock, signal }: Asking) {
  const begun = clock.monotonic();
  const done = new AbortController();
  const limit = AbortSignal.any([signal, clock.timeout(timeoutMs), done.signal]);
  // Each server has some listeners.
  setMaxListeners(0, limit);
  const plan = [...servers, ...servers];
  const waitMs = timeoutMs / (plan.length + 1);
  const tries: Promise<Awaited<ReturnType<typeof askServer>> & { isFirst: boolean }>[] = [];
  let errors: unknown[] = [];
  let firstCode: string | undefined;
  try {
    for (const [index, server] of plan.entries()) {
      // Some firewalls drop extensions, so the second round has none.
      const asked = askServer(server, encodeQuery(type, name, index < servers.length), limit);
      if (index === 0) asked.catch((error) => (firstCode = codeOf(error)));
      tries.push(asked.then((reply) => ({ ...reply, isFirst: index % servers.length === 0 })));
      const isLast = index === plan.length - 1;
      const next = isLast ? [] : [once(clock.timeout(waitMs), 'abort').then(() => undefined)];
      const reply = await Promise.race([Promise.any(tries), ...next]).catch((error: AggregateError) => {
        errors = error.errors;
      });
      const ms = clock.monotonic() - begun;
      if (reply) return { ...reply, ms, firstCode, isFirstSilent: !reply.isFirst && ms >= waitMs };
    }
  } finally {
    done.abort();
  }
  // An answer says more than silence.
  throw errors.find((each) => codeOf(each) !== 'ABORT_ERR') ?? errors[0] ?? failed('ECONNREFUSED');
}

function failed(code: string, cause?: unknown) {
  return Object.assign(new Error(code, { cause }), { code });
}

/** More bytes in a packet are cut on some networks (https://www.dnsflagday.net/2020/). */
const extension = { type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0 } as const;

function encodeQuery(type: RecordType, name: string, isExtended: boolean) {
  return encode({
    type: 'query',
    id: randomInt(65_536),
    flags: RECURSION_DESIRED,
    questions: [{ type, name }],
    additionals: isExtended ? [{ ...extension, flags: 0, flag_do: false, options: [] }] : [],
  });
}

/** The codes of answers (RFC 1035, 4.1.1) that say nothing about the name. */
const failures: Readonly<Record<number, string>> = { 1: 'EFORMERR', 2: 'ESERVFAIL', 4: 'ENOTIMP', 5: 'EREFUSED' };

async function askServer(server: string, query: Buffer, signal: AbortSignal) {
  const [, host = server, port = 53] = isIP(server) > 0 ? [] : (/^\[?(.*?)\]?(?::(\d+))?$/.exec(server) ?? []);
  let bytes = await overUdp(host, Number(port), query, signal);
  if (decode(bytes).flag_tc) bytes = await overTcp(host, Number(port), query, signal);
  const { id, flags = 0, answers = [] } = decode(bytes);
  const code = id === query.readUInt16BE(0) ? failures[flags & 0xf] : 'EBADRESP';
  if (code !== undefined) throw failed(code);
  const isCompressed = answers.some((each) => each.type === 'SRV' && !bytes.includes(uncompressed(each)));
  return { answers, isUnknownName: (flags & 0xf) === 3, isCompressed };
}

/** The length and the data of a record. Before them are the head of the packet, a root name, type, class and time. */
function uncompressed(answer: Answer) {
  return encode({ answers: [{ ...answer, name: '.' }] }).subarray(12 + 1 + 8);
}

async function overUdp(host: string, port: number, query: Buffer, signal: AbortSignal) {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', signal });
  // After the answer, no error matters.
  socket.on('error', () => undefined).connect(port, host);
  await once(socket, 'connect', { signal });
  socket.send(query);
  const [bytes] = await once(socket, 'message', { signal });
  return bytes;
}

/** The length of a packet comes before it (RFC 1035, 4.2.2). */
async function overTcp(host: string, port: number, query: Buffer, signal: AbortSignal) {
  const socket = connect({ host, port, signal });
  socket.write(Buffer.from([query.length >> 8, query.length & 0xff, ...query]));
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk]);
      if (received.length > 2 && received.length > 1 + received.readUInt16BE(0)) return received.subarray(2);
    }
  } catch (cause) {
    throw failed('ETRUNCATED', cause);
  }
  throw failed('ETRUNCATED');
}
