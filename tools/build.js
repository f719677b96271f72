import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';

const target = 'node20.19';

/**
 * What libraries import at once, and never use here: commander the way to commands that are programs of their own (2 ms to
 * load), conf the check of a schema (a seventh of the package), tab its own scripts.
 */
const unused = [
  { of: 'commander', path: /^node:child_process$/ },
  { of: 'conf', path: /^ajv/ },
  { of: '@bomb.sh/tab', path: /^\.\/powershell-/ },
];

await rm('dist', { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  // Each command is a chunk of its own, loaded when it is dispatched.
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Native, and optional: whoever installs without it keeps secrets in the file.
  external: ['@napi-rs/keyring'],
  target,
  legalComments: 'none',
  metafile: true,
  plugins: [{ name: 'unused', setup: withoutUnused }],
  write: false,
  logLevel: 'warning',
});
await mkdir('dist');
// esbuild splits ES modules alone, but Node starts CommonJS some 10 ms sooner.
const chunks = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
const commonJs = {
  ...{ format: 'cjs', platform: 'node', target, minify: true, legalComments: 'none', logLevel: 'warning' },
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname' },
};
// What main needs at once is one file: each one more costs every start a quarter of a millisecond. Whoever else needs a
// part of it finds it there.
const atOnce = neededBy('main.cjs');
const { outputFiles: front } = await build({
  ...commonJs,
  stdin: { contents: ["export { main } from './main.cjs';", ...[...atOnce].map(reexport)].join('\n') },
  bundle: true,
  plugins: [{ name: 'chunks', setup: findChunks }],
  write: false,
});
await writeFile('dist/main.cjs', front[0].text);
for (const [name, text] of chunks) {
  if (name === 'main.cjs' || atOnce.has(name)) continue;
  const { code } = await transform(text, commonJs);
  await writeFile(join('dist', name), code.replaceAll(/(?<=require\("\.\/)(chunk-\w+\.cjs)"\)/g, fromMain));
}
// Loaded before main, which it says where to keep compiled.
await build({
  ...commonJs,
  entryPoints: ['src/config/compile-cache.ts'],
  outfile: 'dist/compile-cache.cjs',
  bundle: true,
});
await import(`data:text/javascript,${encodeURIComponent(await documents())}`);
await writeFile('dist/LICENSES.txt', await licencesOf(Object.keys(metafile.inputs)));

function withoutUnused({ onResolve, onLoad }) {
  for (const { of, path: filter } of unused) {
    onResolve({ filter }, ({ importer }) =>
      importer.includes(`/node_modules/${of}/`) ? { path: 'nothing', namespace: 'unused' } : undefined,
    );
  }
  onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
}

/** The chunks that a chunk imports, those that these import, and so on. */
function neededBy(name, found = new Set()) {
  for (const { path, kind } of metafile.outputs[`dist/${name}`].imports) {
    const next = basename(path);
    if (kind !== 'import-statement' || !chunks.has(next) || found.has(next)) continue;
    neededBy(next, found.add(next));
  }
  return found;
}

function reexport(chunk) {
  return `export * as ${nameIn(chunk)} from './${chunk}';`;
}

/** The end of a `require` of a chunk, which may be a part of main. */
function fromMain(end, chunk) {
  return atOnce.has(chunk) ? `main.cjs").${nameIn(chunk)}` : end;
}

function nameIn(chunk) {
  return chunk.replaceAll(/\W/g, '_');
}

function findChunks({ onResolve, onLoad }) {
  onResolve({ filter: /^\.\// }, ({ path, kind }) =>
    kind === 'dynamic-import' ? { path, external: true } : { path: basename(path), namespace: 'chunk' },
  );
  onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: chunks.get(path) }));
}

/** The program that writes help and the man page, as a module that needs nothing else. */
async function documents() {
  const { outputFiles } = await build({
    entryPoints: ['tools/documents.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target,
    // commander is CommonJS and requires Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///');" },
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

/** The licence of each library that these files are of: whoever gets the bundle gets them with it. */
async function licencesOf(files) {
  const folders = files.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  // undici has it as WebAssembly, and without its licence.
  const texts = [`llhttp (MIT)\n\n${await mit('Copyright Fedor Indutny, 2018.')}\n`];
  for (const folder of [...new Set(folders)].filter(Boolean).sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined && license !== 'MIT') throw new Error(`${name} says nowhere what its licence is.`);
    const text =
      file === undefined
        ? await mit(`Copyright (c) the authors of ${name}`)
        : await readFile(join(folder, file), 'utf8');
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The text of that licence, which is ours too, for another holder. */
async function mit(holder) {
  const ours = await readFile('LICENSE', 'utf8');
  return `${holder}\n\n${ours.slice(ours.indexOf('Permission is hereby granted')).trim()}`;
}
