import { AnswerError } from './errors.js';

/* Reads Atlas responses. They may lack documented keys and have undocumented ones. */

export type Fields = Record<string, unknown>;

/** One page of a list, and the total number of items (null if the API doesn't return it). */
export interface Page<T> {
  items: T[];
  total: number | null;
}

/** Returns the response as an object. Throws an answer error that names what was expected. */
export function fields(answer: unknown, what: string): Fields {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Fields;
  throw new AnswerError(`Atlas did not return a valid ${what}.`);
}

/** Reads one page of a list. Throws an answer error. */
export function toPage<T>(answer: unknown, what: string, toItem: (each: unknown) => T): Page<T> {
  const { results, totalCount } = fields(answer, `page of ${what}`);
  if (!Array.isArray(results)) throw new AnswerError(`Atlas did not return a valid page of ${what}.`);
  return { items: results.map((each) => toItem(each)), total: typeof totalCount === 'number' ? totalCount : null };
}
