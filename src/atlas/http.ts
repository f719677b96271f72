import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { yieldToEventLoop } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import { CliError, InterruptedError, isFailure, reasonOf } from '../base/errors.js';
import { once } from '../base/once.js';
import { orAbort } from '../base/or-abort.js';
import type { Answer } from '../http/dispatcher.js';
import { networkFault } from '../http/network-fault.js';
import type { RequestLimits } from '../http/retries.js';
import { type Route, type RouteOptions, routeTo } from '../http/route.js';
import type { Auth } from './auth.js';
import { interpret } from './interpret.js';
import { isRepeatable, type Method, mostTries, retryDelay } from './retry.js';

export interface HttpOptions extends RouteOptions {
  /** As `parseBaseUrl` returns it. */
  baseUrl: string;
  userAgent: string;
  random: () => number;
  /** Aborts requests, the waits between them, and all connections. */
  signal: AbortSignal;
  /** The way to the host, if connections were opened ahead. */
  route?: Route | undefined;
  /** Called with a line about each request. It has no headers and no body, so it is safe to show. */
  trace?: ((line: string) => void) | undefined;
  /** Shows a warning to the user, once for each `cause` (default: the message itself). */
  warn?: ((message: string, cause?: string) => void) | undefined;
  /** Called when a call begins. What it returns is called when the call has ended, with all its retries. */
  onCall?: (() => () => void) | undefined;
  /** Called with the headers of each response. */
  onAnswer?: ((headers: Answer['headers']) => void) | undefined;
  /** Returns the error of a call, perhaps in better words. */
  explain?: ((error: CliError) => Promise<CliError>) | undefined;
}

export interface HttpCall {
  method: Method;
  /** Path and query, encoded. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** True for a POST that does no harm if it is sent twice. Other methods state the desired result, so they never do. */
  isHarmless?: boolean;
  /**
   * For callers that retry themselves: the number of tries (default 5), and milliseconds for one try, including sign-in
   * (default 30,000).
   */
  limits?: RequestLimits | undefined;
}

/** The state of a call across its tries. */
interface Progress {
  /** Whether sending the request twice does no harm. */
  isHarmless: boolean;
  /** When all tries must have ended, on the monotonic clock. */
  deadline: number;
  /**
   * Whether a signed request may have arrived and was not refused since. A request without credentials has no effect.
   */
  mayHaveArrived: boolean;
  /** The same for earlier tries. */
  didBefore: boolean;
}

/**
 * The only way to send requests to Atlas. Owns time-outs, retries and errors. Returns the parsed body; undefined if it
 * is empty.
 */
export type Send = (call: HttpCall, auth: Auth) => Promise<unknown>;

/** Milliseconds for one try, and for all tries and the waits between them. */
const [totalMs, budgetMs] = [30_000, 60_000];
/** A try that starts near the end of the budget still gets this long, unless the call sets `limits`. */
const leastMs = 5000;

/** Longer waits need a message, or they look like a hang. */
const noticeableMs = 3000;

