import { CliError, UsageError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { closest, guessed, parseName } from '../base/words.js';
import { codeEscape, printable } from './streams.js';
import { asLines, cell, type Layout, type Row, type Sort, type View, valueIn } from './view.js';

export interface Format {
  help: string;
  /** The text of a view, with a line break at the end; empty if there is nothing to show. */
  render(view: View, layout: Layout): string | Promise<string>;
  /** The text of what --query returns; `id` is that of the view. A format without it can't be combined with --query. */
  renderResult?(result: Json, id: string): string | Promise<string>;
}

export const formats = {
  table: {
    help: 'default; in a pipe, tab-separated lines',
    render: async (view, layout) => {
      const { fields, now } = layout;
      const { only, rows } = view;
      if (only !== undefined && !fields) return asLines(rows.map((row) => cell(row[only])));
      if (layout.isTerminal) return (await import('./table.js')).renderTable(view, layout);
      if (!view.single) return tsv(view, layout);
      const line = (row: Row, key: string) => `${key}\t${cell(valueIn(view, row, key, now))}`;
      return asLines(rows.flatMap((row) => (fields ?? Object.keys(row)).map((key) => line(row, key))));
    },
  },
  json: {
    help: 'one object, or an array if there can be several; same as --json',
    render: (view, { fields }) => json(dataOf(view, fields)),
    renderResult: json,
  },
  jsonl: {
    help: 'one JSON object per line; wait prints a line for each status change',
    render: ({ rows }, { fields }) => jsonl(rows.map((row) => pick(row, fields))),
    renderResult: (result) => jsonl(itemsOf(result)),
  },
  yaml: {
    help: 'YAML with the same data',
    render: (view, { fields }) => yaml(dataOf(view, fields)),
    renderResult: yaml,
  },
  tsv: {
    help: 'tab-separated lines, also in a terminal',
    render: tsv,
    // An item's values in the order of its keys, as `aws` and `az` print them.
    renderResult: (result) => {
      const valuesOf = (item: Json) => (typeof item === 'object' && item !== null ? Object.values(item) : [item]);
      return asLines(itemsOf(result).map((item) => valuesOf(item).map(cell).join('\t')));
    },
  },
  id: {
    help: 'only the id or main value of each item, one per line',
    render: ({ rows, id }) => ids(rows.map((row) => row[id])),
    renderResult: (result, id) => ids(itemsOf(result).map((item) => idOf(item, id))),
  },
} as const satisfies Record<string, Format>;

const known: Readonly<Record<string, Format | undefined>> = formats;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

const foreignNames = new Map(
  Object.entries({ wide: 'table', text: 'tsv', yml: 'yaml', ndjson: 'jsonl', name: 'id', jsonpath: '--query' }),
);

export function parseFormat(text: string, own: readonly string[] = []) {
  const near = foreignNames.get(text.toLowerCase().replace(/=.*/s, ''));
  if (near) throw new UsageError(`'${text}' is not a valid output format.`, guessed(near));
  return parseName('output format', text, [...formatNames, ...own]);
}

/** Throws a usage error if an option can't be combined with this format, which may be one that only one command has. */
export function checkFits(format: string, fields: Layout['fields'], sort: unknown, columns: Record<string, string>) {
  const isOwn = !known[format];
  const refusedSort = sort && isOwn ? '--sort' : undefined;
  const refused = fields && (isOwn || format === 'id') ? '--fields' : refusedSort;
  if (refused !== undefined)
    throw new UsageError(`${refused} cannot be combined with --output ${format}.`, 'Use only one of them.');
  // Only these formats show columns that are not keys.
  const column = format === 'table' || format === 'tsv' ? undefined : fields?.find((field) => columns[field]);
  if (column !== undefined)
    throw new UsageError(`'${column}' is a column of the table, not a key.`, `Use the key ${columns[column]}.`);
}

export const queryFormats = formatNames.filter((name) => 'renderResult' in formats[name]);

function dataOf({ single, rows, nest }: View, fields: readonly string[] | undefined): Json {
  const picked = rows.map((row) => pick(row, fields));
  if (nest) return nest(rows, picked);
  return single ? (picked[0] ?? null) : picked;
}

/** Each cloud has keys that the others lack. If --fields names such a key, it is null rather than missing. */
function pick(row: Row, fields: readonly string[] | undefined): Row {
  return fields ? Object.fromEntries(fields.map((field) => [field, row[field] ?? null])) : row;
}

function json(data: Json) {
  return `${printable(JSON.stringify(data, null, 2))}\n`;
}

function jsonl(items: readonly Json[]) {
  return asLines(items.map((item) => printable(JSON.stringify(item))));
}

async function yaml(data: Json) {
  const { stringify } = await import('yaml');
  const plain = stringify(data);
  if (printable(plain) === plain) return plain;
  // YAML reads escapes only in double-quoted strings.
  return printable(stringify(data, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }), codeEscape);
}

