import { setMaxListeners } from 'node:events';
import { orAbort } from '../base/clock.js';
import { CliError } from '../base/errors.js';
import { once } from '../base/once.js';
import type { Attempt, Limit } from './ask.js';
import { networkFault } from './network-fault.js';
import { type RouteOptions, routeTo } from './route.js';

export interface HostRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  /** False if it has no credentials, so that it does nothing. */
  hasEffect?: boolean;
}

export interface HostOptions extends RouteOptions {
  /** What the user calls the setting with the host's URL: `the base URL`. */
  urlSetting: string;
}

/** Opens the way to one host. The signal closes all connections. Throws a usage error if the proxy's URL is not valid. */
export function openHost(origin: string, { urlSetting, ...options }: HostOptions) {
  const { signal } = options;
  // Each request in flight and each connection listens to it, and Node warns of more than ten.
  setMaxListeners(0, signal);
  const route = routeTo(origin, options);
  const { host } = new URL(origin);
  const proxy = route.proxy === undefined ? undefined : `via proxy ${route.proxy}`;
  /** undici takes some 10 ms to load. The first connection begins before that, and the system looks up its host meanwhile. */
  const requester = once(async () => {
    let first: ReturnType<typeof route.connect> | undefined = route.connect();
    // The request that takes the connection reports why it could not be opened.
    first.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    const { createRequest } = await import('./dispatcher.js');
    const connect = () => {
      const opening = first ?? route.connect();
      first = undefined;
      return opening;
    };
    return createRequest(connect, signal);
  });

  /** Sends one request, once. Throws a `RequestError` without a readable response. `limit`: default: one of its own. */
  return async (wanted: HostRequest, attempt: Attempt, limit: Limit = attempt.limit()) => {
    const { method, path, headers, body = null, hasEffect = true } = wanted;
    let isSent = false;
    const onLeave = () => {
      isSent = true;
      if (hasEffect) attempt.hasLeft = true;
    };
    const talk = async () => {
      const request = await requester();
      // Otherwise, the request would still be sent.
      limit.signal.throwIfAborted();
      const answer = await request({ origin, path, method, headers, body, signal: limit.signal }, onLeave);
      // undici reuses a connection only after a turn of the event loop. A request before that would open another.
      await new Promise((resolve) => setImmediate(resolve));
      return answer;
    };
    try {
      const answer = await orAbort(talk(), limit.signal);
      // It did nothing, and may be signed again.
      if (answer.status === 401) attempt.hasLeft = false;
      const id = answer.headers['x-request-id'];
      attempt.trace(answer.status, typeof id === 'string' ? `request ${id}` : undefined, proxy);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      const about = { host, route, urlSetting, isSent, limitMs: limit.ms, attempt };
      const fault = error instanceof CliError ? error : networkFault(error, about);
      if (fault) attempt.trace(null, proxy, fault.message);
      throw fault ?? error;
    }
  };
}
