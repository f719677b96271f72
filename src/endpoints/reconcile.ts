import { isGone } from '../atlas/errors.js';
import { isLeaving } from '../atlas/model.js';
import { type CliError, type Hint, InterruptedError, orNone } from '../base/errors.js';
import { pollLimits, type RequestLimits } from '../http/ask.js';
import { isLost, RequestError } from '../http/request-error.js';
import { secondLookMs } from '../wait/wait.js';
import type { Context } from './context.js';

interface LostResponse<T> {
  /** Checks what it did; undefined if nothing is found. Left out for a request that is safe to repeat. */
  check?(lost: CliError): Promise<T | undefined>;
  /** Whether to send it once more if the check finds nothing, because Atlas would refuse a second one. */
  isRefusedTwice?(): Promise<boolean>;
  /** What to do if it stays unknown whether the request had an effect. */
  unknown(error: CliError): string | Hint | Promise<string | Hint>;
}

/** Sends a change. If the answer is lost, checks what it did, or throws the error with the advice of `unknown`. */
export async function reconcile<T>(
  request: () => Promise<T>,
  { check, isRefusedTwice, unknown }: LostResponse<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof InterruptedError && error.mayHaveArrived) throw error.withHint(await unknown(error));
    if (!check || !isLost(error)) throw error;
    const found = await check(error).catch(async (other: unknown) => {
      throw other instanceof InterruptedError ? other.withHint(await unknown(other)) : other;
    });
    if (found !== undefined) return found;
    if (await isRefusedTwice?.()) {
      return reconcile(request, { check, unknown }).catch(async (second: unknown) => {
        // There was no time left to send it once more.
        const isUnsent = second instanceof RequestError && second.exit === 'timedOut' && !second.mayHaveArrived;
        throw isUnsent ? error.withHint(await unknown(error)) : second;
      });
    }
    throw error.withHint(await unknown(error));
  }
}

export const changeUnknown = 'The change may or may not have been made. To check:';

interface Removal<T> extends Pick<LostResponse<T>, 'unknown'> {
  send(): Promise<T>;
  read(limits: RequestLimits): Promise<T>;
  /** The item as it is if Atlas doesn't know it. */
  gone: T;
}

/** Asks Atlas to remove an item; once more later if Atlas doesn't know it, because a new item may not be known. */
export async function requestRemoval<T extends { status: string }>(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  { send, read, gone, unknown }: Removal<T>,
): Promise<T> {
  const request = () =>
    send().catch(async (error: unknown) => {
      if (!isGone(error)) throw error;
      await clock.sleep(secondLookMs, signal);
      return send();
    });
  const check = async () => {
    const now = await orNone(read(pollLimits));
    return now && isLeaving(now.status) ? now : undefined;
  };
  try {
    return await reconcile(request, { check, unknown });
  } catch (error) {
    if (isGone(error)) return gone;
    throw error;
  }
}
