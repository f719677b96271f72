import { clouds, type Provider } from '../src/clouds/all.js';
import { gapMs as gapAt, withJitter } from '../src/wait/schedule.js';

/** Returns how many milliseconds to sleep before poll `count` (from 1) of an endpoint of this age in milliseconds. */
type Schedule = (ageMs: number, count: number) => number;

/** The cost of a schedule over the runs. */
export interface Cost {
  /** The average number of requests. */
  requests: number;
  /** Seconds from ready to the poll that notices it, on average. */
  late: number;
  /** The longest gap between two requests, in seconds. */
  longestGap: number;
}

export const schedules = {
  'atlas-pe': (provider: Provider) => {
    const [random, { readyTimes }] = [randomNumbers(20_261), clouds[provider]];
    return (ageMs: number) => withJitter(gapAt({ readyTimes, ageMs, elapsedMs: ageMs, isAtlas: true }), random);
  },
  'every 4 s': () => () => 4000,
  // 5 s first, then 0.1 s · 2ⁿ, at least 5 s and at most 10 s.
  Terraform: () => (_: number, count: number) =>
    count === 1 ? 5000 : Math.min(10_000, Math.max(5000, 100 * 2 ** (count - 1))),
} satisfies Record<string, (provider: Provider) => Schedule>;

/** Replays each recorded time (seconds) through a schedule, many times because the schedule is partly random. */
export function replay(schedule: Schedule, runs: readonly number[], times = 200): Cost {
  let [requests, late, longestGapMs] = [0, 0, 0];
  for (const seconds of runs) {
    for (let time = 0; time < times; time++) {
      let [ageMs, count] = [0, 0];
      while (ageMs < seconds * 1000) {
        const gapMs = schedule(ageMs, ++count);
        longestGapMs = Math.max(longestGapMs, gapMs);
        ageMs += gapMs;
      }
      requests += count;
      late += ageMs / 1000 - seconds;
    }
  }
  const all = runs.length * times;
  return { requests: requests / all, late: late / all, longestGap: longestGapMs / 1000 };
}

/** Pseudo-random numbers from 0 to 1, the same in each run (Lehmer's generator). */
export function randomNumbers(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = seed;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}
