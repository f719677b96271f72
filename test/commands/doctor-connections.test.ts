import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.js';
import { testServer } from '../helpers/listen.js';
import { doctorThrough, host, startTls } from '../helpers/path-world.js';

/* What doctor says of a connection that fails before MongoDB answers: in TLS. */

const alert = (code: number) => (socket: Socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, code]));
const oldHello = Buffer.from(`160301002a0200002603010${'1'.repeat(63)}00002f00`, 'hex');
const elsewhere = /, so something else answers\. Check where the name leads\.$/;
const mesh = /^In a service mesh such as Istio, allow the hosts and TCP 1024-65535 \(ServiceEntry\)\./;

describe('a connection that fails in TLS', () => {
  test.each<[string, (socket: Socket, clock: FakeClock) => unknown, detail: string, hint: RegExp]>([
    ['alert 70', alert(70), 'what answers speaks only TLS older than 1.2', elsewhere],
    ['TLS 1.0', (socket) => socket.write(oldHello), 'what answers speaks only TLS older than 1.2', elsewhere],
    ['alert 40', alert(40), 'what answers wants another cipher, or a client certificate', elsewhere],
    ['alert 116', alert(116), 'what answers wants a client certificate', elsewhere],
    ['alert 80', alert(80), 'the TLS handshake failed (ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR)', /may intercept TLS/],
    ['HTTP', (socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'), 'the server does not speak TLS', elsewhere],
    ['a mesh', (socket) => socket.end(), 'accepted, then closed or reset', mesh],
    ['a reset', (socket) => socket.resetAndDestroy(), 'accepted, then closed or reset', mesh],
    ['silence', (_, clock) => clock.advance(3000), 'no response to the TLS handshake', /Try an MTU of 1300/],
    [
      'a part',
      (socket, clock) => socket.write('\x16\x03\x03\x00z\x02', () => clock.advance(3000)),
      'no response to',
      /MTU/,
    ],
  ])('%s', async (_, serve, detail, hint) => {
    const clock = fakeClock();
    const port = await testServer(createServer((socket) => socket.once('data', () => serve(socket, clock))));
    const { find, stderr, exitCode } = await doctorThrough([port, port], undefined, { clock });
    const found = { result: 'error', detail: expect.stringMatching(/^[^\n]+: 127\.0\.0\.1:\d+$/) };
    expect(find('network-tls')).toMatchObject({ ...found, hint: expect.stringMatching(hint) });
    expect(find('network-tls')?.detail).toContain(detail);
    expect([exitCode, stderr]).toEqual([6, `Error: 1 problem: TLS to ${host} fails.\n`]);
  });

  test('a reset at once is an answer', async () => {
    const port = await testServer(createServer((socket) => socket.resetAndDestroy()));
    const { find } = await doctorThrough([port]);
    expect(find('network-tls')).toMatchObject({ result: 'error', hint: expect.stringMatching(mesh) });
  });

  test('a server of TLS 1.3 asks for a client certificate when the client is done', async () => {
    const needed = { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' } as const;
    const node = await startTls(() => undefined, undefined, needed);
    const { find } = await doctorThrough([node.port]);
    await node.close();
    expect(find('network-tls')?.detail).toBe(`what answers wants a client certificate: 127.0.0.1:${node.port}`);
    expect(find('network-hello')?.result).toBe('skipped');
  });
});
