import type { LookupFunction, Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Clock } from '../base/clock.js';
import { ConnectError } from './network-fault.js';

export interface ConnectorOptions {
  clock: Clock;
  /** Bounds all of it: looking the name up, TCP, a proxy's tunnel and TLS. */
  connectMs: number;
  /** Ends connections that are being made. */
  signal: AbortSignal | undefined;
  proxy: URL | undefined;
  lookup: LookupFunction | undefined;
}

/** What undici opens one connection with. */
type Open = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket;

/** Opens connections for undici, each within its time. What goes wrong is a `ConnectError`: no request has left yet. */
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
 * Looks a name up once for all who ask meanwhile. A look-up of the system can't be called off, and Node ends no process
 * before it is through, so none is begun beside another.
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
