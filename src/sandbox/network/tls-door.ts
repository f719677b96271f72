import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

export interface TlsDoor {
  /** `https://127.0.0.1:8443` */
  baseUrl: string;
  /** Accepts no more connections. */
  close(): void;
}

/** Serves an HTTP server over TLS too, on a free port: the SDKs of some clouds send tokens only over TLS. */
export async function openTlsDoor(server: Server, certificate: { key: string; cert: string }): Promise<TlsDoor> {
  const door = createServer(certificate, (socket) => server.emit('connection', socket));
  // A client that does not trust the authority ends the handshake.
  door.on('tlsClientError', (_, socket) => socket.destroy());
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return { baseUrl: `https://127.0.0.1:${(door.address() as AddressInfo).port}`, close: () => door.close() };
}
