import { once } from 'node:events';
import { connect as connectTcp, isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Document } from 'bson';
import { type Clock, orAbort } from '../../base/clock.js';
import { codeOf, reasonOf } from '../../base/errors.js';
import { text, texts } from '../../base/json.js';
import { decodeOpMsg, encodeMessage, encodeOpMsg, messageReader, opMsg, WireError } from '../../base/op-msg.js';
import { tlsProblemOf } from '../../http/network-fault.js';
import { type NodeAddress, parseNode, type StringSubject } from './strings.js';

export type Hello = ReturnType<typeof helloOf>;

export interface Reached {
  /** What failed first: the proxy, TCP (in one of five ways), TLS with a valid certificate for the name, or hello. Null: nothing. */
  failed: 'proxy' | 'silent' | 'unreachable' | 'refused' | 'untried' | 'tcp' | 'tls' | 'hello' | null;
  reason: string;
  /** What to do about it, if the reason tells. */
  hint?: string | undefined;
  hello: Hello | null;
}

const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EACCES', 'EPERM'];

interface Reaching {
  clock: Pick<Clock, 'timeout' | 'monotonic'>;
  signal: AbortSignal;
  timeoutMs: number;
}

/** What TLS needs to know, as Node.js names it. */
export type Trust = ReturnType<typeof trustOf>;

/** The certificate of a client, as PEM. */
export interface ClientCertificate {
  cert: string;
  key: string;
  passphrase: string | undefined;
}

/** `authority`: of the nodes, as PEM; default: those that Node trusts. With some options, drivers accept the certificate of anyone. */
export function trustOf(options: readonly URLSearchParams[], authority?: string, certificate?: ClientCertificate) {
  const isOn = (...names: string[]) => options.some((each) => names.some((name) => each.get(name) === 'true'));
  const isAnyone = isOn('tlsinsecure', 'tlsallowinvalidcertificates');
  return {
    // Whatever the environment says.
    rejectUnauthorized: !isAnyone,
    ...((isAnyone || isOn('tlsallowinvalidhostnames')) && { checkServerIdentity: () => undefined }),
    ...(authority !== undefined && { ca: authority }),
    ...certificate,
  };
}

export interface Target extends NodeAddress {
  /** Of the host, or of the proxy. */
  address: string;
  isLoadBalanced: boolean;
  trust: Trust;
  /** The string has a file of authorities. */
  hasFile: boolean;
  proxy: SocksProxy | undefined;
}

/** Connects to a port by TCP, then by TLS with the name of the host, and asks the node who it is. Throws only if the command is interrupted. */
export async function reach(
  { address, port, host, isLoadBalanced, trust, hasFile, proxy }: Target,
  { clock, signal, timeoutMs }: Reaching,
): Promise<Reached> {
  signal.throwIfAborted();
  const limit = AbortSignal.any([signal, clock.timeout(timeoutMs)]);
  const tunnel = proxy && (await openSocks(proxy, address, { host, port }, limit));
  signal.throwIfAborted();
  if (typeof tunnel === 'string') return { failed: 'proxy', reason: tunnel, hint: adviceOnProxy, hello: null };
  return new Promise((resolve, reject) => {
    let trying: keyof typeof silence = tunnel ? 'tls' : 'silent';
    const socket = connect({
      ...(tunnel ? { socket: tunnel } : { host: address, port }),
      // TLS has no addresses here (RFC 6066).
      servername: isIP(host) === 0 ? host : '',
      ...trust,
    });
    const closing = tunnel ? { ...closed, hint: adviceOnProxy } : closed;
    const end = (failed: Reached['failed'], { reason, hint }: Fault, hello: Hello | null = null) => {
      limit.removeEventListener('abort', stop);
      socket.destroy();
      resolve({ failed, reason, hint, hello });
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
        .then((hello) => ('reason' in hello ? end('hello', hello) : end(null, { reason: '' }, hello)))
        .catch((error) => end('hello', { reason: `${notMongo}: ${reasonOf(error)}` }));
    });
    socket.on('error', (error) => {
      const code = codeOf(error) ?? 'unknown error';
      // With TLS 1.3, a server refuses the client after the handshake. A reset comes from where the connection was accepted.
      if (trying === 'hello' && !code.startsWith('ERR_SSL')) return end('hello', unanswered);
      if (code === 'ECONNRESET') return end('tls', closing);
      if (trying === 'silent') return end(...tcpFault(code));
      const { reason, hint } = tlsFault(code);
      end('tls', { reason, hint: hint === adviceOnTls && hasFile ? adviceOnFile : hint });
    });
    socket.on('close', () => end(trying, trying === 'tls' ? closing : unanswered));
  });
}

