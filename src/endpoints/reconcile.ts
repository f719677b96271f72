import { isGone, mayHaveTakenEffect } from '../atlas/errors.js';
import { type CliError, InterruptedError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import { secondLookMs } from '../wait/wait.js';
import type { Session } from './session.js';

interface Lost<T> {
  /**
   * Checks what a request did after its response was lost with this error. Returns undefined if it finds nothing. Leave
   * it out for a request that is safe to repeat: then the error is thrown.
   */
  look?(lost: CliError): Promise<T | undefined>;
  /** What to do if nobody knows whether the request had an effect. */
  unknown(error: CliError): Advice | Promise<Advice>;
}

/**
 * Sends a request that changes something. If the response is lost, checks what the request did. If that stays unknown,
 * throws the error with the advice of `unknown`.
 */
export async function reconcile<T>(request: () => Promise<T>, { look, unknown }: Lost<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof InterruptedError && error.mayHaveArrived) throw error.withHint(await unknown(error));
    if (!look || !mayHaveTakenEffect(error)) throw error;
    const found = await look(error).catch(async (other: unknown) => {
      throw other instanceof InterruptedError ? other.withHint(await unknown(other)) : other;
    });
    if (found !== undefined) return found;
    throw error.withHint(await unknown(error));
  }
}

/** What to do if a change may or may not have been made and is safe to repeat. */
export function changeUnknown(look: string): Advice {
  return { text: 'The change may or may not have been made. To check:', commands: [look] };
}

/**
 * Sends a request. If Atlas doesn't know its object, sends it once more later: a new object may not be known everywhere
 * yet.
 */
export async function unlessUnknownTwice<T>(
  { clock, signal }: Pick<Session, 'clock' | 'signal'>,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isGone(error)) throw error;
    await clock.sleep(secondLookMs, signal);
    return request();
  }
}
