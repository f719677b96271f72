import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import manifest from '../package.json' with { type: 'json' };

/**
 * Imports of libraries that we never use. The versions of commander, conf and undici are exact, because this depends on
 * their inside: commander's for commands that are separate programs (2 ms to load), conf's schema validation (a seventh of
 * the package) and migrations, and what undici has for HTTP/2, SOCKS and bodies of `fetch` (5 to 10 ms, most of it for
 * Node's own HTTP modules). Of those undici uses a class to compare with, and a default. undici has its HTTP parser twice,
 * with SIMD and without (24 kB each), and takes the one without if the other can't be compiled.
 *
 * The others are libraries of Azure's and Google's. `fetch-blob` has the streams of Node, `jsonwebtoken` only asks if Node
 * is newer than 16, and Google's metadata server sends no number of more than 15 digits.
 */
const unused = [
  { of: 'commander', name: /^node:child_process$/ },
  { of: 'conf', name: /^ajv|^semver$/ },
  { of: 'undici', name: /^node:http2?$|socks5|\/client-h2\.js$|\/fetch\/body\.js$|\/llhttp_simd-wasm\.js$/ },
  { of: 'fetch-blob', name: /^web-streams-polyfill/ },
  { of: 'json-bigint', name: /^bignumber\.js$/ },
  { of: 'jsonwebtoken', name: /^semver$/ },
];

/**
 * Of MongoDB's driver, doctor connects and sends a ping, without a user: no sign-in, collections, bulk writes, GridFS or
 * encryption, and of the optional modules only socks. Its version is exact too.
 */
const unusedOfDriver = new RegExp(
  '/(?:admin|bulk/.+|change_stream|collection|command_monitoring_events|encrypter|end_sessions|explain|gridfs|mongo_client_auth_providers|redact|server_selection_events|srv_polling)$|' +
    '/(?:client-side-encryption|client_bulk_write|cursor|mongodb_oidc|search_indexes)(?:/|$)|' +
    '/(?:aggregate|create_collection|drop|indexes|list_\\w+|profiling_level|remove_user|rename|set_profiling_level|stats)$',
);
/** Only what is used. The driver's index would load everything. */
const driver =
  "exports.MongoClient = require('mongodb/lib/mongo_client.js').MongoClient; Object.assign(exports, require('mongodb/lib/error.js'));";
/** It logs nothing, whatever the variables MONGODB_LOG_* say. */
const logger =
  'exports.SeverityLevel = exports.MongoLoggableComponent = {}; exports.MongoLogger = { resolveOptions: () => ({ componentSeverities: {} }) };';
/** Whatever is imported is a class. */
const classes = 'module.exports = new Proxy({}, { get: () => class {} });';

