import { UsageError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { didYouMean } from '../base/suggest.js';
import { printable } from './streams.js';
import { cell, type Layout, type Row, type View } from './view.js';

/** An output format: its meaning for help, and how it shows a view. */
export interface Format {
  help: string;
  /** For programs, so that what goes to stderr is JSON too. */
  isJson?: true;
  /** The text of a view, with a line break at its end; empty where there is nothing to show. */
  render(view: View, layout: Layout): string | Promise<string>;
}

/** The formats of every command. A command may have more, which its view brings along. */
export const formats = {
  table: {
    help: 'default; in a pipe, tab-separated lines without a header',
    render: async (view, layout) => {
      const { fields, keys } = layout;
      const { only, rows } = view;
      if (only !== undefined && !fields) return lines(rows.map((row) => cell(row[only])));
      if (layout.isTerminal) return (await import('./table.js')).renderTable(view, layout);
      if (!view.single) return tsv(rows, fields ?? view.columns ?? keys);
      return lines(rows.flatMap((row) => (fields ?? Object.keys(row)).map((key) => `${key}\t${cell(row[key])}`)));
    },
  },
  json: {
    help: 'one object, or an array if there can be several; same as --json',
    isJson: true,
    render: (view, { fields }) => `${printable(JSON.stringify(dataOf(view, fields), null, 2))}\n`,
  },
  jsonl: {
    help: 'one JSON object per line; wait prints a line for each status change',
    isJson: true,
    render: ({ rows }, { fields }) => lines(rows.map((row) => printable(JSON.stringify(pick(row, fields))))),
  },
  yaml: {
    help: 'YAML with the same data',
    render: async (view, { fields }) => (await import('./yaml.js')).renderYaml(dataOf(view, fields)),
  },
  tsv: {
    help: 'tab-separated lines, also in a terminal',
    render: ({ rows, columns }, { fields, keys }) => tsv(rows, fields ?? columns ?? keys),
  },
  id: {
    help: 'only the id or main value of each item, one per line',
    render: ({ rows, id }) => lines(rows.map((row) => cell(row[id])).filter((text) => text !== '')),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** Whether output is read by programs, so that errors are JSON too. */
export function isJson(format: string): boolean {
  const known: Readonly<Record<string, Format>> = formats;
  return known[format]?.isJson === true;
}

/**
 * Reads the name of a format, in any case: one of every command, or one that this command has. Throws a usage error.
 */
export function parseFormat(text: string, own: readonly string[] = []): string {
  const names = [...formatNames, ...own];
  const name = names.find((each) => each === text.trim().toLowerCase());
  if (name !== undefined) return name;
  throw new UsageError(`'${text}' is not a valid output format.`, didYouMean(text, names));
}

function dataOf({ single, rows }: View, fields: readonly string[] | undefined): Json {
  const picked = rows.map((row) => pick(row, fields));
  return single ? (picked[0] ?? null) : picked;
}

/** Of several clouds each has keys that others lack; asked for by name, those are null rather than missing. */
function pick(row: Row, fields: readonly string[] | undefined): Row {
  return fields ? Object.fromEntries(fields.map((field) => [field, row[field] ?? null])) : row;
}

function tsv(rows: readonly Row[], keys: readonly string[]): string {
  return lines(rows.map((row) => keys.map((key) => cell(row[key])).join('\t')));
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
