import type { Fault } from '../../src/sandbox/faults.js';

/* What can happen to a request, and what is drawn from a seed. */

/** Requests to Atlas, as the faults file names them. */
export const atlasRequests: readonly Pick<Fault, 'method' | 'path'>[] = [
  { method: 'GET', path: '*/clusters' },
  { method: 'GET', path: '*/endpointService' },
  { method: 'GET', path: '*/endpointService/*' },
  { method: 'GET', path: '*/endpoint/*' },
  { method: 'POST', path: '*/endpointService' },
  { method: 'POST', path: '*/endpoint' },
  { method: 'DELETE', path: '*/endpoint/*' },
  { method: 'DELETE', path: '*/endpointService/*' },
];

/** What can happen to a request. */
export const troubles = [
  ...(['lost', 'unsent', 'refused', 'broken', 'slow', 'interrupt', 'kill', 'kill before'] as const),
  'cluster deleted',
] as const;
export type Trouble = (typeof troubles)[number];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function faultOf(what: Trouble, pick: <T>(all: readonly T[]) => T): Fault {
  switch (what) {
    case 'lost':
    case 'kill':
      return { drop: 'after' };
    case 'unsent':
    case 'kill before':
      return { drop: 'before' };
    case 'refused':
      return { status: pick([429, 503]) };
    case 'broken':
      return { status: pick([500, 502]), effect: pick([true, false]) };
    case 'cluster deleted':
      return {};
    case 'slow':
      return { delayMs: 40_000 };
    case 'interrupt':
      return { delayMs: 10 };
  }
}
