import type { Json } from '../base/json.js';
import { printable } from './streams.js';
import type { Symbols } from './symbols.js';

export type Row = Record<string, Json>;

/** How a status is meant: settled well, still under way, or settled badly. */
export type Tone = 'good' | 'busy' | 'bad' | 'plain';

/** What a command prints, in whatever format. A pure function makes it from the model. */
export interface View {
  /** An object rather than a list of them; without a row it is null. */
  single: boolean;
  rows: readonly Row[];
  /** The keys that a table of several rows shows; all of the command's where it isn't given. */
  columns?: readonly string[];
  /** What a terminal shows instead, where what the rows are tells which matter; a pipe keeps `columns` for scripts. */
  terminalColumns?: readonly string[];
  /** What a table in a terminal shows of a key instead of its value, unless --fields asks for it; `now` as `Clock.now()`. */
  brief?: Readonly<Record<string, (row: Row, now: number) => Json>>;
  /** The key by which a row is named: --output id prints it alone. */
  id: string;
  /** The key of the one value that a person or a script came for: a table is that value alone. */
  only?: string;
  /** How the `status` of a row is meant. */
  tone?: (row: Row) => Tone;
  /** The order of values that isn't that of the alphabet, by key, for --sort. */
  order?: Readonly<Record<string, readonly string[]>>;
  /** Rows that a terminal shows in bold. */
  marked?: ReadonlySet<Row>;
  /** Renderers of formats that only some commands have, by their names. */
  own?: Readonly<Record<string, () => Promise<string>>>;
  /** What a terminal shows instead of an empty table. */
  empty?: string;
}

export interface Layout {
  /** Every key that a row can have. */
  keys: readonly string[];
  /** Keys to show, in this order, instead of the usual ones. */
  fields?: readonly string[] | undefined;
  /** A line with the keys above tab-separated lines. */
  header?: boolean | undefined;
  /** A person looks at it: `table` is a table with a head. */
  isTerminal: boolean;
  color: boolean;
  symbols: Symbols;
  width: number;
  /** Milliseconds since 1970, for ages. */
  now: number;
}

/** A value on one line: lists by commas, nothing for null. */
export function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cell).join(',');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return printable(text).replace(/[\t\r\n]+/g, ' ');
}
