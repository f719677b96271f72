import type { Clock } from '../base/clock.js';

/*
 * Atlas returns how many requests are left, but not when the rate limit resets. A reset shows when that number goes up,
 * or doesn't go down. Until then we assume a window of one minute. While at most half of the limit is used, we poll
 * earlier to find out whether the window is shorter: after as long as the window is known to last.
 */
const usualMs = 60_000;
const firstTryMs = 5000;

/** Responses to concurrent requests come in any order, so they say nothing about the window. */
const togetherMs = 1000;

/** The rate limit in a response. */
export interface RateLimitNote {
  /** How many requests are left, and how many a window allows; null if the response doesn't say. */
  remaining: number | null;
  limit: number | null;
}

/** What we know about the rate limit. */
export interface RateLimit {
  note(said: RateLimitNote): void;
  /**
   * How many milliseconds polls of this many requests must be apart, to leave half of the remaining requests to other
   * clients.
   */
  gapMs(requests: number): number;
}

export function createRateLimit({ monotonic: now }: Pick<Clock, 'monotonic'>): RateLimit {
  let left: number | undefined;
  let half = Number.POSITIVE_INFINITY;
  /** When the first and the last response of this window came. */
  let [since, last] = [0, 0];
  /** How long a window lasts; undefined while unknown. */
  let windowMs: number | undefined;

  return {
    note: ({ remaining, limit }) => {
      if (remaining === null) return;
      if (limit !== null) half = limit / 2;
      const [isTogether, span] = [now() - last < togetherMs, now() - since];
      last = now();
      // If plenty is left and the number stays the same, the response is probably from another counter.
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
