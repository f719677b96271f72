import { defaultBaseUrl } from '../atlas/base-url.js';
import { advise, CliError, NotFoundError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { originText } from '../config/precedence.js';
import { credentialNames, parseSecretStore, parseSettingName, setting, settingNames } from '../config/settings.js';
import { moveSecrets, type ProfileValues, saveValues } from '../config/store.js';
import type { Context } from '../context.js';
import type { configGet, configList, configSet, configUnset } from './account.js';
import { checkKeepsSettings, whereSaved } from './saving.js';

export async function setSetting(context: Context, options: OptionsOf<typeof configSet>) {
  const { io, settings } = context;
  const { profile, keychain } = settings;
  const name = parseSettingName(options.name);
  const { secret = false, check } = setting(name);
  checkKeepsSettings(context);
  if (secret && options.value !== undefined) {
    const commands = [`${settings.commandLine(cmd`config set ${name}`)} < FILE`];
    throw new UsageError(
      `The ${name} is a secret and was not saved. Other users of this machine can read command-line arguments.`,
      { text: 'Omit the value to be prompted for it, or pipe it:', commands },
    );
  }
  if (!secret && options.value === undefined)
    throw new UsageError(`Missing value for ${name}.`, advise(context, 'Example:', cmd`config set ${name} VALUE`));
  if (options.value?.trim() === '')
    throw new UsageError('The value is empty.', advise(context, 'To remove the setting:', cmd`config unset ${name}`));
  const value = check(options.value ?? (await io.readSecret(name)));
  const config = await settings.config();
  if (name === 'base-url') checkHostStays(context, config.profiles[profile.name], value);
  const saved =
    name === 'secret-store'
      ? await moveSecrets(config, keychain, profile.name, parseSecretStore(value))
      : await saveValues(config, keychain, profile.name, { [name]: value });
  io.note(`Saved ${name} for profile ${profile.name} in ${whereSaved(saved, secret)}.`);
}

/** Throws if the credentials of a profile would be sent to a host other than the one they were saved for. */
function checkHostStays(context: Context, values: ProfileValues = {}, baseUrl: string) {
  const { profile } = context.settings;
  const before = values['base-url'] ?? defaultBaseUrl;
  if (before === baseUrl || !credentialNames.some((name) => values[name] !== undefined)) return;
  throw new UsageError(
    `Profile ${profile.name} has credentials for ${before}. They cannot be used with another host.`,
    advise(context, 'Use another profile, or remove them first:', cmd`logout`),
  );
}

export async function getSetting(context: Context, options: OptionsOf<typeof configGet>) {
  const name = parseSettingName(options.name);
  const found = await context.settings.get(name);
  if (!found) {
    const hint = advise(context, 'Set it:', cmd`config set ${name} ${setting(name).secret ? [] : 'VALUE'}`);
    throw new NotFoundError(`The setting '${name}' is not set.`, hint);
  }
  if (setting(name).secret) {
    throw new UsageError(
      `The ${name} comes from ${originText(found.origin)}. Secrets are never printed.`,
      advise(context, 'Replace it:', cmd`config set ${name}`),
    );
  }
  const row = { name, value: found.value, origin: originText(found.origin) };
  await context.io.print({ single: true, rows: [row], columns: ['value'], id: 'value', only: 'value' });
}

export async function unsetSetting(context: Context, options: OptionsOf<typeof configUnset>) {
  const { io, settings } = context;
  const { profile, keychain } = settings;
  const name = parseSettingName(options.name);
  const config = await settings.config();
  if (name === 'base-url') checkHostStays(context, config.profiles[profile.name], defaultBaseUrl);
  const isSet = config.profiles[profile.name]?.[name] !== undefined;
  if (isSet) await saveValues(config, keychain, profile.name, { [name]: undefined });
  const where = `profile ${profile.name} (${config.file})`;
  io.note(isSet ? `Removed ${name} from ${where}.` : `No change: ${name} is not set in ${where}.`);
}

export async function listSettings(context: Context, { showOrigin }: OptionsOf<typeof configList>) {
  const rows = await Promise.all(
    settingNames.map(async (name) => {
      const found = await context.settings.get(name).catch((error: unknown) => {
        // An invalid setting must not hide the others.
        if (!(error instanceof UsageError)) throw error;
        context.io.warn(error.message);
        return null;
      });
      const value = found && setting(name).secret ? '********' : (found?.value ?? null);
      return { name, value, ...(showOrigin && { origin: found ? originText(found.origin) : null }) };
    }),
  );
  await context.io.print({ single: false, rows, id: 'name' });
}

export async function printPath({ io, settings }: Context) {
  await settings.config().catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    io.warn(error.message);
  });
  await io.print({ single: true, rows: [{ path: settings.configFile() }], id: 'path', only: 'path' });
}
