import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { node, program, runProgram } from '../helpers/run-program.js';
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

const compiledIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

test('stores compiled code in the cache folder', () => {
  const folder = shared();
  run({ TMPDIR: folder, ATLAS_PE_CACHE_DIR: join(folder, 'own') });
  expect(compiledIn(join(folder, 'own', 'compiled'))).toEqual([expect.stringMatching(/^v\d+\.\d+\.\d+-\w+$/)]);
  expect(readdirSync(folder)).toEqual(['own']);
});

test.each([
  // Both load more after the first response.
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
