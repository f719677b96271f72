import { removeProfile } from '../../config/secrets.js';
import type { Context } from '../../context.js';
import { DeclinedError, UsageError } from '../../base/errors.js';
import { endSignIn } from '../config/saved.js';
import { checkIsOurs } from './exists.js';
import type { NameOptions } from './use.run.js';

export interface DeleteProfileOptions extends NameOptions {
  yes?: boolean | undefined;
}

/** Deletes a profile, its secrets included. Asks first in a terminal; elsewhere --yes is the answer. */
export async function deleteProfile(context: Context, { name, yes }: DeleteProfileOptions): Promise<void> {
  const { io } = context;
  await checkIsOurs(context, name);
  if (!yes && !io.isInteractive) {
    throw new UsageError(
      'Nothing was deleted: there is no terminal to ask in.',
      `To go ahead without being asked: ${context.again('--yes')}`,
    );
  }
  if (!yes && !(await io.confirm(`Delete profile ${name} and its secrets?`)))
    throw new DeclinedError('Nothing was deleted.');
  const config = await context.config();
  await endSignIn(context, name, config.profiles[name] ?? {});
  await removeProfile(config, context.keychain, name);
  io.note(`Deleted profile ${name}.`);
}
