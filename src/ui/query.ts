import { compile, isRegistered, type JSONValue, TreeInterpreter } from '@jmespath-community/jmespath';
import { CliError, reasonOf, UsageError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { closest, guessed } from '../base/suggest.js';

/** Applies a --query expression to data. Throws a failure if the expression doesn't fit the data. */
export type Query = (data: Json) => Json;

/**
 * Reads a JMESPath expression (jmespath.site). `keys`: those that rows can have. Throws a usage error if it is not valid, or
 * if rows can have no keys. The result calls `warn` for a key that is probably misspelled: JMESPath takes it for null.
 */
export function readQuery(expression: string, keys: readonly string[], warn: (message: string) => void): Query {
  if (keys.length === 0) throw new UsageError('This command has no JSON output to query.', 'Remove --query.');
  const compiled = parse(expression);
  return (data) => {
    for (const warning of missing(nodesIn(compiled), nodesIn(data), keys)) warn(warning);
    try {
      // The library would find `toString` in an object that has a prototype.
      const bare = copyOf(data, (_, value) => (isObject(value) ? Object.assign(Object.create(null), value) : value));
      return copyOf(TreeInterpreter.search(compiled, bare));
    } catch (error) {
      throw new CliError('unexpected', `The --query expression failed: ${phrase(error)}.`, { cause: error });
    }
  };
}

function copyOf(data: unknown, revive?: (key: string, value: unknown) => unknown): JSONValue & Json {
  return JSON.parse(JSON.stringify(data) ?? 'null', revive);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Warnings about keys that neither the data nor the expression has, and that are probably misspelled. */
function missing(nodes: readonly Node[], data: readonly object[], keys: readonly string[]): string[] {
  const there = new Set(data.filter(isObject).flatMap(Object.keys));
  if (there.size === 0) return [];
  const known = [...keys, ...there];
  const own = [...nodes.flatMap(Object.keys), ...namesOf(nodes, 'KeyValuePair')];
  const unknown = new Set(namesOf(nodes, 'Field').filter((name) => !known.includes(name) && !own.includes(name)));
  // In status==AVAILABLE, both are keys.
  const compared = nodes.flatMap(({ type, left, right }) => (type === 'Comparator' ? [[left, right]] : []));
  const texts = compared.flatMap((pair) => (pair.every((node) => node?.type === 'Field') ? pair : []));
  return [...unknown].flatMap((name) => {
    const near = closest(name, known);
    if (near !== undefined) return `--query: no item has the key '${name}'. ${guessed(near)}`;
    const isText = texts.some((node) => node?.name === name);
    return isText ? `--query: no item has the key '${name}'. Write a text in quotes: '${name}'` : [];
  });
}

function parse(expression: string) {
  try {
    const compiled = compile(expression);
    // The library finds an unknown function only when it is called.
    const unknown = nodesIn(compiled).find(({ type, name = '' }) => type === 'Function' && !isRegistered(name));
    if (unknown === undefined) return compiled;
    throw new Error(`unknown function ${unknown.name}()`);
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

interface Node {
  type?: unknown;
  name?: string;
  left?: Node;
  right?: Node;
}

function namesOf(nodes: readonly Node[], type: string): string[] {
  return nodes.flatMap((node) => (node.type === type && node.name !== undefined ? node.name : []));
}

function nodesIn(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return [];
  return [node, ...Object.values(node).flatMap(nodesIn)];
}
