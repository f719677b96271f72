import { join } from 'node:path';
import { Script } from 'node:vm';

export type Require = (id: string) => unknown;

/** Where the files of the program are. A file is named `./NAME.cjs`, as others require it. */
interface Chunks {
  /** For stack traces, and the `__dirname` of the files. */
  folder: string;
  text(id: string): string;
  compiled(id: string): Buffer | undefined;
}

/** Returns a `require` for these files. Others are modules of Node or optional libraries: those are left to `require`. */
export function loadChunks(chunks: Chunks, require: Require, onScript?: (id: string, script: Script) => void): Require {
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
