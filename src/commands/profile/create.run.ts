import { checkProfileName } from '../../choices.js';
import { withValues } from '../../config/store.js';
import type { Context } from '../../context.js';
import { checkIsFree } from './exists.js';
import type { NameOptions } from './use.run.js';

/** Makes an empty profile. */
export async function createProfile(context: Context, options: NameOptions): Promise<void> {
  const name = checkProfileName(options.name);
  const config = await context.config();
  await checkIsFree(context, name);
  await config.change((content) => withValues(content, name, {}));
  context.io.note(`Made profile ${name}.`);
  context.io.hint('Sign in:', [`atlas-pe login --profile ${name}`]);
}
