import { cmd, commandLine, option, type Words } from '../base/shell.js';
import type { Globals } from '../command.js';

/** A command line with the same project and profile options. */
export function commandLineOf({ project, profile, sandbox }: Globals, command: Words): string {
  const chosen = sandbox ? ['--sandbox'] : option('--profile', profile);
  return commandLine(cmd`${command} ${option('--project', project)} ${chosen}`);
}

/** The current command line with more words. */
export function againOf(argv: readonly string[], more: Words): string {
  // There are no options after `--`.
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return commandLine(cmd`${argv.slice(0, end)} ${more} ${argv.slice(end)}`);
}
