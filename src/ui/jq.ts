import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CliError, UsageError } from '../base/errors.js';
import type { Said } from './jq-worker.js';

/** Applies the --jq program to JSON. Resolves to the lines to print (stdout) and to jq's own messages (stderr). */
export type Jq = (json: string) => Promise<Pick<Said, 'stdout' | 'stderr'>>;

/** Compiles a jq program. Throws a usage error if it is not valid. */
export async function startJq(
  program: string,
  signal: AbortSignal,
  file = join(import.meta.dirname, 'jq.cjs'),
): Promise<Jq> {
  const worker = new Worker(file, { workerData: program, env: {} });
  const answer = async (): Promise<Said> => {
    worker.ref();
    try {
      const [said] = await once(worker, 'message', { signal });
      return said;
    } catch (error) {
      await worker.terminate();
      throw signal.aborted ? signal.reason : error;
    } finally {
      // The worker must not keep the process alive.
      worker.unref();
    }
  };
  const checked = await answer();
  if (checked.exitCode !== 0) {
    await worker.terminate();
    throw new UsageError(`Invalid --jq expression: ${faultOf(checked)}.`, 'See https://jqlang.org/manual');
  }
  return async (json) => {
    const said = answer();
    worker.postMessage(json);
    const { exitCode, stdout, stderr } = await said;
    if (exitCode !== 0) throw new CliError('unexpected', `The --jq expression failed: ${faultOf({ stderr })}.`);
    return { stdout: stdout === '' ? '' : stdout.replace(/\n$/, '').split('\n').map(unquoted).join(''), stderr };
  };
}

/**
 * A result as `jq -r` prints it: a string without quotes. The library trims white space from the output, which JSON doesn't
 * begin or end with, but a string may.
 */
function unquoted(line: string): string {
  return `${line.startsWith('"') ? JSON.parse(line) : line}\n`;
}

/** The first error in jq's own words, with its position. */
function faultOf({ stderr }: Pick<Said, 'stderr'>): string {
  const [first = ''] = stderr.split('\n');
  return first
    .replace(/^jq: error( \(at \/dev\/stdin:\d+\))?:? ?/, '')
    .replace(/ at <top-level>/, '')
    .replace(/[:.]$/, '');
}
