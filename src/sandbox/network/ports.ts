import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { codeOf, reasonOf } from '../../base/errors.js';
import { grouped } from '../../base/words.js';
import type { ClusterString, Node } from '../clusters.js';
import type { Authority } from './certificates.js';
import type { NetworkFaults } from './faults.js';
import { memberOf, type Served, serveMongo } from './mongo.js';
import { loopback } from './records.js';

interface MongoPortsOptions {
  authority: Authority;
  faults: NetworkFaults;
  ports: 'own' | 'free';
  warn(message: string): void;
}

export function createMongoPorts({ authority, faults, ports, warn }: MongoPortsOptions) {
  const opened = new Map<string, Port>();
  const warned = new Set<number>();
  let served = new Map<string, [Served, ...Served[]]>();
  // Several hosts may share a port on this one address. Each host can have a free port.
  const keyOf = ({ host, port }: Node) => (ports === 'own' ? String(port) : `${host}:${port}`);

  const portOf = (node: Node) => opened.get(keyOf(node))?.port ?? node.port;

  async function openPort(key: string, { index }: Node, port: number): Promise<Port> {
    if (faults.has('closed-port') && index === 1) return closedPort(port);
    if (faults.has('silent-port') && index === 2) return listen(createTcpServer(), port);
    const servedNow = () => served.get(key) ?? [];
    const server = await tlsServer(authority, () => servedNow().map(({ node }) => domainOfHost(node.host)));
    server.on('secureConnection', (socket: TLSSocket) => {
      if (faults.has('not-mongodb')) return answerHttp(socket);
      const name = socket.servername === false ? '' : socket.servername;
      serveMongo(socket, () => {
        const all = servedNow();
        const found = all.find(({ node }) => node.host === name?.toLowerCase()) ?? all[0];
        if (!found) throw new Error('The node is gone.');
        return memberOf(found, portOf, faults);
      });
    });
    return listen(server, port);
  }

  async function open(key: string, node: Node): Promise<void> {
    try {
      opened.set(key, await openPort(key, node, ports === 'own' ? node.port : 0));
    } catch (error) {
      if (warned.has(node.port)) return;
      warned.add(node.port);
      warn(`The sandbox can't listen on port ${node.port} of a cluster. ${whyClosed(error)}`);
    }
  }

  return {
    follow: async (strings: readonly ClusterString[]) => {
      const all = strings.flatMap((string) => string.nodes.map((node): Served => ({ node, string })));
      const groups = grouped(all, ({ node }) => keyOf(node));
      served = new Map(groups.map((group) => [keyOf(group[0].node), group]));
      const unwanted = [...opened].filter(([key]) => !served.has(key));
      for (const [key] of unwanted) opened.delete(key);
      await Promise.all(unwanted.map(([, port]) => port.close()));
      const missing = [...served].filter(([key]) => !opened.has(key));
      await Promise.all(missing.map(([key, [first]]) => open(key, first.node)));
    },
    portOf,
    close: async () => {
      const all = [...opened.values()];
      opened.clear();
      await Promise.all(all.map((port) => port.close()));
    },
  };
}

/** Serves an HTTP server over TLS too, because the clients of some clouds send tokens only over TLS. */
export async function serveHttps(server: HttpServer, authority: Authority) {
  const certificate = await authority.certificateOf(loopback);
  const door = createTlsServer(certificate, (socket) => server.emit('connection', socket));
  const { port, close } = await listen(door, 0);
  return { baseUrl: `https://${loopback}:${port}`, close };
}

export function whyClosed(error: unknown): string {
  return codeOf(error) === 'EADDRINUSE' ? 'It is already in use.' : `${reasonOf(error).replace(/\.$/, '')}.`;
}

type Port = Awaited<ReturnType<typeof listen>>;

async function tlsServer(authority: Authority, domains: () => readonly string[]) {
  // Without a name that it knows, a server sends its first certificate.
  const certificateFor = (name = '') => {
    const all = domains();
    const domain = domainOfHost(name.toLowerCase());
    return authority.certificateOf(all.includes(domain) ? domain : (all[0] ?? domain));
  };
  return createTlsServer({
    ...(await certificateFor()),
    SNICallback: (name, done) => {
      certificateFor(name).then((certificate) => done(null, createSecureContext(certificate)), done);
    },
  });
}

function answerHttp(socket: TLSSocket) {
  socket.on('error', () => {});
  socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
}

function domainOfHost(host: string) {
  return host.slice(host.indexOf('.') + 1);
}

async function closedPort(port: number) {
  const found = port === 0 ? await listen(createTcpServer(), 0) : undefined;
  await found?.close();
  return { port: found?.port ?? port, close: async () => {} };
}

async function listen(server: Server, port: number) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, loopback);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
