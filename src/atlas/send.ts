import { orAbort } from '../base/clock.js';
import { type CliError, InterruptedError, isFailure } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import { type Asking, type Attempt, ask, type RequestLimits, retryAfterMsIn } from '../http/ask.js';
import type { Answer } from '../http/dispatcher.js';
import { type HostOptions, openHost } from '../http/host.js';
import type { Auth } from './auth.js';
import { toRefusal, unusable } from './errors.js';

export interface HttpOptions extends Asking, Omit<HostOptions, 'urlSetting' | keyof Asking> {
  /** As `parseBaseUrl` returns it. */
  baseUrl: string;
  userAgent: string;
  onAnswer?: ((headers: Answer['headers']) => void) | undefined;
  explain?: ((error: CliError) => Promise<CliError>) | undefined;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface HttpCall {
  method: Method;
  /** Path and query, encoded. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** True for a POST that does no harm if it is sent twice. Other methods state the desired result, so they never do harm. */
  isHarmless?: boolean;
  /** For callers that retry themselves. They also limit signing in. */
  limits?: RequestLimits | undefined;
}

/** The only way to send requests to Atlas. Returns the parsed body; undefined if it is empty. */
export type Send = (call: HttpCall, auth: Auth) => Promise<unknown>;

export function createSend(options: HttpOptions): Send {
  const { baseUrl, clock, signal, userAgent } = options;
  const { host } = new URL(baseUrl);
  const exchange = openHost(baseUrl, { ...options, urlSetting: 'the base URL' });
  let warned = false;

  async function sendOnce({ method, path, body, limits, ...call }: HttpCall, auth: Auth, attempt: Attempt) {
    const signed = auth({ method, uri: path, limits }, async (authorization) => {
      const headers = { ...call.headers, 'user-agent': userAgent, ...(authorization && { authorization }) };
      const hasEffect = authorization !== undefined;
      // Each request has a time limit of its own: an API key may take two, and a token has its own tries.
      const answer = await exchange({ method, path, headers, body, hasEffect }, attempt);
      options.onAnswer?.(answer.headers);
      return answer;
    });
    // Signing in may wait for other requests and for files.
    const answer = await orAbort(signed, signal);
    if (!warned && answer.headers.deprecation !== undefined) {
      warned = true;
      const sunset = answer.headers.sunset;
      const end = sunset === undefined ? '' : ` and will be removed on ${sunset}`;
      options.warn?.(`This version of the Atlas API is deprecated${end}. You may need a newer version of atlas-pe.`);
    }
    return interpret(answer, method, host, clock.now());
  }

  return async (call, auth) => {
    const { method, path, limits, isHarmless = method !== 'POST' } = call;
    const send = (attempt: Attempt) => sendOnce(call, auth, attempt);
    try {
      const title = `${method} ${baseUrl}${path}`;
      return await ask(options, { title, isHarmless, isChange: method !== 'GET', limits, send });
    } catch (error) {
      const isUnsent = error instanceof InterruptedError && !error.mayHaveArrived;
      if (isUnsent) throw error.withHint('Nothing was sent to Atlas.');
      throw isFailure(error) && options.explain ? await options.explain(error) : error;
    }
  };
}

/** The body of a success; undefined if it is empty (never for GET). Throws for any other response. */
function interpret({ status, headers, body }: Answer, method: Method, host: string, now: number): unknown {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
  if (status >= 300 && status < 400) {
    // Redirects are not followed, especially not to another host: credentials and requests are for one host only.
    throw unusable(`${host} sent a redirect to ${String(headers.location ?? 'an unknown location')}.`, {
      hint: 'Check the base URL. atlas-pe does not follow redirects.',
      mayHaveArrived: false,
    });
  }
  if (status >= 400) {
    const retryAfterMs = retryAfterMsIn(headers['retry-after'], now);
    const reported = isJson ? parseJson(body) : undefined;
    if (typeof reported === 'object' && reported !== null) throw toRefusal(status, reported, retryAfterMs);
    // This doesn't mean "not found": the base URL is wrong, or a proxy answered.
    if (status === 404) throw unusable(`${host} does not serve the Atlas API (HTTP 404).`, { mayHaveArrived: false });
    const reason = `${host} returned an error that is not from Atlas`;
    // This doesn't mean a missing role either.
    if (status !== 403) throw toRefusal(status, { reason }, retryAfterMs);
    throw unusable(`${reason} (HTTP 403).`, {
      hint: `A proxy or firewall blocked the request. Ask your network administrator to allow requests to ${host}.`,
      mayHaveArrived: false,
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
