import { text } from '../base/json.js';
import { AnswerError } from './errors.js';
import { isAtlasId } from './ids.js';

/* Reading what Atlas answered: it may lack what is documented, and add what isn't. */

export type Fields = Record<string, unknown>;

/** An object, or an answer error that says what it should have been. */
export function fields(answer: unknown, what: string): Fields {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Fields;
  throw new AnswerError(`Atlas answered something else than a ${what}.`);
}

export function idOf(answer: Fields, what: string): string {
  const id = text(answer.id);
  if (id !== null && isAtlasId(id)) return id;
  throw new AnswerError(`Atlas answered a ${what} without a proper id.`);
}
