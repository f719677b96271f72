import type { LookupFunction, Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Clock } from '../base/clock.js';
import { ConnectError } from './network-fault.js';

export interface ConnectorOptions {
  clock: Clock;
  /** Milliseconds for the whole connection: DNS lookup, TCP, the proxy's tunnel and TLS. */
  connectMs: number;
  /** Aborts connections while they are being opened. */
  signal: AbortSignal | undefined;
  proxy: URL | undefined;
  lookup: LookupFunction | undefined;
}

/** undici's function that opens one connection. */
type Open = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket;

/** Opens connections for undici, each within `connectMs`. A failure is a `ConnectError`: no request was sent yet. */
export function createConnector(open: Open, options: ConnectorOptions): buildConnector.connector {
  const { clock, connectMs, signal, proxy, lookup } = options;

  const connect = async (to: buildConnector.Options): Promise<Socket> => {
    const limits = AbortSignal.any([clock.timeout(connectMs), ...(signal ? [signal] : [])]);
    limits.throwIfAborted();
    let httpSocket: Socket | undefined;
    if (proxy) {
      const { openTunnel } = await import('./tunnel.js');
      httpSocket = await openTunnel(proxy, `${to.hostname}:${to.port || 443}`, limits, lookup).catch((error) => {
        throw new ConnectError('proxy', limits.aborted ? limits.reason : error);
      });
    }
    return new Promise((resolve, reject) => {
      const stop = () => {
        socket.destroy(limits.reason);
        httpSocket?.destroy();
      };
      const socket = open({ ...to, ...(httpSocket && { httpSocket }) }, (error, connected) => {
        limits.removeEventListener('abort', stop);
        if (connected) return resolve(connected);
        httpSocket?.destroy();
        reject(new ConnectError('host', error));
      });
      if (limits.aborted) stop();
      else limits.addEventListener('abort', stop, { once: true });
    });
  };

  return (to, callback) => {
    connect(to).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
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
