import { checkProfileName } from '../../choices.js';
import { renameProfile as rename } from '../../config/secrets.js';
import type { Context } from '../../context.js';
import { checkIsFree, checkIsOurs } from './exists.js';

export interface RenameOptions {
  from: string;
  to: string;
}

/** Gives a profile another name; its secrets move along. */
export async function renameProfile(context: Context, { from, to }: RenameOptions): Promise<void> {
  await checkIsOurs(context, from);
  await checkIsFree(context, checkProfileName(to));
  await rename(await context.config(), context.keychain, from, to);
  context.io.note(`Profile ${from} is now ${to}.`);
}
