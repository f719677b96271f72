import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { node, program, runProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';
import { Terminal } from '../helpers/terminal.js';

/** Creates a folder in which every user can create folders, like /tmp. */
function shared(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-'));
  chmodSync(folder, 0o1777);
  return folder;
}

function run(env: Record<string, string>): void {
  const { status } = spawnSync(node, [program, 'profile', 'list'], { env: { PATH: process.env.PATH ?? '', ...env } });
  expect(status).toBe(0);
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
  const sandbox = await startSandbox();
  const env = { ...sandbox.env, ATLAS_PE_CACHE_DIR: join(shared(), 'own') };
  const folder = join(env.ATLAS_PE_CACHE_DIR, 'compiled');
  const argv = line.split(' ');
  const written = async () => {
    const run = place === 'a pipe' ? (await runProgram(argv, env)).exitCode : await new Terminal(argv, env).exit;
    expect(run).toBe(0);
    const [name = ''] = compiledIn(folder);
    return statSync(join(folder, name), { bigint: true }).ino;
  };
  const first = await written();
  // It would be written again if V8 had rejected it.
  expect(await written()).toBe(first);
  await sandbox.close();
});

test.runIf(process.getuid?.() === 0)('uses no folder that another user created', () => {
  const folder = shared();
  const compiled = join(folder, 'own', 'compiled');
  const stranger = { uid: 65_534, gid: 65_534 };
  expect(spawnSync('mkdir', ['-p', '-m', '777', compiled], stranger).status).toBe(0);
  run({ TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') });
  expect(readdirSync(compiled)).toEqual([]);
});

test("leaves it to Node if Node's variables configure its own cache", () => {
  const folder = shared();
  const env = { TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') };
  run({ ...env, NODE_COMPILE_CACHE: join(folder, 'chosen') });
  run({ ...env, NODE_DISABLE_COMPILE_CACHE: '1' });
  expect(compiledIn(join(folder, 'own'))).toEqual([]);
});
