import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Route } from './route.js';

/** Sends one request. Calls `onLeave` before the first byte can be sent. */
export type Request = (options: Dispatcher.RequestOptions, onLeave: () => void) => Promise<Dispatcher.ResponseData>;

/** Sends requests over connections of this route. The signal destroys all of them, whatever they are doing. */
export function createRequest(route: Route, signal: AbortSignal | undefined): Request {
  // V8 optimizes undici's parser (WebAssembly) in the background, and the process can't exit before that is done: about
  // 30 ms. Without that, the parser is still fast enough. Don't set the flags earlier: Node would recompile its own modules
  // that are loaded after it. At the end they are as before, or V8 would reject the code that is kept then.
  setOptimizing(false);
  const agent = new Agent({
    connect: (_, callback) => {
      route.connect().then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });
  const end = () => {
    setOptimizing(true);
    void agent.destroy(signal?.reason as Error);
  };
  if (signal?.aborted) end();
  else signal?.addEventListener('abort', end, { once: true });
  return (about, onLeave) => {
    const dispatch: Dispatcher['dispatch'] = (each, handler) => {
      const onConnect = handler.onConnect?.bind(handler);
      handler.onConnect = (abort) => {
        onLeave();
        onConnect?.(abort);
      };
      return agent.dispatch(each, handler);
    };
    return request.call({ dispatch }, about);
  };
}

function setOptimizing(isOn: boolean): void {
  for (const flag of ['wasm-tier-up', 'wasm-dynamic-tiering']) setFlagsFromString(isOn ? `--${flag}` : `--no-${flag}`);
}
