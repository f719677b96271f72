import { existsSync, lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Milliseconds; no write takes longer. */
export const writeMs = 60_000;

/** Whether killed commands left temporary files beside this file. */
export function hasLeftovers(file: string): boolean {
  return leftoversOf(realPathOf(file)).length > 0;
}

/**
 * Removes the temporary files that killed commands left beside a file: they may contain secrets. Without the file's lock, set
 * `olderThanMs` to `writeMs`: another command may be writing one.
 */
export function removeLeftovers(file: string, olderThanMs = Number.NEGATIVE_INFINITY): void {
  for (const path of leftoversOf(realPathOf(file))) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs >= olderThanMs) rmSync(path, { force: true });
  }
}

function leftoversOf(file: string): string[] {
  const [folder, name] = [dirname(file), basename(file)];
  // Ours contain the process id; conf's end in a time and a random number.
  const rest = /^\.(\d+\.[\da-f]{8}\.tmp|tmp-[\da-f]+)(\.tmp-[\da-f]+)?$/;
  const all = existsSync(folder) ? readdirSync(folder) : [];
  const ours = all.filter((each) => each.startsWith(name) && rest.test(each.slice(name.length)));
  return ours.map((each) => join(folder, each));
}

/** A new path for a temporary file beside a file, which it replaces when it is complete. */
export function besideOf(file: string): string {
  const random = Math.floor(Math.random() * 2 ** 32);
  return `${file}.${process.pid}.${random.toString(16).padStart(8, '0')}.tmp`;
}

/** Resolves a symbolic link, for example into a dotfiles repository. */
export function realPathOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}
