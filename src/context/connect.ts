import { createHash } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { version } from '../../package.json';
import type { Atlas, AtlasOptions } from '../atlas/client.js';
import type { HttpOptions, Trace } from '../atlas/http.js';
import type { Clock } from '../base/clock.js';
import type { Env } from '../base/host.js';
import { cacheEntry } from '../config/cache.js';
import type { SignIn } from '../config/sign-in.js';

/** What every connection to Atlas needs beside credentials. */
export interface Connecting {
  env: Env;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
  /** How host names are looked up; the system's way where it is left out. */
  lookup?: LookupFunction | undefined;
  /** The file of what signing in learns; null where nothing may be kept. */
  cacheFile: string | null;
  warn(message: string, cause?: string): void;
  /** Told when a call begins; what it returns, when it ends. */
  onCall?: (() => () => void) | undefined;
  /** Shows a line about each request. */
  trace?: ((line: string) => void) | undefined;
}

/** The calls of the Atlas API with these credentials, at their host. */
export async function connect(signIn: SignIn, line: Connecting): Promise<Atlas> {
  const { createAtlas } = await import('../atlas/client.js');
  const memo = line.cacheFile === null ? undefined : memoOf(signIn, line.cacheFile, line.clock);
  return createAtlas(signIn.credentials, { ...httpOptions(signIn, line), memo } satisfies AtlasOptions);
}

/**
 * What a sign-in learnt. It is of use with these very credentials at this very host: another secret must not pass for the
 * right one since a token is there. The file shows neither id nor secret, only a digest of all of it.
 */
export function memoOf({ credentials, baseUrl }: SignIn, cacheFile: string, clock: Clock) {
  if (credentials.kind === 'access-token') return undefined;
  const key = createHash('sha256')
    .update(JSON.stringify([baseUrl, credentials]))
    .digest('hex');
  return cacheEntry(cacheFile, key, clock);
}

export function httpOptions(
  { baseUrl }: SignIn,
  { env, clock, random, signal, lookup, warn, onCall, trace }: Connecting,
): HttpOptions {
  return {
    baseUrl,
    userAgent: `atlas-pe/${version} (node ${process.versions.node}; ${process.platform})`,
    clock,
    random,
    signal,
    lookup,
    warn,
    onCall,
    proxies: {
      https: env.HTTPS_PROXY || env.https_proxy,
      http: env.HTTP_PROXY || env.http_proxy,
      none: env.NO_PROXY || env.no_proxy,
    },
    trace: trace && ((event) => trace(traceLine(event))),
  };
}

function traceLine({ method, url, status, ms, requestId, proxy, note }: Trace): string {
  const more = [requestId && `request ${requestId}`, proxy && `by proxy ${proxy}`, note].filter(Boolean).join(', ');
  return `${method} ${url} ${status ?? '-'} ${Math.round(ms)} ms${more === '' ? '' : ` (${more})`}`;
}
