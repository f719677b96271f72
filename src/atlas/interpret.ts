import { parseJson } from '../base/json.js';
import type { Answer } from '../http/dispatcher.js';
import { retryAfterSeconds } from '../http/retries.js';
import { toRefusal, unusable } from './errors.js';
import type { Method } from './retry.js';

interface About {
  method: Method;
  host: string;
  now: number;
  /** Whether an earlier try may have taken effect. */
  didBefore: boolean;
}

/**
 * Returns the body of a successful response; undefined if it is empty (never for GET). Throws an error for any other
 * response.
 */
export function interpret({ status, headers, body }: Answer, { method, host, now, didBefore }: About): unknown {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
  if (status >= 300 && status < 400) {
    // Redirects are not followed, especially not to another host: credentials and requests are for one host only.
    throw unusable(`${host} sent a redirect to ${String(headers.location ?? 'an unknown location')}.`, {
      hint: 'Check the base URL. atlas-pe does not follow redirects.',
      mayHaveArrived: didBefore,
    });
  }
  if (status >= 400) {
    const retryAfter = retryAfterSeconds(headers['retry-after'], now);
    const reported = isJson ? parseJson(body) : undefined;
    if (typeof reported === 'object' && reported !== null) throw toRefusal(status, reported, retryAfter);
    // This doesn't mean "not found": the base URL is wrong, or a proxy answered.
    if (status === 404)
      throw unusable(`${host} does not serve the Atlas API (HTTP 404).`, { mayHaveArrived: didBefore });
    const reason = `${host} returned an error that is not from Atlas`;
    // This doesn't mean a missing role either.
    if (status !== 403) throw toRefusal(status, { reason }, retryAfter);
    throw unusable(`${reason} (HTTP 403).`, {
      hint: `A proxy or firewall blocked the request. Ask your network administrator to allow requests to ${host}.`,
      mayHaveArrived: didBefore,
    });
  }
  if (body.trim() === '') {
    if (method === 'GET') throw unusable(`${host} returned an empty response.`, { mayPass: true });
    return undefined;
  }
  if (!isJson) {
    const kind = /^\s*</.test(body) ? 'HTML' : 'an unknown format';
    throw unusable(`${host} returned ${kind} instead of JSON.`);
  }
  const parsed = parseJson(body);
  if (parsed === undefined) throw unusable(`${host} returned invalid JSON.`, { mayPass: true });
  return parsed;
}