function tsv(view: View, layout: Layout) {
  const columns = layout.fields ?? view.columns ?? layout.keys;
  const line = (row: Row) => columns.map((column) => cell(valueIn(view, row, column, layout.now))).join('\t');
  return asLines(view.rows.map(line));
}

function ids(values: readonly (Json | undefined)[]) {
  return asLines(values.map(cell).filter((text) => text !== ''));
}

function itemsOf(result: Json) {
  if (result === null) return [];
  return Array.isArray(result) ? result : [result];
}

function idOf(item: Json, key: string): Json {
  if (typeof item !== 'object' || item === null) return item;
  const id = Array.isArray(item) ? undefined : item[key];
  if (id !== undefined) return id;
  throw new CliError('unexpected', `The result of --query has no ${key}.`, {
    hint: `Select it, or use one of: ${queryFormats.filter((name) => name !== 'id').join(', ')}`,
  });
}

/** Reads a key or the heading of a column. Throws a usage error. `optionWith`: the option that would add a key. */
export function readField(text: string, keys: readonly string[], optionWith?: (key: string) => string | undefined) {
  // As Terraform names the id of a service.
  const typed = plain(text) === 'privatelinkid' ? idOfService(keys) : plain(text);
  const found = keys.find((key) => plain(key) === typed);
  if (found !== undefined) return found;
  if (keys.length === 0) throw new UsageError('This command has no fields to select.', 'Remove --fields.');
  const option = optionWith?.(text);
  if (option !== undefined) throw new UsageError(`The field '${text}' requires ${option}.`, `Add ${option}.`);
  const near = /\s/.test(text) ? text.trim().split(/\s+/).join() : closest(text, keys);
  const guess = near === undefined ? '' : `${guessed(near)} `;
  throw new UsageError(`Unknown field '${text}'.`, `${guess}Valid fields: ${keys.join(', ')}`);
}

/** Parses `key` or `-key`; `age` is `-createdAt`. Throws a usage error that lists the valid keys and columns. */
export function readSort(text: string, keys: readonly string[]): Sort {
  const isReversed = text.startsWith('-');
  const key = readField(isReversed ? text.slice(1) : text, keys);
  // The column AGE of a table: the youngest was created last.
  return key === 'age' ? { key: 'createdAt', isDescending: !isReversed } : { key, isDescending: isReversed };
}

function idOfService(keys: readonly string[]) {
  return keys.includes('endpointId') ? 'endpointid' : 'id';
}

function plain(name: string) {
  return name.replaceAll(/[-_]/g, '').toLowerCase();
}

/** Renders a view in its own way of a format, or in that of every view, which --fields asks for; or what --query returns. */
export async function render(view: View, format: string, layout: Layout) {
  if (layout.query)
    return (await known[format]?.renderResult?.(layout.query(dataOf(view, layout.fields)), view.id)) ?? '';
  const own = layout.fields ? undefined : view.own?.[format];
  return own?.(layout) ?? known[format]?.render(view, layout) ?? '';
}
