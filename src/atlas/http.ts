import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.js';
import { CliError, codeOf, reasonOf } from '../errors.js';
import type { Answer, Auth } from './auth.js';
import type { Proxies, Request } from './dispatcher.js';
import { AnswerError, ApiError, type ErrorBody, NetworkError } from './errors.js';
import { isRepeatable, type Method, mostTries, retryAfterSeconds, retryDelay } from './retry.js';

/** What happened to one request on the wire; holds no header and no body, so it can be shown. */
export interface Trace {
  method: Method;
  url: string;
  /** Null where no answer came. */
  status: number | null;
  ms: number;
  /** What Atlas calls this request, where it says so. */
  requestId?: string;
  note?: string;
}

export interface HttpOptions {
  /** As `parseBaseUrl` returns it. */
  baseUrl: string;
  userAgent: string;
  clock: Clock;
  /** Ends requests and the waits between them. */
  signal?: AbortSignal | undefined;
  proxies?: Proxies | undefined;
  random?: (() => number) | undefined;
  trace?: ((trace: Trace) => void) | undefined;
  /** Worth telling the user, once for each `cause` (by default the message itself). */
  warn?: ((message: string, cause?: string) => void) | undefined;
  /** Told of each answer: how many requests the rate limit leaves, and what time it is there, null where it doesn't say. */
  onAnswer?: ((about: { remaining: number | null; date: number | null }) => void) | undefined;
  /** Milliseconds. `connect` bounds the connection, `total` one try, `budget` all tries and the waits between them. */
  timeouts?: Partial<typeof defaultTimeouts> | undefined;
}

export interface Call {
  method: Method;
  /** Path and query, encoded. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** True where sending it twice does no harm whatever its method. */
  repeatable?: boolean;
  /** For whoever sees to trying again: tries (5), and milliseconds for one of them (30,000). */
  patience?: Patience | undefined;
}

export interface Patience {
  tries: number;
  timeoutMs: number;
}

/** The one way to Atlas: owns time-outs, retries and errors, and returns the parsed body (undefined where it is empty). */
export type Send = (call: Call, auth: Auth) => Promise<unknown>;

const defaultTimeouts = { connect: 10_000, total: 30_000, budget: 60_000 };

/** A wait that people would take for a hang. */
const noticeableMs = 3000;

/** A page of 500 projects is about 0.3 MB. */
const largestAnswer = 10 * 1024 * 1024;

