import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getAsset, isSea } from 'node:sea';

/** The width of help in columns. In a narrower terminal it is narrower. */
export const helpWidth = 80;

export function helpFile(path: readonly string[]) {
  return `help/${path.length === 0 ? 'atlas-pe' : path.join('-')}.txt`;
}

/** Reads a file that the build wrote to the program's folder. The single executable has these files inside. */
export function writtenFile(name: string, program = import.meta.dirname) {
  return isSea() ? getAsset(name, 'utf8') : readFileSync(join(program, name), 'utf8');
}

/** The help that the build wrote. Undefined for a command line that asks for anything else: that needs the parser. */
export function writtenHelp(argv: readonly string[], program?: string): string | undefined {
  const path = argv.filter((word) => !/^(?:help|--help|-h)$/.test(word));
  const asks = argv.length - path.length;
  const isHelp = asks === 1 || argv.length === 0;
  if (!isHelp || path.some((word) => !/^[a-z][a-z-]*$/.test(word))) return undefined;
  try {
    return writtenFile(helpFile(path), program) || undefined;
  } catch {
    return undefined;
  }
}
