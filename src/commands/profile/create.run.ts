import { cmd, commandLine } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import { checkProfileName } from '../../config/choose-profile.js';
import { withValues } from '../../config/store.js';
import type { Context } from '../../context.js';
import type { create } from './create.js';
import { checkIsFree } from './exists.js';

type Options = OptionsOf<typeof create>;

/** Creates an empty profile. */
export async function run(context: Context, options: Options): Promise<void> {
  const name = checkProfileName(options.name);
  const config = await context.config();
  await checkIsFree(context, name);
  await config.change((content) => withValues(content, name, {}));
  context.io.note(`Created profile ${name}.`);
  context.io.hint({ text: 'Sign in:', commands: [commandLine(cmd`login --profile ${name}`)] });
}
