import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Nonce } from '../atlas/digest.js';
import { readText, temporaryBeside } from '../base/files.js';
import { cacheKeyOf, replaceCacheFile } from './cache.js';
import type { SignIn } from './precedence.js';

/*
 * Nonces that wait for the next command, which then needs no round trip to get one. There is no lock, and nobody waits: a command
 * takes the file by renaming it, so that exactly one gets it, and writes its own nonces whole at the end. A killed command loses
 * them, which costs a round trip.
 */

/** Takes what an earlier command with the same key left at the same host. `leave` hands over what `nonces` has at the end. */
export function takeNonces(signIn: SignIn, cacheFile: string) {
  const file = join(dirname(cacheFile), 'nonces.json');
  const key = cacheKeyOf(signIn, 'nonces');
  const nonces = noncesIn(file, key);
  const leave = async () => {
    if (nonces.length > 0) await replaceCacheFile(file, { key, nonces });
  };
  return { nonces, leave };
}

function noncesIn(file: string, key: string): Nonce[] {
  try {
    const taken = temporaryBeside(file);
    renameSync(file, taken);
    const text = readText(taken);
    rmSync(taken);
    const saved = Object(JSON.parse(text));
    return saved.key === key && Array.isArray(saved.nonces) ? saved.nonces.filter(isNonce) : [];
  } catch {
    // There is none, another command was faster, or the file is broken.
    return [];
  }
}

function isNonce(value: unknown): value is Nonce {
  const { challenge, count } = Object(value);
  const { realm, nonce, opaque = '' } = Object(challenge);
  const isText = (text: unknown) => typeof text === 'string' && /^[\x20-\x7e]*$/.test(text);
  return Number.isSafeInteger(count) && count > 0 && [realm, nonce, opaque].every(isText);
}
