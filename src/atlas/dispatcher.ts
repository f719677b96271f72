import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { isLoopback } from './base-url.js';

/** Proxies as the environment names them (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). */
export interface Proxies {
  https?: string | undefined;
  http?: string | undefined;
  none?: string | undefined;
}

/** The connections to one host. A proxy never stands between this machine and itself. */
export function createDispatcher(baseUrl: string, connectMs: number, proxies: Proxies = {}): Dispatcher {
  const connect = { timeout: connectMs };
  if (isLoopback(baseUrl) || !(proxies.https || proxies.http)) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    connect,
    proxyTls: connect,
    requestTls: connect,
    httpProxy: proxies.http ?? '',
    httpsProxy: proxies.https ?? '',
    noProxy: proxies.none ?? '',
  });
}
