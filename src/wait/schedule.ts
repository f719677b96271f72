import type { Pace, ReadyTimes } from '../clouds/cloud.js';

/*
 * How long to sleep between two polls of an endpoint. If we know how long it usually takes, a poll is worth most when
 * the endpoint is most likely to have become ready. Let h be the chance per second that it becomes ready (the hazard of
 * the recorded times). Polls that are g seconds apart cost 1/g requests per second, and report a ready endpoint g/2
 * seconds late on average. The sum of both costs is lowest at g = √(2 / (worth · h)), where `worth` is how many
 * requests one second is worth.
 */

const [shortest, longest] = [1.2, 30];

/** An endpoint that a wait polls. */
export interface Awaited {
  /** How long the cloud usually takes, and how to poll meanwhile; undefined if there are no records. */
  expected: { readyTimes: ReadyTimes; pace: Pace } | undefined;
  /** Milliseconds since it was created. */
  ageMs: number;
  /** Milliseconds since the wait for it started. */
  elapsedMs: number;
  /** False for a sandbox: its speed is configurable, so the recorded times don't apply. */
  isAtlas: boolean;
}

/** Milliseconds until the next poll of an endpoint. */
export function gap({ expected, ageMs, elapsedMs, isAtlas }: Awaited): number {
  if (!isAtlas || !expected) return gapWhenUnknown(elapsedMs, isAtlas);

  const { readyTimes: times, pace } = expected;
  const age = ageMs / 1000;
  // Nothing is ready before the shortest recorded time.
  if (age < times.least - shortest) return (times.least - age) * 1000;
  return 1000 * clamp(Math.sqrt(2 / (pace.worth * hazard(times, pace, age))), shortest, longest);
}

/** Without records (for example for a deletion), the gap grows with the time that has passed. */
export function gapWhenUnknown(elapsedMs: number, isAtlas: boolean): number {
  // Poll a sandbox more often: it is fast, and no one else uses it.
  return clamp(elapsedMs / 5, isAtlas ? 2000 : 1000, longest * 1000);
}

/**
 * The chance per second that an endpoint of this age becomes ready now. Most endpoints follow a normal distribution
 * through the recorded quantiles, with a different spread on each side of the median. The stragglers follow a Lomax
 * distribution: the longer they take, the less likely they become ready.
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

/** The normal distribution function at z, to within 0.0002 (a logistic curve with a cubic term). */
function normal(z: number): number {
  return 1 / (1 + Math.exp(-z * (1.5976 + 0.07056 * z * z)));
}

/** Adds or subtracts up to a tenth, at most one second, so that many clients don't poll at the same time. */
export function withJitter(ms: number, random: () => number): number {
  return ms + Math.min(ms / 10, 1000) * (2 * random() - 1);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
