import { UsageError } from '../../base/errors.js';
import type { OptionsOf } from '../../command.js';
import { originText } from '../../config/origin.js';
import { setting, settingNames } from '../../config/settings.js';
import type { Context } from '../../context.js';
import type { list } from './list.js';

type Options = OptionsOf<typeof list>;

/** Lists every setting with the value that wins. Of a secret only that it is set is shown. */
export async function run(context: Context, { showOrigin }: Options): Promise<void> {
  const rows = await Promise.all(
    settingNames.map(async (name) => {
      const found = await context.setting(name).catch((error: unknown) => {
        // One that is wrong must not hide the others.
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
