import type { Clock } from './clock.js';
import { isFailure } from './errors.js';
import type { RequestLimits } from './request-limits.js';

/** Milliseconds before each check. What exists may be slow to show. */
const delays = [0, 3000, 7000];

/** Each check is retried once if it times out. */
export const pollLimits: RequestLimits = { tries: 2, timeoutMs: 5000 };

interface Looking {
  io: { warn(message: string): void };
  clock: Clock;
  signal: AbortSignal;
}

/**
 * After a lost response, checks what a request did, or what blocks it, until `poll` returns something. Returns undefined if
 * it finds nothing. Prints a warning for a failed check, unless it equals `printed`, and then tries again.
 */
export async function pollUntilFound<T>(
  { io, clock, signal }: Looking,
  poll: (how: RequestLimits) => Promise<T | undefined>,
  printed?: string,
): Promise<T | undefined> {
  for (const delay of delays) {
    await clock.sleep(delay, signal);
    try {
      const found = await poll(pollLimits);
      if (found !== undefined) return found;
    } catch (error) {
      if (!isFailure(error) || error.exit !== 'unexpected') throw error;
      if (error.message !== printed) io.warn(error.message);
    }
  }
  return undefined;
}
