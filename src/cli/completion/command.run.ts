import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import type { completion } from '../tree.js';
import { scripts } from './scripts.js';
import { parseShell } from './shells.js';

/** Prints the completion script of a shell. In a terminal, also prints how to load it. */
export async function run({ io }: Context, options: OptionsOf<typeof completion>): Promise<void> {
  const shell = parseShell(options.shell);
  const { script, file, line } = scripts[shell];
  if (['table', 'tsv', 'id'].includes(io.format)) await io.printRaw(script);
  else await io.print({ single: true, rows: [{ shell, script }], id: 'shell' });
  if (io.isOnScreen) io.hint(`Add this line to ${file}: ${line}`);
}
