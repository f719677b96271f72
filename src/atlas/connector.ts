import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
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
  const tls = once(async () => (await import('./tls.js')).createTls());
  /** The last TLS session; the server may resume it. */
  let session: Buffer | undefined;

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
  const overProxy = async (url: URL, limits: AbortSignal, onLeave: () => void) => {
    const { openTunnel } = await import('./tunnel.js');
    return openTunnel(url, `${hostname}:${port}`, limits, lookup, onLeave).catch((error: unknown) => {
      throw new ConnectError('proxy', limits.aborted ? limits.reason : error);
    });
  };
  const overTls = async (socket: Socket, limits: AbortSignal) => {
    try {
      const openTls = await tls();
      // It may have been closed meanwhile, and then TLS on it would never end.
      if (socket.destroyed) throw socket.errored;
      const secured = openTls({ socket, host, ...(!isIP(host) && { servername: host }), ...(session && { session }) });
      secured.on('session', (latest) => {
        session = latest;
      });
      await opened(secured, 'secureConnect', limits);
      return secured;
    } catch (error) {
      socket.destroy();
      throw new ConnectError('host', error);
    }
  };

  return async () => {
    const limits = AbortSignal.any([clock.timeout(connectMs), ...(signal ? [signal] : [])]);
    limits.throwIfAborted();
    // TLS and its authorities take some 20 ms to load, and the event loop stands still meanwhile. So this begins when the
    // first packet has left, and goes on while the server or the proxy answers.
    const prepare = () => {
      if (isTls) setImmediate(() => void tls().catch(() => undefined));
    };
    const reached = proxy ? overProxy(proxy, limits, prepare) : overTcp(limits, prepare);
    return isTls ? overTls(await reached, limits) : reached;
  };
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
    // This listener stays, because the connection may also break later.
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
