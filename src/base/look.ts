import type { Clock } from './clock.js';
import type { Effort } from './effort.js';
import { CliError, InterruptedError } from './errors.js';

/** Milliseconds before each look; what is there may be slow to show. */
const delays = [0, 3000, 7000];

/** A look that is not answered in time is followed by another one. */
export const ofLook: Effort = { tries: 2, timeoutMs: 5000 };

interface Looking {
  io: { warn(message: string): void };
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Looks for what a request did whose answer was lost, or for what stands in its way, until `look` returns something;
 * undefined where nothing shows. A look that goes wrong is told, unless for the reason that was told already (`said`), and
 * the next one may be luckier.
 */
export async function lookUntilFound<T>(
  { io, clock, signal }: Looking,
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
