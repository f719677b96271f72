import { AnswerError } from './errors.js';

/* Reads Atlas responses. They may lack documented keys and have undocumented ones. */

export type Fields = Record<string, unknown>;

/** Returns the response as an object. Throws an answer error that names what was expected. */
export function fields(answer: unknown, what: string): Fields {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Fields;
  throw new AnswerError(`Atlas did not return a valid ${what}.`);
}

/** One page of a list, and the total number of items (null if the API doesn't return it). Throws an answer error. */
export function toPage<T>(
  answer: unknown,
  what: string,
  toItem: (item: unknown) => T,
): { items: T[]; total: number | null } {
  const { results, totalCount } = fields(answer, `page of ${what}`);
  if (!Array.isArray(results)) throw new AnswerError(`Atlas did not return a valid page of ${what}.`);
  return { items: results.map((item) => toItem(item)), total: typeof totalCount === 'number' ? totalCount : null };
}