const trimmedDriver: Plugin = {
  name: 'trimmed-driver',
  async resolveId(name, importer = '') {
    const by = withSlashes(importer);
    if (name === 'mongodb') return '\0driver';
    if (name === 'whatwg-url') return '\0whatwg-url';
    if (/\/mongo_logger$/.test(name)) return '\0logger';
    if (/\/deps$/.test(name)) return '\0modules';
    if (/\/gssapi$/.test(name)) return '\0gssapi';
    if (!/\/node_modules\/mongodb(?:-connection-string-url)?\//.test(by)) return null;
    if (name.endsWith('/package.json')) return '\0version';
    // The one that the program has already.
    if (name === 'bson') return this.resolve('bson', 'src/main.ts', { kind: 'import-statement' });
    // Of its index, a file takes only the types of topologies.
    if (/^\.(?:\.?\/?)*$/.test(name)) return this.resolve('mongodb/lib/sdam/common.js', importer);
    return unusedOfDriver.test(name) ? '\0classes' : null;
  },
  load: (id) =>
    ({
      '\0version': `exports.version = '${manifest.devDependencies.mongodb}'`,
      '\0driver': driver,
      '\0logger': logger,
      // What its parser compares with.
      '\0gssapi':
        "exports.GSSAPICanonicalizationValue = { on: true, off: false, none: 'none', forward: 'forward', forwardAndReverse: 'forwardAndReverse' };",
      '\0modules': "exports.getSocks = () => require('socks');",
      '\0classes': classes,
      '\0whatwg-url': 'module.exports = { URL, URLSearchParams };',
    })[id] ?? null,
};

const instead = 'module.exports = { IncomingMessage: class {}, maxHeaderSize: 16384, satisfies: () => true };';

const target = 'node20.19';

/** Windows has other separators. */
const withSlashes = (file: string) => file.replaceAll('\\', '/');
const isIn = (files: RegExp) => (file: string) => files.test(withSlashes(file));

const withoutUnused: Plugin = {
  name: 'without-unused',
  resolveId: (name, importer = '') => {
    const by = withSlashes(importer);
    return unused.some((each) => by.includes(`/node_modules/${each.of}/`) && each.name.test(name))
      ? '\0unused'
      : null;
  },
  load: (id) => (id === '\0unused' ? instead : null),
};

/**
 * Node compiles a CommonJS module that is wrapped in an arrow function twice: the first time only to find its end. A
 * function in parentheses is compiled once, because Node expects that it is called immediately. This saves a tenth of
 * the start.
 */
const withFunctions: Plugin = {
  name: 'with-functions',
  renderChunk: (code) => code.replaceAll(/\(\(\((exports(?:, module)?)\) => \{/g, '((function ($1) {'),
};

await rm('dist', { recursive: true, force: true });
const bundle = await rolldown({
  input: { main: 'src/main.ts' },
  platform: 'node',
  // The AWS SDK is bundled, so its warning about future Node.js versions does not concern users.
  transform: { target, define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' } },
  // Native and optional: without it, secrets are stored in the file.
  external: ['@napi-rs/keyring'],
  // Of the AWS SDK only the ES modules can be shaken: its CommonJS holds every call of EC2, a megabyte of them.
  resolve: { mainFields: ['module', 'main'] },
  plugins: [withoutUnused, trimmedDriver, withFunctions],
});
// CommonJS starts about 10 ms faster than ES modules. Each command is a chunk that is loaded when it is dispatched.
const { output } = await bundle.write({
  dir: 'dist',
  format: 'cjs',
  exports: 'named',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  minify: true,
  comments: false,
  // `import()` would start Node's loader of ES modules. It needs an experimental option in code that is kept compiled.
  dynamicImportInCjs: false,
  // Each file adds a quarter of a millisecond to every start. So modules that are always loaded together are one file,
  // with all their imports.
  codeSplitting: {
    groups: [
      { name: 'start', test: isIn(/src\/main\.ts$/), priority: 3 },
      { name: 'line', test: isIn(/src\/(?:cli\/parser|endpoints\/name|config\/settings)\.ts$/), priority: 2 },
      {
        name: 'context',
        test: isIn(/src\/(?:context|base\/host|endpoints\/(?:find|next-step|view))\.ts$/),
        priority: 1,
      },
      { name: 'client', test: isIn(/src\/(?:atlas\/client|config\/cache|context\/atlas)\.ts$/), priority: 0 },
    ],
  },
});
// Loads all others.
const first = await rolldown({ input: 'src/config/load-compiled.ts', platform: 'node', transform: { target } });
await first.write({ file: 'dist/load.cjs', format: 'cjs', minify: true, comments: false });
await import('./documents.js');
const files = output.flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []));
await writeFile('dist/LICENSES.txt', await licencesOf(files));

/** The licences of the libraries in these files. The bundle must include them. */
async function licencesOf(files: readonly string[]): Promise<string> {
  const folders = files.flatMap(
    (file) => /^\0?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(withSlashes(file))?.[1] ?? [],
  );
  // undici contains this as WebAssembly, but not its licence.
  const texts = [`llhttp (MIT)\n\n${await mit('Copyright Fedor Indutny, 2018.')}\n`];
  // The AWS SDK consists of dozens of packages with one text.
  const named = new Map<string, string[]>();
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text = ((await licenceIn(folder)) ?? (await usual(name, license))).trim();
    named.set(text, [...(named.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  // Equal parts must be close, or gzip doesn't find them. Texts of one licence are nearly of one length.
  const byLength = [...named].sort(([one], [other]) => one.length - other.length);
  for (const [text, names] of byLength) texts.push(`${names.join('\n')}\n\n${text}\n`);
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenceIn(folder: string): Promise<string | undefined> {
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  return file === undefined ? undefined : readFile(join(folder, file), 'utf8');
}

/** The text of a licence that a package names and doesn't bring along. */
async function usual(name: string, license: string): Promise<string> {
  if (license === 'MIT') return mit(`Copyright (c) the authors of ${name}`);
  const text = license === 'Apache-2.0' ? await licenceIn('node_modules/@aws-sdk/client-ec2') : undefined;
  if (text === undefined) throw new Error(`${name} has no licence text.`);
  return text;
}

/** The text of the MIT licence, which is also ours, for another copyright holder. */
async function mit(holder: string): Promise<string> {
  const ours = await readFile('LICENSE', 'utf8');
  return `${holder}\n\n${ours.slice(ours.indexOf('Permission is hereby granted')).trim()}`;
}
