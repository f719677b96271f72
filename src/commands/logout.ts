import { credentialNames, resolveSignIn } from '../config/resolve.js';
import { saveValues } from '../config/secrets.js';
import type { Context } from '../context.js';
import { CliError } from '../errors.js';
import { checkKeepsSettings } from './shared/saved.js';

/** Removes the credentials of the profile in use, and takes the token of a service account back. */
export async function logout(context: Context): Promise<void> {
  const { io, profile, keychain, atlasCli } = context;
  checkKeepsSettings(context);
  const config = await context.config();
  const values = config.profiles[profile.name] ?? {};
  const kept = credentialNames.filter((name) => values[name] !== undefined);
  if (kept.length === 0) {
    io.note(`Profile ${profile.name} holds no credentials.`);
  } else {
    // Only those of this profile, whatever the environment says.
    const own = { flags: {}, env: {}, profile: { name: profile.name, values }, atlasCli, keychain };
    try {
      await context.forget(await resolveSignIn(own));
    } catch (error) {
      // A token that can't be taken back ends by itself within the hour.
      if (!(error instanceof CliError) || signalled(error)) throw error;
      io.warn(`The sign-in could not be ended at Atlas: ${error.message}`);
    }
    await saveValues(config, keychain, profile.name, Object.fromEntries(kept.map((name) => [name, undefined])));
    io.note(`Removed ${kept.join(' and ')} of profile ${profile.name}.`);
  }
  const left = await context.signIn().catch(() => null);
  if (left && !left.origin.startsWith('profile')) io.note(`There still are credentials from ${left.origin}.`);
}

function signalled({ exit }: CliError): boolean {
  return exit === 'interrupted' || exit === 'terminated';
}
