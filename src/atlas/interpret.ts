import { parseJson } from '../base/json.js';
import { retryAfterSeconds } from '../http/retries.js';
import type { Answer } from './auth.js';
import { AnswerError, ApiError } from './errors.js';
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
    throw new AnswerError(`${host} sent a redirect to ${String(headers.location ?? 'an unknown location')}.`, {
      hint: 'Check the base URL. atlas-pe does not follow redirects.',
      mayHaveArrived: didBefore,
    });
  }
  if (status >= 400) {
    const retryAfter = retryAfterSeconds(headers['retry-after'], now);
    const reported = isJson ? parseJson(body) : undefined;
    if (typeof reported === 'object' && reported !== null) throw new ApiError(status, reported, retryAfter);
    // This doesn't mean "not found": the base URL is wrong, or a proxy answered.
    if (status === 404)
      throw new AnswerError(`${host} does not serve the Atlas API (HTTP 404).`, { mayHaveArrived: didBefore });
    const reason = `${host} returned an error that is not from Atlas`;
    // This doesn't mean a missing role either.
    if (status !== 403) throw new ApiError(status, { reason }, retryAfter);
    throw new AnswerError(`${reason} (HTTP 403).`, {
      hint: `A proxy or firewall blocked the request. Ask your network administrator to allow requests to ${host}.`,
      mayHaveArrived: didBefore,
    });
  }
  if (body.trim() === '') {
    if (method === 'GET') throw new AnswerError(`${host} returned an empty response.`, { transient: true });
    return undefined;
  }
  if (!isJson) {
    const kind = /^\s*</.test(body) ? 'HTML' : 'an unknown format';
    throw new AnswerError(`${host} returned ${kind} instead of JSON.`);
  }
  const parsed = parseJson(body);
  if (parsed === undefined) throw new AnswerError(`${host} returned invalid JSON.`, { transient: true });
  return parsed;
}
