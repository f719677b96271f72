import { defaultBaseUrl } from '../../atlas/base-url.js';
import { UsageError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { credentialNames } from '../../config/credential-kinds.js';
import type { Saved } from '../../config/secrets.js';
import type { Values } from '../../config/store.js';
import type { Context } from '../../context.js';

/** Throws where the profile in use is the sandbox. */
export function checkKeepsSettings({ profile }: Pick<Context, 'profile'>): void {
  if (!profile.isSandbox) return;
  throw new UsageError(
    'The sandbox profile is built in and keeps no settings.',
    'Name another profile with --profile.',
  );
}

/** Throws where credentials of a profile would be sent to another host than the one they were saved for. */
export function checkHostStays(
  { profile, commandLine }: Pick<Context, 'profile' | 'commandLine'>,
  values: Values = {},
  baseUrl: string,
): void {
  const before = values['base-url'] ?? defaultBaseUrl;
  if (before === baseUrl || !credentialNames.some((name) => values[name] !== undefined)) return;
  throw new UsageError(`Profile ${profile.name} holds credentials for ${before}, and they are sent nowhere else.`, {
    text: 'Use another profile, or remove them first:',
    commands: [commandLine(cmd`logout`)],
  });
}

/** Says where settings went, and about a secret that there was no keychain for it. */
export function whereSaved({ file, secretsIn, isFallback }: Saved, hasSecret: boolean): string {
  if (!hasSecret || secretsIn === 'file') {
    const why = isFallback ? ', which you alone can read: there is no keychain here' : '';
    return `${file}${why}`;
  }
  return `the keychain of this machine (the rest in ${file})`;
}
