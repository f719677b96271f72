import type { OptionsOf } from '../../command.js';
import { removeProfile } from '../../config/secrets.js';
import type { Context } from '../../context.js';
import { approval } from '../approval.js';
import { endSignIn } from '../end-sign-in.js';
import type { deleteProfile } from './delete.js';
import { checkIsOurs } from './exists.js';

type Options = OptionsOf<typeof deleteProfile>;

/** Deletes a profile and its secrets. Asks first in a terminal. Elsewhere it requires --yes. */
export async function run(context: Context, { name, yes }: Options): Promise<void> {
  const { io } = context;
  await checkIsOurs(context, name);
  const approve = approval(context, { yes, undone: 'Nothing was deleted' });
  await approve(`Delete profile ${name} and its secrets?`);
  const config = await context.config();
  await endSignIn(context, name, config.profiles[name] ?? {});
  await removeProfile(config, context.keychain, name);
  io.note(`Deleted profile ${name}.`);
}
