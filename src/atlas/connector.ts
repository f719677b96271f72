import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../base/clock.js';
import { once } from '../base/once.js';
import { ConnectError } from './connect-error.js';

export interface ConnectorOptions {
  clock: Clock;
  /** Milliseconds for the whole connection: DNS lookup, TCP, the proxy's tunnel and TLS. */
  connectMs: number;
  /** Aborts connections while they are being opened. */
  signal: AbortSignal | undefined;
  proxy: URL | undefined;
  lookup: LookupFunction;
}

/** Milliseconds for the whole connection, by default. */
export const usualConnectMs = 10_000;

/**
 * Returns a function that opens a connection to a host, each within `connectMs`. A failure is a `ConnectError`: no request
 * was sent yet. It needs nothing of undici, which is loaded meanwhile.
 */
export function createConnector(baseUrl: string, options: ConnectorOptions): () => Promise<Socket> {
  const { clock, connectMs, signal, proxy, lookup } = options;
  const { protocol, hostname, port: given } = new URL(baseUrl);
  const isTls = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = Number(given) || (isTls ? 443 : 80);
  const tls = once(prepareTls);
  /** The last TLS session; the server may resume it. */
  let session: Buffer | undefined;

  const overTcp = async (limits: AbortSignal) => {
    const keptAlive = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
    const socket = openTcp({ host, port, lookup, ...keptAlive });
    await opened(socket, 'connect', limits).catch((error: unknown) => {
      throw new ConnectError('host', error);
    });
    return socket;
  };
  const overProxy = async (url: URL, limits: AbortSignal) => {
    const { openTunnel } = await import('./tunnel.js');
    return openTunnel(url, `${hostname}:${port}`, limits, lookup).catch((error: unknown) => {
      throw new ConnectError('proxy', limits.aborted ? limits.reason : error);
    });
  };
  const overTls = async (socket: Socket, limits: AbortSignal) => {
    const { open, secureContext } = await tls();
    const names = isIP(host) ? { host } : { host, servername: host };
    // Set explicitly, so that no environment variable can switch off certificate checks.
    const strict = { secureContext, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] };
    const secured = open({ socket, ...names, ...strict, ...(session && { session }) });
    secured.on('session', (latest) => {
      session = latest;
    });
    await opened(secured, 'secureConnect', limits).catch((error: unknown) => {
      socket.destroy();
      throw new ConnectError('host', error);
    });
    return secured;
  };

  return async () => {
    const limits = AbortSignal.any([clock.timeout(connectMs), ...(signal ? [signal] : [])]);
    limits.throwIfAborted();
    const reached = proxy ? overProxy(proxy, limits) : overTcp(limits);
    if (!isTls) return reached;
    // The certificates of the authorities take some milliseconds. Meanwhile the server accepts the connection.
    const [socket] = await Promise.all([reached, tls()]);
    return overTls(socket, limits);
  };
}

interface Tls {
  open(options: ConnectionOptions): Socket;
  secureContext: NonNullable<ConnectionOptions['secureContext']>;
}

async function prepareTls(): Promise<Tls> {
  const { connect, createSecureContext } = await import('node:tls');
  return { open: connect, secureContext: createSecureContext() };
}

/** Resolves when a socket that is being opened emits the event. Destroys the socket if the limits abort before that. */
function opened(socket: Socket, event: 'connect' | 'secureConnect', limits: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => void socket.destroy(limits.reason);
    const end = () => limits.removeEventListener('abort', stop);
    socket.once(event, () => {
      end();
      resolve();
    });
    // Stays: if the connection breaks later, whoever uses it learns that too.
    socket.on('error', (error) => {
      end();
      reject(error);
    });
    socket.once('close', () => {
      end();
      reject();
    });
    if (limits.aborted) stop();
    else limits.addEventListener('abort', stop, { once: true });
  });
}

/**
 * Shares one lookup of a name among all concurrent callers. A system lookup can't be cancelled, and Node can't exit
 * before it ends. So there is never more than one for the same name.
 */
export function sharingLookups(lookup: LookupFunction): { lookup: LookupFunction; isLookingUp(): boolean } {
  const waiting = new Map<string, Parameters<LookupFunction>[2][]>();
  const shared: LookupFunction = (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options]);
    const others = waiting.get(key);
    if (others) return void others.push(callback);
    const all = [callback];
    waiting.set(key, all);
    lookup(hostname, options, (...result) => {
      waiting.delete(key);
      for (const each of all) each(...result);
    });
  };
  return { lookup: shared, isLookingUp: () => waiting.size > 0 };
}
