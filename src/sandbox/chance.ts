import { createHash } from 'node:crypto';
import { clouds, type Provider } from '../clouds/all.js';

export interface Chance {
  now: number;
  random: () => number;
}

/** An id like those of Atlas: 8 hex digits for the seconds since 1970, then 16 random ones. */
export function newId({ now, random }: Chance): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return seconds.padStart(8, '0') + hex(16, random);
}

/** Azure does not distinguish upper and lower case. No other ids differ only in that. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function hex(digits: number, random: () => number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** Draws a time from the recorded quantiles, with linear interpolation, and without the few that took much longer. */
export function readyMs(readyAfter: number | 'realistic', provider: Provider, random: () => number): number {
  if (readyAfter !== 'realistic') return readyAfter;
  const { least, median, p95 } = clouds[provider].readyTimes;
  const share = 2 * random();
  const seconds = share < 1 ? least + (median - least) * share : median + (p95 - median) * (share - 1);
  return Math.round(seconds * 1000);
}

/** Hex digits derived from a name. They are always the same, so they need not be saved. */
export function digits(name: string, length: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, length);
}

export function uuid(name: string): string {
  return digits(name, 32).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
