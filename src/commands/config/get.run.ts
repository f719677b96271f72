import { parseSettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { NotFoundError, UsageError } from '../../base/errors.js';

export interface GetSettingOptions {
  name: string;
}

/** Prints the value that wins, wherever it comes from. */
export async function getSetting(context: Context, options: GetSettingOptions): Promise<void> {
  const name = parseSettingName(options.name);
  const found = await context.setting(name);
  if (!found) {
    throw new NotFoundError(
      `The setting ${name} is not set.`,
      `Set it: ${context.commandLine(`config set ${name}${setting(name).secret ? '' : ' VALUE'}`)}`,
    );
  }
  if (setting(name).secret) {
    throw new UsageError(
      `The ${name} is set (${found.origin}), but a secret is not printed.`,
      `Replace it: ${context.commandLine(`config set ${name}`)}`,
    );
  }
  await context.io.print({
    single: true,
    rows: [{ name, value: found.value, origin: found.origin }],
    keys: ['name', 'value', 'origin'],
    columns: ['value'],
    id: 'value',
    only: 'value',
  });
}