export function createSend(options: HttpOptions): Send {
  const { baseUrl, clock, random, signal } = options;
  const { host } = new URL(baseUrl);
  // Each request in flight listens to it, and Node warns of more than ten.
  setMaxListeners(0, signal);
  const route = options.route ?? routeTo(baseUrl, options);
  let warned = false;
  // The first request loads undici.
  const requester = once(async () => {
    await yieldToEventLoop();
    const { createRequest } = await import('../http/dispatcher.js');
    await yieldToEventLoop();
    return createRequest(route, signal);
  });
  const trace = ({ method, path }: HttpCall, status: number | null, ms: number, ...notes: (string | undefined)[]) => {
    const more = notes.filter((note) => note !== undefined).join(', ');
    const result = `${status ?? '-'} ${Math.round(ms)} ms${more === '' ? '' : ` (${more})`}`;
    options.trace?.(`${method} ${baseUrl}${path} ${result}`);
  };

  async function exchange(call: HttpCall, authorization: string | undefined, progress: Progress): Promise<Answer> {
    const started = clock.monotonic();
    let hasLeft = false;
    const ended = (status: number | null, requestId?: string, note?: string) => {
      const proxy = route.proxy === undefined ? undefined : `via proxy ${route.proxy}`;
      trace(call, status, clock.monotonic() - started, requestId, proxy, note);
    };
    const mostMs = Math.max(progress.deadline - started, call.limits ? 1 : leastMs);
    const limitMs = Math.min(totalMs, call.limits?.timeoutMs ?? totalMs, mostMs);
    const limit = AbortSignal.any([clock.timeout(limitMs), signal]);

    const talk = async (): Promise<Answer> => {
      const request = await requester();
      // An unused connection would keep the process alive.
      limit.throwIfAborted();
      const sent: Dispatcher.RequestOptions = {
        origin: baseUrl,
        path: call.path,
        method: call.method,
        headers: { ...call.headers, 'user-agent': options.userAgent, ...(authorization && { authorization }) },
        body: call.body ?? null,
        signal: limit,
      };
      const answer = await request(sent, () => {
        hasLeft = true;
        if (authorization !== undefined) progress.mayHaveArrived = true;
      });
      options.onAnswer?.(answer.headers);
      // undici reuses a connection only after a turn of the event loop. A request before that would open another.
      await yieldToEventLoop();
      const id = answer.headers['x-request-id'];
      ended(answer.status, typeof id === 'string' ? `request ${id}` : undefined);
      return answer;
    };

    try {
      const answer = await orAbort(talk(), limit);
      if (answer.status === 401 || answer.status === 429) progress.mayHaveArrived = progress.didBefore;
      return answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const known =
        error instanceof CliError ? error : networkFault(error, { ...progress, host, route, hasLeft, limitMs });
      if (known) ended(null, undefined, known.message);
      throw known ?? error;
    }
  }

  async function attempt(call: HttpCall, auth: Auth, progress: Progress): Promise<unknown> {
    const { method, path: uri, limits } = call;
    const signed = auth({ method, uri, limits }, (header) => exchange(call, header, progress));
    // Signing in may wait for other requests and for files.
    const answer = await orAbort(signed, signal);
    if (!warned && answer.headers.deprecation !== undefined) {
      warned = true;
      const sunset = answer.headers.sunset;
      const end = sunset === undefined ? '' : ` and will be removed on ${sunset}`;
      options.warn?.(`This version of the Atlas API is deprecated${end}. You may need a newer version of atlas-pe.`);
    }
    return interpret(answer, { method, host, now: clock.now(), didBefore: progress.didBefore });
  }

  async function retried(call: HttpCall, auth: Auth, progress: Progress): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(call, auth, progress);
      } catch (error) {
        const isLast = tries >= (call.limits?.tries ?? mostTries);
        if (isLast || !isRepeatable(error, progress.isHarmless)) throw error;
        const ms = retryDelay(error, tries, random);
        if (clock.monotonic() + ms > progress.deadline) throw error;
        progress.didBefore = progress.mayHaveArrived;
        trace(call, null, ms, `waiting before attempt ${tries + 1}`);
        const reason = reasonOf(error);
        if (ms >= noticeableMs) options.warn?.(`${reason} Retrying in ${formatDuration(ms)}.`, reason);
        await clock.sleep(ms, signal);
      }
    }
  }

  return async (call, auth) => {
    const { method, limits, isHarmless = method !== 'POST' } = call;
    const deadline = clock.monotonic() + (limits ? limits.tries * limits.timeoutMs : budgetMs);
    const progress: Progress = { isHarmless, deadline, mayHaveArrived: false, didBefore: false };
    const end = options.onCall?.();
    try {
      return await retried(call, auth, progress);
    } catch (error) {
      const isUnsent = error instanceof InterruptedError && method !== 'GET' && !progress.mayHaveArrived;
      if (isUnsent) throw error.beforeSending();
      throw isFailure(error) && options.explain ? await options.explain(error) : error;
    } finally {
      end?.();
    }
  };
}
