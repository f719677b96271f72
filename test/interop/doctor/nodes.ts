import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type Document, ObjectId } from 'bson';
import { createAuthority } from '../../../src/sandbox/network/certificates.js';
import { serveCommands } from '../../../src/sandbox/network/mongo.js';

/* Nodes of clusters, as far as the drivers get before they need a user: TCP, TLS, hello. Each layer may be broken. */

/** What a port does with a connection. A number: it answers the handshake with this alert (RFC 8446, 6.2). */
export type Tls = 'good' | Certificate | 'old' | 'client certificate' | keyof typeof breaks | 'none' | number;

const breaks = {
  closes: (socket: Socket) => socket.destroy(),
  'closes later': (socket: Socket) => socket.once('data', () => socket.end()),
  resets: (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
  silent: (socket: Socket) => socket.resume(),
  // The header of a record of the handshake, and not all of the record.
  cut: (socket: Socket) => socket.once('data', () => socket.write(Buffer.from([22, 3, 3, 4, 0, 2, 0, 3]))),
  http: (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
};

type Certificate = 'expired' | 'early' | 'other host' | 'unknown authority';

/** Certificates of five authorities. `pem`: those that clients trust. `other`: the one that they don't trust. */
export async function createAuthorities() {
  const tomorrow = { notBefore: new Date(Date.now() + 86_400_000), notAfter: new Date('2049-01-01') };
  const [good, expired, early, otherHost, unknown] = await Promise.all([
    createAuthority(new Set()),
    createAuthority(new Set(['expired-certificate'])),
    createAuthority(new Set(), tomorrow),
    createAuthority(new Set(['certificate'])),
    createAuthority(new Set()),
  ]);
  const byFault: Record<Certificate, typeof good> = {
    expired,
    early,
    'other host': otherHost,
    'unknown authority': unknown,
  };
  return {
    pem: [good, expired, early, otherHost].map(({ pem }) => pem).join(''),
    other: unknown.pem,
    certificateOf: (domain: string, tls: Tls) => (byFault[tls as Certificate] ?? good).certificateOf(domain),
  };
}

export type Authorities = Awaited<ReturnType<typeof createAuthorities>>;

const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

interface Port {
  host: string;
  port: number;
  tls: Tls;
  /** What the certificate is for. */
  domain: string;
}

/** Starts one port of a node. */
export async function startNode(
  { host, port, tls, domain }: Port,
  authorities: Authorities,
  member: Member,
): Promise<void> {
  const certificate = await authorities.certificateOf(domain, tls);
  const secureContext = createSecureContext({ ...certificate, ...(tls === 'old' && old) });
  const asking = tls === 'client certificate' && { requestCert: true, rejectUnauthorized: true };
  const broken = breaks[tls as keyof typeof breaks];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (broken) return broken(socket);
    // A fatal alert in a record.
    if (typeof tls === 'number') return socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, tls])));
    const open = tls === 'none' ? socket : new TLSSocket(socket, { isServer: true, secureContext, ...asking });
    return serveCommands(open, (command) => answerTo(command, member));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
}

export type Kind = 'replica set' | 'mongos' | 'balanced';

export interface Member {
  kind: Kind;
  /** The answer to hello, without what depends on the kind. */
  hello: Document;
}

const notBalanced =
  'The server is being accessed through a load balancer, but this driver does not have load balancing enabled';

/** https://www.mongodb.com/docs/manual/reference/command/hello/ */
function answerTo(command: Document, { kind, hello }: Member): Document {
  const [name = ''] = Object.keys(command);
  const fail = (code: number, codeName: string, errmsg: string) => ({ ok: 0, code, codeName, errmsg });
  if (/^sasl|^authenticate/.test(name)) return fail(18, 'AuthenticationFailed', 'Authentication failed.');
  if (!/^(?:hello|ismaster)$/i.test(name)) return { ok: 1 };
  if (kind === 'balanced' && command.loadBalanced !== true)
    return fail(354, 'LoadBalancerSupportMismatch', notBalanced);
  return {
    helloOk: true,
    ...(kind !== 'replica set' && { msg: 'isdbgrid', isWritablePrimary: true }),
    ...(kind === 'balanced' && { serviceId: new ObjectId() }),
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 25,
    ok: 1,
    ...hello,
  };
}
