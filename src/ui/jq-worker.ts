import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import { loadJq } from 'jq-wasm';

/*
 * jq, as WebAssembly in a thread of its own, so that a program that doesn't end can be interrupted. It sees no file and no
 * environment variable of this machine.
 */

/** What jq says of a program, or of a text. */
export interface Said {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** -r: strings without quotes; -c: a line for each result. What comes after -- is no option. */
const flags = ['-r', '-c', '--'];

async function work(program: string, port: NonNullable<typeof parentPort>): Promise<void> {
  const wasmBinary = brotliDecompressSync(readFileSync(join(import.meta.dirname, 'jq.wasm.br')));
  const jq = await loadJq({ wasmBinary });
  port.on('message', (json: string) => port.postMessage(jq.raw(json, program, flags) satisfies Said));
  // Without an input a program is compiled, and not run.
  port.postMessage(jq.raw('', program, flags) satisfies Said);
}

if (parentPort) void work(String(workerData), parentPort);
