import { parseSettingName } from '../../config/settings.js';
import type { Context } from '../../context.js';

export interface UnsetOptions {
  name: string;
}

/** Removes a setting from the profile in use. One that isn't there is as good as removed. */
export async function unset(context: Context, options: UnsetOptions): Promise<void> {
  const name = parseSettingName(options.name);
  const config = await context.config();
  const wasSet = await config.unset(context.profile, name);
  context.io.note(`${wasSet ? 'Removed' : 'There was no'} ${name} of profile ${context.profile} in ${config.file}`);
}
