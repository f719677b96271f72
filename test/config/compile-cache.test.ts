import { chmodSync, existsSync, mkdirSync, realpathSync, Stats, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCacheDir, isKept, isOnlyOurs } from '../../src/config/load-compiled.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const [directory, link] = [0o040000, 0o120000];
const own = process.geteuid?.() ?? 0;
const other = 4_000_000_000;

/** Returns an lstat result, of a folder by default. */
function stats({ mode = 0o700, uid = own, type = directory }): Stats {
  return Object.assign(Object.create(Stats.prototype), { mode: type | mode, uid });
}

describe('owner and mode', () => {
  test.each([
    ['a folder of this user, for this user alone', {}, true],
    ['a folder of another user', { uid: other }, false],
    ['a folder of root, unless this is root', { uid: 0 }, own === 0],
    ['a folder that a group can write to', { mode: 0o770 }, false],
    ['a folder that all can read', { mode: 0o755 }, false],
    ['a folder that all can write to, but not rename', { mode: 0o1777 }, false],
    ['a symbolic link', { type: link, mode: 0o700 }, false],
  ])('compiled code in %s', (_, about, expected) => {
    expect(isOnlyOurs(stats(about))).toBe(expected);
  });

  test.each([
    ['of this user', { mode: 0o755 }, true],
    ['of root', { mode: 0o755, uid: 0 }, true],
    ['of root that all can write to, but not rename, such as /tmp', { mode: 0o1777, uid: 0 }, true],
    ['that a group can write to', { mode: 0o775 }, false],
    ['that all can write to', { mode: 0o777, uid: 0 }, false],
    ['of another user', { mode: 0o755, uid: other }, false],
    ['of another user that all can write to, but not rename', { mode: 0o1777, uid: other }, false],
  ])('below a folder %s', (_, about, expected) => {
    expect(isKept(stats(about))).toBe(expected);
  });
});

describe('the folder for compiled code', () => {
  function cache() {
    const parent = realpathSync(temporaryFolder());
    return { parent, folder: join(parent, 'compiled'), env: { ATLAS_PE_CACHE_DIR: parent } };
  }

  test('is created in the cache folder and reused', () => {
    const { folder, env } = cache();
    expect([compileCacheDir(env), compileCacheDir(env)]).toEqual([folder, folder]);
  });

  test('is not used if others can write to it or replace it', () => {
    const open = cache();
    mkdirSync(open.folder);
    chmodSync(open.folder, 0o777);
    const above = cache();
    chmodSync(above.parent, 0o777);
    expect([compileCacheDir(open.env), compileCacheDir(above.env)]).toEqual([undefined, undefined]);
  });

  test('is not used if it is a link, even to a private folder', () => {
    const { parent, folder, env } = cache();
    mkdirSync(join(parent, 'elsewhere'), { mode: 0o700 });
    symlinkSync('elsewhere', folder);
    expect(compileCacheDir(env)).toBeUndefined();
  });

  test("is not created if Node's own variables configure the cache, or nothing can be written", () => {
    const { parent, folder, env } = cache();
    expect(compileCacheDir({ ...env, NODE_COMPILE_CACHE: parent })).toBeUndefined();
    expect(compileCacheDir({ ...env, NODE_DISABLE_COMPILE_CACHE: '1' })).toBeUndefined();
    expect(compileCacheDir({ ATLAS_PE_CACHE_DIR: join(process.execPath, 'below') })).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });
});
