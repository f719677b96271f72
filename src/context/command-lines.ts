import { cmd, commandLine, option, type Words } from '../base/shell.js';
import type { Globals } from '../command.js';

/** A command line for the same project and profile as these options name. */
export function commandLineOf({ project, profile, sandbox }: Globals, command: Words): string {
  const chosen = sandbox ? ['--sandbox'] : option('--profile', profile);
  return commandLine(cmd`${command} ${option('--project', project)} ${chosen}`);
}

/** A command line as it was typed, and more words. */
export function againOf(argv: readonly string[], more: Words): string {
  // Behind `--` options are none.
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return commandLine(cmd`${argv.slice(0, end)} ${more} ${argv.slice(end)}`);
}
