import { type Clock, isTimeout } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import { InterruptedError, isFailure, reasonOf } from '../base/errors.js';
import { within } from './network-fault.js';
import { RequestError } from './request-error.js';

export interface Asking {
  clock: Clock;
  /** Aborts requests and the waits between them. The reason is the error to throw. */
  signal: AbortSignal;
  /** Milliseconds until the command's deadline; 0 or negative after it. Default: no deadline. */
  remainingMs?: (() => number) | undefined;
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
  limits?: RequestLimits | undefined;
  /** Sends it once. Throws a `RequestError` that says whether this try may have arrived. */
  send(attempt: Attempt): Promise<T>;
}

export interface Attempt {
  readonly isHarmless: boolean;
  /** Whether the request has left, and the server has not refused it since. Signing in does not count. */
  hasLeft: boolean;
  /** Starts the time limit of what follows. */
  limit(): Limit;
  /** Milliseconds since the last limit began. */
  elapsedMs(): number;
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

/** Owns tries, pauses, time limits and interruptions of a request. Never blindly repeats a create that may have arrived. */
export async function ask<T>(by: Asking, request: AskedRequest<T>): Promise<T> {
  const { title, isHarmless, isChange, limits } = request;
  if (isChange && remainingOf(by) <= 0 && !by.signal.aborted) {
    const what = `${title} was not sent, because no time was left.`;
    const hint = 'Run it again with a longer --timeout.';
    throw new RequestError(what, { exit: 'timedOut', mayHaveArrived: false, hint });
  }
  const { clock, signal } = by;
  const tries = limits?.tries ?? by.tries ?? mostTries;
  const attempt = openAttempt(by, request);
  const ended = by.onCall?.();
  try {
    for (let count = 1; ; count++) {
      signal.throwIfAborted();
      let fault: RequestError;
      try {
        return await request.send(attempt);
      } catch (error) {
        // An interruption is no fault of the server.
        signal.throwIfAborted();
        fault = toFault(error, title, attempt);
      }
      const ms = retryDelay(fault, count, clock.random);
      const isInTime = clock.monotonic() + ms < attempt.end && ms < remainingOf(by);
      const isRepeatable = fault.mayPass && !fault.isSignIn && (isHarmless || !fault.mayHaveArrived);
      if (count >= tries || !isInTime || !isRepeatable) {
        const last = fault.after(attempt.didArriveBefore);
        throw fault.mayPass && ms >= remainingOf(by) ? last.asTimeout() : last;
      }
      attempt.didArriveBefore ||= fault.mayHaveArrived;
      attempt.hasLeft = false;
      traceLine(by, title, null, ms, [`waiting before attempt ${count + 1}`]);
      const reason = reasonOf(fault);
      if (ms >= noticeableMs) by.warn?.(`${reason} Retrying in ${formatDuration(ms)}.`, reason);
      await clock.sleep(ms, signal);
    }
  } catch (error) {
    const isUnsent = isChange && !attempt.hasLeft && !attempt.didArriveBefore;
    if (!isUnsent || !(error instanceof InterruptedError)) throw error;
    throw new InterruptedError(error.signal, { mayHaveArrived: false });
  } finally {
    ended?.();
  }
}

/** Milliseconds until the command's deadline. */
export function remainingOf({ remainingMs }: Pick<Asking, 'remainingMs'>) {
  return remainingMs?.() ?? Number.POSITIVE_INFINITY;
}

/** `didArriveBefore`: whether an earlier try may have arrived. `end`: of the budget for all tries. */
function openAttempt(by: Asking, { title, isHarmless, limits }: AskedRequest<unknown>) {
  const { clock, signal } = by;
  const usualMs = Number.isFinite(remainingOf(by)) ? Number.POSITIVE_INFINITY : budgetMs;
  let startedAt = clock.monotonic();
  const end = startedAt + (limits ? (limits.totalMs ?? limits.tries * limits.timeoutMs) : usualMs);
  const limit = (): Limit => {
    startedAt = clock.monotonic();
    const ofBudget = end - startedAt;
    const usual = limits
      ? Math.min(limits.timeoutMs, Math.max(1, ofBudget))
      : Math.min(tryMs, Math.max(leastOfBudgetMs, ofBudget));
    const ms = Math.min(usual, Math.max(leastMs, remainingOf(by)));
    return { ms, signal: AbortSignal.any([clock.timeout(ms), signal]) };
  };
  const elapsedMs = () => clock.monotonic() - startedAt;
  const trace: Attempt['trace'] = (status, ...notes) => traceLine(by, title, status, elapsedMs(), notes);
  return { isHarmless, hasLeft: false, didArriveBefore: false, end, limit, elapsedMs, trace };
}

function toFault(error: unknown, title: string, attempt: Attempt) {
  if (error instanceof RequestError) return error;
  if (!isTimeout(error)) throw error;
  const message = `${title} did not respond ${within(attempt.elapsedMs())}.`;
  attempt.trace(null, message);
  const details = { hint: networkHint, cause: error, mayPass: true, mayHaveArrived: attempt.hasLeft };
  return new RequestError(message, details);
}

function traceLine(by: Asking, title: string, status: number | null, ms: number, notes: (string | undefined)[]) {
  const more = notes.filter((note) => note !== undefined).join(', ');
  by.trace?.(`${title} ${status ?? '-'} ${Math.round(ms)} ms${more === '' ? '' : ` (${more})`}`);
}

export const networkHint = 'Check the network and the proxy settings, then try again.';

const firstDelayMs = 300;

export function restMsOf(error: unknown) {
  return error instanceof RequestError ? error.retryAfterMs : 0;
}

/** Milliseconds until the next try: doubled each time, half of them random. A longer Retry-After wins. */
export function retryDelay(error: unknown, tries: number, random: () => number) {
  const ceiling = firstDelayMs * 2 ** (tries - 1);
  return Math.max(restMsOf(error), ceiling / 2 + (random() * ceiling) / 2);
}

/** The limits of a request: how many tries, milliseconds per try, and for all of them (default: for each in full). */
export interface RequestLimits {
  tries: number;
  timeoutMs: number;
  totalMs?: number;
}

/** A longer Retry-After is a mistake. */
const longestRestSeconds = 24 * 3600;

/** Retry-After (RFC 9110 §10.2.3: seconds, or a date) as milliseconds from `now`; 0 if there is none that is plausible. */
export function retryAfterMsIn(header: string | string[] | undefined, now: number) {
  const text = [header ?? ''].flat()[0]?.trim() ?? '';
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const seconds = isNumber ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds <= longestRestSeconds ? Math.max(0, Math.ceil(seconds)) * 1000 : 0;
}

/** Milliseconds before each check. What exists may be slow to show. */
const delays = [0, 3000, 7000];

/** Each check is retried once if it times out. */
export const pollLimits: RequestLimits = { tries: 2, timeoutMs: 5000 };

interface Polling extends Pick<Asking, 'clock' | 'signal' | 'remainingMs'> {
  io: { warn(message: string): void };
}

/** After a lost response: what `poll` finds, or undefined. Warns of a failed check, unless its message is `printed`. */
export async function pollUntilFound<T>(
  by: Polling,
  poll: (how: RequestLimits) => Promise<T | undefined>,
  printed?: string,
): Promise<T | undefined> {
  for (const delay of delays) {
    if (delay > 0 && remainingOf(by) <= delay) return undefined;
    await by.clock.sleep(delay, by.signal);
    try {
      const found = await poll(pollLimits);
      if (found !== undefined) return found;
    } catch (error) {
      if (!isFailure(error) || (error.exit !== 'unexpected' && error.exit !== 'timedOut')) throw error;
      if (error.message !== printed) by.io.warn(error.message);
    }
  }
  return undefined;
}
