import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Document } from 'bson';
import type { Clock } from '../../base/clock.js';
import { codeOf, reasonOf } from '../../base/errors.js';
import { text, texts } from '../../base/json.js';
import { decodeOpMsg, encodeMessage, encodeOpMsg, messageReader, opMsg, WireError } from '../../base/op-msg.js';
import { type TlsProblem, tlsProblemOf } from '../../http/network-fault.js';
import type { NodeAddress } from './strings.js';

/** What a node says about itself and its replica set. */
export type Hello = ReturnType<typeof helloOf>;

export interface Reached {
  /** What failed first: TCP (in one of five ways), TLS with a valid certificate for the name, or hello. Null: nothing. */
  failed: 'silent' | 'unreachable' | 'refused' | 'untried' | 'tcp' | 'tls' | 'hello' | null;
  reason: string;
  hello: Hello | null;
}

const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'];

interface Reaching {
  clock: Pick<Clock, 'timeout' | 'monotonic'>;
  signal: AbortSignal;
  timeoutMs: number;
  /** The certificate authority to trust instead of the usual ones, as PEM. */
  authority: string | undefined;
}

/** Connects to a port by TCP, then by TLS with the name of the host, and asks the node who it is. Throws only if the command is interrupted. */
export function reach(
  { address, port, host, isLoadBalanced }: NodeAddress & { address: string; isLoadBalanced: boolean },
  { clock, signal, timeoutMs, authority }: Reaching,
): Promise<Reached> {
  signal.throwIfAborted();
  const limit = AbortSignal.any([signal, clock.timeout(timeoutMs)]);
  return new Promise((resolve, reject) => {
    let trying: keyof typeof silence = 'silent';
    const socket = connect({
      host: address,
      port,
      // TLS has no addresses here (RFC 6066).
      servername: isIP(host) === 0 ? host : '',
      // Whatever the environment says.
      rejectUnauthorized: true,
      ...(authority !== undefined && { ca: authority }),
    });
    const end = (failed: Reached['failed'], reason: string, hello: Hello | null = null) => {
      limit.removeEventListener('abort', stop);
      socket.destroy();
      resolve({ failed, reason, hello });
    };
    const stop = () => {
      if (signal.aborted) reject(signal.reason);
      end(trying, silence[trying]);
    };
    limit.addEventListener('abort', stop);
    socket.on('connect', () => {
      trying = 'tls';
    });
    socket.on('secureConnect', () => {
      trying = 'hello';
      askHello(socket, isLoadBalanced, clock.monotonic)
        .then((hello) => (typeof hello === 'string' ? end('hello', hello) : end(null, '', hello)))
        .catch((error) => end('hello', `what answers does not speak MongoDB's protocol: ${reasonOf(error)}`));
    });
    socket.on('error', (error) => {
      if (trying === 'hello') return end('hello', `the connection failed: ${reasonOf(error)}`);
      if (trying === 'tls') return end('tls', tlsReason(error));
      end(...tcpReason(codeOf(error) ?? reasonOf(error)));
    });
    socket.on('close', () => {
      end(trying, trying === 'tls' ? closed : 'the server closed the connection instead of answering hello');
    });
  });
}

const silence = {
  silent: 'no response (a firewall or a route)',
  tls: 'no response to the TLS handshake',
  hello: 'no response to hello',
};

function tcpReason(code: string): [failed: Reached['failed'], reason: string] {
  if (code === 'ECONNREFUSED') return ['refused', 'refused (nothing listens on this port)'];
  if (code === 'ETIMEDOUT' || code === 'ECONNRESET') return ['silent', silence.silent];
  if (unreachable.includes(code)) return ['unreachable', 'unreachable (no route)'];
  return ['tcp', `failed on this machine (${code})`];
}

const closed = 'the server closed the connection during the TLS handshake';

