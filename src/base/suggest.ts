import distance from 'leven';
import { UsageError } from './errors.js';
import { listed } from './lists.js';

/** The closest: at most half of the text and two edits away (one below six letters). Swapped letters are one edit. */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const typed = text.toLowerCase();
  const [best] = candidates
    // A distance takes time, and is at least the difference in length.
    .filter((candidate) => Math.abs(candidate.length - typed.length) <= 2)
    .map((candidate) => ({ candidate, far: distance(typed, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  if (!best || best.far > 2) return undefined;
  const sorted = (word: string) => [...word.toLowerCase()].sort().join();
  const edits = sorted(best.candidate) === sorted(typed) ? best.far / 2 : best.far;
  const letters = typed.replace(/^-+/, '').length;
  return edits <= Math.min(letters < 6 ? 1 : 2, letters / 2) ? best.candidate : undefined;
}

/** The option to suggest: the only one that begins with what was typed, or else the closest one. */
export function closestOption(typed: string, options: readonly string[]): string | undefined {
  const [begun, ...others] = options.filter((option) => option.startsWith(typed));
  return begun !== undefined && others.length === 0 ? begun : closest(typed, options);
}

export function guessed(near: string): string {
  return `Did you mean ${near}?`;
}

/** "Did you mean …?" if a candidate is close. Otherwise lists the valid values, at most `most` of them. */
export function didYouMean(text: string, candidates: readonly string[], most = candidates.length): string {
  const near = closest(text, candidates);
  return near === undefined ? `Valid values: ${listed(candidates, most)}` : guessed(near);
}

/** Reads one of these names, in any case, also with dashes for underscores. Throws a usage error: `'x' is not a valid WHAT.` */
export function parseName<Name extends string>(what: string, text: string, names: readonly Name[]): Name {
  const plain = (name: string) => name.trim().toLowerCase().replaceAll('-', '_');
  const name = names.find((each) => plain(each) === plain(text));
  if (name !== undefined) return name;
  throw new UsageError(`'${text}' is not a valid ${what}.`, didYouMean(text, names));
}
