/*
 * Makes the single executable from the built program and the Node that runs this script. Beside it lie the licences of all
 * that is in it, and the manifest that makes the folder a plugin of the Atlas CLI.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
// @ts-expect-error: it has no types.
import { inject } from 'postject';
import { type Plugin, rolldown } from 'rolldown';
import manifest from '../package.json' with { type: 'json' };
import { compiledAsset } from '../src/config/load-assets.js';
import { pluginManifest } from './plugin-manifest.js';

const folder = 'dist-executable';
// The executable contains the path of the shim, so this is the same in every build.
const temporary = join(folder, 'parts');
const isMac = process.platform === 'darwin';
const binary = process.platform === 'win32' ? 'atlas-pe.exe' : 'atlas-pe';

/** What the shim loads, instead of files beside it. */
const instead: Record<string, string> = {
  '../dist/load.cjs': 'exports.loaderFor = () => undefined;',
  '../dist/main.cjs': `module.exports = require(${JSON.stringify(resolve('src/config/load-assets.ts'))}).loadMainAsset();`,
  '../package.json': JSON.stringify({ version: manifest.version }),
};
const fromAssets: Plugin = {
  name: 'from-assets',
  resolveId: (name) => (name in instead ? `\0${name}` : null),
  load: (id) => instead[id.slice(1)] ?? null,
};

// Its resolver refuses SRV records that other programs accept, or misreads the DNS servers of Windows. This only
// warns: a build from a clone takes the Node.js that is there, and a release takes the newest Node.js 24, whatever it has.
const neededAres = '1.34.9';
if (process.versions.ares.localeCompare(neededAres, 'en', { numeric: true }) < 0)
  process.stderr.write(
    `Warning: this Node.js has c-ares ${process.versions.ares}. For a release, use one whose process.versions.ares is ${neededAres} or later.\n`,
  );

if (process.versions.node.startsWith('20.'))
  process.stderr.write(
    'Warning: with this Node.js, the executable obeys NODE_OPTIONS. For a release, use Node.js 24.\n',
  );

rmSync(folder, { recursive: true, force: true });
mkdirSync(temporary, { recursive: true });
try {
  const shim = await bundled('bin/atlas-pe.js', 'shim.cjs');
  const compile = await bundled('tools/compile.ts', 'compile.cjs');
  execFileSync(process.execPath, ['--hash-seed=1', compile, 'dist', temporary]);
  const blob = blobOf(shim, assetsOf('dist'));
  const file = join(folder, binary);
  copyFileSync(process.execPath, file);
  chmodSync(file, 0o755);
  if (isMac) execFileSync('codesign', ['--remove-signature', file]);
  await inject(file, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    ...(isMac && { machoSegmentName: 'NODE_SEA' }),
  });
  if (isMac) execFileSync('codesign', ['--sign', '-', file]);
  const licences = [readFileSync('LICENSE', 'utf8'), nodeLicence(), readFileSync('dist/LICENSES.txt', 'utf8')];
  writeFileSync(join(folder, 'LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
  writeFileSync(join(folder, 'manifest.yml'), pluginManifest(binary));
} finally {
  rmSync(temporary, { recursive: true });
}

async function bundled(input: string, name: string): Promise<string> {
  const file = join(temporary, name);
  const bundle = await rolldown({ input, platform: 'node', plugins: [fromAssets] });
  await bundle.write({ file, format: 'cjs', minify: true, comments: false });
  return file;
}

/** The licence of Node and of what it contains, from where its archives and packages put it. */
function nodeLicence(): string {
  const places = ['..', '.', '../share/doc/nodejs'].map((place) => join(dirname(process.execPath), place, 'LICENSE'));
  const file = places.find((place) => existsSync(place));
  if (file) return readFileSync(file, 'utf8');
  return `Node.js\n\nhttps://github.com/nodejs/node/blob/${process.version}/LICENSE\n`;
}

/** The files that are read from inside, by name: help, man page, code and compiled code. */
function assetsOf(dist: string): Record<string, string> {
  const documents = [
    'atlas-pe.1',
    ...readdirSync(join(dist, 'help'))
      .sort()
      .map((name) => `help/${name}`),
  ];
  const assets = Object.fromEntries(documents.map((name) => [name, join(dist, name)]));
  const chunks = readdirSync(dist).filter((name) => name.endsWith('.cjs') && name !== 'load.cjs');
  for (const name of chunks.sort()) {
    assets[`./${name}`] = join(dist, name);
    assets[compiledAsset(`./${name}`)] = join(temporary, compiledAsset(name));
  }
  return assets;
}

function blobOf(shim: string, assets: Record<string, string>): string {
  const [output, file] = [join(temporary, 'blob'), join(temporary, 'config.json')];
  const config = {
    ...{ main: shim, output, assets, disableExperimentalSEAWarning: true },
    // NODE_OPTIONS is for the Node.js of a machine, and SIGUSR1 would open a debugger. Node.js 20 ignores these two.
    ...{ execArgv: ['--disable-sigusr1'], execArgvExtension: 'none' },
  };
  writeFileSync(file, JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', file]);
  return output;
}
