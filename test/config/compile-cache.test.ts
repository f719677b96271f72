import { chmodSync, chownSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCacheDir } from '../../src/config/load-compiled.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('the folder for compiled code', () => {
  function cache() {
    const parent = realpathSync(temporaryFolder());
    return { parent, folder: join(parent, 'compiled'), env: { ATLAS_PE_CACHE_DIR: parent } };
  }

  test('is created in the cache folder and reused', () => {
    const { folder, env } = cache();
    expect([compileCacheDir(env), compileCacheDir(env)]).toEqual([folder, folder]);
  });

  test('is not used if others can read or write to it', () => {
    const { folder, env } = cache();
    mkdirSync(folder);
    for (const mode of [0o777, 0o1777, 0o755, 0o770]) {
      chmodSync(folder, mode);
      expect(compileCacheDir(env)).toBeUndefined();
    }
  });

  test.runIf(process.geteuid?.() === 0)('is not used if it belongs to another user', () => {
    const { folder, env } = cache();
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 65_534, 65_534);
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
