import distance from 'leven';
import { listed } from './listed.js';

/**
 * The candidate closest to `text`, or undefined if none is close. Close means at most two edits, and at most half the
 * length of the text.
 */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const typed = text.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(typed, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= 2 && best.far <= typed.length / 2 ? best.candidate : undefined;
}

/** The option that was probably meant: the only one that begins with what was typed, or else the closest one. */
export function closestOption(typed: string, options: readonly string[]): string | undefined {
  const [begun, ...others] = options.filter((option) => option.startsWith(typed));
  return begun !== undefined && others.length === 0 ? begun : closest(typed, options);
}

/** "Did you mean …?" */
export function guessed(near: string): string {
  return `Did you mean ${near}?`;
}

/** Goes before the suggested command line. */
export const guessedLine = 'Did you mean:';

/** "Did you mean …?" if a candidate is close. Otherwise lists the valid values, at most `most` of them. */
export function didYouMean(text: string, candidates: readonly string[], most = candidates.length): string {
  const near = closest(text, candidates);
  return near === undefined ? `Valid values: ${listed(candidates, most)}` : guessed(near);
}
