import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The file with the key, or with a certificate for it, that only tests trust. */
export const tlsFile = (name: string): string => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url));

export const tlsOptions = (name = 'cert') => ({
  key: readFileSync(tlsFile('key')),
  cert: readFileSync(tlsFile(name)),
});

/** Starts a server on a free port of this machine, and counts its connections. */
export async function listen(server: Server, address = '127.0.0.1') {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket.on('error', () => undefined));
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    port,
    connections: () => connections,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function listenInTest(server: Server) {
  const served = await listen(server);
  onTestFinished(served.close);
  return served;
}

export const testServer = async (server: Server): Promise<number> => (await listenInTest(server)).port;

/** Starts a proxy for one test that opens no tunnel. `targets` records what it was asked for. */
export async function refusingProxy(status = '403 Forbidden') {
  const targets: string[] = [];
  const server = createServer().on('connect', ({ url = '' }, socket) => {
    targets.push(url);
    socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
  });
  return { url: `http://127.0.0.1:${await testServer(server)}`, targets };
}

/** Starts a proxy for one test, whose tunnels all lead to this port. `targets` records what they were asked for. */
export async function testProxy(port: number, server: Server = createServer()) {
  const targets: string[] = [];
  server.on('connect', ({ url = '' }, socket: Socket) => {
    targets.push(url);
    const tunnel = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(tunnel).pipe(socket);
    });
    socket.on('error', () => tunnel.destroy());
    tunnel.on('error', () => socket.destroy());
  });
  return { port: await testServer(server), targets };
}
