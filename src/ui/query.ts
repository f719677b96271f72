import { compile, isRegistered, type JSONValue, TreeInterpreter } from '@jmespath-community/jmespath';
import { CliError, reasonOf, UsageError } from '../base/errors.js';
import type { Json } from '../base/json.js';

/** Applies a --query expression to data. Throws a failure if the expression doesn't fit the data. */
export type Query = (data: Json) => Json;

/** Reads a JMESPath expression (jmespath.site). Throws a usage error if it is not valid. */
export function readQuery(expression: string): Query {
  const compiled = parse(expression);
  const unknown = functionsIn(compiled).find((name) => !isRegistered(name));
  if (unknown !== undefined) throw invalid(`unknown function ${unknown}()`);
  return (data) => {
    try {
      return TreeInterpreter.search(compiled, data as JSONValue) as Json;
    } catch (error) {
      throw new CliError('unexpected', `The --query expression failed: ${phrase(error)}.`, { cause: error });
    }
  };
}

function parse(expression: string) {
  try {
    return compile(expression);
  } catch (error) {
    throw invalid(phrase(error));
  }
}

function invalid(reason: string): UsageError {
  return new UsageError(`Invalid --query expression: ${reason}.`, 'See https://jmespath.org/tutorial.html');
}

/** The library's own words, as the end of a sentence. */
function phrase(error: unknown): string {
  const reason = reasonOf(error).replace(/\.$/, '');
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

/** The names of the functions that an expression calls. The library finds an unknown one only when it is called. */
function functionsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, name } = node as Record<string, unknown>;
  const below = Object.values(node).flatMap(functionsIn);
  return type === 'Function' && typeof name === 'string' ? [name, ...below] : below;
}
