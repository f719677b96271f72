import { isFailure } from '../base/errors.js';
import { credentialKinds } from '../config/credential-kinds.js';
import { resolveSignIn } from '../config/sign-in.js';
import type { ProfileValues } from '../config/store.js';
import type { Context } from '../context.js';
import { profileSources } from './profile-sources.js';

/** Revokes the token of the credentials saved in a profile, and removes it from the cache. */
export async function endSignIn(context: Context, profile: string, values: ProfileValues): Promise<void> {
  // Half of a pair never signed in.
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