type Fault = Pick<Reached, 'reason' | 'hint'>;

const adviceOnSize =
  'A VPN, an overlay network or a transit gateway may lose large packets. Try an MTU of 1300 on this machine.';
const silence = {
  silent: { reason: 'no response (a firewall or a route)' },
  tls: { reason: 'no response to the TLS handshake', hint: adviceOnSize },
  hello: { reason: 'no response to hello' },
} satisfies Record<string, Fault>;

function tcpFault(code: string): [Reached['failed'], Fault] {
  if (code === 'ECONNREFUSED') return ['refused', { reason: 'refused (nothing listens on this port)' }];
  if (code === 'ETIMEDOUT') return ['silent', silence.silent];
  if (unreachable.includes(code)) return ['unreachable', { reason: 'unreachable (no route)' }];
  return ['tcp', { reason: `failed on this machine (${code})` }];
}

const unanswered = { reason: 'the server closed the connection instead of answering hello' };
const notMongo = "what answers does not speak MongoDB's protocol";
const closed = {
  reason: 'accepted, then closed or reset during the TLS handshake',
  hint:
    'In a service mesh such as Istio, allow the hosts and TCP 1024-65535 (ServiceEntry). ' +
    'Otherwise check firewalls and proxies.',
};
const adviceOnProxy =
  'Check whether the proxy resolves the name and reaches the node: ssh -D closes the connection if not.';
const adviceOnClock = 'Check the clock of this machine. If it is right, something else answers.';
const adviceOnTls = 'A proxy or a firewall may intercept TLS. To trust its authority, use --tls-ca-file.';
const adviceOnFile =
  "Only the authorities in the string's tlsCAFile count. Leave tlsCAFile out: Atlas needs none. Otherwise a proxy may intercept TLS.";
const adviceOnOther = 'so something else answers. Check where the name leads.';
const old = 'what answers speaks only TLS older than 1.2';
const noOld = `Atlas speaks TLS 1.2 and 1.3, ${adviceOnOther}`;
const noClient = `Atlas has common ciphers and wants no certificate, ${adviceOnOther}`;

/** By problem, or by the end of OpenSSL's code: how it begins differs between its releases. https://www.rfc-editor.org/rfc/rfc8446#section-6 */
const tlsFaults: Readonly<Record<string, Fault>> = {
  UNSUPPORTED_PROTOCOL: { reason: old, hint: noOld },
  // Alerts 70, 40 and 116. TLS 1.2 sends 40 for a missing certificate too.
  ALERT_PROTOCOL_VERSION: { reason: old, hint: noOld },
  ALERT_HANDSHAKE_FAILURE: { reason: 'what answers wants another cipher, or a client certificate', hint: noClient },
  ALERT_CERTIFICATE_REQUIRED: { reason: 'what answers wants a client certificate', hint: noClient },
  noTls: { reason: 'the server does not speak TLS', hint: `Atlas speaks TLS on every port, ${adviceOnOther}` },
  // Its host tells what to do.
  otherHost: { reason: 'the certificate is not for this host name' },
  expired: { reason: 'the certificate has expired', hint: adviceOnClock },
  early: { reason: 'the certificate is not valid yet', hint: adviceOnClock },
  badSignature: { reason: 'the signature of the certificate is not valid', hint: adviceOnTls },
  untrusted: { reason: 'the certificate is from an unknown authority', hint: adviceOnTls },
};

function tlsFault(code: string) {
  const ending = Object.keys(tlsFaults).find((each) => code.endsWith(each));
  const other = { reason: `the TLS handshake failed (${code})`, hint: adviceOnTls };
  return tlsFaults[ending ?? tlsProblemOf(code) ?? ''] ?? other;
}

const mostBytes = 64 * 1024;
/** No replica set has more members, and nothing shows longer names. */
export const mostHosts = 50;
const mostLetters = 300;

