import type { LookupFunction } from 'node:net';
import type { Env } from '../base/host.js';
import { type ConnectorOptions, createConnector } from './connector.js';
import { proxyOf } from './proxy.js';

export interface RouteOptions extends Pick<ConnectorOptions, 'clock' | 'signal'> {
  /** May name proxies. */
  env?: Env | undefined;
  /** Looks up host names; default: the system's lookup. */
  lookup?: LookupFunction | undefined;
}

export type Route = ReturnType<typeof routeTo>;

/** Finds the way to a host. Opens nothing yet. Throws a usage error if the proxy's URL is not valid. */
export function routeTo(baseUrl: string, { env = {}, lookup: resolve, ...options }: RouteOptions) {
  const proxy = proxyOf(baseUrl, env);
  const { lookup, isLookingUp } = sharingLookups(resolve ?? lookUpInSystem);
  return {
    /** Host and port of the proxy in use. */
    proxy: proxy?.host,
    /** Whether a DNS lookup is running. */
    isLookingUp,
    /** Opens a connection. A failure is a `ConnectError`, or the reason of the signal. */
    connect: createConnector(baseUrl, { ...options, proxy, lookup }),
  };
}

/** Loads Node's DNS only for a name: the address of a sandbox needs no lookup. */
const lookUpInSystem: LookupFunction = (hostname, options, callback) => {
  import('node:dns')
    .then(({ lookup }) => void lookup(hostname, options, callback))
    .catch((error) => callback(error, '', 0));
};

/**
 * Shares one lookup of a name among all concurrent callers. A system lookup can't be cancelled, and Node can't exit
 * before it ends. So there is never more than one for the same name and options.
 */
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
