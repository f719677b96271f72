import { createServer as createHttp } from 'node:http';
import { createServer, type Server } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Env } from '../../src/base/host.js';
import { networkFault } from '../../src/http/network-fault.js';
import { ConnectError, proxyOf } from '../../src/http/proxy.js';
import { RequestError } from '../../src/http/request-error.js';
import { listen, listenInTest } from '../helpers/listen.js';
import { sender } from '../helpers/sender.js';

/* The connection to Atlas through proxies and TLS, and the errors if it fails on the way. */

const start = async (server: Server): Promise<string> => (await listenInTest(server)).host;

const post = { method: 'POST' } as const;

async function behind(proxy: string, baseUrl = 'https://atlas.test') {
  const { send, clock } = sender(baseUrl, { env: { HTTPS_PROXY: proxy } });
  return { error: await send(post).catch((thrown: unknown) => thrown), tries: clock.sleeps.length + 1 };
}

/** Starts a proxy that responds to CONNECT with these bytes. With null, it closes the connection. */
const answering = (answer: string | null) =>
  start(
    createServer((socket) => socket.once('data', () => (answer === null ? socket.destroy() : socket.end(answer)))),
  );

describe('a proxy', () => {
  test.each([
    ['us%40er:pass', 'us@er:pass'],
    ['user:100%secret', 'user:100%secret'],
  ])('gets its own user and password, but no Atlas credentials: %s', async (written, sent) => {
    let asked = '';
    const server = createServer((socket) =>
      socket.once('data', (data) => {
        asked = String(data);
        socket.destroy();
      }),
    );
    await behind(`http://${written}@${await start(server)}`);
    expect(asked).toMatch(/^CONNECT atlas\.test:443 HTTP\/1\.1\r\nhost: atlas\.test:443\r\n/i);
    expect(asked).toContain(`roxy-authorization: Basic ${Buffer.from(sent).toString('base64')}\r\n`);
    expect(asked).not.toMatch(/^authorization/im);
  });

  test.each([
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', true, 'could not connect to atlas.test (HTTP 502).', 5],
    ['HTTP/1.1 407 No\r\n\r\n', false, 'requires a user name and a password (HTTP 407).', 1],
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>',
      false,
      'sent a page instead of connecting to atlas.test (HTTP 200).',
      1,
    ],
    ['SSH-2.0-OpenSSH\r\n', true, 'sent a response that is not valid HTTP.', 5],
    [null, true, 'closed the connection.', 5],
  ])('that responds %j is named in the error, and nothing was sent', async (answer, mayPass, message, tries) => {
    const host = await answering(answer);
    const run = await behind(host);
    expect(run.error).toMatchObject({
      constructor: RequestError,
      mayPass,
      mayHaveArrived: false,
      message: `The proxy ${host} ${message}`,
      hint: { text: expect.stringContaining('HTTPS_PROXY') },
    });
    expect(run.tries).toBe(tries);
  });

  test("that doesn't run is named in the error instead of Atlas", async () => {
    const { host, close } = await listen(createServer());
    await close();
    const { error } = await behind(host);
    expect(error).toMatchObject({ message: `The proxy ${host} refused the connection.`, mayHaveArrived: false });
  });

  test('that closes the tunnel sent nothing to Atlas', async () => {
    expect((await behind(await answering('HTTP/1.1 200 OK\r\n\r\n'))).error).toMatchObject({
      constructor: RequestError,
      mayPass: true,
      mayHaveArrived: false,
      message: 'atlas.test closed the connection.',
    });
  });

  test('is in the trace', async () => {
    const host = await answering(null);
    const { send, traces } = sender('https://atlas.test', { env: { HTTPS_PROXY: `http://user:pass@${host}` } });
    await expect(send(post)).rejects.toThrow();
    expect(traces[0]).toContain(`(via proxy ${host}, The proxy ${host} closed the connection.)`);
    expect(traces.join()).not.toContain('pass');
  });

  test('is not used for this machine', async () => {
    const server = createHttp((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
    );
    const { send } = sender(`http://${await start(server)}`, { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } });
    expect(await send(post)).toEqual([]);
  });
});

