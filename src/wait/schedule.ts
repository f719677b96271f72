import type { ReadyTimes } from '../clouds/facts.js';

/** The longest gap in milliseconds, so that a failure is noticed within this time. */
const longestMs = 15_000;

export interface Awaited {
  /** How long the cloud usually takes; undefined if there are no records. */
  readyTimes: ReadyTimes | undefined;
  ageMs: number;
  /** Milliseconds since the wait for it started. */
  elapsedMs: number;
  /** False for a sandbox: its speed is configurable, so the recorded times don't apply. */
  isAtlas: boolean;
}

/** Nothing is ready before the shortest recorded time, and most are by twice this time. */
export function gapMs({ readyTimes, ageMs, elapsedMs, isAtlas }: Awaited) {
  if (!isAtlas || !readyTimes) return unknownGapMs(elapsedMs, isAtlas);
  const leastMs = readyTimes.least * 1000;
  if (ageMs < leastMs) return Math.min(longestMs, leastMs - ageMs);
  if (ageMs < 2 * leastMs) return 2000;
  return clamp(ageMs / 40, 5000, longestMs);
}

/** Without records (for example for a deletion), the gap grows with the time that has passed. */
export function unknownGapMs(elapsedMs: number, isAtlas: boolean) {
  // Poll a sandbox more often: it is fast, and no one else uses it.
  return clamp(elapsedMs / 5, isAtlas ? 2000 : 1000, longestMs);
}

/** Adds or subtracts up to a tenth, at most one second, so that many clients don't poll at the same time. */
export function withJitter(ms: number, random: () => number) {
  return Math.min(longestMs, ms + Math.min(ms / 10, 1000) * (2 * random() - 1));
}

function clamp(value: number, least: number, most: number) {
  return Math.min(most, Math.max(least, value));
}
