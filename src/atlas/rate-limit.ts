import type { Clock } from '../base/clock.js';

/*
 * Atlas says how many requests the rate limit leaves, but not when it starts anew. That shows where what is left goes up, or
 * doesn't go down. Until then a window of a minute is assumed; while no more than half of the limit is used, it is tried
 * whether it is shorter, after as long as it is known to last already.
 */
const usualMs = 60_000;
const firstTryMs = 5000;

/** Answers to requests that were sent together come in any order, so they show nothing of the window. */
const togetherMs = 1000;

/** What an answer says of the rate limit. */
export interface RateLimitNote {
  /** How many requests are left, and how many a window has; null where it doesn't say. */
  remaining: number | null;
  limit: number | null;
}

/** What answers show of the rate limit. */
export interface RateLimit {
  note(said: RateLimitNote): void;
  /** Milliseconds that looks of so many requests must be apart to leave half of what is left in a window to others. */
  gapMs(requests: number): number;
}

export function createRateLimit({ monotonic: now }: Pick<Clock, 'monotonic'>): RateLimit {
  let left: number | undefined;
  let half = Number.POSITIVE_INFINITY;
  /** When the first answer of this window came, and when the last one did. */
  let [since, last] = [0, 0];
  /** How long a window lasts, as far as that is known. */
  let windowMs: number | undefined;

  return {
    note: ({ remaining, limit }) => {
      if (remaining === null) return;
      if (limit !== null) half = limit / 2;
      const [isTogether, span] = [now() - last < togetherMs, now() - since];
      last = now();
      // Far from the limit, one that stays the same is rather that of another counter.
      const isAnew = left !== undefined && (remaining > left || (remaining === left && remaining >= half));
      if (left !== undefined && (isTogether || !isAnew)) {
        left = Math.min(left, remaining);
        // The window lasts at least as long as this.
        windowMs &&= Math.max(windowMs, Math.min(span, usualMs));
        return;
      }
      if (isAnew && span < (windowMs ?? usualMs)) windowMs = span;
      [left, since] = [remaining, now()];
    },
    gapMs: (requests) => {
      if (left === undefined) return 0;
      const assumedMs = windowMs ?? usualMs;
      const gap = assumedMs * Math.min(1, (2 * requests) / Math.max(1, left));
      const isTrying = windowMs === undefined && left >= Math.max(half, requests);
      return isTrying ? Math.min(gap, Math.max(firstTryMs, now() - since)) : gap;
    },
  };
}
