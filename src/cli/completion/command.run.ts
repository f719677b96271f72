import { parseShell } from '../completion/shells.js';
import type { Context } from '../../context.js';

export interface CompletionOptions {
  shell?: string | undefined;
}

export const completionKeys = ['shell', 'script'];

/** Prints what a shell has to read to complete command lines of this program; in a terminal, how to have it read that. */
export async function completion({ io }: Context, options: CompletionOptions): Promise<void> {
  const shell = parseShell(options.shell);
  const { scripts } = await import('../completion/scripts.js');
  const { script, file, line } = scripts[shell];
  io.checkFields(completionKeys);
  if (['table', 'tsv', 'id'].includes(io.format)) await io.printRaw(script);
  else
    await io.print({
      single: true,
      rows: [{ shell, script }],
      keys: completionKeys,
      columns: completionKeys,
      id: 'shell',
    });
  if (io.isOnScreen) io.hint(`Put this line into ${file}:`, [line]);
}
