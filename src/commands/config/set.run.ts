import { UsageError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import { moveSecrets, saveValues } from '../../config/secrets.js';
import { parseSecretStore, parseSettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { checkHostStays, checkKeepsSettings, whereSaved } from './saving.js';
import type { set } from './set.js';

type Options = OptionsOf<typeof set>;

/** Saves a setting in the profile in use. A secret is typed without echo or read from a pipe. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io, profile, keychain } = context;
  const name = parseSettingName(options.name);
  const { secret = false, check } = setting(name);
  checkKeepsSettings(context);
  if (secret && options.value !== undefined) {
    throw new UsageError(
      `The ${name} is a secret and was not saved. Other users of this machine can read command-line arguments.`,
      {
        text: 'Omit the value to be prompted for it, or pipe it:',
        commands: [`${context.commandLine(cmd`config set ${name}`)} < FILE`],
      },
    );
  }
  if (!secret && options.value === undefined) {
    const example = context.commandLine(cmd`config set ${name} VALUE`);
    throw new UsageError(`Missing value for ${name}.`, { text: 'Example:', commands: [example] });
  }
  if (options.value?.trim() === '') {
    const unset = context.commandLine(cmd`config unset ${name}`);
    throw new UsageError('The value is empty.', { text: 'To remove the setting:', commands: [unset] });
  }
  const value = check(options.value ?? (await io.readSecret(name)));
  const config = await context.config();
  if (name === 'base-url') checkHostStays(context, config.profiles[profile.name], value);
  const saved =
    name === 'secret-store'
      ? await moveSecrets(config, keychain, profile.name, parseSecretStore(value))
      : await saveValues(config, keychain, profile.name, { [name]: value });
  io.note(`Saved ${name} for profile ${profile.name} in ${whereSaved(saved, secret)}.`);
}
