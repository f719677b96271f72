import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { codeOf, reasonOf } from '../../base/errors.js';
import type { ConnectionString, Node } from '../connection-strings.js';
import type { Authority } from './certificates.js';
import type { NetworkFaults } from './faults.js';

/** Listens on the ports of the private connection strings, on loopback, as the nodes of the clusters do. */
export interface MongoPorts {
  /** Opens and closes ports, so that they are those of these strings. */
  follow(strings: readonly ConnectionString[]): Promise<void>;
  /** The port on which a node listens. */
  portOf(node: Node): number;
  close(): Promise<void>;
}

export interface MongoPortsOptions {
  authority: Authority;
  faults: NetworkFaults;
  /** `own`: the ports in the connection strings. `free`: any free ports. */
  ports: 'own' | 'free';
  warn(message: string): void;
}

const localhost = '127.0.0.1';

/** A port that is open, or closed on purpose. */
interface Door {
  port: number;
  close(): Promise<void>;
}

type Kind = 'open' | 'silent' | 'closed';

export function createMongoPorts({ authority, faults, ports, warn }: MongoPortsOptions): MongoPorts {
  const doors = new Map<string, Door>();
  const warned = new Set<number>();
  // Several hosts may share a port on this one address. Each host can have a free port.
  const keyOf = ({ host, port }: Node) => (ports === 'own' ? String(port) : `${host}:${port}`);
  const kindOf = ({ index }: Node): Kind =>
    faults.has('closed-port') && index === 1 ? 'closed' : faults.has('silent-port') && index === 2 ? 'silent' : 'open';

  async function open(key: string, node: Node): Promise<void> {
    const [kind, port] = [kindOf(node), ports === 'own' ? node.port : 0];
    try {
      doors.set(key, kind === 'closed' ? await closedDoor(port) : await openDoor(serverOf(kind, authority), port));
    } catch (error) {
      if (warned.has(port)) return;
      warned.add(port);
      const why = codeOf(error) === 'EADDRINUSE' ? 'It is already in use' : reasonOf(error).replace(/\.$/, '');
      warn(`The sandbox can't listen on port ${node.port} of a cluster. ${why}.`);
    }
  }

  return {
    follow: async (strings) => {
      const wanted = new Map(strings.flatMap(({ nodes }) => nodes).map((node) => [keyOf(node), node]));
      const unwanted = [...doors].filter(([key]) => !wanted.has(key));
      for (const [key] of unwanted) doors.delete(key);
      await Promise.all(unwanted.map(([, door]) => door.close()));
      await Promise.all([...wanted].filter(([key]) => !doors.has(key)).map(([key, node]) => open(key, node)));
    },
    portOf: (node) => doors.get(keyOf(node))?.port ?? node.port,
    close: async () => {
      const all = [...doors.values()];
      doors.clear();
      await Promise.all(all.map((door) => door.close()));
    },
  };
}

/** A node: it speaks TLS, and answers nothing. A silent one accepts connections only. */
function serverOf(kind: 'open' | 'silent', authority: Authority): Server {
  if (kind === 'silent') return createTcpServer();
  return createTlsServer({
    SNICallback: (name, done) => {
      const domain = name.toLowerCase().split('.').slice(1).join('.');
      authority.contextOf(domain).then((context) => done(null, context), done);
    },
  });
}

async function openDoor(server: Server, port: number): Promise<Door> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, localhost, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A port on which nobody listens. */
async function closedDoor(port: number): Promise<Door> {
  if (port !== 0) return { port, close: async () => {} };
  const door = await openDoor(createTcpServer(), 0);
  await door.close();
  return { port: door.port, close: async () => {} };
}
