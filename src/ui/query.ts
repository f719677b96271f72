import { compile, isRegistered, type JSONValue, TreeInterpreter } from '@jmespath-community/jmespath';
import { CliError, reasonOf, UsageError } from '../base/errors.js';
import type { Json } from '../base/json.js';

/** Applies a --query expression to data. Throws a failure if the expression doesn't fit the data. */
export type Query = (data: Json) => Json;

/** Reads a JMESPath expression (jmespath.site). Throws a usage error if it is not valid, or if rows can have no keys. */
export function readQuery(expression: string, keys: readonly string[]): Query {
  if (keys.length === 0) throw new UsageError('This command has no JSON output to query.', 'Remove --query.');
  const compiled = parse(expression);
  return (data) => {
    try {
      // The library would find `toString` in an object that has a prototype.
      const found: unknown = TreeInterpreter.search(compiled, copyOf(data, withoutPrototype));
      return copyOf(found);
    } catch (error) {
      throw new CliError('unexpected', `The --query expression failed: ${phrase(error)}.`, { cause: error });
    }
  };
}

function copyOf(data: unknown, revive?: (key: string, value: unknown) => unknown): JSONValue & Json {
  return JSON.parse(JSON.stringify(data) ?? 'null', revive);
}

function withoutPrototype(_: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.assign(Object.create(null), value) : value;
}

function parse(expression: string) {
  try {
    const compiled = compile(expression);
    const unknown = functionsIn(compiled).find((name) => !isRegistered(name));
    if (unknown === undefined) return compiled;
    throw new Error(`unknown function ${unknown}()`);
  } catch (error) {
    const message = `Invalid --query expression: ${phrase(error)}.`;
    throw new UsageError(message, 'See https://jmespath.org/tutorial.html');
  }
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
