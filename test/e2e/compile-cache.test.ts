import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { node, program } from '../helpers/run-program.js';

/** Node supports a compile cache since version 22. Use the Node under test, or another one that nvm has installed. */
const keeping = [node, ...installedNodes()].find((path) => {
  const { stdout } = spawnSync(path, ['--print', "typeof require('node:module').enableCompileCache"]);
  return String(stdout).trim() === 'function';
});

function installedNodes(): string[] {
  const folder = join(process.env.NVM_DIR ?? join(homedir(), '.nvm'), 'versions/node');
  return (existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name, 'bin/node'));
}

/** Creates a folder in which every user can create folders, like /tmp. */
function shared(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-'));
  chmodSync(folder, 0o1777);
  return folder;
}

/** Node's debug output about its compile cache during one command. */
function run(env: Record<string, string>): string {
  const { status, stderr } = spawnSync(keeping ?? node, [program, '--help'], {
    env: { PATH: process.env.PATH ?? '', NODE_DEBUG_NATIVE: 'COMPILE_CACHE', ...env },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stderr;
}

test.runIf(keeping)('stores compiled code in the cache folder and reads it from there', () => {
  const folder = shared();
  const env = { TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') };
  run(env);
  expect(run(env)).toMatch(/reading cache from \S+\/own\/compiled\/\S+ for CommonJS \S+main\.cjs\.\.\.\S.*success/);
  expect(readdirSync(folder)).toEqual(['own']);
});

test.runIf(keeping && process.getuid?.() === 0)('reads no code from a folder that another user created', () => {
  const folder = shared();
  const [compiled, usual] = [join(folder, 'own', 'compiled'), join(folder, 'node-compile-cache')];
  const stranger = { uid: 65_534, gid: 65_534 };
  expect(spawnSync('mkdir', ['-p', '-m', '777', compiled, usual], stranger).status).toBe(0);
  const said = run({ TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') });
  expect(said).not.toContain('reading cache');
  expect([readdirSync(compiled), readdirSync(usual)]).toEqual([[], []]);
});

test.runIf(keeping)('uses the folder in NODE_COMPILE_CACHE, and none with NODE_DISABLE_COMPILE_CACHE', () => {
  const folder = shared();
  const env = { TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') };
  expect(run({ ...env, NODE_COMPILE_CACHE: join(folder, 'chosen') })).toMatch(
    /reading cache from \S+\/chosen\/\S+ for/,
  );
  expect(run({ ...env, NODE_DISABLE_COMPILE_CACHE: '1' })).not.toContain('reading cache');
  expect(readdirSync(folder)).toEqual(['chosen']);
});
