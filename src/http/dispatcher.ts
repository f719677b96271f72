import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import connectTo from 'undici/lib/dispatcher/client-h1.js';
import { CliError, UsageError } from '../base/errors.js';
import { bytesOf, largestAnswerMb } from '../base/files.js';
import { RequestError } from './request-error.js';

/* Single modules of undici, loaded for the first request: its index takes twice as long as everything we need. */

export interface Answer {
  status: number;
  /** Header names are in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends requests over connections, which the signal destroys. `onLeave`: before the first byte can be sent. */
export function createRequest(openConnection: () => Promise<Socket>, signal: AbortSignal) {
  compileParser();
  const agent = new Agent({
    connect: (_, callback) => {
      openConnection().then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });
  const end = () => void agent.destroy(signal.reason as Error);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return async (about: Dispatcher.RequestOptions, onLeave: () => void): Promise<Answer> => {
    const dispatch: Dispatcher['dispatch'] = (each, handler) => {
      const onConnect = handler.onConnect?.bind(handler);
      handler.onConnect = (abort) => {
        onLeave();
        onConnect?.(abort);
      };
      return agent.dispatch(each, handler);
    };
    const { statusCode, headers, body } = await request.call({ dispatch }, about);
    const bytes = await bytesOf(body, largestAnswerMb * 2 ** 20);
    if (bytes) return { status: statusCode, headers, body: bytes.toString('utf8') };
    const { host } = new URL(String(about.origin));
    throw new RequestError(`${host} returned a response larger than ${largestAnswerMb} MB.`, {
      hint: 'Check the URL and the proxy settings.',
    });
  };
}

/**
 * Lets undici compile its parser now, while the server answers, and all of it: it would do so when it gets a connection, and
 * when the first response begins. V8 would also optimize it in the background, and the process can't exit before that is
 * done: 30 to 80 ms. The flags differ only here: V8 rejects code that was compiled with others, ours and Node's own.
 */
function compileParser() {
  // `node --jitless` has none.
  if (!('WebAssembly' in globalThis))
    throw new UsageError(
      'atlas-pe needs WebAssembly, which this Node.js does not have.',
      'Run Node.js without --jitless. The option may be in NODE_OPTIONS.',
    );
  const flags = ['wasm-lazy-compilation', 'wasm-tier-up', 'wasm-dynamic-tiering'];
  for (const flag of flags) setFlagsFromString(`--no-${flag}`);
  try {
    // undici looks at the socket when it has its parser.
    connectTo({}, { errored: 'compiled' });
  } catch (error) {
    if (error !== 'compiled') throw error instanceof RangeError ? noMemory(error) : error;
  } finally {
    for (const flag of flags) setFlagsFromString(`--${flag}`);
  }
}

/** `ulimit -v`: Node.js 20 reserves some 10 GB of addresses for undici's parser, and uses almost nothing of it. */
function noMemory(cause: RangeError) {
  const hint = 'Remove the limit (ulimit -v unlimited), or use Node.js 24.';
  return new CliError('unexpected', 'Not enough virtual memory for WebAssembly.', { hint, cause });
}
