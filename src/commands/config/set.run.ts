import { UsageError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import { moveSecrets, saveValues } from '../../config/secrets.js';
import { parseSecretStore, parseSettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { checkHostStays, checkKeepsSettings, whereSaved } from './saving.js';
import type { set } from './set.js';

type Options = OptionsOf<typeof set>;

/** Keeps a setting in the profile in use. A secret comes from the terminal, unseen, or from a pipe. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io, profile, keychain } = context;
  const name = parseSettingName(options.name);
  const { secret = false, check } = setting(name);
  checkKeepsSettings(context);
  if (secret && options.value !== undefined) {
    throw new UsageError(
      `The ${name} is a secret: on the command line other users of this machine could read it. It was not saved.`,
      {
        text: 'Leave the value out to be asked for it, or pipe it:',
        commands: [`${context.commandLine(cmd`config set ${name}`)} < FILE`],
      },
    );
  }
  if (!secret && options.value === undefined) {
    const example = context.commandLine(cmd`config set ${name} VALUE`);
    throw new UsageError(`The value of ${name} is missing.`, { text: 'For example:', commands: [example] });
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
  io.note(`Saved ${name} of profile ${profile.name} in ${whereSaved(saved, secret)}`);
}