/**
 * A refusal resolves to a fault; what isn't MongoDB rejects with a wire error. The caller limits the time, and closes the socket.
 * https://www.mongodb.com/docs/manual/reference/command/hello/ and, for a mongos behind a load balancer,
 * https://github.com/mongodb/specifications/blob/master/source/load-balancers/load-balancers.md
 */
function askHello(socket: TLSSocket, isLoadBalanced: boolean, now: () => number): Promise<Hello | Fault> {
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
function refusalIn({ ok, code, errmsg }: Document) {
  const reason = text(errmsg)?.slice(0, mostLetters);
  if (ok !== 0 || !Number.isInteger(code) || !reason) return undefined;
  // LoadBalancerSupportMismatch.
  const hint = Number(code) === 354 ? adviceOnTxt : 'The server gives the reason.';
  return { reason: `the server refuses hello: ${reason}`, hint };
}

const adviceOnTxt =
  'Write loadBalanced=true in the connection string, without directConnection and ' +
  'replicaSet. A private DNS zone may hide the TXT record that has it.';

/** Throws a wire error if the document is no answer to `hello`. `ms`: from the question to the answer. */
function helloOf(document: Document, ms: number) {
  const { ok, setName, hosts, passives, arbiters, isWritablePrimary, primary, maxWireVersion } = document;
  if (ok !== 1 || typeof isWritablePrimary !== 'boolean') throw new WireError('it does not answer hello');
  return {
    /** Null: it is not a member of a replica set. */
    setName: text(setName)?.slice(0, mostLetters) ?? null,
    /** The members that are not hidden, with ports, as the members know each other. */
    hosts: [hosts, passives, arbiters]
      .flatMap(texts)
      .slice(0, mostHosts)
      .map((host) => host.slice(0, mostLetters)),
    /** The primary that it knows, with its port. Null: it knows none. */
    primary: text(primary)?.slice(0, mostLetters) ?? null,
    role: roleIn(document),
    /** A member that has not read which set it is of. */
    isStarting: document.isreplicaset === true,
    /** Only a mongos behind a load balancer has one. */
    hasServiceId: document.serviceId !== undefined,
    /** The newest version of the protocol that it speaks. Null: it doesn't say. */
    wireVersion: Number.isInteger(maxWireVersion) ? Number(maxWireVersion) : null,
    ms,
  };
}

/** Behind a mongos, the router of a sharded cluster, there are replica sets. `other`: an arbiter, or not ready. */
function roleIn({ msg, isWritablePrimary, secondary }: Document) {
  if (msg === 'isdbgrid') return 'mongos';
  if (isWritablePrimary) return 'primary';
  return secondary === true ? 'secondary' : 'other';
}

interface SocksProxy extends NodeAddress {
  user: { userId?: string; password?: string };
}

/** What another machine gets in place of the user and the password. */
export const notSent = '(not sent)';

/** `node`: undefined if not valid (it may hold a password then), or without its password. Of the drivers, only Node.js's uses it, also to look up hosts. */
export function socksProxyOf(strings: readonly StringSubject[]) {
  const options = strings.find((each) => each.options.get('proxyhost'))?.options;
  if (!options) return undefined;
  const [userId, password] = [options.get('proxyusername'), options.get('proxypassword') ?? ''];
  const isLocked = userId === notSent || password === notSent;
  const node = isLocked ? undefined : parseNode(`${options.get('proxyhost')}:${options.get('proxyport') ?? 1080}`);
  return { node, user: userId ? { userId, password } : {}, isLocked };
}

/** Connects to a host through the proxy at this address. Resolves to the open socket, or to the reason why it failed. */
async function openSocks({ port, user }: SocksProxy, address: string, to: NodeAddress, limit: AbortSignal) {
  const socket = connectTcp(port, address).on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal: limit });
    const { SocksClient } = await import('socks');
    const through = { host: address, port, type: 5, ...user } as const;
    const options = { command: 'connect', existing_socket: socket, destination: to, proxy: through } as const;
    await orAbort(SocksClient.createConnection(options), limit);
    return socket;
  } catch (error) {
    socket.destroy();
    if (limit.aborted) return 'no response';
    return codeOf(error) === 'ECONNREFUSED' ? 'nothing listens there' : reasonOf(error);
  }
}
