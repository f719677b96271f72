import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import type { Authority } from './certificates.js';
import { loopback } from './records.js';

/** A port of loopback that is open, or closed on purpose. */
export interface Port {
  port: number;
  close(): Promise<void>;
}

/** Opens a port. 0 takes a free one. */
export type OpenDoor = (port: number) => Promise<Port>;

/** A node that speaks TLS, and answers nothing. `domains` are those that it has certificates for. At least one. */
export function tlsDoor(authority: Authority, domains: () => readonly string[]): OpenDoor {
  // Without a name that it knows, a server sends its first certificate.
  const certificateFor = (name = '') => {
    const all = domains();
    const domain = domainOfHost(name.toLowerCase());
    return authority.certificateOf(all.includes(domain) ? domain : (all[0] ?? domain));
  };
  return async (port) => {
    const server = createTlsServer({
      ...(await certificateFor()),
      SNICallback: (name, done) => {
        certificateFor(name).then((certificate) => done(null, createSecureContext(certificate)), done);
      },
    });
    server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}).resume());
    return openDoor(server, port);
  };
}

/** `k45tj.mongodb.net` of `pl-0-us-east-1.k45tj.mongodb.net`. */
export function domainOfHost(host: string): string {
  return host.slice(host.indexOf('.') + 1);
}

/** A node that accepts connections, and says nothing. */
export const silentDoor: OpenDoor = (port) => openDoor(createTcpServer(), port);

/** A port on which nobody listens. */
export const closedDoor: OpenDoor = async (port) => {
  if (port !== 0) return { port, close: async () => {} };
  const door = await silentDoor(0);
  await door.close();
  return { port: door.port, close: async () => {} };
};

async function openDoor(server: Server, port: number): Promise<Port> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, resolve);
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
