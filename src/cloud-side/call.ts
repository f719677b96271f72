import { CliError, InterruptedError } from '../base/errors.js';
import { orAbort } from '../base/or-abort.js';
import { isLost, RequestError } from '../http/request-error.js';
import { backOff, pollUntilFound, type RequestLimits } from '../http/retries.js';
import type { CloudContext } from './cloud-side.js';
import { hasCode } from './errors.js';

/** How to send one request. */
export interface How {
  abortSignal: AbortSignal;
  /** Milliseconds after which it is aborted. */
  limitMs: number;
}

export interface CallRequest<T> {
  /** As the cloud names the permission for it: `ec2:CreateVpcEndpoint`. */
  action: string;
  send(how: How): Promise<T>;
  /** It creates or deletes something, so it isn't sent after the deadline. */
  isChange?: boolean;
  /** It changes nothing, or asks for the same however often it is sent. */
  isHarmless: boolean;
  limits?: RequestLimits | undefined;
}

/** Sends one request. */
export type CloudCall = <T>(request: CallRequest<T>) => Promise<T>;

const mostTries = 4;
const usualLimitMs = 30_000;
const firstDelayMs = 600;

/** A request that was sent shortly before the deadline may still be answered. */
const leastMs = 1000;

interface Caller {
  /** The cloud and where its requests go, for the lines of --verbose: `AWS us-east-1`. */
  name: string;
  /** What a failed request means. */
  toFault(error: unknown, about: { action: string; isTimeout: boolean }): Promise<RequestError>;
}

/**
 * Requests that have a time limit each and end with the command. A harmless request is sent again after a fault that may
 * pass; one that changes something, only if it certainly took no effect.
 */
export function createCall(line: CloudContext, { name, toFault }: Caller): CloudCall {
  const { clock, random, signal, trace, onCall, left = () => Number.POSITIVE_INFINITY } = line;

  async function once<T>({ action, send, limits }: CallRequest<T>): Promise<T> {
    const started = clock.monotonic();
    const limitMs = limits?.timeoutMs ?? Math.min(usualLimitMs, Math.max(leastMs, left()));
    const timeout = clock.timeout(limitMs);
    const tell = (what: string) => trace?.(`${name} ${action} ${what} ${Math.round(clock.monotonic() - started)} ms`);
    try {
      const abortSignal = AbortSignal.any([signal, timeout]);
      // A library may wait for what gives it credentials, such as another program, although the request is aborted.
      const answer = await orAbort(send({ abortSignal, limitMs }), abortSignal);
      tell('OK');
      return answer;
    } catch (error) {
      // An interruption is no fault of the cloud.
      signal.throwIfAborted();
      // Without credentials nothing was sent.
      const fault = error instanceof CliError ? error : await toFault(error, { action, isTimeout: timeout.aborted });
      tell((fault as Partial<RequestError>).errorCode ?? '-');
      throw fault;
    }
  }

  return async (request) => {
    if (signal.aborted) throw unsent(signal.reason);
    if (request.isChange && left() <= 0) {
      throw new RequestError(`${request.action} was not sent.`, { exit: 'timedOut', mayHaveArrived: false });
    }
    const end = onCall?.();
    return repeated(request).finally(end);
  };

  async function repeated<T>(request: CallRequest<T>): Promise<T> {
    const most = request.limits?.tries ?? line.tries ?? mostTries;
    for (let tries = 1; ; tries++) {
      try {
        return await once(request);
      } catch (error) {
        const fault = error as Partial<RequestError>;
        const isRepeatable = fault.mayPass === true && (request.isHarmless || fault.mayHaveArrived === false);
        const delay = Math.max(fault.retryAfterMs ?? 0, backOff(firstDelayMs, tries, random));
        // Retry-After may be minutes: a request never waits longer than its own time limit.
        const longestMs = request.limits?.timeoutMs ?? (left() < Number.POSITIVE_INFINITY ? left() : usualLimitMs);
        if (!isRepeatable || tries >= most || Math.min(left(), longestMs) <= delay) throw error;
        await clock.sleep(delay, signal);
      }
    }
  }
}

/** The interruption of a request that was not sent yet. */
function unsent(reason: unknown): unknown {
  return reason instanceof InterruptedError ? new InterruptedError(reason.signal, { mayHaveArrived: false }) : reason;
}

/** Clouds are eventually consistent: a new resource may not be found for some seconds. */
const delaysMs = [1000, 2000, 4000, 8000, 15_000, 15_000];

/** Sends a request about something new, and again while the cloud doesn't know it. */
export async function untilKnown<T>(
  { clock, signal, left = () => Number.POSITIVE_INFINITY }: Pick<CloudContext, 'clock' | 'signal' | 'left'>,
  isUnknown: (error: unknown) => error is RequestError,
  request: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await request();
    } catch (error) {
      if (!isUnknown(error)) throw error;
      const delay = delaysMs[tries];
      if (delay === undefined) {
        // The id is right, so the exit code isn't that of an unknown id.
        const hint = 'The cloud may need longer to show what is new.';
        throw new RequestError(error.message, { errorCode: error.errorCode, status: error.status, hint, cause: error });
      }
      await clock.sleep(Math.max(0, Math.min(delay, left())), signal);
    }
  }
}

/** Asks until there is an answer, with pauses between. After the deadline it throws what is not done, but may be later. */
export async function untilAnswered<T>(
  { clock, signal, left = () => Number.POSITIVE_INFINITY }: CloudContext,
  undone: string,
  ask: () => Promise<T | undefined>,
  pauseMs = () => 3000,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (left() <= 0) throw new RequestError(undone, { exit: 'timedOut' });
    await clock.sleep(Math.min(pauseMs(), left()), signal);
  }
}

interface Creation<T> {
  /** What it is, for people. */
  what: string;
  send(): Promise<T>;
  /** The codes of an answer that means that the name is taken. */
  taken: readonly string[];
  /** What has the name. Throws if it is somebody else's. */
  find(limits: RequestLimits): Promise<T | undefined>;
}

/** Creates what a cloud has only once by its name: a create whose answer was lost is looked for before it is sent again. */
export async function createNamed<T>(line: CloudContext, { what, send, taken, find }: Creation<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!isLost(error) && !hasCode(error, ...taken)) throw error;
      if (error.mayHaveArrived) line.io.warn(`${error.message} Checking whether the ${what} was created.`);
      const found = await pollUntilFound(line, find, error.message);
      if (found !== undefined) return found;
      if (tries === 2) throw error;
    }
  }
}
