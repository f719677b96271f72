import { defaultBaseUrl } from '../atlas/base-url.js';
import { UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { credentialNames } from '../config/credential-kinds.js';
import type { Saved } from '../config/secrets.js';
import type { ProfileValues } from '../config/store.js';
import type { Context } from '../context.js';

/** Throws if the profile in use is the sandbox. */
export function checkKeepsSettings({ profile }: Pick<Context, 'profile'>): void {
  if (!profile.isSandbox) return;
  throw new UsageError(
    'The sandbox profile is built in and cannot store settings.',
    'Choose another profile with --profile.',
  );
}

/** Throws if the credentials of a profile would be sent to a host other than the one they were saved for. */
export function checkHostStays(
  { profile, commandLine }: Pick<Context, 'profile' | 'commandLine'>,
  values: ProfileValues = {},
  baseUrl: string,
): void {
  const before = values['base-url'] ?? defaultBaseUrl;
  if (before === baseUrl || !credentialNames.some((name) => values[name] !== undefined)) return;
  throw new UsageError(
    `Profile ${profile.name} has credentials for ${before}. They cannot be used with another host.`,
    {
      text: 'Use another profile, or remove them first:',
      commands: [commandLine(cmd`logout`)],
    },
  );
}

/** Says where settings were saved, and whether a secret is in the file because there is no keychain. */
export function whereSaved({ file, secretsIn, isFallback }: Saved, hasSecret: boolean): string {
  if (!hasSecret || secretsIn === 'file') {
    const why = isFallback ? ', readable only by you (no keychain is available)' : '';
    return `${file}${why}`;
  }
  return `the system keychain (other settings are in ${file})`;
}
