import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { CliError, UsageError } from '../base/errors.js';
import { bytesOf, largestAnswerMb } from '../base/files.js';
import { RequestError } from './request-error.js';
import type { Route } from './route.js';

/* Single modules of undici, loaded for the first request: its index takes twice as long as everything we need. */

export interface Answer {
  status: number;
  /** Header names are in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends requests over connections of this route, which the signal destroys. `onLeave`: before the first byte can be sent. */
export function createRequest(route: Route, signal: AbortSignal) {
  checkWebAssembly();
  const agent = new Agent({
    connect: (_, callback) => {
      route.connect().then(
        (socket) => {
          // undici compiles its parser when it gets a connection, and most of it when the first response begins.
          socket.once('readable', () => setOptimizing(false));
          setOptimizing(false);
          callback(null, socket);
          setOptimizing(true);
        },
        (error: Error) => callback(error, null),
      );
    },
  });
  const end = () => {
    setOptimizing(true);
    void agent.destroy(signal.reason as Error);
  };
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
    const { statusCode, headers, body } = await request.call({ dispatch }, about).catch((error: unknown) => {
      throw error instanceof RangeError ? noMemory(error) : error;
    });
    body.once('close', () => setOptimizing(true));
    const bytes = await bytesOf(body, largestAnswerMb * 2 ** 20);
    if (bytes) return { status: statusCode, headers, body: bytes.toString('utf8') };
    const { host } = new URL(String(about.origin));
    throw new RequestError(`${host} returned a response larger than ${largestAnswerMb} MB.`, {
      hint: 'Check the URL and the proxy settings.',
    });
  };
}

/**
 * V8 would optimize undici's parser in the background, and the process can't exit before that is done: 30 to 80 ms. The flags
 * differ only while the parser is compiled: V8 rejects code that was compiled with others, ours and Node's own.
 */
function setOptimizing(isOn: boolean) {
  for (const flag of ['wasm-tier-up', 'wasm-dynamic-tiering'])
    setFlagsFromString(isOn ? `--${flag}` : `--no-${flag}`);
}

/** undici needs it. `node --jitless` has none. Throws a usage error. */
function checkWebAssembly() {
  if ('WebAssembly' in globalThis) return;
  throw new UsageError(
    'atlas-pe needs WebAssembly, which this Node.js does not have.',
    'Run Node.js without --jitless. The option may be in NODE_OPTIONS.',
  );
}

/** `ulimit -v`: Node.js 20 reserves some 10 GB of addresses for undici's parser, and uses almost nothing of it. */
function noMemory(cause: RangeError) {
  const hint = 'Remove the limit (ulimit -v unlimited), or use Node.js 24.';
  return new CliError('unexpected', 'Not enough virtual memory for WebAssembly.', { hint, cause });
}
