import { version } from '../../package.json';
import type { Atlas, AtlasOptions } from '../atlas/client.js';
import type { HttpOptions } from '../atlas/send.js';
import { yieldToEventLoop } from '../base/clock.js';
import type { Env } from '../base/host.js';
import type { SignIn } from '../config/sign-in.js';
import { routeTo } from '../http/route.js';

/** What a connection to Atlas needs, besides credentials. */
export interface Connecting extends Omit<HttpOptions, 'baseUrl' | 'userAgent'> {
  env: Env;
  /** The file for what was learned while signing in; null if nothing may be saved. */
  cacheFile: string | null;
}

/**
 * Creates a client for the Atlas API with these credentials. Opens the connections for the first requests, `atOnce` of
 * them, and loads the client meanwhile.
 */
export async function connectAtlas(signIn: SignIn, line: Connecting, atOnce: number): Promise<Atlas> {
  const options = httpOptions(signIn, line);
  const route = routeTo(signIn.baseUrl, options);
  route.openAhead(atOnce);
  await yieldToEventLoop();
  const { createAtlas } = await import('../atlas/client.js');
  const { authCacheOf } = await import('./auth-cache.js');
  const cache = authCacheOf(signIn, line.cacheFile, line.clock);
  return createAtlas(signIn.credentials, { ...options, cache, route } satisfies AtlasOptions);
}

export function httpOptions(signIn: SignIn, { cacheFile: _, ...line }: Connecting): HttpOptions {
  return {
    ...line,
    baseUrl: signIn.baseUrl,
    explain: async (error) => (await import('./explain.js')).explainFailure(error, signIn),
    userAgent: `atlas-pe/${version} (node ${process.versions.node}; ${process.platform})`,
  };
}
