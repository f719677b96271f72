import { CliError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { originText, resolveSignIn, type Sources } from '../config/precedence.js';
import type { ProfileValues, Saved } from '../config/store.js';
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

interface ApprovalOptions {
  yes: boolean | undefined;
  /** What to say if the user does not agree: `Nothing was deleted`. */
  undone: string;
  /** What --yes agrees to, if the command line does not show it. */
  about?: string;
  /** The argument that --yes requires, so that an unset variable cannot delete the only endpoint; its name in help. */
  name?: { what: string; word: string; isGiven: boolean } | undefined;
}

/** Throws a usage error if neither --yes nor a terminal is there, or --yes lacks its argument. Returns a function that asks. */
export function approval(
  { io, settings }: Pick<Context, 'io' | 'settings'>,
  { yes, undone, about, name }: ApprovalOptions,
): (question: string) => Promise<void> {
  const isNameless = name !== undefined && !name.isGiven;
  if (!yes && !io.isInteractive) {
    const words = isNameless ? cmd`${name.word} --yes` : cmd`--yes`;
    const hint = { text: `${about ?? ''} To skip confirmation:`.trim(), commands: [settings.again(words)] };
    throw new UsageError(`${undone}: confirmation requires a terminal.`, hint);
  }
  if (yes && isNameless) {
    const hint = { text: 'Specify it:', commands: [settings.again(cmd`${name.word}`)] };
    throw new UsageError(`${undone}: --yes requires ${name.what}.`, hint);
  }
  return async (question) => {
    if (!yes && !(await io.confirm(question))) throw new CliError('declined', `${undone}.`);
  };
}

export function endpointArgument(given: string | undefined) {
  return { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: given !== undefined };
}
