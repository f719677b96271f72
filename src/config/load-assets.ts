import { join } from 'node:path';
import { getAsset, getRawAsset } from 'node:sea';
import { loadChunks } from './load-compiled.js';

export function loadMainAsset(): unknown {
  const compiled = (id: string) => Buffer.from(getRawAsset(compiledAsset(id)) as ArrayBuffer);
  // A library may look for files beside it. In this folder it finds none, because its parent is a file.
  const folder = join(process.execPath, 'dist');
  return loadChunks({ folder, text: (id) => getAsset(id, 'utf8'), compiled }, builtIn)('./main.cjs');
}

export function compiledAsset(id: string) {
  return `${id}.compiled`;
}

/** The `require` of an executable would print a warning before it fails, also for an optional library. */
function builtIn(id: string): unknown {
  const found = process.getBuiltinModule(id);
  if (found) return found;
  throw Object.assign(new Error(`The single executable has no ${id}.`), { code: 'MODULE_NOT_FOUND' });
}
