import { once } from 'node:events';
import { request as overHttp } from 'node:http';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { credentialsOf, TunnelRefused } from './proxy.js';

/**
 * Opens a tunnel to `host:port` through a proxy (RFC 9110 §9.3.6). undici's own ProxyAgent is not used: it gives a
 * proxy five minutes to answer, and its connections can't be aborted meanwhile. Calls `onLeave` when the request was sent.
 */
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
  const request = isTls ? (await import('node:https')).request : overHttp;
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
  throw new TunnelRefused(statusCode);
}
