import { version } from '../../package.json';
import type { Atlas, AtlasOptions } from '../atlas/client.js';
import type { HttpOptions, Trace } from '../atlas/http.js';
import type { Proxies } from '../atlas/proxy.js';
import { type Route, routeTo } from '../atlas/route.js';
import { yieldToEventLoop } from '../base/clock.js';
import type { Env } from '../base/host.js';
import type { SignIn } from '../config/sign-in.js';

/** What a connection to Atlas needs, besides credentials. */
export interface Connecting extends Omit<HttpOptions, 'baseUrl' | 'userAgent' | 'proxies' | 'trace'> {
  env: Env;
  /** The file for what was learned while signing in; null if nothing may be saved. */
  cacheFile: string | null;
  /** Prints one line about each request. */
  trace?: ((line: string) => void) | undefined;
}

/**
 * Creates a client for the Atlas API with these credentials. Opens the connections for the first requests, `atOnce` of
 * them, and loads the client meanwhile.
 */
export async function connectAtlas(signIn: SignIn, line: Connecting, atOnce: number): Promise<Atlas> {
  const options = httpOptions(signIn, line);
  const route = openRoute(options, atOnce);
  await yieldToEventLoop();
  const { createAtlas } = await import('../atlas/client.js');
  const { authCacheOf } = await import('./auth-cache.js');
  const cache = authCacheOf(signIn, line.cacheFile, line.clock);
  return createAtlas(signIn.credentials, { ...options, cache, route } satisfies AtlasOptions);
}

/** Undefined if the settings of the proxy are not valid. Then the first request reports that. */
function openRoute({ baseUrl, ...options }: HttpOptions, atOnce: number): Route | undefined {
  try {
    const route = routeTo(baseUrl, options);
    route.openAhead(atOnce);
    return route;
  } catch {
    return undefined;
  }
}

/** The proxies that the environment names. */
export function proxiesOf(env: Env): Proxies {
  return {
    https: env.HTTPS_PROXY || env.https_proxy,
    http: env.HTTP_PROXY || env.http_proxy,
    none: env.NO_PROXY || env.no_proxy,
  };
}

export function httpOptions(signIn: SignIn, { env, cacheFile: _, trace, ...line }: Connecting): HttpOptions {
  return {
    ...line,
    baseUrl: signIn.baseUrl,
    explain: async (error) => (await import('./explain.js')).explainFailure(error, signIn),
    userAgent: `atlas-pe/${version} (node ${process.versions.node}; ${process.platform})`,
    proxies: proxiesOf(env),
    trace: trace && ((event) => trace(traceLine(event))),
  };
}

function traceLine({ method, url, status, ms, requestId, proxy, note }: Trace): string {
  const more = [requestId && `request ${requestId}`, proxy && `via proxy ${proxy}`, note].filter(Boolean).join(', ');
  return `${method} ${url} ${status ?? '-'} ${Math.round(ms)} ms${more === '' ? '' : ` (${more})`}`;
}
