import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { AuthCache } from '../atlas/auth.js';
import type { Clock } from '../base/clock.js';
import { createFolder, readText, replaceFile } from '../base/files.js';
import type { SignIn } from './precedence.js';

/** Entries that were not renewed for this many milliseconds are dropped. */
const lifeMs = 24 * 60 * 60_000;

type Entries = Record<string, { at: number; value: unknown }>;

/**
 * `sign-in`: the token of a service account; `project`: the only project that the credentials can access. The file has tokens,
 * but no keys or secrets. If it is broken, that only costs a round trip. The last writer wins.
 */
export function authCacheOf(
  signIn: SignIn,
  file: string | null,
  clock: Clock,
  what: 'sign-in' | 'project' = 'sign-in',
): AuthCache | undefined {
  const hasToken = signIn.credentials.kind === 'service-account';
  if (file === null || (what === 'sign-in' && !hasToken)) return undefined;
  const key = cacheKeyOf(signIn, what);
  return {
    read: async () => entriesOf(file, clock.now())[key]?.value,
    write: async (value) => {
      const now = clock.now();
      const entries = Object.entries(entriesOf(file, now)).filter(([name]) => name !== key);
      if (value !== undefined) entries.push([key, { at: now, value }]);
      await replaceCacheFile(file, Object.fromEntries(entries));
    },
  };
}

/** For exactly these credentials and this host: a saved token must not make a wrong secret look right. The key is a digest. */
export function cacheKeyOf({ credentials, baseUrl }: SignIn, what: string): string {
  return createHash('sha256')
    .update(JSON.stringify([baseUrl, credentials, what]))
    .digest('hex');
}

/** If this fails, the next command asks Atlas again. */
export async function replaceCacheFile(file: string, content: object): Promise<void> {
  try {
    createFolder(dirname(file));
    await replaceFile(file, JSON.stringify(content));
  } catch {
    // A cache is never worth an error.
  }
}

function entriesOf(file: string, now: number): Entries {
  try {
    const stored: unknown = JSON.parse(readText(file));
    const entries = Object.entries(Object(stored) as Entries);
    return Object.fromEntries(entries.filter(([, entry]) => now - entry?.at < lifeMs));
  } catch {
    return {};
  }
}
