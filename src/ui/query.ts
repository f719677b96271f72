import { compile, isRegistered, type JSONValue, TreeInterpreter } from '@jmespath-community/jmespath';
import { CliError, reasonOf, UsageError } from '../base/errors.js';
import { type Json, parseJson } from '../base/json.js';
import { closest, guessed } from '../base/words.js';

/** Applies a --query expression to data. Throws a failure if the expression doesn't fit the data. */
export type Query = (data: Json) => Json;

/** Reads JMESPath. Throws a usage error if it is not valid. `warn`: of a key outside `keys` that is probably misspelled. */
export function readQuery(expression: string, keys: readonly string[], warn: (message: string) => void): Query {
  if (keys.length === 0) throw new UsageError('This command has no JSON output to query.', 'Remove --query.');
  const compiled = parse(expression);
  return (data) => {
    const asked: Asked = [];
    const recorded = copyOf(data, (_, value) => recording(value, asked));
    try {
      return copyOf(TreeInterpreter.search(compiled, recorded));
    } catch (error) {
      throw new CliError('unexpected', `The --query expression failed: ${phrase(error)}.`, { cause: error });
    } finally {
      for (const warning of missing(nodesIn(compiled), asked, keys)) warn(warning);
    }
  };
}

function copyOf(data: unknown, revive?: (key: string, value: unknown) => unknown): JSONValue & Json {
  return JSON.parse(JSON.stringify(data) ?? 'null', revive);
}

/** The keys that objects were asked for. */
type Asked = { key: string; object: object }[];

/** An object that records which keys it is asked for. The library would find `toString` in one that has a prototype. */
function recording(value: unknown, asked: Asked): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return new Proxy<Record<string, unknown>>(Object.assign(Object.create(null), value), {
    get: (object, symbol) => {
      const key = String(symbol);
      asked.push({ key, object });
      return object[key];
    },
  });
}

/** Warnings about keys that no object has, unless another row can have them. */
function missing(nodes: readonly Node[], asked: Asked, keys: readonly string[]) {
  // In status==AVAILABLE, both are keys.
  const compared = nodes.flatMap(({ type, left, right }) => (type === 'Comparator' ? [[left, right]] : []));
  const texts = compared.flatMap((pair) => (pair.every(isField) ? pair.map((node) => node?.name) : []));
  const named = new Set(nodes.flatMap((node) => (isField(node) && node.name !== undefined ? node.name : [])));
  return [...named].flatMap((name) => {
    const objects = asked.filter(({ key }) => key === name).map(({ object }) => Object.keys(object));
    if (objects.length === 0 || objects.flat().includes(name) || keys.includes(name)) return [];
    const near = closest(name, [...new Set(objects.flat())]);
    const isText = texts.includes(name);
    // What the API passes on may lack keys that it has elsewhere.
    const isRow = objects.some((own) => own.length > 0 && own.every((key) => keys.includes(key)));
    if (near === undefined && !isText && !isRow) return [];
    const inQuotes = isText ? ` Write a text in quotes: '${name}'` : '';
    return `--query: no item has the key '${name}'.${near === undefined ? inQuotes : ` ${guessed(near)}`}`;
  });
}

function parse(expression: string) {
  try {
    const compiled = compile(expression.replaceAll(quotes, withText));
    // The library finds an unknown function only when it is called.
    const unknown = nodesIn(compiled).find(({ type, name = '' }) => type === 'Function' && !isRegistered(name));
    if (unknown === undefined) return compiled;
    throw new Error(`unknown function ${unknown.name}()`);
  } catch (error) {
    const message = `Invalid --query expression: ${phrase(error)}.`;
    throw new UsageError(message, 'See https://jmespath.org/tutorial.html');
  }
}

/** Quoted names and texts, and what stands between backticks. */
const quotes = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`((?:[^`\\]|\\.)*)`/g;

/** Between backticks stands JSON. What isn't JSON is a text, as in aws and az. */
function withText(whole: string, literal?: string) {
  if (literal === undefined || parseJson(literal) !== undefined) return whole;
  return `\`${JSON.stringify(literal.trimStart())}\``;
}

function phrase(error: unknown) {
  const reason = reasonOf(error).replace(/\.$/, '');
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

interface Node {
  type?: unknown;
  name?: string;
  left?: Node;
  right?: Node;
}

function isField(node: Node | undefined) {
  return node?.type === 'Field';
}

function nodesIn(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return [];
  return [node, ...Object.values(node).flatMap(nodesIn)];
}
