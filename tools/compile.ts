/*
 * compile FROM TO: writes the compiled code of the program's files. It has a process of its own, with `--hash-seed=1`, so that
 * two builds are the same: compiled code contains how many scripts V8 had seen before, and its order is by the seed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compiledAsset } from '../src/config/load-assets.js';
import { compileChunk } from '../src/config/load-compiled.js';

const [from = '', to = ''] = process.argv.slice(2);
// V8 rejects code of a process with other flags. This process keeps the seed, but no longer has the flag.
setFlagsFromString('--hash-seed=0');
for (const name of readdirSync(from)
  .filter((each) => each.endsWith('.cjs'))
  .sort()) {
  const script = compileChunk(readFileSync(join(from, name), 'utf8'), name);
  writeFileSync(join(to, compiledAsset(name)), script.createCachedData());
}
