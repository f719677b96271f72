import type { OptionsOf } from '../../command.js';
import { checkProfileName } from '../../config/choose-profile.js';
import type { Context } from '../../context.js';
import { checkExists } from './exists.js';
import type { use } from './use.js';

type Options = OptionsOf<typeof use>;

/** Sets the default profile. */
export async function run(context: Context, options: Options): Promise<void> {
  const name = checkProfileName(options.name);
  const config = await context.config();
  await checkExists(context, name);
  await config.change((content) => ({ ...content, profile: name }));
  context.io.note(`Profile ${name} is now the default. --profile and ATLAS_PE_PROFILE override it.`);
}
