import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { Env } from '../base/host.js';
import { compileCacheDir } from './compile-cache.js';

type Require = (id: string) => unknown;

/** The first line of the file. After it comes the code of each of our files, in this order. */
interface Header {
  build: string;
  lengths: readonly (readonly [name: string, length: number])[];
}

interface Loader {
  /** Loads one of our files (`./NAME.cjs`), a module of Node or an optional library. */
  load: Require;
  /** Keeps the compiled code of all files that were loaded, if there is any that wasn't kept before. */
  save(): void;
}

/**
 * Returns a `require` for the files in this folder that uses code which V8 compiled in an earlier run. Node has that too,
 * from version 22 on, but it looks for the path of each file and of its compiled code: that takes 10 ms more. Returns
 * undefined if the code can't be kept safely, or if the user configured Node's own cache.
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
export function createLoader(dist: string, file: string, require: Require): Loader {
  const text = (name: string) => readFileSync(join(dist, name), 'utf8');
  // main.cjs names the others, and their names contain a digest. V8 doesn't notice if a Node of the same version was built
  // in another way.
  const build = `${process.execPath}\n${text('main.cjs')}`;
  const kept = read(file, build);
  const modules = new Map<string, { exports: unknown }>();
  const scripts = new Map<string, Script>();
  let isComplete = true;

  const load: Require = (id) => {
    if (!id.startsWith('./')) return require(id);
    const known = modules.get(id);
    if (known) return known.exports;
    const filename = join(dist, id);
    const cachedData = kept.get(id);
    const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${text(id)}\n})`, {
      filename,
      ...(cachedData && { cachedData }),
    });
    isComplete &&= cachedData !== undefined && script.cachedDataRejected === false;
    scripts.set(id, script);
    const module = { exports: {} };
    modules.set(id, module);
    script.runInThisContext()(module.exports, load, module, filename, dist);
    return module.exports;
  };
  return {
    load,
    save: () => {
      if (isComplete) return;
      const code = new Map(kept);
      // Again also for those that were kept: by now V8 has compiled more of their functions.
      for (const [id, script] of scripts) code.set(id, script.createCachedData());
      write(file, build, code);
    },
  };
}

function read(file: string, build: string): Map<string, Buffer> {
  const code = new Map<string, Buffer>();
  try {
    const all = readFileSync(file);
    const end = all.indexOf('\n');
    const header = JSON.parse(all.toString('utf8', 0, end)) as Header;
    const total = header.lengths.reduce((sum, [, length]) => sum + length, end + 1);
    if (header.build !== build || total !== all.length) return code;
    let at = end + 1;
    for (const [name, length] of header.lengths) {
      code.set(name, all.subarray(at, at + length));
      at += length;
    }
  } catch {
    // There is none yet.
  }
  return code;
}

/** V8 doesn't check the code itself. So a file that wasn't completely written must never take the place of the old one. */
function write(file: string, build: string, code: ReadonlyMap<string, Buffer>): void {
  const header: Header = { build, lengths: [...code].map(([name, { length }]) => [name, length]) };
  const beside = `${file}.${process.pid}`;
  try {
    const handle = openSync(beside, 'wx', 0o600);
    writeFileSync(handle, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...code.values()]));
    fsyncSync(handle);
    closeSync(handle);
    renameSync(beside, file);
  } catch {
    // The next run compiles again.
  }
}
