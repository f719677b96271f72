import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { createFolder } from '../base/files.js';
import type { Env } from '../base/host.js';
import { ownFolder } from './paths.js';

export type Require = (id: string) => unknown;

/** Uses code that V8 compiled in an earlier run. Node's own cache, from version 22 on, takes 10 ms more: it looks for each path. */
export function loaderFor(dist: string, env: Env, require: Require, onExit: (act: () => void) => void) {
  const folder = compileCacheDir(env);
  if (folder === undefined) return undefined;
  const { load, save } = createLoader(dist, join(folder, `${process.version}-${process.arch}`), require);
  onExit(save);
  return load;
}

export function createLoader(dist: string, folder: string, require: Require) {
  const text = (name: string) => readFileSync(join(dist, name), 'utf8');
  // main.cjs names the others, and their names contain a digest. V8 doesn't notice if a Node of the same version was built
  // in another way.
  const main = text('main.cjs');
  const saved = openSavedCode(folder, `${process.execPath}\n${main}`);
  const scripts = new Map<string, Script>();
  let isComplete = true;
  const chunks = {
    folder: dist,
    text: (id: string) => (id === './main.cjs' ? main : text(id)),
    compiled: saved.read,
  };
  const load = loadChunks(chunks, require, (id, script) => {
    // Undefined if there was no compiled code.
    isComplete &&= script.cachedDataRejected === false;
    scripts.set(id, script);
  });
  /** Saves the compiled code of all loaded files, if some of it is not saved yet. V8 has compiled more of the others by now. */
  const save = () => {
    if (!isComplete) saved.write(scripts);
  };
  return { load, save };
}

/** V8 doesn't check this code, and damaged code crashes it. So each file ends in a checksum, also of the build and the name. */
export function openSavedCode(folder: string, build: string) {
  const ofBuild = crc32(build);
  const checksumOf = (name: string, code: Buffer) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(crc32(code, crc32(name, ofBuild)));
    return checksum;
  };
  const read = (name: string) => {
    try {
      const bytes = readFileSync(join(folder, name));
      const code = bytes.subarray(0, -4);
      return checksumOf(name, code).equals(bytes.subarray(-4)) ? code : undefined;
    } catch {
      return undefined;
    }
  };
  const write = (scripts: ReadonlyMap<string, Script>) => {
    try {
      // What another build saved is not used again.
      if (!read('./main.cjs')) rmSync(folder, { recursive: true, force: true });
      createFolder(folder);
      for (const [name, script] of scripts) {
        const code = script.createCachedData();
        writeFileSync(join(folder, name), Buffer.concat([code, checksumOf(name, code)]), { mode: 0o600 });
      }
    } catch {
      // The next run compiles again.
    }
  };
  return { read, write };
}

/** V8 runs this code unchecked, so no other user may be able to write it. Undefined if one may, or if Node's own cache is set. */
export function compileCacheDir(env: Env): string | undefined {
  if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return undefined;
  try {
    const folder = join(ownFolder('cache', env), 'compiled');
    createFolder(folder);
    const { uid, mode } = statSync(folder);
    // Windows has no such owners and modes.
    const isOnlyOurs = process.platform === 'win32' || (uid === process.geteuid?.() && (mode & 0o077) === 0);
    return isOnlyOurs ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Where the files of the program are. A file is named `./NAME.cjs`, as others require it. */
interface Chunks {
  /** For stack traces, and the `__dirname` of the files. */
  folder: string;
  text(id: string): string;
  compiled(id: string): Buffer | undefined;
}

/** Returns a `require` for these files. Others are modules of Node or optional libraries: those are left to `require`. */
export function loadChunks(chunks: Chunks, require: Require, onScript?: (id: string, script: Script) => void) {
  const modules = new Map<string, { exports: unknown }>();
  const load: Require = (id) => {
    if (!id.startsWith('./')) return require(id);
    const known = modules.get(id);
    if (known) return known.exports;
    const filename = join(chunks.folder, id);
    const script = compileChunk(chunks.text(id), filename, chunks.compiled(id));
    onScript?.(id, script);
    const module = { exports: {} };
    modules.set(id, module);
    script.runInThisContext()(module.exports, load, module, filename, chunks.folder);
    return module.exports;
  };
  return load;
}

export function compileChunk(code: string, filename: string, cachedData?: Buffer): Script {
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${code}\n})`;
  return new Script(wrapped, { filename, ...(cachedData && { cachedData }) });
}
