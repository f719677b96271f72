import type { Env } from '../base/host.js';
import type { Json } from '../base/json.js';
import type { Query } from './query.js';
import { printable } from './streams.js';

export type Row = Record<string, Json>;

/** What a status means: a good end, still in progress, waiting for the user, or a bad end. */
export type Tone = 'good' | 'busy' | 'todo' | 'bad' | 'plain';

/** What a command prints, in any format. A pure function makes it from the model. */
export interface View {
  /** True for one object, false for a list. An object without a row is null. */
  single: boolean;
  rows: readonly Row[];
  /** The columns of a table, in a terminal and in a pipe (default: all keys of the command). */
  columns?: readonly string[];
  /** Columns that are not keys; and of keys, what a terminal shows without --fields. `now` is that of `Clock.now()`. */
  brief?: Readonly<Record<string, (row: Row, now: number) => Json>>;
  /** The key that identifies a row; --output id prints only this value. */
  id: string;
  /** If one value is the point of the command, its key. A table prints only this value. */
  only?: string;
  tone?: (row: Row) => Tone;
  /** For --sort: the order of values by key, if it isn't alphabetical. */
  order?: Readonly<Record<string, readonly string[]>>;
  /** For JSON and YAML: what the rows, reduced to the keys of --fields, are put into (default: a list of them). */
  nest?: (rows: readonly Row[], shown: readonly Row[]) => Json;
  /** By name: renderers of formats that only some commands have, and instead of usual ones, unless --fields is given. */
  own?: Readonly<Record<string, (layout: Layout) => string | Promise<string>>>;
  empty?: string;
}

export interface Layout {
  keys: readonly string[];
  /** The keys to show, in this order, instead of the usual ones. */
  fields?: readonly string[] | undefined;
  /** --query: what to show of the data instead. */
  query?: Query | undefined;
  isTerminal: boolean;
  color: boolean;
  symbols: Symbols;
  width: number;
  /** Milliseconds since 1970, to compute ages. */
  now: number;
}

export function valueIn({ brief }: View, row: Row, column: string, now: number) {
  return column in row ? row[column] : brief?.[column]?.(row, now);
}

export function asLines(lines: readonly string[]) {
  return lines.map((line) => `${line}\n`).join('');
}

/** A value as text: commas between the items of a list; empty for null. */
export function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cell).join(',');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return printable(text).replace(/[\t\r\n]+/g, ' ');
}

export interface Sort {
  key: string;
  isDescending: boolean;
}

/** Returns the view with its rows sorted. The sort is stable, and rows without a value always come last. */
export function sorted(view: View, sort: Sort | undefined): View {
  if (!sort || view.single) return view;
  const { key, isDescending } = sort;
  const compare = comparing(view.order?.[key]);
  const direction = isDescending ? -1 : 1;
  // Only ages change with the time, and they are sorted by createdAt.
  const value = (row: Row) => valueIn(view, row, key, 0) ?? null;
  const isEmpty = (row: Row) => cell(value(row)) === '';
  const full = view.rows.filter((row) => !isEmpty(row));
  full.sort((one, other) => direction * compare(value(one), value(other)));
  return { ...view, rows: [...full, ...view.rows.filter(isEmpty)] };
}

function comparing(order: readonly string[] = []): (one: Json, other: Json) => number {
  const { compare } = new Intl.Collator('en');
  const placeOf = (value: Json) => {
    const place = order.indexOf(String(value));
    return place === -1 ? order.length : place;
  };
  return (one, other) => {
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return placeOf(one) - placeOf(other) || compare(cell(one), cell(other));
  };
}

/** The sign for each tone, so that colour is not the only difference. */
export interface Symbols extends Record<Exclude<Tone, 'plain'> | 'warning', string> {
  isUnicode: boolean;
  /** Replaces punctuation in our own texts that can't be shown. */
  spell(text: string): string;
}

const unicode: Symbols = {
  isUnicode: true,
  good: '✔',
  busy: '○',
  todo: '→',
  bad: '✖',
  warning: '‼',
  spell: (text) => text,
};
const ascii: Symbols = {
  isUnicode: false,
  good: '+',
  busy: '~',
  todo: '>',
  bad: 'x',
  warning: '!',
  spell: (text) => text.replaceAll('…', '...').replaceAll('–', '-'),
};

export function symbolsOf(env: Env, platform: NodeJS.Platform): Symbols {
  return showsUnicode(env, platform) ? unicode : ascii;
}

/** The Linux console and old Windows consoles have few glyphs. Elsewhere the locale decides, if it is set. */
function showsUnicode(env: Env, platform: NodeJS.Platform) {
  if (env.TERM === 'linux') return false;
  // Newer consoles set one of these variables. Only programs from Unix set TERM.
  if (platform === 'win32')
    return [env.WT_SESSION, env.TERM_PROGRAM, env.ConEmuTask, env.TERMINAL_EMULATOR, env.TERM].some(Boolean);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}
