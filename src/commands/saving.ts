import { UsageError } from '../base/errors.js';
import { originText, type Sources } from '../config/precedence.js';
import type { Saved } from '../config/secrets.js';
import { resolveSignIn } from '../config/sign-in.js';
import type { ProfileValues } from '../config/store.js';
import type { Context } from '../context.js';

export function checkKeepsSettings({ settings }: Context) {
  if (!settings.profile.isSandbox) return;
  throw new UsageError(
    'The sandbox profile is built in and cannot store settings.',
    'Choose another profile with --profile, which takes precedence over ATLAS_PE_SANDBOX.',
  );
}

export function whereSaved({ file, secretsIn, isFallback }: Saved, hasSecret: boolean) {
  if (hasSecret && secretsIn !== 'file') return `the system keychain (other settings are in ${file})`;
  return isFallback ? `${file}, readable only by you (no keychain is available)` : file;
}

/** The sources of settings for a profile, without flags. The profile may not exist. */
export function profileSources(
  context: Context,
  profile: string,
  values: ProfileValues = {},
  env = context.settings.env,
): Sources {
  const { atlasCli, keychain } = context.settings;
  return { flags: {}, env, profile: { name: profile, values: async () => values }, atlasCli, keychain };
}

/** The origin of the credentials that commands use instead of those in this profile; undefined if there are none. */
export async function otherOrigin(context: Context, profile: string, values: ProfileValues) {
  const used = await resolveSignIn(profileSources(context, profile, values)).catch(() => null);
  return used && used.origin.kind !== 'profile' ? originText(used.origin) : undefined;
}
