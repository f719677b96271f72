import { existsSync, lchownSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder for this user alone, and its parents. Node's own recursive mkdir never ends in /proc, nor where home
 * folders are mounted on demand. What root creates gets the owner of its parent: it may be in a user's home folder. Throws
 * if `isAllowed` returns false for the folder or, if it doesn't exist, for the parent that exists.
 */
export function createFolder(folder: string, isAllowed: (existing: Stats) => boolean = () => true): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats && !isAllowed(stats)) throw new Error(`${folder} belongs to another user.`);
  if (stats) return;
  const parent = dirname(folder);
  if (parent !== folder) createFolder(parent, isAllowed);
  try {
    mkdirSync(folder, { mode: 0o700 });
    const { uid, gid } = statSync(parent);
    if (process.geteuid?.() === 0 && uid !== 0) lchownSync(folder, uid, gid);
  } catch (error) {
    // Another command may have created it.
    if (!existsSync(folder)) throw error;
  }
}

/** Whether it belongs to this user or to root. Windows has no such owners. */
export function isOurs({ uid }: Stats): boolean {
  return process.platform === 'win32' || uid === 0 || uid === process.geteuid?.();
}
