import { mayHaveTakenEffect } from '../atlas/errors.js';
import { type CliError, InterruptedError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';

interface Lost<T> {
  /**
   * Looks for what the request did, whose answer was lost with this error; undefined where nothing shows. Without it the
   * error stands: of a request that may be sent again, since that asks for the same.
   */
  look?(lost: CliError): Promise<T | undefined>;
  /** What to do where nobody knows what became of the request. */
  unknown(error: CliError): Advice | Promise<Advice>;
}

/** Sends a request that changes something. Where its answer is lost, what it did is looked for, or it says what to do. */
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

/** What to do where nobody knows whether a change took place, and asking twice asks for the same. */
export function changeUnknown(look: string): Advice {
  return { text: 'Whether Atlas took the change is not known. Look:', commands: [look] };
}
