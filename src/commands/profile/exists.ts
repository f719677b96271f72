import { CliError, NotFoundError, UsageError } from '../../base/errors.js';
import { mostListed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { didYouMean } from '../../base/suggest.js';
import { profilesThereAre } from '../../config/choose-profile.js';
import { sandboxProfile } from '../../config/settings.js';
import type { Context } from '../../context.js';

/** Throws unless a profile can be used: ours, one of the Atlas CLI, or a built-in one. */
export async function checkExists(context: Pick<Context, 'config' | 'atlasCli'>, name: string): Promise<void> {
  const { profiles } = await context.config();
  const all = await profilesThereAre(Object.keys(profiles), context.atlasCli);
  if (!all.includes(name)) throw new NotFoundError(`There is no profile '${name}'.`, didYouMean(name, all, mostListed));
}

/** Throws unless a profile is kept here, so that it can be changed. */
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
      ? `Profile ${name} holds nothing that is kept here.`
      : `Profile ${name} belongs to the Atlas CLI, which is only read.`,
    isBuiltIn
      ? { text: 'List the profiles:', commands: [context.commandLine(cmd`profile list`)] }
      : 'Change it with the Atlas CLI.',
  );
}

/** Throws where a profile of that name can't be made. */
export async function checkIsFree(context: Pick<Context, 'config'>, name: string): Promise<void> {
  const { profiles } = await context.config();
  if (name === sandboxProfile) throw new UsageError('The sandbox profile is built in.', 'Use another name.');
  if (profiles[name]) throw new CliError('conflict', `Profile ${name} exists already.`, { hint: 'Use another name.' });
}
