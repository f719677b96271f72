import { NotFoundError, UsageError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import { originText } from '../../config/origin.js';
import { parseSettingName, setting } from '../../config/settings.js';
import type { Context } from '../../context.js';
import type { get } from './get.js';

type Options = OptionsOf<typeof get>;

/** Prints the value that is used, whatever its source. */
export async function run(context: Context, options: Options): Promise<void> {
  const name = parseSettingName(options.name);
  const found = await context.setting(name);
  if (!found) {
    const set = context.commandLine(cmd`config set ${name} ${setting(name).secret ? [] : 'VALUE'}`);
    throw new NotFoundError(`The setting '${name}' is not set.`, { text: 'Set it:', commands: [set] });
  }
  if (setting(name).secret) {
    throw new UsageError(`The ${name} comes from ${originText(found.origin)}. Secrets are never printed.`, {
      text: 'Replace it:',
      commands: [context.commandLine(cmd`config set ${name}`)],
    });
  }
  await context.io.print({
    single: true,
    rows: [{ name, value: found.value, origin: originText(found.origin) }],
    columns: ['value'],
    id: 'value',
    only: 'value',
  });
}
