import { parseBaseUrl } from '../atlas/base-url.js';
import type { Clock } from '../base/clock.js';
import type { Env } from '../base/host.js';
import { onceByKey } from '../base/once.js';
import { networkHint } from '../cloud-side/errors.js';
import type { Exchange } from '../cloud-side/rest.js';
import { networkFault } from '../http/network-fault.js';
import { RequestError } from '../http/request-error.js';
import { routeTo } from '../http/route.js';

/**
 * Sends requests to the REST APIs of clouds as those to Atlas are sent: through the proxies of the environment, with Node's
 * authorities, and only over TLS unless the host is this machine. The signal closes all connections.
 */
export function openExchange({ env, clock, signal }: { env: Env; clock: Clock; signal: AbortSignal }): Exchange {
  const opened = onceByKey();
  const openHost = async (origin: string) => {
    const { createRequest } = await import('../http/dispatcher.js');
    const route = routeTo(parseBaseUrl(origin), { env, clock, signal });
    return { route, request: createRequest(route, signal) };
  };
  return async ({ method, url, headers, body, limit, limitMs }) => {
    const { origin, host, pathname, search } = new URL(url);
    const { route, request } = await opened(origin, () => openHost(origin));
    let hasLeft = false;
    try {
      const path = `${pathname}${search}`;
      const about = { origin, path, method, headers: { ...headers }, body: body ?? null, signal: limit };
      const answer = await request(about, () => {
        hasLeft = true;
      });
      return { status: answer.status, headers: answer.headers, text: answer.body };
    } catch (error) {
      const about = { host, route, hasLeft, limitMs, mayHaveArrived: hasLeft, isHarmless: false };
      const fault = error instanceof RequestError ? error : networkFault(error, about);
      if (!fault) throw error;
      const { message, mayPass, mayHaveArrived } = fault;
      throw new RequestError(message, { hint: networkHint, mayPass, mayHaveArrived, cause: error });
    }
  };
}
