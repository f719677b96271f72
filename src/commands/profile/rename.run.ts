import type { OptionsOf } from '../../command.js';
import { checkProfileName } from '../../config/choose-profile.js';
import { renameProfile as rename } from '../../config/secrets.js';
import type { Context } from '../../context.js';
import { checkIsFree, checkIsOurs } from './exists.js';
import type { rename as definition } from './rename.js';

type Options = OptionsOf<typeof definition>;

/** Renames a profile, including its secrets in the keychain. */
export async function run(context: Context, { from, to }: Options): Promise<void> {
  await checkIsOurs(context, from);
  await checkIsFree(context, checkProfileName(to));
  await rename(await context.config(), context.keychain, from, to);
  context.io.note(`Renamed profile ${from} to ${to}.`);
}
