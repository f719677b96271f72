import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { UsageError } from '../errors.js';
import { isLoopback } from './base-url.js';

/** Proxies as the environment names them (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). */
export interface Proxies {
  https?: string | undefined;
  http?: string | undefined;
  none?: string | undefined;
}

/** Sends one request over the connections to a host. */
export type Request = (options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;

/** The connections to one host. A proxy never stands between this machine and itself. */
export async function connectTo(baseUrl: string, connectMs: number, proxies: Proxies = {}): Promise<Request> {
  // V8 optimizes undici's parser, which is WebAssembly, in the background, and lets no process end before that: some 30 ms.
  // With this budget it begins only when there is a lot to parse. Set any sooner, a flag would have Node's own modules that are
  // loaded after it compiled anew.
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  const dispatcher = await createDispatcher(baseUrl, connectMs, proxies);
  return (options) => request.call(dispatcher, options);
}

async function createDispatcher(baseUrl: string, connectMs: number, proxies: Proxies): Promise<Dispatcher> {
  // Said here, no environment variable can switch the check of certificates off.
  const connect = { timeout: connectMs, rejectUnauthorized: true };
  if (isLoopback(baseUrl) || !(proxies.https || proxies.http)) return new Agent({ connect });
  const { createProxyDispatcher } = await import('./proxy-dispatcher.js');
  return createProxyDispatcher({
    connect,
    proxyTls: connect,
    requestTls: connect,
    httpProxy: proxyUrl(proxies.http),
    httpsProxy: proxyUrl(proxies.https),
    noProxy: proxies.none ?? '',
  });
}

/** Like curl, takes `host:port` for a proxy that speaks HTTP. What is wrong is not repeated: it may hold a password. */
function proxyUrl(text = ''): string {
  if (text === '') return '';
  const url = text.includes('://') ? text : `http://${text}`;
  if (URL.canParse(url) && /^https?:/i.test(url)) return url;
  throw new UsageError(
    'The proxy in the environment is not a URL.',
    'For example HTTPS_PROXY=http://proxy.example:8080',
  );
}
