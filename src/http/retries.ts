import type { Clock } from '../base/clock.js';
import { isFailure } from '../base/errors.js';
import { RequestError } from './request-error.js';

const firstDelayMs = 300;

export function restMsOf(error: unknown): number {
  return error instanceof RequestError ? error.retryAfterMs : 0;
}

/** Milliseconds until the next try: doubled each time, half of them random. A longer Retry-After wins. */
export function retryDelay(error: unknown, tries: number, random: () => number): number {
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
export function retryAfterMsIn(header: string | string[] | undefined, now: number): number {
  const text = [header ?? ''].flat()[0]?.trim() ?? '';
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const seconds = isNumber ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds <= longestRestSeconds ? Math.max(0, Math.ceil(seconds)) * 1000 : 0;
}

/** Milliseconds before each check. What exists may be slow to show. */
const delays = [0, 3000, 7000];

/** Each check is retried once if it times out. */
export const pollLimits: RequestLimits = { tries: 2, timeoutMs: 5000 };

/** After a lost response: what `poll` finds, or undefined. Warns of a failed check, unless its message is `printed`. */
export async function pollUntilFound<T>(
  { io, clock, signal }: { io: { warn(message: string): void }; clock: Clock; signal: AbortSignal },
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
