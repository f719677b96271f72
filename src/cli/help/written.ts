import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Help is set so many columns wide, or narrower where the terminal is. */
export const helpWidth = 80;

/** The file of a command's help, or of a topic's, in the folder of the program. */
export function helpFile(path: readonly string[]): string {
  return join('help', `${path.length === 0 ? 'atlas-pe' : path.join('-')}.txt`);
}

/** The help that the build has written, so that it takes no command tree to show it. Undefined where it has written none. */
export function writtenHelp(path: readonly string[]): string | undefined {
  try {
    return readFileSync(join(import.meta.dirname, helpFile(path)), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
