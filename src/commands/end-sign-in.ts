import { isFailure } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { credentialNames } from '../config/credential-kinds.js';
import type { Sources } from '../config/resolve.js';
import { resolveSignIn } from '../config/sign-in.js';
import type { Values } from '../config/store.js';
import type { Context } from '../context.js';

/** Where settings come from for a profile that need not exist, without flags, and in an environment that may be empty. */
export function sourcesOf(
  context: Pick<Context, 'env' | 'atlasCli' | 'keychain'>,
  profile: string,
  values: Values = {},
  env: Env = context.env,
): Sources {
  const { atlasCli, keychain } = context;
  return { flags: {}, env, profile: { name: profile, values }, atlasCli, keychain };
}

/** Takes back at Atlas what a profile's own credentials hold there, and forgets it here. */
export async function endSignIn(context: Context, profile: string, values: Values): Promise<void> {
  if (!credentialNames.some((name) => values[name] !== undefined)) return;
  try {
    // Only those of this profile, whatever the environment says.
    await context.forget(await resolveSignIn(sourcesOf(context, profile, values, {})));
  } catch (error) {
    if (!isFailure(error)) throw error;
    // A token that can't be taken back ends by itself within the hour.
    context.io.warn(`The sign-in could not be ended at Atlas: ${error.message}`);
  }
}
