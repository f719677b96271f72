import { UsageError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { didYouMean } from '../base/suggest.js';
import { printable } from './streams.js';
import { cell, type Layout, type Row, type View } from './view.js';

/** An output format: its help text, and how it renders a view. */
export interface Format {
  help: string;
  /** For programs, so stderr is JSON too. */
  isJson?: true;
  /** Supports --header. A table in a terminal always has a header. */
  hasHeader?: true;
  /** Has a single column, so --fields can't change it. */
  isFixed?: true;
  /** The text of a view, with a line break at the end; empty if there is nothing to show. */
  render(view: View, layout: Layout): string | Promise<string>;
}

/** The formats that every command has. A view can add formats that only its command has. */
export const formats = {
  table: {
    help: 'default; in a pipe, tab-separated lines without a header',
    hasHeader: true,
    render: async (view, layout) => {
      const { fields, keys } = layout;
      const { only, rows } = view;
      if (only !== undefined && !fields) return lines(rows.map((row) => cell(row[only])));
      if (layout.isTerminal && view.report && !fields) return view.report(layout);
      if (layout.isTerminal) return (await import('./table.js')).renderTable(view, layout);
      if (!view.single) return tsv(rows, fields ?? view.columns ?? keys, layout);
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
    hasHeader: true,
    render: ({ rows, columns }, layout) => tsv(rows, layout.fields ?? columns ?? layout.keys, layout),
  },
  id: {
    help: 'only the id or main value of each item, one per line',
    isFixed: true,
    render: ({ rows, id }) => lines(rows.map((row) => cell(row[id])).filter((text) => text !== '')),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** Whether programs read the output, so errors are JSON too. */
export function isJson(format: string): boolean {
  const known: Readonly<Record<string, Format>> = formats;
  return known[format]?.isJson === true;
}

/** Parses the name of a format, case-insensitively: one of `formats`, or one in `own`. Throws a usage error. */
export function parseFormat(text: string, own: readonly string[] = []): string {
  const names = [...formatNames, ...own];
  const name = names.find((each) => each === text.trim().toLowerCase());
  if (name !== undefined) return name;
  throw new UsageError(`'${text}' is not a valid output format.`, didYouMean(text, names));
}

/** Throws a usage error if an option can't be combined with this format, which may be one that only one command has. */
export function checkFits(
  format: string,
  { fields, header, sort }: Readonly<Record<'fields' | 'header' | 'sort', unknown>>,
) {
  const known: Readonly<Record<string, Format>> = formats;
  const { hasHeader, isFixed } = known[format] ?? { isFixed: true };
  const refused = [
    ...(fields && isFixed ? ['--fields'] : []),
    ...(header && !hasHeader ? ['--header'] : []),
    ...(sort && !known[format] ? ['--sort'] : []),
  ];
  for (const option of refused)
    throw new UsageError(`${option} cannot be combined with --output ${format}.`, 'Use only one of them.');
}

function dataOf({ single, rows, nest }: View, fields: readonly string[] | undefined): Json {
  const picked = rows.map((row) => pick(row, fields));
  if (nest) return nest(rows, picked);
  return single ? (picked[0] ?? null) : picked;
}

/** Each cloud has keys that the others lack. If --fields names such a key, it is null rather than missing. */
function pick(row: Row, fields: readonly string[] | undefined): Row {
  return fields ? Object.fromEntries(fields.map((field) => [field, row[field] ?? null])) : row;
}

function tsv(rows: readonly Row[], keys: readonly string[], { header }: Pick<Layout, 'header'>): string {
  const head = header ? [keys.join('\t')] : [];
  return lines([...head, ...rows.map((row) => keys.map((key) => cell(row[key])).join('\t'))]);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
