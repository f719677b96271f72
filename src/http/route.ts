import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { type Clock, orAbort } from '../base/clock.js';
import type { Env } from '../base/host.js';
import { once } from '../base/once.js';
import { ConnectError, openTunnel, proxyOf } from './proxy.js';

export interface RouteOptions {
  clock: Clock;
  /** Destroys connections, also while they are being opened. */
  signal: AbortSignal;
  env?: Env | undefined;
  lookup?: LookupFunction | undefined;
}

export type Route = ReturnType<typeof routeTo>;

/** Milliseconds for the whole connection: DNS lookup, TCP, the proxy's tunnel and TLS. */
export const connectMs = 10_000;

/** Finds the way to a host. Opens nothing yet. Throws a usage error if the proxy's URL is not valid. */
export function routeTo(baseUrl: string, { clock, signal, env = {}, ...options }: RouteOptions) {
  const proxy = proxyOf(baseUrl, env);
  const { lookup, isLookingUp } = sharingLookups(options.lookup ?? lookUpInSystem);
  const { protocol, hostname, port: given } = new URL(baseUrl);
  const isTls = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = Number(given) || (isTls ? 443 : 80);
  const tls = once(loadTls);

  const overTcp = async (limits: AbortSignal, onLeave: () => void) => {
    const keptAlive = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
    const socket = openTcp({ host, port, lookup, ...keptAlive });
    if (isIP(host)) onLeave();
    else socket.once('lookup', onLeave);
    await opened(socket, 'connect', limits).catch((error: unknown) => {
      throw new ConnectError('host', error);
    });
    return socket;
  };
  const overProxy = (url: URL, limits: AbortSignal, onLeave: () => void) =>
    openTunnel(url, `${hostname}:${port}`, limits, lookup, onLeave).catch((error: unknown) => {
      if (error instanceof ConnectError) throw error;
      throw new ConnectError('proxy', limits.aborted ? limits.reason : error);
    });
  const overTls = async (socket: Socket, limits: AbortSignal) => {
    try {
      const openTls = await tls();
      // It may have been closed meanwhile, and then TLS on it would never end.
      if (socket.destroyed) throw socket.errored;
      const secured = openTls({ socket, host, ...(!isIP(host) && { servername: host }) });
      await opened(secured, 'secureConnect', limits);
      return secured;
    } catch (error) {
      socket.destroy();
      throw new ConnectError('host', error);
    }
  };

  /** Opens a connection. A failure is a `ConnectError`, or the reason of the signal. No request was sent yet. */
  const connect = async () => {
    const limits = AbortSignal.any([clock.timeout(connectMs), signal]);
    limits.throwIfAborted();
    // TLS and its authorities take some 20 ms to load, and the event loop stands still meanwhile. So this begins when the
    // first packet has left, and goes on while the server or the proxy answers.
    const prepare = () => {
      if (isTls) setImmediate(() => void tls().catch(() => undefined));
    };
    const reached = await (proxy ? overProxy(proxy, limits, prepare) : overTcp(limits, prepare));
    return addAbortSignal(signal, isTls ? await overTls(reached, limits) : reached);
  };
  return { proxy: proxy?.host, isLookingUp, connect };
}

/** Loads Node's DNS only for a name: the address of a sandbox needs no lookup. */
const lookUpInSystem: LookupFunction = (hostname, options, callback) => {
  import('node:dns')
    .then(({ lookup }) => void lookup(hostname, options, callback))
    .catch((error) => callback(error, '', 0));
};

/** Shares one lookup of a name among all callers: it can't be cancelled, and Node can't exit before it ends. */
function sharingLookups(lookup: LookupFunction): { lookup: LookupFunction; isLookingUp(): boolean } {
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

/** Opens TLS on sockets, all with the authorities that Node trusts. Reading those takes some milliseconds. */
async function loadTls(): Promise<(options: ConnectionOptions) => TLSSocket> {
  const { connect, createSecureContext } = await import('node:tls');
  const secureContext = createSecureContext();
  // Set explicitly, so that no environment variable can switch off certificate checks.
  return (options) => connect({ ...options, secureContext, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] });
}

/** Resolves when a socket that is being opened emits the event. Destroys the socket if it fails or the limits abort before that. */
async function opened(socket: Socket, event: 'connect' | 'secureConnect', limits: AbortSignal) {
  const opening = new Promise<void>((resolve, reject) => {
    socket.once(event, resolve);
    // This listener stays, because the connection may also break later.
    socket.on('error', reject);
    socket.once('close', () => reject());
  });
  try {
    await orAbort(opening, limits);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
