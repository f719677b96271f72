import { mayHaveTakenEffect } from '../atlas/errors.js';
import type { Effort } from '../base/effort.js';
import { CliError, InterruptedError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import type { Session } from './session.js';

/** Milliseconds before each look; Atlas may be slow to show what is there. */
const delays = [0, 3000, 7000];

/** A look that is not answered in time is followed by another one. */
export const ofLook: Effort = { tries: 2, timeoutMs: 5000 };

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

/**
 * Looks for what a request did whose answer was lost, or for what stands in its way, until `look` returns something;
 * undefined where nothing shows. A look that goes wrong is told, unless for the reason that was told already (`said`), and
 * the next one may be luckier.
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

/** What to do where nobody knows whether a change took place, and asking twice asks for the same. */
export function changeUnknown(look: string): Advice {
  return { text: 'Whether Atlas took the change is not known. Look:', commands: [look] };
}
