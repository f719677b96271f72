import { defaultBaseUrl } from '../../atlas/base-url.js';
import type { OptionsOf } from '../../command.js';
import { saveValues } from '../../config/secrets.js';
import { parseSettingName } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { checkHostStays } from './saving.js';
import type { unset } from './unset.js';

type Options = OptionsOf<typeof unset>;

/** Removes a setting from the profile in use. Succeeds if it is not set. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io, profile, keychain } = context;
  const name = parseSettingName(options.name);
  const config = await context.config();
  if (name === 'base-url') checkHostStays(context, config.profiles[profile.name], defaultBaseUrl);
  const isSet = config.profiles[profile.name]?.[name] !== undefined;
  if (isSet) await saveValues(config, keychain, profile.name, { [name]: undefined });
  const where = `profile ${profile.name} (${config.file})`;
  io.note(isSet ? `Removed ${name} from ${where}.` : `No change: ${name} is not set in ${where}.`);
}
