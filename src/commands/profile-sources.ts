import type { Env } from '../base/host.js';
import { originText } from '../config/precedence.js';
import type { Sources } from '../config/resolve.js';
import { resolveSignIn } from '../config/sign-in.js';
import type { ProfileValues } from '../config/store.js';
import type { Context } from '../context.js';

/**
 * The sources of settings for a profile, without flags. The profile may not exist, and the environment may be empty.
 */
export function profileSources(
  context: Pick<Context, 'env' | 'atlasCli' | 'keychain'>,
  profile: string,
  values: ProfileValues = {},
  env: Env = context.env,
): Sources {
  const { atlasCli, keychain } = context;
  return { flags: {}, env, profile: { name: profile, values }, atlasCli, keychain };
}

/**
 * Where the credentials come from that commands use instead of the profile's, which has these settings. Undefined if there
 * are no others.
 */
export async function otherOrigin(
  context: Context,
  profile: string,
  values: ProfileValues,
): Promise<string | undefined> {
  const used = await resolveSignIn(profileSources(context, profile, values)).catch(() => null);
  return used && used.origin.kind !== 'profile' ? originText(used.origin) : undefined;
}
