import Table from 'cli-table3';
import type { Json } from '../base/json.js';
import { painter } from './paint.js';
import { asLines, cell, type Layout, type Row, type View } from './view.js';
import { columnsOf } from './width.js';

/** Columns between two cells: the usual gap, and the one for narrow terminals. */
const [gap, narrowGap] = [2, 1];

/**
 * Renders a table for a person: a header and a row for each item, or one line per key for a single object. It cuts no
 * cell, because someone may copy it.
 */
export function renderTable(view: View, layout: Layout): string {
  if (view.single) return view.rows.map((row) => asLines(objectLines(view, row, layout))).join('\n');
  if (view.rows.length === 0) return asLines(view.empty === undefined ? [] : [view.empty]);
  return asLines(listEntries(view, layout).flat());
}

/**
 * The lines of a list's header, then those of each row. If the columns don't fit, even with the narrow gap, some move below
 * the others, one per line: first columns that are empty in every row (these are not shown), then the widest ones.
 */
export function listEntries(view: View, layout: Layout): string[][] {
  const { rows, marked } = view;
  const { strong } = painter(layout.color);
  const shown = cellsOf(view, layout);
  const columns = (layout.fields ?? view.terminalColumns ?? view.columns ?? layout.keys).map((key) => {
    const head = key.replace(/[A-Z]/g, ' $&').toUpperCase();
    const isEmpty = rows.every((row) => shown(row, key).isEmpty);
    const width = rows.reduce((most, row) => Math.max(most, shown(row, key).width), head.length);
    return { key, head, isEmpty, width };
  });
  let beside = columns;
  const fits = (between: number) => beside.reduce((sum, { width }) => sum + between + width, -between) <= layout.width;
  while (beside.length > 1 && !fits(narrowGap)) {
    const widest = beside.reduce((most, each) => (each.width > most.width ? each : most));
    const out = beside.find(({ isEmpty }) => isEmpty) ?? widest;
    beside = beside.filter((each) => each !== out);
  }
  const below = columns.filter((each) => !beside.includes(each));

  const painted = (row: Row, key: string) => {
    const cell = shown(row, key).painted;
    return marked?.has(row) ? strong(cell) : cell;
  };
  const lines = draw(
    [beside.map(({ head }) => strong(head)), ...rows.map((row) => beside.map(({ key }) => painted(row, key)))],
    beside.map(({ width }) => width),
    fits(gap) ? gap : narrowGap,
  );
  return lines.map((line, index) => {
    const row = rows[index - 1];
    const there = below.filter(({ key, isEmpty }) => (row ? !shown(row, key).isEmpty : !isEmpty));
    const textOf = ({ key, head }: (typeof below)[number]) =>
      row ? indented(painted(row, key), shown(row, key).width, layout) : indented(strong(head), head.length, layout);
    return [line, ...there.map(textOf)];
  });
}

/** One line per key and value; a list has one line per item. A value that doesn't fit beside its key is below it. */
function objectLines(view: View, row: Row, layout: Layout): string[] {
  const { strong } = painter(layout.color);
  const shown = cellsOf(view, layout);
  const keys = layout.fields ?? Object.keys(row);
  const keyWidth = Math.max(...keys.map((key) => key.length)) + gap;
  return keys.flatMap((key) => {
    const value = shownOf(view, row, key, layout);
    const items = (Array.isArray(value) && value.length > 0 ? value : [value]).map((item) => shown(row, key, item));
    if (items.some(({ width }) => keyWidth + width > layout.width))
      return [strong(key), ...items.map(({ painted, width }) => indented(painted, width, layout))];
    return items.map(({ painted }, index) => strong((index === 0 ? key : '').padEnd(keyWidth)) + painted);
  });
}

/** A line below another one. It isn't indented if only the indent would make it too long. */
function indented(painted: string, width: number, layout: Layout): string {
  const fitsWithout = width <= layout.width && width + 2 > layout.width;
  return fitsWithout ? painted : `  ${painted}`;
}

/** The value that is shown for a key. If --fields is given, it is always the full value. */
function shownOf({ brief }: View, row: Row, key: string, { fields, now, symbols }: Layout): Json | undefined {
  const value = fields ? undefined : brief?.[key]?.(row, now);
  if (value === undefined) return row[key];
  const spell = (item: Json) => (typeof item === 'string' ? symbols.spell(item) : item);
  return Array.isArray(value) ? value.map(spell) : spell(value);
}

/** How a value is shown, and its width in columns. */
function cellsOf(view: View, layout: Layout) {
  const { symbols } = layout;
  const paint = painter(layout.color);
  return (row: Row, key: string, value = shownOf(view, row, key, layout)) => {
    const plain = cell(value);
    if (plain === '') return { painted: paint.faint('-'), width: 1, isEmpty: true };
    const tone = (key === 'status' && view.tone?.(row)) || 'plain';
    const signed = tone === 'plain' ? plain : `${symbols[tone]} ${plain}`;
    return { painted: paint[tone](signed), width: columnsOf(signed), isEmpty: false };
  };
}

/** The time for one table grows with the square of its rows. */
const rowsAtOnce = 100;

/** Draws rows as lines with aligned cells, in columns of these widths, `between` columns apart. */
function draw(rows: string[][], colWidths: number[], between: number): string[] {
  const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inner = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const lines: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const table = new Table({
      chars: { ...Object.fromEntries([...edges, ...inner].map((name) => [name, ''])), middle: ' '.repeat(between) },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colWidths,
    });
    table.push(...rows.slice(start, start + rowsAtOnce));
    for (const line of table.toString().split('\n')) lines.push(line.trimEnd());
  }
  return lines;
}
