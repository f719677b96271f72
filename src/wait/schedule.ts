import { type ReadyTimes, readyTimes } from '../atlas/durations.js';
import type { Provider } from '../atlas/provider.js';
import { isAhead, type Until } from '../atlas/status.js';

/*
 * How long to sleep between two looks at an endpoint. Where it is known how long such a thing takes, a look is worth most
 * when the chance is highest that it has just come about. With a chance of h in each second (the hazard of the recorded
 * times), looks that are g seconds apart cost 1/g requests a second and tell an endpoint that gets ready g/2 seconds
 * late on average; the sum of both is least at g = √(2 / (worth · h)), `worth` being the requests that one second is worth.
 */

interface Shape {
  /** How many requests it is worth to hear one second sooner that an endpoint is ready. */
  worth: number;
  /** How many standard deviations the least recorded time lies below the median, and the 95th percentile above. */
  below: number;
  above: number;
  /** The share of endpoints that take much longer than all others do, and how far they reach (times `most - p95`). */
  stragglers: number;
  reach: number;
}

/*
 * For AWS and Azure the least of 103 lies 2.33 standard deviations below the median; with the stragglers counted apart the
 * 95th percentile lies 1.8 above. GCP's times are spread most, so it takes most looks to hear of them in time. Its numbers
 * are fitted to the recorded half in tools/ (23.7 looks, 1.66 s late). Other halves, made of these times at random, each
 * blurred by 6 to 14 s and some with one of up to 600 s, take 22.9 looks and 1.56 s, 19 of 20 at most 23.1 and 1.71 s. The
 * stragglers count for more than they are: that saves looks late in a wait, so that the longest run stays at 100.
 */
const usual = { below: 2.33, above: 1.8, stragglers: 0.04, reach: 1.3 };
const shapes: Record<Provider, Shape> = {
  AWS: { worth: 11.5, ...usual },
  AZURE: { worth: 8, ...usual },
  GCP: { worth: 29, below: 2, above: 1.6, stragglers: 0.26, reach: 1000 },
};

const [shortest, longest] = [1.2, 30];

/** One endpoint that is awaited. */
export interface Awaited {
  provider: Provider;
  /** As read last. */
  status: string;
  until: Until;
  /** Milliseconds since its create. */
  ageMs: number;
  /** Milliseconds since the wait for it began. */
  elapsedMs: number;
  /** False where the recorded times tell nothing: a sandbox is as fast as it is told to be. */
  isAtlas: boolean;
}

/** Milliseconds from now to the next look at an endpoint. */
export function gap({ provider, status, until, ageMs, elapsedMs, isAtlas }: Awaited): number {
  const isRecorded = isAtlas && status === 'INITIATING' && isAhead(until);
  if (!isRecorded) return gapWhenUnknown(elapsedMs, isAtlas);

  const [times, age] = [readyTimes[provider], ageMs / 1000];
  // Nothing is ready before the shortest recorded time.
  if (age < times.least - shortest) return (times.least - age) * 1000;
  const shape = shapes[provider];
  return 1000 * clamp(Math.sqrt(2 / (shape.worth * hazard(times, shape, age))), shortest, longest);
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
function hazard({ least, median, p95, most }: ReadyTimes, shape: Shape, age: number): number {
  const { stragglers } = shape;
  const spread = age < median ? (median - least) / shape.below : (p95 - median) / shape.above;
  const z = (age - median) / spread;
  const reach = shape.reach * (most - p95);
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
