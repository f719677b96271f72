import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Run } from './run-cli.js';
import { temporaryFolder } from './temporary-folder.js';

const built = fileURLToPath(new URL('../../bin/atlas-pe.js', import.meta.url));

/**
 * The built program and the Node that runs it. `.ci/installed` sets these variables to test the installed package on
 * each Node, and `.ci/executable` to test the single executable, which needs none.
 */
const { ATLAS_PE_TEST_PROGRAM, ATLAS_PE_TEST_NODE = process.execPath } = process.env;
export const program = ATLAS_PE_TEST_PROGRAM ?? built;

/** A Node for other scripts. */
export const node = ATLAS_PE_TEST_NODE || process.execPath;

/** The words that run the program, and the same for a shell. */
export const programWords = ATLAS_PE_TEST_NODE ? [node, program] : [program];
export const quotedProgram = programWords.map((word) => `"${word}"`).join(' ');

/** The root folder of the package. */
export const home = dirname(dirname(realpathSync(program)));

/**
 * The environment of a program. The programs of all tests share the code that V8 has compiled, where a test has no folder
 * for it: each would compile it again.
 */
export function programEnv(env: Record<string, string>): Record<string, string> {
  const { ATLAS_PE_CACHE_DIR: cache = '' } = env;
  const own = join(cache, 'compiled');
  if (ATLAS_PE_TEST_PROGRAM === undefined && cache !== '' && !existsSync(own)) {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const version = `${process.version}-${process.arch}`;
    symlinkSync(join(compiledOnce(), version), join(own, version));
  }
  return { PATH: process.env.PATH ?? '', ...env };
}

/** The folder for compiled code of all tests. The first one fills it; others add to it. */
function compiledOnce(): string {
  const folder = join(tmpdir(), 'code', 'compiled');
  const env = { ATLAS_PE_CACHE_DIR: dirname(folder), ATLAS_PE_CONFIG_DIR: dirname(folder) };
  if (!existsSync(folder)) spawnSync(node, [program, 'profile', 'list'], { env });
  return folder;
}

/** Runs the built program as a separate process, with pipes. */
export function startProgram(argv: readonly string[], env: Record<string, string>, stdin = '') {
  const [file = '', ...words] = programWords;
  const child = spawn(file, [...words, ...argv], { env: programEnv(env) });
  // The program may end without reading its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const ended = Promise.all([
    // What a shell reports if a signal ended the process: on a busy machine, the one by which an interrupted command ends.
    new Promise<number>((resolve) =>
      child.on('close', (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 0))),
    ),
    text(child.stdout),
    text(child.stderr),
  ]).then(([exitCode, stdout, stderr]): Run => ({ exitCode, stdout, stderr }));
  return { child, ended };
}

/** Runs a script in a shell, which waits for its end. */
export function runShell(script: string, env: Record<string, string> = {}, shell = 'sh') {
  return spawnSync(shell, ['-c', script], { env: programEnv(env), encoding: 'utf8' });
}

export function runProgram(argv: readonly string[], env: Record<string, string>, stdin = ''): Promise<Run> {
  return startProgram(argv, env, stdin).ended;
}

/** Returns a folder with an `atlas-pe` that runs the built program. */
export function bin(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'atlas-pe'), `#!/bin/sh\nexec ${quotedProgram} "$@"\n`, { mode: 0o755 });
  return folder;
}
