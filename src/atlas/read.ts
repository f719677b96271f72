import { unusable } from './errors.js';

/* Reads Atlas responses. They may lack documented keys and have undocumented ones. */

export type Fields = Record<string, unknown>;

/** Returns the response as an object. Throws an answer error that names what was expected. */
export function fields(answer: unknown, what: string): Fields {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Fields;
  throw unusable(`Atlas did not return a valid ${what}.`);
}

/** Returns the response, or a part of it, as a list. Throws an answer error that names what was expected. */
export function listOf(answer: unknown, what: string): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw unusable(`Atlas did not return a valid ${what}.`);
}
