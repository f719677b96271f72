/*
 * Puts a server at a distance: an end of TLS before it, and before that relays, each of which delays every direction by some
 * milliseconds. `node tools/far-away.js PORT KEY CERTIFICATE DELAY…` prints the port of each relay as JSON. It is a separate
 * process, so that the measuring process does not block it.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const [target, key, cert, ...delays] = process.argv.slice(2);

/** Starts a server and returns its port. */
async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

/** Passes on what one side sends, each piece `delay` milliseconds after it came, but nothing that came before `opened`. */
function passOn(from, to, delay, opened) {
  // Timers of the same moment may fire in another order, so each passes on the piece that came first.
  const pieces = [];
  const later = (act) => {
    pieces.push(act);
    const ms = Math.max(opened, performance.now()) + delay - performance.now();
    if (ms <= 0 && pieces.length === 1) pieces.shift()();
    else setTimeout(() => pieces.shift()(), ms);
  };
  from.on('data', (chunk) => later(() => to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
}

/** A connection to a distant server costs a round trip before anything can be sent. Here it's accepted at once. */
function far(port, delay) {
  return createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const opened = performance.now() + 2 * delay;
    const away = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    passOn(near, away, delay, opened);
    passOn(away, near, delay, opened);
  });
}

const front = await listen(
  createTlsServer({ key: readFileSync(key), cert: readFileSync(cert), noDelay: true }, (socket) => {
    const behind = connect({ port: Number(target), host: '127.0.0.1', noDelay: true });
    socket.pipe(behind).pipe(socket);
    socket.on('error', () => behind.destroy());
    behind.on('error', () => socket.destroy());
  }),
);
const ports = [];
for (const delay of delays) ports.push(await listen(far(front, Number(delay))));
process.stdout.write(`${JSON.stringify(ports)}\n`);
