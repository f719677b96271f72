import { once } from 'node:events';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import querystring from 'node:querystring';
import { UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { isLoopback } from '../base/loopback.js';

const example = 'Example: HTTPS_PROXY=http://proxy.example:8080';

/** The proxy that the environment names for a host. None for loopback addresses. Throws a usage error. */
export function proxyOf(baseUrl: string, env: Env) {
  const text = env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy;
  if (!text || isLoopback(baseUrl)) return undefined;
  if (isExcepted(new URL(baseUrl), env.NO_PROXY || env.no_proxy || '')) return undefined;
  // Accepts `host:port`, like curl. The errors don't repeat the value: it may contain a password.
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new UsageError('The proxy URL in HTTPS_PROXY or HTTP_PROXY is not valid.', example);
  const proxy = new URL(url);
  if (!/^https?:$/.test(proxy.protocol)) {
    throw new UsageError(`${proxy.protocol}// proxies are not supported. Use an HTTP or HTTPS proxy.`, example);
  }
  return proxy;
}

/** The value of Proxy-Authorization; empty without a user name. A % that encodes nothing stands for itself. */
function credentialsOf({ username, password }: URL) {
  const [user, secret] = [username, password].map((text) => querystring.unescape(text));
  return user || secret ? `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` : '';
}

/** The connection could not be opened, so no part of the request was sent. */
export class ConnectError extends Error {
  constructor(
    readonly side: 'proxy' | 'host',
    cause: unknown,
    /** What the proxy answered to CONNECT, if that was no success, or came with a page. */
    readonly status: number | null = null,
  ) {
    super(status === null ? 'No connection.' : `The proxy returned HTTP ${status}.`, { cause });
  }
}

/** Opens a tunnel to `host:port` (RFC 9110 §9.3.6). undici's own ProxyAgent gives a proxy 5 minutes, and can't be aborted. */
export async function openTunnel(
  proxy: URL,
  target: string,
  signal: AbortSignal,
  lookup: LookupFunction | undefined,
  onLeave?: () => void,
): Promise<Socket> {
  const authorization = credentialsOf(proxy);
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const isTls = proxy.protocol === 'https:';
  const { request } = await (isTls ? import('node:https') : import('node:http'));
  const connecting = request({
    method: 'CONNECT',
    path: target,
    agent: false,
    signal,
    rejectUnauthorized: true,
    host,
    // The proxy's name for TLS. Node would use the Host header, which is the target.
    servername: isIP(host) ? '' : host,
    port: proxy.port || (isTls ? 443 : 80),
    headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
    ...(lookup && { lookup }),
  });
  connecting.end(onLeave);
  const [{ statusCode = 0 }, socket, head] = await once(connecting, 'connect');
  // The socket may still fail later; that error is reported elsewhere.
  socket.on('error', () => undefined);
  // Through a tunnel, a TLS server says nothing before the client.
  if (statusCode >= 200 && statusCode < 300 && head.length === 0) return socket;
  socket.destroy();
  throw new ConnectError('proxy', undefined, statusCode);
}

/** Whether NO_PROXY contains this host, a parent domain, or `*`. An entry may have a port. */
function isExcepted({ protocol, hostname, port }: URL, none: string) {
  const actual = port || (protocol === 'https:' ? '443' : '80');
  return none.split(/[,\s]+/).some((entry) => {
    const [, name = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const domain = name.replace(/^\*?\./, '').toLowerCase();
    if (domain === '' || (only !== undefined && only !== actual)) return false;
    return domain === '*' || hostname === domain || hostname.endsWith(`.${domain}`);
  });
}
