import { defaultBaseUrl } from '../../atlas/base-url.js';
import { CliError, InterruptedError, UsageError } from '../../base/errors.js';
import type { Env } from '../../base/host.js';
import { cmd } from '../../base/shell.js';
import { credentialNames } from '../../config/credential-kinds.js';
import type { Sources } from '../../config/resolve.js';
import type { Saved } from '../../config/secrets.js';
import { resolveSignIn } from '../../config/sign-in.js';
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

/** Where settings come from for a profile that need not exist, without flags, and in an environment that may be empty. */
export function sourcesOf(context: Context, profile: string, values: Values = {}, env: Env = context.env): Sources {
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
    if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
    // A token that can't be taken back ends by itself within the hour.
    context.io.warn(`The sign-in could not be ended at Atlas: ${error.message}`);
  }
}
