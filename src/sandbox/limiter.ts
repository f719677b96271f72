import type { ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.js';
import { Refusal } from './refusal.js';

export interface RequestsPerWindow {
  requests: number;
  perMs: number;
}

/** A rate limit with a fixed window. A request over the limit is rejected with the seconds until the next window. */
export function createLimiter({ requests, perMs }: RequestsPerWindow, clock: Clock) {
  let [windowStart, used] = [clock.now(), 0];
  return () => {
    const now = clock.now();
    if (now - windowStart >= perMs) [windowStart, used] = [now, 0];
    used++;
    const isOver = used > requests;
    return {
      limit: String(requests),
      remaining: String(Math.max(0, requests - used)),
      check(response: ServerResponse) {
        if (!isOver) return;
        response.setHeader('Retry-After', String(Math.max(1, Math.ceil((windowStart + perMs - now) / 1000))));
        throw new Refusal(429, 'RATE_LIMITED', `More than ${requests} requests in ${perMs / 1000} s.`);
      },
    };
  };
}
