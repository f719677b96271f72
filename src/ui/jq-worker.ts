import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import { loadJq } from 'jq-wasm';

/*
 * Runs jq as WebAssembly in a separate thread, so that an endless program can be interrupted. jq can't access files or
 * environment variables of this machine.
 */

/** The output of jq. */
export interface Said {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** -c: one line of JSON for each result. Arguments after -- are not options. */
const flags = ['-c', '--'];

async function work(program: string, port: NonNullable<typeof parentPort>): Promise<void> {
  const wasmBinary = brotliDecompressSync(readFileSync(join(import.meta.dirname, 'jq.wasm.br')));
  const jq = await loadJq({ wasmBinary });
  port.on('message', (json: string) => port.postMessage(jq.raw(json, program, flags) satisfies Said));
  // Without input, jq compiles the program but doesn't run it.
  port.postMessage(jq.raw('', program, flags) satisfies Said);
}

if (parentPort) void work(String(workerData), parentPort);
