import { parseBaseUrl } from '../atlas/base-url.js';
import { onceByKey } from '../base/once.js';
import type { Exchange } from '../clouds/rest.js';
import { openHost } from '../http/host.js';
import type { RouteOptions } from '../http/route.js';

/**
 * Sends requests to the REST APIs of clouds as those to Atlas are sent: through the proxies of the environment, with Node's
 * authorities, and only over TLS unless the host is this machine. The signal closes all connections.
 */
export function openExchange({ env, clock, signal }: RouteOptions): Exchange {
  const opened = onceByKey();
  return async ({ url, ...request }, attempt, limit) => {
    const { origin, pathname, search } = new URL(url);
    const options = { env, clock, signal, urlSetting: 'the URL of the API' };
    const exchange = await opened(origin, async () => openHost(parseBaseUrl(origin), options));
    return exchange({ ...request, path: `${pathname}${search}` }, attempt, limit);
  };
}
