import { connect, createServer } from 'node:net';

/** A SOCKS5 proxy without users, which resolves names itself (RFC 1928), as `ssh -D` does. */
export function startProxy(port: number, lookUp: (host: string) => string | undefined): void {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      // Version, connect, reserved, a name with its length, the port.
      socket.once('data', (request) => {
        const end = 5 + (request[4] ?? 0);
        const host = lookUp(request.toString('latin1', 5, end));
        const answer = (code: number) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
        if (request[3] !== 3 || host === undefined) return answer(4);
        const tunnel = connect(request.readUInt16BE(end), host, () => {
          answer(0);
          socket.pipe(tunnel).pipe(socket);
        });
        tunnel.on('error', () => socket.destroy());
      });
    });
  });
  server.listen(port, '127.0.0.1');
}
