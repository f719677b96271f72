import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  // Each command is a chunk of its own, loaded when it is dispatched.
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Native, and optional: whoever installs without it keeps secrets in the file.
  external: ['@napi-rs/keyring'],
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Some bundled libraries are CommonJS and require Node's own modules. The name is longer than any that minifying makes.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
});
await writeFile('dist/LICENSES.txt', await licencesOf(Object.keys(metafile.inputs)));

/** The licence of each library that these files are of: whoever gets the bundle gets them with it. */
async function licencesOf(files) {
  const folders = files.map((file) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const texts = [];
  for (const folder of [...new Set(folders)].filter(Boolean).sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
    // A package that ships no text names the licence alone.
    const text = file === undefined ? `Licence: ${license}` : await readFile(join(folder, file), 'utf8');
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
