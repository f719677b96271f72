import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The width of help in columns. In a narrower terminal it is narrower. */
export const helpWidth = 80;

/** The file with the help of a command or a topic, relative to the program's folder. */
export function helpFile(path: readonly string[]): string {
  return join('help', `${path.length === 0 ? 'atlas-pe' : path.join('-')}.txt`);
}

/**
 * Returns the help file that the build wrote, if the command line asks only for help. This way, help needs no parser.
 * Undefined for any other command line; the parser reads those.
 */
export function writtenHelp(argv: readonly string[], program = import.meta.dirname): string | undefined {
  const path = argv.filter((word) => !/^(?:help|--help|-h)$/.test(word));
  const asks = argv.length - path.length;
  const isHelp = asks === 1 || argv.length === 0;
  if (!isHelp || path.some((word) => !/^[a-z][a-z-]*$/.test(word))) return undefined;
  try {
    return readFileSync(join(program, helpFile(path)), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