export function createSend(options: HttpOptions): Send {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const { baseUrl, clock, signal, random = Math.random } = options;
  const host = new URL(baseUrl).host;
  let connection: Promise<Request> | undefined;
  let warned = false;

  async function exchange(call: Call, authorization: string | undefined): Promise<Answer> {
    const started = clock.monotonic();
    const totalMs = Math.min(timeouts.total, call.patience?.timeoutMs ?? timeouts.total);
    const trace = (status: number | null, more: Pick<Trace, 'requestId' | 'note'> = {}) =>
      options.trace?.({
        method: call.method,
        url: `${baseUrl}${call.path}`,
        status,
        ms: clock.monotonic() - started,
        ...more,
      });
    try {
      // undici is loaded by the first request.
      connection ??= import('./dispatcher.js').then(({ connectTo }) =>
        connectTo(baseUrl, timeouts.connect, options.proxies),
      );
      const limits = [clock.timeout(totalMs), ...(signal ? [signal] : [])];
      const request = await connection;
      const response = await request({
        origin: baseUrl,
        path: call.path,
        method: call.method,
        headers: {
          ...call.headers,
          'user-agent': options.userAgent,
          ...(authorization && { authorization }),
        },
        body: call.body ?? null,
        signal: AbortSignal.any(limits),
      });
      const remaining = Number(response.headers['ratelimit-remaining'] ?? Number.NaN);
      const date = Date.parse(String(response.headers.date));
      options.onAnswer?.({
        remaining: Number.isInteger(remaining) ? remaining : null,
        date: Number.isNaN(date) ? null : date,
      });
      const body = await readText(response.body);
      const id = response.headers['x-request-id'];
      trace(response.statusCode, typeof id === 'string' ? { requestId: id } : {});
      return { status: response.statusCode, headers: response.headers, body };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const known = error instanceof CliError ? error : networkError(error, host, totalMs);
      if (known) trace(null, { note: known.message });
      throw known ?? error;
    }
  }

  async function attempt(call: Call, auth: Auth): Promise<unknown> {
    const { method, path: uri, patience } = call;
    const answer = await auth({ method, uri, patience }, (header) => exchange(call, header));
    if (!warned && answer.headers.deprecation !== undefined) {
      warned = true;
      const sunset = answer.headers.sunset;
      const end = sunset === undefined ? '' : ` and ends on ${sunset}`;
      options.warn?.(`This version of the Atlas API is deprecated${end}; a newer atlas-pe may be needed.`);
    }
    return interpret(answer, call.method, host, clock.now());
  }

  return async (call, auth) => {
    const deadline = clock.monotonic() + timeouts.budget;
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(call, auth);
      } catch (error) {
        const isLast = tries >= (call.patience?.tries ?? mostTries);
        const delay =
          !isLast && isRepeatable(error, call.method, call.repeatable ?? false)
            ? retryDelay(error, tries, random)
            : null;
        if (delay === null || clock.monotonic() + delay > deadline) throw error;
        options.trace?.({
          ...{ method: call.method, url: `${baseUrl}${call.path}`, status: null, ms: delay },
          note: `waiting before try ${tries + 1}`,
        });
        const reason = reasonOf(error);
        if (delay >= noticeableMs) options.warn?.(`${reason} Trying again in ${Math.round(delay / 1000)} s.`, reason);
        await clock.sleep(delay, signal);
      }
    }
  };
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    // Leaving the loop destroys the stream, so the rest is never received.
    if (size > largestAnswer) throw new AnswerError(`Atlas answered more than ${largestAnswer / 1024 / 1024} MB.`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body of a good answer; anything else is thrown as the error that it is. */
function interpret({ status, headers, body }: Answer, method: Method, host: string, now: number): unknown {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
  if (status >= 300 && status < 400) {
    // Not followed, to another host least of all: credentials and requests belong to the host they were made for.
    throw new AnswerError(`${host} answered a redirect to ${String(headers.location ?? 'nowhere')}.`, {
      hint: 'Check the base URL: redirects are not followed.',
      mayHaveArrived: false,
    });
  }
  if (status >= 400) {
    const said = isJson ? parseOr(body, undefined) : undefined;
    const isAtlas = typeof said === 'object' && said !== null;
    // Not "not found": the address itself is wrong, or a proxy answered.
    if (!isAtlas && status === 404) throw new AnswerError(`${host} does not know the Atlas API (HTTP 404).`);
    const error: ErrorBody = isAtlas ? said : { reason: `${host} answered, but not as Atlas does` };
    throw new ApiError(status, error, retryAfterSeconds(headers['retry-after'], now));
  }
  if (body.trim() === '') {
    if (method === 'GET') throw new AnswerError(`${host} answered nothing.`, { transient: true });
    return undefined;
  }
  if (!isJson) {
    const kind = /^\s*</.test(body) ? 'HTML' : 'something else';
    throw new AnswerError(`${host} answered ${kind} instead of JSON.`);
  }
  const broken = Symbol('broken');
  const parsed = parseOr(body, broken);
  if (parsed === broken) throw new AnswerError(`${host} answered broken JSON.`, { transient: true });
  return parsed;
}

function parseOr(body: string, fallback: unknown): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return fallback;
  }
}

/** What went wrong on the way, or undefined where it is no fault of the network but one of this program. */
function networkError(error: unknown, host: string, totalMs: number): NetworkError | AnswerError | undefined {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  // undici gives no code where what comes is no HTTP at all.
  const code = codeOf(error) ?? (error instanceof Error && error.name === 'HTTPParserError' ? 'no HTTP' : '');
  if (code === '' && !isTimeout) return undefined;
  const refusal = /^Proxy response \((\d+)\)/.exec(reasonOf(error))?.[1];
  if (refusal !== undefined) {
    return new NetworkError(`The proxy did not connect to ${host} (HTTP ${refusal}).`, {
      hint: 'Check HTTPS_PROXY, and name hosts that need no proxy in NO_PROXY.',
      cause: error,
      mayHaveArrived: false,
    });
  }
  if (neverLeft(error)) {
    const hint = 'Check the network, the proxy settings and the base URL.';
    const what = failures[code] ?? `could not be connected to (${code})`;
    return new NetworkError(`${host} ${what}.`, { hint, cause: error, mayHaveArrived: false });
  }
  if (/CERT|SIGNATURE|ERR_TLS|ERR_SSL/.test(code)) {
    return new AnswerError(`The certificate of ${host} is not trusted (${code}).`, {
      hint: 'Where a company proxy signs certificates, name its authority in NODE_EXTRA_CA_CERTS.',
      cause: error,
      mayHaveArrived: false,
    });
  }
  const reason = isTimeout
    ? `gave no answer within ${Math.ceil(totalMs / 1000)} s`
    : `broke off the connection (${code})`;
  const hint = 'Check the network, then look at what there is.';
  return new NetworkError(`${host} ${reason}.`, { hint, cause: error, mayHaveArrived: true });
}

const failures: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'was not found',
  EAI_AGAIN: 'could not be looked up',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not accept the connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept the connection in time',
};

/** True where there never was a connection, so that not a single byte of the request can have arrived. */
function neverLeft(error: unknown): boolean {
  // Of a host with several addresses, each was tried.
  if (error instanceof AggregateError) return error.errors.every(neverLeft);
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  return syscall === 'connect' || syscall === 'getaddrinfo' || codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT';
}
