import { parseBaseUrl } from '../atlas/base-url.js';
import { networkFault } from '../atlas/network-fault.js';
import { routeTo } from '../atlas/route.js';
import type { Clock } from '../base/clock.js';
import type { Env } from '../base/host.js';
import { onceByKey } from '../base/once.js';
import { CloudError, networkHint } from '../cloud-side/errors.js';
import type { Exchange } from '../cloud-side/rest.js';

/** The largest answer of a cloud, in bytes: a page of 500 items. */
const largestAnswer = 16 * 1024 * 1024;

/**
 * Sends requests to the REST APIs of clouds as those to Atlas are sent: through the proxies of the environment, with Node's
 * authorities, and only over TLS unless the host is this machine. The signal closes all connections.
 */
export function openExchange({ env, clock, signal }: { env: Env; clock: Clock; signal: AbortSignal }): Exchange {
  const opened = onceByKey();
  const openHost = async (origin: string) => {
    const { createRequest } = await import('../atlas/dispatcher.js');
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
      return { status: answer.statusCode, headers: answer.headers, text: await readText(answer.body, host) };
    } catch (error) {
      const state = { host, proxy: route.proxy, isLookingUp: route.isLookingUp(), hasLeft, limitMs };
      const fault = networkFault(error, { ...state, mayHaveArrived: hasLeft, isHarmless: false });
      if (!fault) throw error;
      const isPassing = 'transient' in fault ? fault.transient : true;
      throw new CloudError(fault.message, {
        hint: networkHint,
        mayPass: isPassing,
        mayHaveArrived: fault.mayHaveArrived,
        cause: error,
      });
    }
  };
}

async function readText(stream: AsyncIterable<Buffer>, host: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream, so the rest is not downloaded.
    if (size > largestAnswer)
      throw new CloudError(`${host} returned a response that is too large.`, { mayHaveArrived: true });
  }
  return Buffer.concat(chunks).toString('utf8');
}
