import type { Pace, ReadyTimes } from '../clouds/cloud.js';

/*
 * How long to sleep between two looks at an endpoint. Where it is known how long such a thing takes, a look is worth most
 * when the chance is highest that it has just come about. With a chance of h in each second (the hazard of the recorded
 * times), looks that are g seconds apart cost 1/g requests a second and tell an endpoint that gets ready g/2 seconds
 * late on average; the sum of both is least at g = √(2 / (worth · h)), `worth` being the requests that one second is worth.
 */

const [shortest, longest] = [1.2, 30];

/** One endpoint that is awaited. */
export interface Awaited {
  /** What its cloud usually takes, and how to look at it meanwhile; undefined where no record tells. */
  expected: { readyTimes: ReadyTimes; pace: Pace } | undefined;
  /** Milliseconds since its create. */
  ageMs: number;
  /** Milliseconds since the wait for it began. */
  elapsedMs: number;
  /** False where the recorded times tell nothing: a sandbox is as fast as it is told to be. */
  isAtlas: boolean;
}

/** Milliseconds from now to the next look at an endpoint. */
export function gap({ expected, ageMs, elapsedMs, isAtlas }: Awaited): number {
  if (!isAtlas || !expected) return gapWhenUnknown(elapsedMs, isAtlas);

  const { readyTimes: times, pace } = expected;
  const age = ageMs / 1000;
  // Nothing is ready before the shortest recorded time.
  if (age < times.least - shortest) return (times.least - age) * 1000;
  return 1000 * clamp(Math.sqrt(2 / (pace.worth * hazard(times, pace, age))), shortest, longest);
}

/** What no record tells, such as a deletion, is looked at in proportion to how long it has taken already. */
export function gapWhenUnknown(elapsedMs: number, isAtlas: boolean): number {
  // A sandbox is asked more often: it is quick, and nobody else waits for its answers.
  return clamp(elapsedMs / 5, isAtlas ? 2000 : 1000, longest * 1000);
}

/**
 * The chance, in each second, that what isn't ready at this age gets ready now. The usual endpoints follow a normal
 * distribution through the recorded quantiles, each side of the median with a spread of its own; the stragglers get less
 * likely the longer it takes (a Lomax distribution).
 */
function hazard({ least, median, p95, most }: ReadyTimes, pace: Pace, age: number): number {
  const { stragglers } = pace;
  const spread = age < median ? (median - least) / pace.below : (p95 - median) / pace.above;
  const z = (age - median) / spread;
  const reach = pace.reach * (most - p95);
  const late = Math.max(0, age - p95);
  const stillSlow = stragglers * (reach / (late + reach));
  const density =
    ((1 - stragglers) * Math.exp((-z * z) / 2)) / (spread * Math.sqrt(2 * Math.PI)) +
    (age > p95 ? stillSlow / (late + reach) : 0);
  return density / ((1 - stragglers) * (1 - normal(z)) + stillSlow);
}

/** The share of a normal distribution below z, to within 0.0002 (a logistic curve with a cubic term). */
function normal(z: number): number {
  return 1 / (1 + Math.exp(-z * (1.5976 + 0.07056 * z * z)));
}

/** Up to a tenth, and never more than a second, earlier or later, so that many clients don't ask at once. */
export function withJitter(ms: number, random: () => number): number {
  return ms + Math.min(ms / 10, 1000) * (2 * random() - 1);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