describe('which proxy is used', () => {
  const { HTTPS_PROXY, HTTP_PROXY } = { HTTPS_PROXY: 'http://one.test:1', HTTP_PROXY: 'http://two.test:2' };
  const of = (env: Env, baseUrl = 'https://cloud.atlas.test') => proxyOf(baseUrl, env)?.host;

  test.each([
    [{ HTTPS_PROXY, HTTP_PROXY }, 'one.test:1'],
    [{ HTTPS_PROXY: 'one.test:1' }, 'one.test:1'],
    [{}, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY, NO_PROXY: 'other.test, .atlas.test' }, undefined],
    [{ HTTPS_PROXY, NO_PROXY: '*.ATLAS.test' }, undefined],
    [{ HTTPS_PROXY, NO_PROXY: 'atlas.test:443' }, undefined],
    [{ HTTPS_PROXY, NO_PROXY: 'atlas.test:8443' }, 'one.test:1'],
    [{ HTTPS_PROXY, NO_PROXY: 'las.test' }, 'one.test:1'],
    [{ HTTPS_PROXY, NO_PROXY: '*' }, undefined],
  ])('%j: %j', (env, expected) => {
    expect(of(env)).toBe(expected);
  });

  test.each([
    ['http://', 'The proxy URL in HTTPS_PROXY or HTTP_PROXY is not valid'],
    ['socks5://one.test:1', 'socks5:// proxies are not supported'],
  ])('%s is refused, and its password is not shown', (text, message) => {
    expect(() => of({ HTTPS_PROXY: text })).toThrow(message);
    expect(() => of({ HTTPS_PROXY: text })).not.toThrow('secret');
  });

  const lower = { https_proxy: 'b.test:1', http_proxy: 'd.test:1', no_proxy: 'other.test' };
  test.each([
    [{ HTTPS_PROXY: 'a.test:1', HTTP_PROXY: 'c.test:1', NO_PROXY: 'cloud.atlas.test', ...lower }, undefined],
    [{ HTTPS_PROXY: 'a.test:1', HTTP_PROXY: 'c.test:1', NO_PROXY: '', ...lower }, 'a.test:1'],
    [{ HTTPS_PROXY: '', HTTP_PROXY: 'c.test:1', ...lower }, 'b.test:1'],
    [{ HTTP_PROXY: 'c.test:1', http_proxy: 'd.test:1' }, 'c.test:1'],
    [{ ...lower, no_proxy: 'cloud.atlas.test' }, undefined],
  ])('the environment variables may be upper or lower case: %j', (env, expected) => {
    expect(of(env)).toBe(expected);
  });
});

test.each([
  ['CERT_HAS_EXPIRED', 'The certificate of h has expired.', 'clock of this machine'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of h is for a different host.', 'base URL'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'is not trusted (SELF_SIGNED_CERT_IN_CHAIN).', 'NODE_EXTRA_CA_CERTS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'h does not use TLS on this port', 'plain HTTP'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'could not agree on a TLS version', 'TLS versions'],
])('a TLS error with %s explains the cause', (code, message, hint) => {
  const attempt = { hasLeft: false, isHarmless: true };
  const request = { isSent: false, attempt, limitMs: 1, urlSetting: 'the base URL' };
  const error = new ConnectError('host', Object.assign(new Error(), { code }));
  expect(
    networkFault(error, { ...request, host: 'h', route: { proxy: undefined, isLookingUp: () => false } }),
  ).toMatchObject({
    constructor: RequestError,
    mayPass: false,
    mayHaveArrived: false,
    message: expect.stringContaining(message),
    hint: { text: expect.stringContaining(hint) },
  });
});
