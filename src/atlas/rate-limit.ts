/** Atlas returns how many requests are left, but not when the rate limit resets. So a window of one minute is assumed. */
const windowMs = 60_000;

/** What we know about the rate limit. */
export interface RateLimit {
  /** `remaining`: how many requests are left; null if the response doesn't say. */
  note(remaining: number | null): void;
  /**
   * How many milliseconds polls of this many requests must be apart, to leave half of the remaining requests to other
   * clients.
   */
  gapMs(requests: number): number;
}

export function createRateLimit(): RateLimit {
  let left: number | undefined;
  return {
    note: (remaining) => {
      left = remaining ?? left;
    },
    gapMs: (requests) => (left === undefined ? 0 : windowMs * Math.min(1, (2 * requests) / Math.max(1, left))),
  };
}
