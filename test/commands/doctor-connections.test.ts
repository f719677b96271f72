import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { serveCommands } from '../../src/sandbox/network/mongo.js';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.js';
import { listen, testServer } from '../helpers/listen.js';
import { doctorAt, doctorThrough, host, srvName, srvTo, startDns, startTls } from '../helpers/path-world.js';

/* What doctor says of a connection that fails before MongoDB answers: in TLS, and at a SOCKS5 proxy. */

const alert = (code: number) => (socket: Socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, code]));
const oldHello = Buffer.from(`160301002a0200002603010${'1'.repeat(63)}00002f00`, 'hex');
const elsewhere = /, so something else answers\. Check where the name leads\.$/;
const mesh = /^In a service mesh such as Istio, allow the hosts and TCP 1024-65535 \(ServiceEntry\)\./;

describe('a connection that fails in TLS', () => {
  test.each<[string, (socket: Socket, clock: FakeClock) => unknown, detail: string, hint: RegExp]>([
    ['TLS 1.0', (socket) => socket.write(oldHello), 'what answers speaks only TLS older than 1.2', elsewhere],
    ['alert 40', alert(40), 'what answers wants another cipher, or a client certificate', elsewhere],
    ['alert 116', alert(116), 'what answers wants a client certificate', elsewhere],
    ['alert 80', alert(80), 'the TLS handshake failed (ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR)', /may intercept TLS/],
    ['HTTP', (socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'), 'the server does not speak TLS', elsewhere],
    ['a mesh', (socket) => socket.end(), 'accepted, then closed or reset', mesh],
    ['silence', (_, clock) => clock.advance(3000), 'no response to the TLS handshake', /Try an MTU of 1300/],
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

describe('through the SOCKS5 proxy of the connection string', () => {
  const hello = { isWritablePrimary: true, msg: 'isdbgrid', minWireVersion: 0, maxWireVersion: 25, ok: 1 };

  /** What a proxy says: its version, the method of the sign-in and its result, and the reply. It closes after a reply of null. */
  interface Said {
    version?: number;
    method?: number;
    status?: number;
    reply?: number | null;
  }

  /** A proxy that looks up every name as this machine. `asked`: the hosts, and what signed in. */
  const startProxy = async ({ version = 5, method = 0, status = 0, reply = 0 }: Said) => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      const next = (then: (data: Buffer) => void) => socket.once('data', then);
      const open = () =>
        next((data) => {
          asked.push(data.subarray(5, -2).toString());
          socket.write(Buffer.from([5, reply ?? 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          if (reply !== 0) return socket.end();
          const tunnel = connect(data.readUInt16BE(data.length - 2), '127.0.0.1').on('error', () => socket.destroy());
          socket.pipe(tunnel).pipe(socket);
        });
      next(() => {
        socket.write(Buffer.from([version, method]));
        if (method === 0) return open();
        next((data) => {
          asked.push(data.toString());
          socket.write(Buffer.from([1, status]));
          open();
        });
      });
    });
    return { ...(await listen(server)), asked };
  };

  /** Two nodes, whose hosts only the proxy can look up. */
  const doctorBehind = async (options: string, line?: string, clock = fakeClock()) => {
    const nodes = await Promise.all([1, 2].map(() => startTls((socket) => serveCommands(socket, () => hello))));
    const dns = await startDns((_, type) => (type === 'SRV' ? nodes.map(({ port }) => srvTo(host, port)) : []));
    const argument = `mongodb+srv://${srvName}/?${options}`;
    const run = await doctorAt(dns.address, line, { argument, clock });
    await Promise.all([dns.close(), ...nodes.map((node) => node.close())]);
    return run;
  };

  test.each([
    ['without a password', {}, '', []],
    ['with one', { method: 2 }, '&proxyUsername=me&proxyPassword=hunter2', ['\x01\x02me\x07hunter2']],
  ])('healthy nodes %s', async (_, said, more, signedIn) => {
    const proxy = await startProxy(said);
    const options = `proxyHost=127.0.0.1&proxyPort=${proxy.port}${more}`;
    const { checks, exitCode, stdout, stderr } = await doctorBehind(options);
    expect(checks.filter(({ result }) => result !== 'success')).toEqual([]);
    expect(exitCode).toBe(0);
    expect([...new Set(proxy.asked)].sort()).toEqual([...signedIn, host].sort());
    const text = await doctorBehind(options, '-v --output table');
    await proxy.close();
    expect(text.stdout).toContain(`through the SOCKS5 proxy 127.0.0.1:${proxy.port}`);
    expect(stdout + stderr + text.stdout + text.stderr).not.toContain('hunter2');
  });

  test.each<[string, Said | undefined, options: string, reason: RegExp]>([
    ['is not running', undefined, 'proxyHost=127.0.0.1&proxyPort=1', /nothing listens there$/],
    ['has a password in it', undefined, 'proxyHost=socks5://me:hunter2@a', /proxyPort of the string is not valid$/],
    ['has no address', undefined, 'proxyHost=proxy.example', /its name does not resolve$/],
    ['is none', { version: 72 }, '', /handshake/],
    ['wants another password', { method: 2, status: 1 }, '&proxyUsername=me&proxyPassword=hunter2', /failed$/],
    ['reaches no node', { reply: 4 }, '', /HostUnreachable$/],
  ])('a proxy that %s is one problem, and the first one', async (_, said, more, reason) => {
    const proxy = said && (await startProxy(said));
    const { find, exitCode, stderr, stdout, checks } = await doctorBehind(
      proxy ? `proxyHost=127.0.0.1&proxyPort=${proxy.port}${more}` : more,
    );
    await proxy?.close();
    expect(find('network-place')).toMatchObject({ result: 'error', detail: expect.stringMatching(reason) });
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(
      /^Error: 1 problem: (?:the SOCKS5 proxy \S+ opens no connection|proxyHost or proxyPort of the string is not valid)\.\n$/,
    );
    expect(checks.filter(({ id }) => id === 'network-tcp').map(({ result }) => result)).toEqual(['skipped']);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  test('a silent proxy ends with the time of a connection', async () => {
    const clock = fakeClock();
    const port = await testServer(createServer((socket) => socket.once('data', () => clock.advance(3000))));
    const { find } = await doctorBehind(`proxyHost=127.0.0.1&proxyPort=${port}`, undefined, clock);
    expect(find('network-place')?.detail).toMatch(/no response$/);
  });

  test('ssh -D closes a connection that it cannot open', async () => {
    const proxy = await startProxy({ reply: null });
    const { find } = await doctorBehind(`proxyHost=127.0.0.1&proxyPort=${proxy.port}`);
    await proxy.close();
    expect(find('network-tls')).toMatchObject({
      detail: expect.stringMatching(/^accepted, then closed or reset during the TLS handshake: pl-0-us-east-1\./),
      hint: expect.stringMatching(/ssh -D/),
    });
  });
});
