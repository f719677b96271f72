import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { helpFile } from '../../src/cli/help/written.js';
import { topicNames } from '../../src/cli/tree.js';
import { pages } from '../helpers/documents.js';
import { runCli } from '../helpers/run-cli.js';
import { home, node } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { branches, commands } from '../helpers/tree.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the package has the program, its licences, help, man page and schema, but no private files', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ size, files }] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
  expect(size).toBeLessThan(930_000);
  const paths = files.map(({ path }) => path);
  const documents = ['CHANGELOG.md', 'LICENSE', 'docs/reference.md', ...pages.keys()];
  const needed = [...documents, 'output.schema.json', 'package.json', 'bin/atlas-pe.js'];
  const built = ['main.cjs', 'load.cjs', 'LICENSES.txt', 'atlas-pe.1', 'help/atlas-pe.txt'];
  expect(paths).toEqual(expect.arrayContaining([...needed, ...built.map((name) => `dist/${name}`)]));
  const isKnown = (path: string) =>
    needed.includes(path) ||
    path === 'bin/package.json' ||
    /^dist\/([\w-]+(\.run-[\w-]+)?\.cjs|help\/[\w-]+\.txt|LICENSES\.txt|atlas-pe\.1)$/.test(path);
  expect(paths.filter((path) => !isKnown(path))).toEqual([]);
});

test('each page that a page of the package links is in it', () => {
  const packed = ['README.md', 'CHANGELOG.md', 'docs/reference.md', ...pages.keys()];
  for (const page of packed) {
    const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g);
    for (const [, link = ''] of links)
      expect(packed, `${page} links ${link}`).toContain(posix.join(dirname(page), link));
  }
});

test('the licences of all bundled libraries are included', () => {
  const licences = readFileSync(join(root, 'dist/LICENSES.txt'), 'utf8');
  const libraries = ['commander', 'undici', 'chalk', 'ora', 'cli-table3', 'string-width', 'conf', 'yaml', 'p-limit'];
  for (const library of libraries) expect(licences).toMatch(new RegExp(`^${library} \\d`, 'm'));
});

test('bundled libraries are not dependencies; only the optional keychain binding is installed', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object | undefined>;
  const kinds = Object.keys(manifest).filter((key) => /dependencies/i.test(key));
  expect(kinds).toEqual(['devDependencies', 'optionalDependencies']);
  expect(Object.keys(manifest.optionalDependencies ?? {})).toEqual(['@napi-rs/keyring']);
  const sbom = spawnSync('npm', ['sbom', '--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx'], {
    cwd: root,
    encoding: 'utf8',
  });
  const { components } = JSON.parse(sbom.stdout) as { components: { name: string }[] };
  expect(components.map(({ name }) => name).filter((name) => !name.startsWith('@napi-rs/keyring'))).toEqual([]);
  expect(manifest.license).toBe('MIT');
  // npm warns of a package with a script that an install may run.
  expect(Object.keys(manifest.scripts ?? {}).filter((name) => /install$|^prepare$/.test(name))).toEqual([]);
});

describe('without a build', () => {
  /** A copy of the package as in a fresh clone, without build output and dependencies. */
  function clone(): string {
    const folder = temporaryFolder();
    for (const name of ['bin', 'tools', 'package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    return folder;
  }

  test.each([['list'], ['--help']])('%j says how to build', (...argv) => {
    const folder = clone();
    const { status, stdout, stderr } = spawnSync(node, [join(folder, 'bin/atlas-pe.js'), ...argv], {
      encoding: 'utf8',
    });
    const said = `Error: atlas-pe is not built.\nHint: Run npm ci --include=dev && npm run build in ${realpathSync(folder)}.\n`;
    expect([status, stdout, stderr]).toEqual([1, '', said]);
  });
});

test('every chunk loads', () => {
  const chunks = readdirSync(join(home, 'dist')).filter((name) => name.endsWith('.cjs'));
  const script = chunks.map((name) => `require(${JSON.stringify(join(home, 'dist', name))});`).join('\n');
  const { status, stderr } = spawnSync(node, ['--eval', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('the prewritten help matches the command tree', async () => {
  const folder = join(home, 'dist/help');
  const topics = Object.keys(topicNames).map((name) => [name]);
  const paths = [[], ...topics, ...branches.map(([path]) => path)];
  expect(readdirSync(folder).sort()).toEqual(paths.map((path) => basename(helpFile(path))).sort());
  for (const path of paths) {
    // The sources have no prewritten help, so this is generated.
    const { stdout } = await runCli(['help', ...path]);
    expect(readFileSync(join(home, 'dist', helpFile(path)), 'utf8')).toBe(stdout);
    // A command is not wrapped, so that it can be copied.
    const prose = stdout.split('\n').filter((line) => !line.startsWith('  $ '));
    for (const line of prose) expect(line.length, line).toBeLessThanOrEqual(80);
  }
});

test('the man page has every command and topic, and no text that troff reads as a request', () => {
  const page = readFileSync(join(home, 'dist/atlas-pe.1'), 'utf8');
  const sections = page.split('\n').filter((line) => /^\.S[HS] /.test(line));
  for (const [path, { aliases = [] }] of commands) {
    const title = [path.join(' '), ...aliases].join(', ');
    expect(sections).toContain(`.SS ${title.replaceAll('-', '\\-')}`);
  }
  for (const name of Object.keys(topicNames))
    expect(sections).toContain(`.SH ${name.replace('-', ' ').toUpperCase()}`);
  const requests = new Set(page.match(/^[.'].*?(?= |$)/gm));
  expect([...requests].sort()).toEqual(['.B', '.I', '.PP', '.RE', '.RS', '.SH', '.SS', '.TH', '.TP', '.fi', '.nf']);
});
