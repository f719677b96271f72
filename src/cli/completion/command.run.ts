import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import type { completion } from './command.js';
import { scripts } from './scripts.js';
import { parseShell } from './shells.js';

/** Prints the script that completes command lines in a shell; in a terminal, how to have it read by that shell. */
export async function run({ io }: Context, options: OptionsOf<typeof completion>): Promise<void> {
  const shell = parseShell(options.shell);
  const { script, file, line } = scripts[shell];
  if (['table', 'tsv', 'id'].includes(io.format)) await io.printRaw(script);
  else await io.print({ single: true, rows: [{ shell, script }], id: 'shell' });
  if (io.isOnScreen) io.hint(`Put this line into ${file}: ${line}`);
}
