import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import { InterruptedError, reasonOf } from '../base/errors.js';
import { RequestError } from './request-error.js';
import { type RequestLimits, retryDelay } from './retries.js';
import { isTimeout, within } from './time-out.js';

/** What requests need of a command. */
export interface Asking {
  clock: Clock;
  /** Random numbers from 0 to 1, for jitter. */
  random: () => number;
  /** Aborts requests and the waits between them. The reason is the error to throw. */
  signal: AbortSignal;
  /** Milliseconds until the command's deadline; 0 or negative after it. Default: no deadline. */
  left?: (() => number) | undefined;
  /** How often a request is sent if it fails; default: 5 times. */
  tries?: number | undefined;
  /** Called when a request begins. What it returns is called when it has ended, with all its tries. */
  onCall?: (() => () => void) | undefined;
  /** Called with a line about each try. It has no headers and no body, so it is safe to show. */
  trace?: ((line: string) => void) | undefined;
  /** Shows a warning to the user, once for each `cause` (default: the message itself). */
  warn?: ((message: string, cause?: string) => void) | undefined;
}

export interface AskedRequest<T> {
  /** What `trace` calls it: `GET https://…`, `AWS us-east-1 ec2:DescribeVpcs`. */
  title: string;
  /** It changes nothing, or asks for the same however often it is sent. */
  isHarmless: boolean;
  /** It creates, changes or deletes something. So it isn't sent after the deadline. */
  isChange: boolean;
  /**
   * For callers that retry themselves: the number of tries, and milliseconds for one of them (default 30,000).
   */
  limits?: RequestLimits | undefined;
  /** Sends it once. Throws a `RequestError` that says whether this try may have arrived. */
  send(attempt: Attempt): Promise<T>;
}

/** One try of a request. */
export interface Attempt {
  readonly isHarmless: boolean;
  /** Whether the request has left, and the server has not refused it since. Signing in does not count. */
  hasLeft: boolean;
  /** Starts the time limit of what follows. */
  limit(): Limit;
  /** Writes a line about what began with the last limit. `status`: null if there was no answer. */
  trace(status: number | null, ...notes: (string | undefined)[]): void;
}

export interface Limit {
  ms: number;
  /** Aborts with the command, or with a `TimeoutError`. */
  signal: AbortSignal;
}

const mostTries = 5;
/** Milliseconds for one try, and for all tries and the waits between them, unless the command has a deadline. */
const [tryMs, budgetMs] = [30_000, 60_000];
/** A try that starts near the end of the budget, or near the deadline, may still be answered. */
const [leastOfBudgetMs, leastMs] = [5000, 1000];
/** Longer waits need a message, or they look like a hang. */
const noticeableMs = 3000;

/**
 * Sends a request, and again if it failed, that may pass, and repeating it does no harm. Owns time limits, pauses and
 * interruptions. Never blindly repeats a create that may have arrived.
 */
export async function ask<T>(by: Asking, request: AskedRequest<T>): Promise<T> {
  const { clock, signal, left = () => Number.POSITIVE_INFINITY } = by;
  const { title, limits, isHarmless, isChange } = request;
  const tries = limits?.tries ?? by.tries ?? mostTries;
  const usualMs = Number.isFinite(left()) ? Number.POSITIVE_INFINITY : budgetMs;
  const end = clock.monotonic() + (limits ? limits.tries * limits.timeoutMs : usualMs);
  const trace = (status: number | null, ms: number, ...notes: (string | undefined)[]) => {
    const more = notes.filter((note) => note !== undefined).join(', ');
    by.trace?.(`${title} ${status ?? '-'} ${Math.round(ms)} ms${more === '' ? '' : ` (${more})`}`);
  };

  let [startedAt, limitMs] = [clock.monotonic(), tryMs];
  const attempt: Attempt = {
    isHarmless,
    hasLeft: false,
    limit: () => {
      startedAt = clock.monotonic();
      const remaining = end - startedAt;
      const usual = Math.min(tryMs, Math.max(leastOfBudgetMs, remaining), Math.max(leastMs, left()));
      limitMs = limits ? Math.min(limits.timeoutMs, Math.max(1, remaining)) : usual;
      return { ms: limitMs, signal: AbortSignal.any([clock.timeout(limitMs), signal]) };
    },
    trace: (status, ...notes) => trace(status, clock.monotonic() - startedAt, ...notes),
  };

  /** Sends it once. An interruption is no fault of the server. */
  const once = async (): Promise<T> => {
    signal.throwIfAborted();
    attempt.hasLeft = false;
    try {
      return await request.send(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!isTimeout(error)) throw error;
      const late = new RequestError(`${title} did not respond ${within(limitMs)}.`, {
        ...{ hint: networkHint, cause: error, mayPass: true, mayHaveArrived: attempt.hasLeft },
      });
      attempt.trace(null, late.message);
      throw late;
    }
  };

  /** Whether an earlier try may have arrived. */
  let didBefore = false;
  const repeated = async (): Promise<T> => {
    for (let count = 1; ; count++) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        const ms = retryDelay(error, count, by.random);
        const isInTime = clock.monotonic() + ms < end && ms < left();
        if (count >= tries || !isInTime || !isRepeatable(error, isHarmless)) throw error.after(didBefore);
        didBefore ||= error.mayHaveArrived;
        attempt.hasLeft = false;
        trace(null, ms, `waiting before attempt ${count + 1}`);
        const reason = reasonOf(error);
        if (ms >= noticeableMs) by.warn?.(`${reason} Retrying in ${formatDuration(ms)}.`, reason);
        await clock.sleep(ms, signal);
      }
    }
  };

  if (isChange && left() <= 0 && !signal.aborted) {
    throw new RequestError(`${title} was not sent.`, { exit: 'timedOut', mayHaveArrived: false });
  }
  const ended = by.onCall?.();
  try {
    return await repeated();
  } catch (error) {
    const isUnsent = isChange && !attempt.hasLeft && !didBefore;
    throw error instanceof InterruptedError && isUnsent ? error.beforeSending() : error;
  } finally {
    ended?.();
  }
}

/** Whether to send a request again: if that may help, and does no harm. */
function isRepeatable(error: RequestError, isHarmless: boolean): boolean {
  return error.mayPass && !error.isSignIn && (isHarmless || !error.mayHaveArrived);
}

/** What to do if there is no answer. */
export const networkHint = 'Check the network and the proxy settings, then try again.';
