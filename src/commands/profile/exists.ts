import { CliError, NotFoundError, UsageError } from '../../base/errors.js';
import { mostListed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { didYouMean } from '../../base/suggest.js';
import { profilesThereAre } from '../../config/choose-profile.js';
import { sandboxProfile } from '../../config/settings.js';
import type { Context } from '../../context.js';

/** Throws unless the profile exists: a profile of atlas-pe, of the Atlas CLI, or a built-in one. */
export async function checkExists(context: Pick<Context, 'config' | 'atlasCli'>, name: string): Promise<void> {
  const { profiles } = await context.config();
  const all = await profilesThereAre(Object.keys(profiles), context.atlasCli);
  if (!all.includes(name)) throw new NotFoundError(`Profile '${name}' not found.`, didYouMean(name, all, mostListed));
}

/** Throws unless the profile is in the configuration of atlas-pe, where it can be changed. */
export async function checkIsOurs(
  context: Pick<Context, 'config' | 'atlasCli' | 'commandLine'>,
  name: string,
): Promise<void> {
  const { profiles } = await context.config();
  if (profiles[name]) return;
  await checkExists(context, name);
  const isBuiltIn = name === sandboxProfile || name === 'default';
  throw new UsageError(
    isBuiltIn
      ? `Profile ${name} is built in and has no saved settings.`
      : `Profile ${name} belongs to the Atlas CLI. atlas-pe only reads it.`,
    isBuiltIn
      ? { text: 'List the profiles:', commands: [context.commandLine(cmd`profile list`)] }
      : 'Change it with the Atlas CLI.',
  );
}

/** Throws if a profile of that name cannot be created. */
export async function checkIsFree(context: Pick<Context, 'config'>, name: string): Promise<void> {
  const { profiles } = await context.config();
  if (name === sandboxProfile) throw new UsageError('The sandbox profile is built in.', 'Use another name.');
  if (profiles[name]) throw new CliError('conflict', `Profile ${name} already exists.`, { hint: 'Use another name.' });
}
