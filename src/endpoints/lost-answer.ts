import { mayHaveTakenEffect } from '../atlas/errors.js';
import type { Effort } from '../base/effort.js';
import { CliError, InterruptedError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import type { Session } from './session.js';

/** Milliseconds before each check. Atlas may be slow to show what exists. */
const delays = [0, 3000, 7000];

/** Each check is retried once if it times out. */
export const ofLook: Effort = { tries: 2, timeoutMs: 5000 };

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
export async function orLook<T>(request: () => Promise<T>, { look, unknown }: Lost<T>): Promise<T> {
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

/**
 * After a lost response, checks what a request did, or what blocks it, until `look` returns something. Returns
 * undefined if it finds nothing. Prints a warning for a failed check, unless it equals `said`, and then tries again.
 */
export async function lookUntilFound<T>(
  { io, clock, signal }: Pick<Session, 'io' | 'clock' | 'signal'>,
  look: (how: Effort) => Promise<T | undefined>,
  said?: string,
): Promise<T | undefined> {
  for (const delay of delays) {
    await clock.sleep(delay, signal);
    try {
      const found = await look(ofLook);
      if (found !== undefined) return found;
    } catch (error) {
      const mayPass = error instanceof CliError && error.exit === 'unexpected' && !(error instanceof InterruptedError);
      if (!mayPass) throw error;
      if (error.message !== said) io.warn(error.message);
    }
  }
  return undefined;
}

/** What to do if a change may or may not have been made and is safe to repeat. */
export function changeUnknown(look: string): Advice {
  return { text: 'The change may or may not have been made. To check:', commands: [look] };
}
