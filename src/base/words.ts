import distance from 'leven';
import { UsageError } from './errors.js';

/** How many items of an external list a message names. */
export const mostListed = 10;

export function listed(items: readonly string[], most = mostListed, separator = ', '): string {
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

export function oneOf(names: readonly string[], word = 'or'): string {
  return names.join(', ').replace(/, ([^,]*)$/, ` ${word} $1`);
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Items with the same key together, in the order of their first ones. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

/** The closest: at most half of the text and two edits away (one below six letters). Swapped letters are one edit. */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const typed = text.toLowerCase();
  const letters = typed.replace(/^-+/, '').length;
  const most = Math.min(letters < 6 ? 1 : 2, letters / 2);
  const [best] = candidates
    // A distance takes time, and is at least the difference in length.
    .filter((candidate) => Math.abs(candidate.length - typed.length) <= most)
    .map((candidate) => ({ candidate, edits: editsBetween(typed, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

function editsBetween(typed: string, word: string) {
  const swapped = [...typed].slice(1).map((_, at) => {
    return 1 + distance(typed.slice(0, at) + typed.charAt(at + 1) + typed.charAt(at) + typed.slice(at + 2), word);
  });
  return Math.min(distance(typed, word), ...swapped);
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
