import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { cacheEntry } from '../config/cache.js';
import type { SignIn } from '../config/sign-in.js';

/**
 * What is cached of a sign-in. It is valid only for exactly these credentials and this host. Otherwise a saved token would
 * make a wrong secret look right. The file identifies them by a digest, so it shows no id and no secret.
 */
export function authCacheOf({ credentials, baseUrl }: SignIn, cacheFile: string, clock: Clock) {
  if (credentials.kind === 'access-token') return undefined;
  const key = createHash('sha256')
    .update(JSON.stringify([baseUrl, credentials]))
    .digest('hex');
  return cacheEntry(cacheFile, key, clock);
}
