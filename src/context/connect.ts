import { version } from '../../package.json';
import type { Atlas } from '../atlas/client.js';
import type { HttpOptions } from '../atlas/send.js';
import type { Env } from '../base/host.js';
import type { SignIn } from '../config/sign-in.js';

/** What a connection to Atlas needs, besides credentials. */
export interface Connecting extends Omit<HttpOptions, 'baseUrl' | 'userAgent'> {
  env: Env;
  /** The file for what was learned while signing in; null if nothing may be saved. */
  cacheFile: string | null;
}

/** Creates a client for the Atlas API with these credentials. */
export async function connectAtlas(signIn: SignIn, line: Connecting): Promise<Atlas> {
  const { createAtlas } = await import('../atlas/client.js');
  const { authCacheOf } = await import('./auth-cache.js');
  const cache = authCacheOf(signIn, line.cacheFile, line.clock);
  return createAtlas(signIn.credentials, { ...httpOptions(signIn, line), cache });
}

export function httpOptions(signIn: SignIn, { cacheFile: _, ...line }: Connecting): HttpOptions {
  return {
    ...line,
    baseUrl: signIn.baseUrl,
    explain: async (error) => (await import('./explain.js')).explainFailure(error, signIn),
    userAgent: `atlas-pe/${version} (node ${process.versions.node}; ${process.platform})`,
  };
}
