import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLoader } from '../../src/config/load-compiled.js';
import { temporaryFolder, writeFiles } from '../helpers/temporary-folder.js';

const require = createRequire(import.meta.url);

/** Writes files of a built program. Returns the folder for compiled code, a file in it, and functions that run the program. */
function program(files: Record<string, string>) {
  const dist = temporaryFolder();
  const folder = join(dist, 'compiled');
  const file = join(folder, 'main.cjs');
  const write = (more: Record<string, string>) => writeFiles(dist, more);
  write(files);
  const open = () => createLoader(dist, folder, require);
  const run = () => {
    const { load, save } = open();
    const exports = load('./main.cjs');
    save();
    return exports;
  };
  /** Changes whenever the file is written. */
  return { dist, folder, file, write, open, run, written: () => statSync(file, { bigint: true }).mtimeNs };
}

const main = "exports.name = require('./name-1.cjs').name; exports.path = require('node:path').basename(__filename);";

const usual = { 'main.cjs': main, 'name-1.cjs': "exports.name = 'one';" };

test('loads files like require does, each once', () => {
  const { dist, open } = program({
    'main.cjs': "exports.a = require('./a-1.cjs'); exports.again = require('./a-1.cjs'); exports.dir = __dirname;",
    // Refers back to the one that is still loading.
    'a-1.cjs': "const main = require('./main.cjs'); exports.isSame = () => main.a === exports; module.exports.n = 1;",
  });
  const loaded = open().load('./main.cjs') as { a: { isSame(): boolean; n: number }; again: unknown; dir: string };
  expect([loaded.a.isSame(), loaded.a === loaded.again, loaded.a.n, loaded.dir]).toEqual([true, true, 1, dist]);
});

test('compiled code is written once, and again only with another file', () => {
  const { run, written, write, file } = program({
    'main.cjs':
      "exports.load = () => require('./name-1.cjs'); if (require('node:fs').existsSync(__dirname + '/go')) exports.load();",
    'name-1.cjs': "exports.name = 'one';",
  });
  run();
  const first = written();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  run();
  expect(written()).toBe(first);
  write({ go: '' });
  run();
  const second = written();
  expect(second).not.toBe(first);
  run();
  expect(written()).toBe(second);
});

test('code of another build is not used, and removed', () => {
  const { run, write, folder } = program(usual);
  expect(run()).toMatchObject({ name: 'one', path: 'main.cjs' });
  // As long as before: V8 compares lengths only.
  write({ 'main.cjs': main.replace('name-1', 'name-2'), 'name-2.cjs': "exports.name = 'two';" });
  expect(run()).toMatchObject({ name: 'two' });
  expect(readdirSync(folder)).toEqual(['main.cjs', 'name-2.cjs']);
});

test.each([
  ['empty', () => Buffer.alloc(0)],
  ['cut off', (all: Buffer) => all.subarray(0, all.length - 100)],
  ['cut off at its beginning', (all: Buffer) => all.subarray(0, 3)],
  ['of another V8', (all: Buffer) => Buffer.from(all).fill(1)],
  // V8 doesn't notice this.
  ['damaged at its end', (all: Buffer) => Buffer.from(all).fill(0, all.length - 3000)],
])('a file that is %s is replaced', (_, damage) => {
  const long = `exports.long = '${'x'.repeat(5000)}'`;
  const { run, file, written } = program({
    'main.cjs': `${main} ${long}`,
    'name-1.cjs': `exports.name = 'one'; ${long}`,
  });
  run();
  writeFileSync(file, damage(readFileSync(file)));
  const damaged = written();
  expect(run()).toMatchObject({ name: 'one' });
  const replaced = written();
  expect(replaced).not.toBe(damaged);
  run();
  expect(written()).toBe(replaced);
});

test.each([
  ['replaced by another', (file: string, all: Buffer) => writeFileSync(file, `x${all}`)],
  ['cut off', (file: string, all: Buffer) => writeFileSync(file, all.subarray(0, all.length / 2))],
  ['removed', (file: string) => rmSync(file)],
])('a file that is %s after the start does no harm', (_, change) => {
  const { run, open, file } = program(usual);
  run();
  const { load, save } = open();
  change(file, readFileSync(file));
  expect(load('./main.cjs')).toMatchObject({ name: 'one' });
  save();
});

test.runIf(existsSync('/proc/self/fd'))('the file does not stay open, as Windows replaces no open file', () => {
  const { run, open, file } = program(usual);
  run();
  open().load('./main.cjs');
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return '';
    }
  });
  expect(links.length).toBeGreaterThan(2);
  expect(links).not.toContain(file);
});

test('it is no error if nothing can be written', () => {
  const { run, dist, file } = program(usual);
  // A folder in the place of the file.
  mkdirSync(file, { recursive: true });
  writeFileSync(join(file, 'x'), '');
  expect(run()).toMatchObject({ name: 'one' });
  writeFileSync(join(dist, 'nowhere'), '');
  const { load, save } = createLoader(dist, join(dist, 'nowhere', 'compiled'), require);
  expect(load('./main.cjs')).toMatchObject({ name: 'one' });
  save();
});
