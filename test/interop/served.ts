import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { listen } from '../helpers/listen.js';
import { ownFolders } from '../helpers/run-cli.js';
import { bin, startProgram } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { folder as peers } from './peers.js';

/** What a client sent, all of it, and the status that it got. */
interface Received {
  line: string;
  headers: string;
  body: string;
  status: number;
}

export type Served = Awaited<ReturnType<typeof serve>>;

/** Runs `sandbox serve` of the built program, where endpoints are ready after a second. */
export async function serve(...options: readonly string[]) {
  const folder = temporaryFolder();
  const server = startProgram(['sandbox', 'serve', '--ready-after', '1s', ...options], ownFolders());
  const ready = once(server.child.stdout.setEncoding('utf8'), 'data') as Promise<[string]>;
  const [printed] = await Promise.race([ready, server.ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  const baseUrl = /^export ATLAS_PE_BASE_URL=(.*)$/m.exec(printed)?.[1] ?? '';
  const recorder = await record(baseUrl);
  writeFileSync(join(folder, 'sandbox.env'), printed.replaceAll(baseUrl, recorder.baseUrl));
  const path = `${bin()}:${process.env.PATH}`;

  /** Runs lines of bash, with the environment that was printed and nothing else; `before` is what was set before that. */
  const run = async (lines: string, before = '') => {
    const script = `[ ! -e '${peers}/peers.env' ] || . '${peers}/peers.env'\nexport HOME='${folder}'\n${before}\n. ./sandbox.env\n${lines}`;
    // A client that never ends is ended, with all that it started, before the test's own time is up.
    const command = ['560', 'bash', '-euo', 'pipefail', '-c', script];
    const child = spawn('timeout', command, { cwd: folder, env: { PATH: path } });
    child.stdin.end();
    const exit = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
    const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  };
  return {
    /** A folder of its own, which is the home and the working directory of what runs. */
    folder,
    received: recorder.received,
    run,
    /** The same, which must succeed; returns what it prints. */
    output: async (lines: string, before?: string) => {
      const { code, stdout, stderr } = await run(lines, before);
      expect(code, `${lines}\n${stdout}${stderr}`).toBe(0);
      return stdout;
    },
    [Symbol.asyncDispose]: async () => {
      await recorder.close();
      server.child.kill();
      await server.ended;
    },
  };
}

/** Stands before a server and notes what passes. */
async function record(baseUrl: string) {
  const { hostname, port } = new URL(baseUrl);
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    const body = await text(request);
    const onward = httpRequest({ hostname, port, method, path, headers }, async (answer) => {
      const status = answer.statusCode ?? 0;
      received.push({ line: `${method} ${path}`, headers: JSON.stringify(headers), body, status });
      response.writeHead(status, answer.headers).end(await text(answer));
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  const { host, close } = await listen(server);
  return { received, baseUrl: `http://${host}`, close };
}

/** What the sandbox doesn't do. */
export function unanswered({ received }: Served): string[] {
  return received.filter(({ status }) => status >= 500).map(({ line, status }) => `${line} ${status}`);
}
