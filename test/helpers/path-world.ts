import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet } from 'dns-packet';
import { createAuthority } from '../../src/sandbox/network/certificates.js';
import type { CheckRow } from './doctor-world.js';
import { fakeClock } from './fake-clock.js';
import { listen } from './listen.js';
import { type CliOptions, ownFolders, runCli } from './run-cli.js';

/* The way from a connection string to its nodes, where a test writes what DNS and the nodes answer. */

export const domain = 'k45tj.mongodb.net';
export const srvName = `cluster0-pl-0.${domain}`;
export const host = `pl-0-us-east-1.${domain}`;

const authority = createAuthority(new Set());

/** A server with a valid certificate, which answers with this. */
export async function startTls(serve: (socket: TLSSocket) => void, address?: string, options: TlsOptions = {}) {
  const server = createServer({ ...(await (await authority).certificateOf(domain)), ...options });
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  return { ...(await listen(server, address)), server };
}

/** The answers to a query: records, flags of a failure, bytes as they are, or silence. */
export type DnsReply = readonly Answer[] | number | Buffer | undefined;

/** A DNS server over UDP that answers whatever it is told to. */
export async function startDns(reply: (name: string, type: string, query: Packet) => DnsReply, port = 0) {
  const socket = createSocket('udp4');
  // A query that is sent again, because the machine is slow, has the same id.
  const queries = new Set<string>();
  socket.on('message', (message, from) => {
    const query = decode(message);
    const [question] = query.questions ?? [];
    if (!question) return;
    queries.add(`${query.id} ${question.type} ${question.name}`);
    const found = reply(question.name.toLowerCase(), question.type, query);
    if (found === undefined) return;
    const failure = typeof found === 'number' ? found : 0;
    const head: Packet = { type: 'response', id: query.id ?? 0, flags: AUTHORITATIVE_ANSWER | failure };
    const answers = Array.isArray(found) ? found : [];
    const bytes = Buffer.isBuffer(found) ? found : encode({ ...head, questions: [question], answers });
    socket.send(bytes, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries: () => queries.size,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

export const srvTo = (target: string, port: number): Answer => ({
  type: 'SRV',
  name: srvName,
  data: { target, port },
});
export const addressOf = (name: string, data = '127.0.0.1'): Answer => ({ type: 'A', name, data, ttl: 0 });

interface PathOptions extends CliOptions {
  /** Instead of the SRV string. */
  argument?: string;
}

/** Runs doctor with the connection string, without credentials. Ports of loopback count as private. */
export async function doctorAt(
  dnsServer: string,
  line = '--json',
  { argument = `mongodb+srv://${srvName}`, ...options }: PathOptions = {},
) {
  const env = ownFolders();
  const file = join(env.HOME ?? '', 'ca.pem');
  writeFileSync(file, (await authority).pem);
  const place = ['--dns-server', dnsServer, '--tls-ca-file', file, ...line.split(' ')];
  const run = await runCli(['doctor', argument, ...place], {
    clock: fakeClock(),
    ...options,
    env: { ...env, ATLAS_PE_BASE_URL: 'http://127.0.0.1:9', ...options.env },
  });
  const { categories } = run.stdout.startsWith('{') ? JSON.parse(run.stdout) : { categories: [] };
  const checks: CheckRow[] = categories.flatMap((each: { checks: CheckRow[] }) => each.checks);
  return { ...run, checks, find: (id: string) => checks.find((each) => each.id === id) };
}

/** Runs it with these nodes behind one host. */
export async function doctorThrough(ports: readonly number[], line?: string, options?: PathOptions) {
  const dns = await startDns((name, type) => {
    if (type === 'SRV') return ports.map((port) => srvTo(host, port));
    return type === 'A' && name === host ? [addressOf(host)] : [];
  });
  return doctorAt(dns.address, line, options).finally(dns.close);
}
