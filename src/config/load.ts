import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  const text = (name: string) => textOf(join(dist, name));
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
      write(file, build, () => {
        // What other commands have kept since the start stays.
        const code = read(file, build);
        // Again also for those that were kept: by now V8 has compiled more of their functions.
        for (const [id, script] of scripts) code.set(id, script.createCachedData());
        return code;
      });
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
    // There is none, or it can't be used.
  }
  return code;
}

/**
 * V8 doesn't check the code itself. So a file that wasn't completely written must never take the place of the old one. The
 * code is made only if it can be written.
 */
function write(file: string, build: string, make: () => ReadonlyMap<string, Buffer>): void {
  const beside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  let handle: number | undefined;
  try {
    handle = openSync(beside, 'wx', 0o600);
    const code = make();
    const header: Header = { build, lengths: [...code].map(([name, { length }]) => [name, length]) };
    writeFileSync(handle, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...code.values()]));
    fsyncSync(handle);
    renameSync(beside, file);
    removeLeftovers(file);
  } catch {
    // The next run compiles again.
    rmSync(beside, { force: true });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** A killed process leaves its file. None is written for as long as a minute. */
function removeLeftovers(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith(`${basename(file)}.`) && Date.now() - statSync(path).mtimeMs > 60_000)
      rmSync(path, { force: true });
  }
}

/** A file that is missing is told like a module that Node doesn't find. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw Object.assign(new Error(`Cannot find ${path}.`, { cause: error }), { code: 'MODULE_NOT_FOUND' });
  }
}
