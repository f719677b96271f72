import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSavedCode } from '../../src/config/load-compiled.js';
import { home, node, program, runProgram } from '../helpers/run-program.js';
import { testSandbox } from '../helpers/sandbox.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

/** Creates a folder in which every user can create folders, like /tmp. */
function shared(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o1777);
  return folder;
}

function run(env: Record<string, string>): void {
  const { status } = spawnSync(node, [program, 'profile', 'list'], { env: { PATH: process.env.PATH ?? '', ...env } });
  expect(status).toBe(0);
}

/** A cache folder whose compiled code no other test uses. */
function ownCache(): string {
  const folder = join(shared(), 'own');
  mkdirSync(join(folder, 'compiled'), { recursive: true, mode: 0o700 });
  return folder;
}

/** The files in the folder for compiled code. */
const compiledIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

test('stores compiled code in the cache folder', () => {
  const folder = shared();
  run({ TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') });
  expect(compiledIn(join(folder, 'own', 'compiled'))).toEqual([expect.stringMatching(/^v\d+\.\d+\.\d+-\w+$/)]);
  expect(readdirSync(folder)).toEqual(['own']);
});

test.each([
  ['list --json', 'a pipe'],
  // These load more after the first response.
  ['list --output yaml', 'a pipe'],
  ['whoami', 'a terminal'],
])('what %s in %s has compiled is used by the next', async (line, place) => {
  const sandbox = await testSandbox();
  const env = { ...sandbox.env, ATLAS_PE_CACHE_DIR: ownCache() };
  const folder = join(env.ATLAS_PE_CACHE_DIR, 'compiled');
  const argv = line.split(' ');
  const written = async () => {
    const run = place === 'a pipe' ? (await runProgram(argv, env)).exitCode : await new Terminal(argv, env).exit;
    expect(run).toBe(0);
    const [name = ''] = compiledIn(folder);
    return statSync(join(folder, name, 'main.cjs'), { bigint: true }).mtimeNs;
  };
  const first = await written();
  // It would be written again if V8 had rejected it.
  expect(await written()).toBe(first);
});

/** The environment of a user, without other folders. */
const inHome = (home: string) => ({ PATH: process.env.PATH ?? '', HOME: home });

// As in a home folder that is mounted on demand and doesn't exist: Node's recursive mkdir would never end.
test.runIf(existsSync('/proc/self'))('a home folder in which nothing can be created is no endless loop', () => {
  const run = (...argv: string[]) =>
    spawnSync(node, [program, ...argv], { env: inHome('/proc'), timeout: 60_000, encoding: 'utf8' });
  expect(run('profile', 'list')).toMatchObject({ status: 0, stderr: '' });
  const stderr = expect.stringMatching(/^Error: Cannot write .* \(no such file or directory\)\.\nHint: .*\n$/);
  expect(run('config', 'set', 'output', 'json')).toMatchObject({ status: 1, stderr });
  expect(run('create', '--region', 'us-east-1', '--sandbox')).toMatchObject({ status: 1, stderr });
});

test.runIf(process.getuid?.() === 0)("as root, creates nothing in a user's home folder", () => {
  const home = temporaryFolder();
  chownSync(home, 65_534, 65_534);
  const { status } = spawnSync(node, [program, 'profile', 'list'], { env: inHome(home) });
  expect([status, readdirSync(home)]).toEqual([0, []]);
});

test('a damaged file is read as the same code or as none', async () => {
  const sandbox = await testSandbox();
  const env = { ...sandbox.env, ATLAS_PE_CACHE_DIR: ownCache() };
  await runProgram(['list'], env);
  const parent = join(env.ATLAS_PE_CACHE_DIR, 'compiled');
  const folder = join(parent, compiledIn(parent)[0] ?? '');
  const build = `${node}\n${readFileSync(join(home, 'dist/main.cjs'), 'utf8')}`;
  const { read } = openSavedCode(folder, build);
  const names = compiledIn(folder);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) {
    const id = `./${name}`;
    const [good, code] = [readFileSync(join(folder, name)), read(id)];
    expect(code?.length).toBe(good.length - 4);
    const handle = openSync(join(folder, name), 'r+');
    const altered: number[] = [];
    const damage = (at: number, bytes: Buffer) => {
      writeSync(handle, bytes, 0, bytes.length, at);
      const found = read(id);
      if (found && !code?.equals(found)) altered.push(at);
      writeSync(handle, good, at, bytes.length, at);
    };
    const sector = 512;
    for (let at = 0; at < good.length; at += sector) damage(at, Buffer.alloc(Math.min(sector, good.length - at)));
    for (let bits = 0; bits < 100; bits++) {
      const at = Math.floor(Math.random() * good.length);
      damage(at, Buffer.of((good[at] ?? 0) ^ (1 << (bits % 8))));
    }
    closeSync(handle);
    expect(altered).toEqual([]);
  }
});
