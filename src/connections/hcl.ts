import { codeEscape, oneLine, printable } from '../ui/streams.js';

/* Writes the language of Terraform. Every text is data: none is read as code. */

/** A list of objects is nested blocks. What is undefined, null or empty is left out. */
type HclValues = Readonly<Record<string, unknown>>;

/** An expression that is not a string, such as a reference. */
export class Raw {
  constructor(readonly text: string) {}
}

/** `start`: the type and the labels, which are no text from outside. */
export function block(start: string, values: HclValues) {
  return `${start} {\n${body(values, '  ')}}\n`;
}

/** A comment on one line. No text can end it early. */
export function comment(text: string) {
  return `# ${printable(oneLine(text))}\n`;
}

/** Attributes are aligned like `terraform fmt`. Blocks come last. What is no name of an attribute is left out. */
export function body(values: HclValues, indent: string): string {
  const isGiven = (value: unknown) => value !== undefined && !['null', '[]', '{  }'].includes(literal(value));
  const given = Object.entries(values).filter(([key, value]) => /^[a-z][a-z0-9_]*$/.test(key) && isGiven(value));
  const width = Math.max(...given.map(([key, value]) => (isBlocks(value) ? 0 : key.length)));
  const nested = (key: string, inner: HclValues) => `\n${indent}${key} {\n${body(inner, `${indent}  `)}${indent}}\n`;
  return given
    .flatMap(([key, value]) =>
      isBlocks(value)
        ? value.map((each) => nested(key, each))
        : `${indent}${key.padEnd(width)} = ${literal(value)}\n`,
    )
    .join('');
}

function isBlocks(value: unknown): value is readonly HclValues[] {
  return Array.isArray(value) && value.every(isBlock);
}

export function isBlock(value: unknown): value is HclValues {
  return typeof value === 'object' && !(value instanceof Raw);
}

function literal(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${quoted(key)} = ${literal(each)}`)
    .join(', ')} }`;
}

/** A string literal that HCL reads back unchanged, but for half of a surrogate pair, which it can't hold. */
function quoted(text: string) {
  const special = /["\\]|[$%](?=\{)|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return `"${text.replaceAll(/\p{Surrogate}/gu, '\ufffd').replaceAll(special, (character) => named[character] ?? codeEscape(character))}"`;
}

const named: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