const tlsReasons: Readonly<Partial<Record<TlsProblem, string>>> = {
  noTls: 'the server does not speak TLS',
  otherHost: 'the certificate is not for this host name',
  expired: 'the certificate has expired',
  early: 'the certificate is not valid yet',
  badSignature: 'the signature of the certificate is not valid',
  untrusted: 'the certificate is from an unknown authority',
};

function tlsReason(error: Error): string {
  const code = codeOf(error) ?? '';
  if (code === 'ECONNRESET') return closed;
  const problem = tlsProblemOf(code);
  return (problem && tlsReasons[problem]) ?? reasonOf(error);
}

/** A real answer has some kilobytes. */
const mostBytes = 64 * 1024;
/** No replica set has more members, and nothing shows longer names. */
const [mostHosts, mostLetters] = [50, 300];

/**
 * Asks a node who it is. It needs no user. Resolves to a reason if the node refuses, and rejects with a wire error if what
 * answers isn't MongoDB. The caller limits the time, and closes the socket.
 * https://www.mongodb.com/docs/manual/reference/command/hello/ and, for a mongos behind a load balancer,
 * https://github.com/mongodb/specifications/blob/master/source/load-balancers/load-balancers.md
 */
function askHello(socket: TLSSocket, isLoadBalanced: boolean, now: () => number): Promise<Hello | string> {
  const begun = now();
  const requestId = 1;
  const read = messageReader(mostBytes);
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      try {
        const [message] = read(chunk);
        if (!message) return;
        if (message.responseTo !== requestId) throw new WireError('a message answers something else');
        const document = decodeOpMsg(message);
        resolve(refusalIn(document) ?? helloOf(document, now() - begun));
      } catch (error) {
        reject(error);
      }
    });
    const document = { hello: 1, ...(isLoadBalanced && { loadBalanced: true }), $db: 'admin' };
    socket.write(encodeMessage({ requestId, responseTo: 0, opCode: opMsg, body: encodeOpMsg(document) }));
  });
}

/** Why a server of MongoDB refuses: too many connections, for example. */
function refusalIn({ ok, code, errmsg }: Document): string | undefined {
  const reason = text(errmsg)?.slice(0, mostLetters);
  return ok === 0 && Number.isInteger(code) && reason ? `the server refuses hello: ${reason}` : undefined;
}

/** Throws a wire error if the document is no answer to `hello`. `ms`: from the question to the answer. */
function helloOf(document: Document, ms: number) {
  const { ok, setName, hosts, passives, isWritablePrimary, primary, maxWireVersion } = document;
  if (ok !== 1 || typeof isWritablePrimary !== 'boolean') throw new WireError('it does not answer hello');
  return {
    /** Null: it is not a member of a replica set. */
    setName: text(setName)?.slice(0, mostLetters) ?? null,
    /** The data-bearing members that are not hidden, with ports, as the members know each other. */
    hosts: [...texts(hosts), ...texts(passives)].slice(0, mostHosts).map((host) => host.slice(0, mostLetters)),
    /** The primary that it knows, with its port. Null: it knows none. */
    primary: text(primary)?.slice(0, mostLetters) ?? null,
    role: roleIn(document),
    /** Only a mongos behind a load balancer has one. */
    hasServiceId: document.serviceId !== undefined,
    /** The newest version of the protocol that it speaks. Null: it doesn't say. */
    wireVersion: Number.isInteger(maxWireVersion) ? Number(maxWireVersion) : null,
    ms,
  };
}

function roleIn({ msg, isWritablePrimary, secondary, hidden, passive, readOnly }: Document) {
  // A router of a sharded cluster, behind which there are replica sets.
  if (msg === 'isdbgrid') return 'mongos';
  if (isWritablePrimary) return 'primary';
  // An arbiter, or not ready.
  if (secondary !== true) return 'other';
  // Drivers don't use it.
  if (hidden === true) return 'hidden secondary';
  // It can't become the primary.
  return passive === true || readOnly === true ? 'read-only secondary' : 'secondary';
}
