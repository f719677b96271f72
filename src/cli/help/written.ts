import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Help is set so many columns wide, or narrower where the terminal is. */
export const helpWidth = 80;

/** The file of a command's help, or of a topic's, in the folder of the program. */
export function helpFile(path: readonly string[]): string {
  return join('help', `${path.length === 0 ? 'atlas-pe' : path.join('-')}.txt`);
}

/**
 * The help that the build has written, where a command line asks for that alone, so that it takes no parser to show it.
 * Undefined for any other command line, which the parser reads.
 */
export function writtenHelp(argv: readonly string[]): string | undefined {
  const path = argv.filter((word) => !/^(?:help|--help|-h)$/.test(word));
  const asks = argv.length - path.length;
  const isHelp = asks === 1 || argv.length === 0;
  if (!isHelp || path.some((word) => !/^[a-z][a-z-]*$/.test(word))) return undefined;
  try {
    return readFileSync(join(import.meta.dirname, helpFile(path)), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
