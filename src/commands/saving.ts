import { defaultBaseUrl } from '../atlas/base-url.js';
import { advise, isFailure, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { credentialKinds, credentialNames } from '../config/credential-kinds.js';
import { originText } from '../config/precedence.js';
import type { Sources } from '../config/resolve.js';
import type { Saved } from '../config/secrets.js';
import { resolveSignIn } from '../config/sign-in.js';
import type { ProfileValues } from '../config/store.js';
import type { Context } from '../context.js';

/* What the commands that change saved settings and credentials share. */

/** Throws if the profile in use is the sandbox. */
export function checkKeepsSettings({ profile }: Context): void {
  if (!profile.isSandbox) return;
  throw new UsageError(
    'The sandbox profile is built in and cannot store settings.',
    'Choose another profile with --profile.',
  );
}

/** Throws if the credentials of a profile would be sent to a host other than the one they were saved for. */
export function checkHostStays(context: Context, values: ProfileValues = {}, baseUrl: string): void {
  const { profile } = context;
  const before = values['base-url'] ?? defaultBaseUrl;
  if (before === baseUrl || !credentialNames.some((name) => values[name] !== undefined)) return;
  throw new UsageError(
    `Profile ${profile.name} has credentials for ${before}. They cannot be used with another host.`,
    advise(context, 'Use another profile, or remove them first:', cmd`logout`),
  );
}

/** Says where settings were saved, and whether a secret is in the file because there is no keychain. */
export function whereSaved({ file, secretsIn, isFallback }: Saved, hasSecret: boolean): string {
  if (hasSecret && secretsIn !== 'file') return `the system keychain (other settings are in ${file})`;
  return isFallback ? `${file}, readable only by you (no keychain is available)` : file;
}

/**
 * The sources of settings for a profile, without flags. The profile may not exist, and the environment may be empty.
 */
export function profileSources(
  context: Context,
  profile: string,
  values: ProfileValues = {},
  env = context.env,
): Sources {
  const { atlasCli, keychain } = context;
  return { flags: {}, env, profile: { name: profile, values }, atlasCli, keychain };
}

/** The origin of the credentials that commands use instead of those in this profile; undefined if there are none. */
export async function otherOrigin(context: Context, profile: string, values: ProfileValues) {
  const used = await resolveSignIn(profileSources(context, profile, values)).catch(() => null);
  return used && used.origin.kind !== 'profile' ? originText(used.origin) : undefined;
}

/** Revokes the token of the credentials saved in a profile, and removes it from the cache. */
export async function endSignIn(context: Context, profile: string, values: ProfileValues): Promise<void> {
  // An incomplete pair never got a token.
  if (!credentialKinds.some(({ names }) => names.every((name) => values[name] !== undefined))) return;
  try {
    // Only the credentials of this profile, not those in the environment.
    await context.forget(await resolveSignIn(profileSources(context, profile, values, {})));
  } catch (error) {
    if (!isFailure(error)) throw error;
    // A token that cannot be revoked expires within an hour.
    context.io.warn(`Could not revoke the access token at Atlas: ${error.message}`);
  }
}
