import { setting, settingNames } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../base/errors.js';

export interface ListSettingsOptions {
  showOrigin?: boolean | undefined;
}

/** Lists every setting with the value that wins. Of a secret only that it is set is shown. */
export async function listSettings(context: Context, { showOrigin }: ListSettingsOptions): Promise<void> {
  const rows = await Promise.all(
    settingNames.map(async (name) => {
      const found = await context.setting(name).catch((error: unknown) => {
        // One that is wrong must not hide the others.
        if (!(error instanceof UsageError)) throw error;
        context.io.warn(error.message);
        return null;
      });
      const value = found && setting(name).secret ? '********' : (found?.value ?? null);
      return { name, value, ...(showOrigin && { origin: found?.origin ?? null }) };
    }),
  );
  const keys = ['name', 'value', ...(showOrigin ? ['origin'] : [])];
  await context.io.print({ single: false, rows, keys, columns: keys, id: 'name' });
}
