import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from 'node:vm';
import { codeOf } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { compileCacheDir } from './compile-cache.js';
import { openSavedCode, saveCode } from './compiled-code.js';
import { loadChunks, type Require } from './load-chunks.js';

/**
 * Returns a `require` for the files in this folder that uses code which V8 compiled in an earlier run. Node has that too,
 * from version 22 on, but it looks for the path of each file and of its compiled code: that takes 10 ms more. Returns
 * undefined if the code can't be saved safely, or if the user configured Node's own cache.
 */
export function loaderFor(
  dist: string,
  env: Env,
  require: Require,
  onExit: (act: () => void) => void,
): Require | undefined {
  const folder = compileCacheDir(env);
  if (folder === undefined) return undefined;
  const { load, save } = createLoader(dist, join(folder, `${process.version}-${process.arch}`), require);
  onExit(save);
  return load;
}

/** Loads files of `dist`, with the compiled code in `file`. V8 rejects code that another V8 compiled. */
export function createLoader(dist: string, file: string, require: Require) {
  const text = (name: string) => textOf(join(dist, name));
  // main.cjs names the others, and their names contain a digest. V8 doesn't notice if a Node of the same version was built
  // in another way.
  const main = text('main.cjs');
  const build = `${process.execPath}\n${main}`;
  const saved = openSavedCode(file, build);
  const scripts = new Map<string, Script>();
  let isComplete = true;
  const chunks = {
    folder: dist,
    text: (id: string) => (id === './main.cjs' ? main : text(id)),
    compiled: saved.get,
  };
  const load = loadChunks(chunks, require, (id, script) => {
    // Undefined if there was no compiled code.
    isComplete &&= script.cachedDataRejected === false;
    scripts.set(id, script);
  });
  /** Saves the compiled code of all loaded files, if some of it is not saved yet. */
  const save = () => {
    if (isComplete) return;
    saveCode(file, build, () => {
      // Keep what other commands have saved since the start.
      const code = openSavedCode(file, build).all();
      // Also for those that were saved: V8 has compiled more of their functions by now.
      for (const [id, script] of scripts) code.set(id, script.createCachedData());
      return code;
    });
  };
  return { load, save };
}

/** Reads a file. If it is missing, throws the error that `require` throws for a missing module. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw Object.assign(new Error(`Cannot find ${path}.`, { cause: error }), { code: 'MODULE_NOT_FOUND' });
  }
}
