import { sandboxProfile } from '../../config/resolve.js';
import { parseSettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';

export interface SetOptions {
  name: string;
  value?: string | undefined;
}

/** Keeps a setting in the profile in use. A secret comes from the terminal, unseen, or from a pipe. */
export async function set(context: Context, options: SetOptions): Promise<void> {
  const name = parseSettingName(options.name);
  const { secret = false, check } = setting(name);
  if (context.profile === sandboxProfile) {
    throw new UsageError('The sandbox profile is built in and keeps no settings.', 'Name another one: --profile NAME');
  }
  if (secret && options.value !== undefined) {
    throw new UsageError(
      `The ${name} is a secret: on the command line other users of this machine could read it. It was not saved.`,
      `Leave the value out to be asked for it, or pipe it: atlas-pe config set ${name} < FILE`,
    );
  }
  if (!secret && options.value === undefined) {
    throw new UsageError(`The value of ${name} is missing.`, `For example: atlas-pe config set ${name} VALUE`);
  }
  const value = check(options.value ?? (await context.io.readSecret(name)));
  const config = await context.config();
  await config.set(context.profile, name, value);
  context.io.note(`Saved ${name} of profile ${context.profile} in ${config.file}`);
}
