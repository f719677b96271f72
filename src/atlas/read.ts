import { text } from '../base/json.js';
import { AnswerError } from './errors.js';
import { isAtlasId } from './ids.js';

/* Reading what Atlas answered: it may lack what is documented, and add what isn't. */

export type Fields = Record<string, unknown>;

/** A page of a list, and how many items there are in all (null where the API doesn't say). */
export interface Page<T> {
  items: T[];
  total: number | null;
}

/** An object, or an answer error that says what it should have been. */
export function fields(answer: unknown, what: string): Fields {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Fields;
  throw new AnswerError(`Atlas answered something else than a ${what}.`);
}

/** Reads a page of a list of `what`. */
export function toPage<T>(answer: unknown, what: string, toItem: (each: unknown) => T): Page<T> {
  const { results, totalCount } = fields(answer, `page of ${what}`);
  if (!Array.isArray(results)) throw new AnswerError(`Atlas answered something else than a page of ${what}.`);
  return { items: results.map((each) => toItem(each)), total: typeof totalCount === 'number' ? totalCount : null };
}

export function idOf(answer: Fields, what: string): string {
  const id = text(answer.id);
  if (id !== null && isAtlasId(id)) return id;
  throw new AnswerError(`Atlas answered a ${what} without a proper id.`);
}
