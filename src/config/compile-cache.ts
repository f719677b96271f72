import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFolder, isOurs } from '../base/create-folder.js';
import type { Env } from '../base/host.js';
import { ownFolder } from './paths.js';

/**
 * The folder for compiled code. V8 runs this code without checking the sources. So the folder must belong to this
 * user, and no other user may be able to write to it or replace it. Returns undefined if that is not so, or if the
 * folder can't be created. Also undefined if the user configured Node's own compile cache: then Node uses that.
 */
export function compileCacheDir(env: Env): string | undefined {
  if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return undefined;
  try {
    const parent = ownFolder('cache', env);
    createFolder(join(parent, 'compiled'), isOurs);
    const folder = join(realpathSync.native(parent), 'compiled');
    const isSafe = isOnlyOurs(lstatSync(folder)) && parentsOf(folder).every((each) => isKept(lstatSync(each)));
    return isSafe ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this is a folder (not a link) that only this user can access. Windows has no such owners and modes. */
export function isOnlyOurs(stats: Stats): boolean {
  if (process.platform === 'win32') return stats.isDirectory();
  return stats.isDirectory() && stats.uid === process.geteuid?.() && (stats.mode & 0o077) === 0;
}

/** Whether no other user except root can replace what this user has in the folder. */
export function isKept(stats: Stats): boolean {
  const isSticky = (stats.mode & 0o1000) !== 0;
  return isOurs(stats) && (process.platform === 'win32' || isSticky || (stats.mode & 0o022) === 0);
}

function parentsOf(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...parentsOf(parent)];
}
