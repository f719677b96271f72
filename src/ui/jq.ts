import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CliError, UsageError } from '../base/errors.js';
import type { Said } from './jq-worker.js';

/** What --jq makes of JSON: the lines to print, and what the program says beside them. */
export type Jq = (json: string) => Promise<Pick<Said, 'stdout' | 'stderr'>>;

/** Reads a program of jq. Throws a usage error where it makes no sense. */
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
      // It must not keep the process.
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
    return { stdout: stdout === '' ? '' : `${stdout.replace(/\n$/, '')}\n`, stderr };
  };
}

/** jq's own words for the first thing that is wrong, and where. */
function faultOf({ stderr }: Pick<Said, 'stderr'>): string {
  const [first = ''] = stderr.split('\n');
  return first
    .replace(/^jq: error( \(at \/dev\/stdin:\d+\))?:? ?/, '')
    .replace(/ at <top-level>/, '')
    .replace(/[:.]$/, '');
}
