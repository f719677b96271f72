import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Run } from './run-cli.js';

export const program = fileURLToPath(new URL('../../bin/atlas-pe.js', import.meta.url));

/** The built program as a process of its own, with pipes for streams. */
export function startProgram(argv: readonly string[], env: Record<string, string>, stdin = '') {
  const child = spawn(process.execPath, [program, ...argv], { env: { PATH: process.env.PATH ?? '', ...env } });
  // A program that ends without reading its input is fine.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const ended = Promise.all([
    new Promise<number>((resolve) => child.on('close', (code, signal) => resolve(code ?? (signal ? -1 : 0)))),
    text(child.stdout),
    text(child.stderr),
  ]).then(([exitCode, stdout, stderr]): Run => ({ exitCode, stdout, stderr }));
  return { child, ended };
}

export function runProgram(argv: readonly string[], env: Record<string, string>, stdin = ''): Promise<Run> {
  return startProgram(argv, env, stdin).ended;
}
