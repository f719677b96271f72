import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { UsageError } from '../base/errors.js';
import { RequestError } from './request-error.js';
import type { Route } from './route.js';

/*
 * The project requires undici. We import single modules of it on purpose, and only for the first request: its index
 * also loads fetch, WebSockets, caches and mocks, which takes twice as long as everything we need.
 */

export interface Answer {
  status: number;
  /** Header names are in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends one request and reads the response. Calls `onLeave` before the first byte can be sent. */
export type Request = (options: Dispatcher.RequestOptions, onLeave: () => void) => Promise<Answer>;

/** Sends requests over connections of this route. The signal destroys all of them, whatever they are doing. */
export function createRequest(route: Route, signal: AbortSignal): Request {
  checkWebAssembly();
  const agent = new Agent({
    connect: (_, callback) => {
      route.connect().then(
        (socket) => {
          // undici compiles its parser when it gets a connection, and most of it when the first response begins.
          socket.once('readable', () => setOptimizing(false));
          setOptimizing(false);
          skipContinue(socket);
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
  return async (about, onLeave) => {
    const dispatch: Dispatcher['dispatch'] = (each, handler) => {
      const onConnect = handler.onConnect?.bind(handler);
      handler.onConnect = (abort) => {
        onLeave();
        onConnect?.(abort);
      };
      return agent.dispatch(each, handler);
    };
    const { statusCode, headers, body } = await request.call({ dispatch }, about);
    body.once('close', () => setOptimizing(true));
    return { status: statusCode, headers, body: await readBody(body, new URL(String(about.origin)).host) };
  };
}

/** A page of 500 projects is about 0.3 MB. */
const largestMb = 16;

async function readBody(body: AsyncIterable<Buffer>, host: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream, so the rest is not downloaded.
    if (size > largestMb * 1024 * 1024)
      throw new RequestError(`${host} returned a response larger than ${largestMb} MB.`, {
        hint: 'Check the URL and the proxy settings.',
      });
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * undici closes the connection at a `100 Continue` that it didn't ask for. RFC 9110 §15.2 says to ignore it. It comes
 * before the response to a request, possibly in several parts.
 */
function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  const interim = /^(?:HTTP\/1\.[01] 100\b[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)+/;
  const marks = ['HTTP/1.0 100', 'HTTP/1.1 100'];
  let held: Buffer = Buffer.alloc(0);
  /** How many bytes were sent when the last response began. A response that begins later is to another request. */
  let sentBefore = -1;
  socket.read = (size) => {
    const chunk: Buffer | null = read(size);
    if (chunk === null || socket.bytesWritten === sentBefore) return chunk;
    const bytes = Buffer.concat([held, chunk]);
    const length = interim.exec(bytes.toString('latin1'))?.[0].length ?? 0;
    held = bytes.subarray(length);
    const begun = held.toString('latin1', 0, 12);
    // The rest may be the first part of another one.
    if (held.length < mostHeld && marks.some((mark) => mark.startsWith(begun))) return socket.read(size);
    const rest = held;
    [held, sentBefore] = [Buffer.alloc(0), socket.bytesWritten];
    return rest;
  };
}

/** No `100 Continue` is this long (bytes). */
const mostHeld = 16_384;

/**
 * V8 would optimize undici's parser (WebAssembly) in the background, and the process can't exit before that is done: 30 to
 * 80 ms. Without that, the parser is still fast enough. The flags differ only while the parser is compiled: V8 rejects code
 * that was compiled with others, ours and Node's own.
 */
function setOptimizing(isOn: boolean): void {
  for (const flag of ['wasm-tier-up', 'wasm-dynamic-tiering']) setFlagsFromString(isOn ? `--${flag}` : `--no-${flag}`);
}

/** undici needs it. `node --jitless` has none. Throws a usage error. */
function checkWebAssembly(): void {
  if ('WebAssembly' in globalThis) return;
  throw new UsageError(
    'atlas-pe needs WebAssembly, which this Node.js does not have.',
    'Run Node.js without --jitless. The option may be in NODE_OPTIONS.',
  );
}
