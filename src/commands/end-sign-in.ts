import { isFailure } from '../base/errors.js';
import { kinds } from '../config/credential-kinds.js';
import { resolveSignIn } from '../config/sign-in.js';
import type { Values } from '../config/store.js';
import type { Context } from '../context.js';
import { sourcesOf } from './profile-sources.js';

/** Revokes the token of the credentials saved in a profile, and removes it from the cache. */
export async function endSignIn(context: Context, profile: string, values: Values): Promise<void> {
  // Half of a pair never signed in.
  if (!kinds.some(({ names }) => names.every((name) => values[name] !== undefined))) return;
  try {
    // Only the credentials of this profile, not those in the environment.
    await context.forget(await resolveSignIn(sourcesOf(context, profile, values, {})));
  } catch (error) {
    if (!isFailure(error)) throw error;
    // A token that cannot be revoked expires within an hour.
    context.io.warn(`Could not revoke the access token at Atlas: ${error.message}`);
  }
}
