import { credentialNames } from '../config/credential-kinds.js';
import { saveValues } from '../config/secrets.js';
import type { Context } from '../context.js';
import { checkKeepsSettings, endSignIn, otherOrigin } from './saving.js';

/** Removes the credentials of the profile in use, and revokes the token of a service account. */
export async function run(context: Context): Promise<void> {
  const { io, profile, keychain } = context;
  checkKeepsSettings(context);
  await context.removeLeftovers();
  const config = await context.config();
  const values = config.profiles[profile.name] ?? {};
  const saved = credentialNames.filter((name) => values[name] !== undefined);
  const removed = Object.fromEntries(saved.map((name) => [name, undefined]));
  if (saved.length === 0) {
    io.note(`Profile ${profile.name} has no credentials.`);
  } else {
    await endSignIn(context, profile.name, values);
    await saveValues(config, keychain, profile.name, removed);
    io.note(`Removed ${saved.join(' and ')} from profile ${profile.name}.`);
  }
  const other = await otherOrigin(context, profile.name, { ...values, ...removed });
  if (other) io.note(`You are still signed in with credentials from ${other}.`);
}
