import { moveSecrets, saveValues } from '../../config/secrets.js';
import { parseSecretStore, parseSettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../base/errors.js';
import { checkHostStays, checkKeepsSettings, whereSaved } from './saved.js';

export interface SetOptions {
  name: string;
  value?: string | undefined;
}

/** Keeps a setting in the profile in use. A secret comes from the terminal, unseen, or from a pipe. */
export async function set(context: Context, options: SetOptions): Promise<void> {
  const { io, profile, keychain } = context;
  const name = parseSettingName(options.name);
  const { secret = false, check } = setting(name);
  checkKeepsSettings(context);
  if (secret && options.value !== undefined) {
    throw new UsageError(
      `The ${name} is a secret: on the command line other users of this machine could read it. It was not saved.`,
      `Leave the value out to be asked for it, or pipe it: ${context.commandLine(`config set ${name}`)} < FILE`,
    );
  }
  if (!secret && options.value === undefined) {
    throw new UsageError(
      `The value of ${name} is missing.`,
      `For example: ${context.commandLine(`config set ${name} VALUE`)}`,
    );
  }
  if (options.value?.trim() === '') {
    throw new UsageError(
      'The value is empty.',
      `To remove the setting: ${context.commandLine(`config unset ${name}`)}`,
    );
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
