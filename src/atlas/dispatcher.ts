import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { isLoopback } from './base-url.js';
import { type ConnectorOptions, createConnector, sharingLookups } from './connector.js';
import { type Proxies, proxyOf } from './proxy.js';

/** The connections to one host. */
export interface Connections {
  /** Sends one request. Calls `onLeave` before the first byte can be sent. */
  request(options: Dispatcher.RequestOptions, onLeave: () => void): Promise<Dispatcher.ResponseData>;
  /** Host and port of the proxy in use. */
  proxy: string | undefined;
  /** Whether a DNS lookup is running. */
  isLookingUp(): boolean;
}

interface Options extends Omit<ConnectorOptions, 'proxy'> {
  proxies: Proxies | undefined;
}

/**
 * Prepares connections to a host; the first request opens one. The signal destroys all connections, whatever they are
 * doing.
 */
export function connectTo(baseUrl: string, { proxies = {}, lookup: resolve, ...options }: Options): Connections {
  const { signal } = options;
  // V8 optimizes undici's parser (WebAssembly) in the background, and the process can't exit before that is done: about
  // 30 ms. With this budget, V8 starts only if there is a lot to parse. Don't set the flag earlier: Node would
  // recompile its own modules that are loaded after it.
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  const proxy = proxyOf(baseUrl, isLoopback(baseUrl), proxies);
  const { lookup, isLookingUp } = sharingLookups(resolve ?? (systemLookup as LookupFunction));
  // Set explicitly, so that no environment variable can switch off certificate checks. The connector has its own
  // time-out.
  const open = buildConnector({ rejectUnauthorized: true, timeout: 0, lookup });
  const agent = new Agent({ connect: createConnector(open, { ...options, proxy, lookup }) });
  signal?.addEventListener('abort', () => void agent.destroy(signal.reason as Error), { once: true });
  return {
    proxy: proxy?.host,
    isLookingUp,
    request: (about, onLeave) => {
      const dispatch: Dispatcher['dispatch'] = (each, handler) => {
        const onConnect = handler.onConnect?.bind(handler);
        handler.onConnect = (abort) => {
          onLeave();
          onConnect?.(abort);
        };
        return agent.dispatch(each, handler);
      };
      return request.call({ dispatch }, about);
    },
  };
}
