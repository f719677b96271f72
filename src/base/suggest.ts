import distance from 'leven';
import { listed } from './listed.js';

/**
 * The candidate that `text` was most likely meant to be, or undefined where none is near: at most two letters away, and no
 * more than half of what was typed.
 */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const typed = text.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(typed, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= 2 && best.far <= typed.length / 2 ? best.candidate : undefined;
}

/** "Did you mean …?" */
export function guessed(near: string): string {
  return `Did you mean ${near}?`;
}

/** Before the command line that was meant. */
export const guessedLine = 'Did you mean:';

/** "Did you mean …?", or else the list of what is accepted: all of it, unless there may be any number. */
export function didYouMean(text: string, candidates: readonly string[], most = candidates.length): string {
  const near = closest(text, candidates);
  return near === undefined ? `Accepted: ${listed(candidates, most)}.` : guessed(near);
}
