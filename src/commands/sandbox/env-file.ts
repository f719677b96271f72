import { rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, reasonOf, writingHint } from '../../base/errors.js';
import { replaceFile } from '../../base/files.js';
import { readText } from '../../base/read-text.js';
import { realPathOf } from '../../base/temporary-files.js';

/** Marks a file as ours: a user may have a .env file of another kind, which must not be replaced. */
const firstLine = '# Written by atlas-pe sandbox serve.\n';

/**
 * Writes shell lines to a file, which appears when it is complete. Replaces the file of an earlier run. `remove` removes
 * it, unless it was changed or replaced since.
 */
export async function writeEnvFile(file: string, lines: string): Promise<{ path: string; remove(): void }> {
  const path = realPathOf(resolve(file));
  const text = `${firstLine}${lines}`;
  const before = contentOf(path);
  if (before !== '' && !before?.startsWith(firstLine)) {
    const hint = 'Use another file, or remove this one.';
    throw new CliError('conflict', `${file} exists, and sandbox serve did not write it.`, { hint });
  }
  try {
    await replaceFile(path, text);
  } catch (error) {
    const hint = writingHint(error, 'Use a file in a folder that you can write to.');
    throw new CliError('unexpected', `Cannot write ${file}: ${reasonOf(error)}.`, { hint, cause: error });
  }
  return { path, remove: () => contentOf(path) === text && rmSync(path, { force: true }) };
}

/** Empty if there is no file. Undefined if it is not a regular file, or can't be read. */
function contentOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return '';
    return stats.isFile() ? readText(path) : undefined;
  } catch {
    return undefined;
  }
}
