import type { Saved } from '../../config/secrets.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';

/** Throws where the profile in use is the sandbox. */
export function checkKeepsSettings({ profile }: Context): void {
  if (!profile.isSandbox) return;
  throw new UsageError('The sandbox profile is built in and keeps no settings.', 'Name another one: --profile NAME');
}

/** Says where settings went, and about a secret that there was no keychain for it. */
export function whereSaved({ file, secretsIn, isFallback }: Saved, hasSecret: boolean): string {
  if (!hasSecret || secretsIn === 'file') {
    const why = isFallback ? ', which you alone can read: there is no keychain here' : '';
    return `${file}${why}`;
  }
  return `the keychain of this machine (the rest in ${file})`;
}
