import { clouds, type Provider } from '../src/clouds/all.js';
import { gap, withJitter } from '../src/wait/schedule.js';

/** Returns how many milliseconds to sleep before poll `count` (from 1) of an endpoint of this age in milliseconds. */
type Schedule = (ageMs: number, count: number) => number;

/** The average cost of a schedule over the runs. */
export interface Cost {
  requests: number;
  /** Seconds from ready to the poll that notices it. */
  late: number;
  /** The number of requests in the longest run. */
  most: number;
}

export type Recorded = Record<keyof typeof schedules, Cost>;

export const schedules = {
  'atlas-pe': (provider: Provider) => {
    const random = randomNumbers(20_261);
    return (ageMs: number) => {
      const awaited = { expected: clouds[provider], ageMs, elapsedMs: ageMs, isAtlas: true };
      return withJitter(gap(awaited), random);
    };
  },
  'every 4 s': () => () => 4000,
  // 5 s first, then 0.1 s · 2ⁿ, at least 5 s and at most 10 s.
  Terraform: () => (_: number, count: number) =>
    count === 1 ? 5000 : Math.min(10_000, Math.max(5000, 100 * 2 ** (count - 1))),
} satisfies Record<string, (provider: Provider) => Schedule>;

/** Replays each recorded time (seconds) through a schedule, many times because the schedule is partly random. */
export function replay(schedule: Schedule, runs: readonly number[], times = 200): Cost {
  const [all, longest] = [{ requests: 0, late: 0 }, Math.max(...runs)];
  let most = 0;
  for (const seconds of runs) {
    for (let time = 0; time < times; time++) {
      let [ageMs, requests] = [0, 0];
      while (ageMs < seconds * 1000) ageMs += schedule(ageMs, ++requests);
      all.requests += requests;
      all.late += ageMs / 1000 - seconds;
      if (seconds === longest) most = Math.max(most, requests);
    }
  }
  const count = runs.length * times;
  return { requests: all.requests / count, late: all.late / count, most };
}

/** The targets of our schedule, and whether it meets each one. */
export function targets(provider: Provider, recorded: Recorded): Record<string, boolean> {
  const most = { 'at most 100 requests on the longest run': recorded['atlas-pe'].most <= 100 };
  return { ...most, ...ownTargets[provider]?.(recorded['atlas-pe'], recorded.Terraform) };
}

/** Targets for the clouds that have recorded times. */
const ownTargets: Partial<Record<Provider, (own: Cost, terraform: Cost) => Record<string, boolean>>> = {
  AWS: (own) => ({ 'at most 14 requests': own.requests <= 14, 'at most 1.5 s late': own.late <= 1.5 }),
  GCP: (own) => ({ 'at most 24 requests': own.requests <= 24, 'at most 1.7 s late': own.late <= 1.7 }),
  AZURE: (own, terraform) => ({
    "fewer requests than Terraform's": own.requests < terraform.requests,
    "at most half as late as Terraform's": own.late <= terraform.late / 2,
  }),
};

/** Pseudo-random numbers from 0 to 1, the same in each run (Lehmer's generator). */
export function randomNumbers(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = seed;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}
