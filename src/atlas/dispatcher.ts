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
  /** Sends one request; `onLeave` is called before its first byte may leave. */
  request(options: Dispatcher.RequestOptions, onLeave: () => void): Promise<Dispatcher.ResponseData>;
  /** The proxy that they go through, as host and port. */
  proxy: string | undefined;
  /** Whether an address is being looked up right now. */
  isLookingUp(): boolean;
}

interface Options extends Omit<ConnectorOptions, 'proxy'> {
  proxies: Proxies | undefined;
}

/** Connects to a host when it is first asked for something. The signal ends all connections, whatever they are doing. */
export function connectTo(baseUrl: string, { proxies = {}, lookup: resolve, ...options }: Options): Connections {
  const { signal } = options;
  // V8 optimizes undici's parser, which is WebAssembly, in the background, and lets no process end before that: some 30 ms.
  // With this budget it begins only when there is a lot to parse. Set any sooner, a flag would have Node's own modules that are
  // loaded after it compiled anew.
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  const proxy = proxyOf(baseUrl, isLoopback(baseUrl), proxies);
  const { lookup, isLookingUp } = sharingLookups(resolve ?? (systemLookup as LookupFunction));
  // Said here, no environment variable can switch the check of certificates off. The connector has a time limit itself.
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
