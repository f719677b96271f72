import Table from 'cli-table3';
import type { Json } from '../base/json.js';
import { painter } from './paint.js';
import { cell, type Layout, type Row, type View } from './view.js';
import { columnsOf } from './width.js';

const gap = 2;

/**
 * A table for a person: a head and each row, or key by key where there is one object. A cell is never cut: it may be
 * copied.
 */
export function renderTable(view: View, layout: Layout): string {
  if (view.single) return view.rows.map((row) => text(objectLines(view, row, layout))).join('\n');
  if (view.rows.length === 0) return text(view.empty === undefined ? [] : [view.empty]);
  return text(listEntries(view, layout).flat());
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * The lines of a list's head, then those of each row. Columns for which there is no room beside the others, the widest
 * first, stand below them, each on a line of its own; those that are empty in every row are left out before.
 */
export function listEntries(view: View, layout: Layout): string[][] {
  const { rows, marked } = view;
  const { strong } = painter(layout.color);
  const shown = cellsOf(view, layout);
  const columns = (layout.fields ?? view.terminalColumns ?? view.columns ?? layout.keys).map((key) => {
    const head = key.replace(/[A-Z]/g, ' $&').toUpperCase();
    const isEmpty = rows.every((row) => cell(row[key]) === '');
    const width = rows.reduce((most, row) => Math.max(most, shown(row, key).width), head.length);
    return { key, head, isEmpty, width };
  });
  let beside = columns;
  while (beside.length > 1 && beside.reduce((sum, { width }) => sum + gap + width, -gap) > layout.width) {
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
  );
  return lines.map((line, index) => {
    const row = rows[index - 1];
    const there = below.filter(({ key, isEmpty }) => (row ? cell(row[key]) !== '' : !isEmpty));
    return [
      line,
      ...there.map(({ key, head }) =>
        row ? indented(painted(row, key), shown(row, key).width, layout) : indented(strong(head), head.length, layout),
      ),
    ];
  });
}

/**
 * Each key and its value, those of a list below each other. What is too long to stand beside its key stands below it.
 */
function objectLines(view: View, row: Row, layout: Layout): string[] {
  const { strong } = painter(layout.color);
  const shown = cellsOf(view, layout);
  const keys = layout.fields ?? Object.keys(row);
  const keyWidth = Math.max(...keys.map((key) => key.length)) + gap;
  return keys.flatMap((key) => {
    const value = row[key];
    const items = (Array.isArray(value) && value.length > 0 ? value : [value]).map((item) => shown(row, key, item));
    if (items.some(({ width }) => keyWidth + width > layout.width))
      return [strong(key), ...items.map(({ painted, width }) => indented(painted, width, layout))];
    return items.map(({ painted }, index) => strong((index === 0 ? key : '').padEnd(keyWidth)) + painted);
  });
}

/** A line below another one; the indent must not be what makes it too long. */
function indented(painted: string, width: number, layout: Layout): string {
  const fitsWithout = width <= layout.width && width + 2 > layout.width;
  return fitsWithout ? painted : `  ${painted}`;
}

/** How a value is shown, and how many columns that takes. */
function cellsOf({ tone }: View, { color, symbols }: Layout) {
  const paint = painter(color);
  return (row: Row, key: string, value: Json | undefined = row[key]): { painted: string; width: number } => {
    const plain = cell(value);
    if (plain === '') return { painted: paint.faint('-'), width: 1 };
    const meant = key === 'status' ? (tone?.(row) ?? 'plain') : 'plain';
    const signed = meant === 'plain' ? plain : `${symbols[meant]} ${plain}`;
    return { painted: paint[meant](signed), width: columnsOf(signed) };
  };
}

/** What a table of many rows takes grows with their square. */
const rowsAtOnce = 100;

/** Rows as lines whose cells are aligned: in columns of these widths. */
function draw(rows: string[][], colWidths: number[]): string[] {
  const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inner = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const lines: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const table = new Table({
      chars: { ...Object.fromEntries([...edges, ...inner].map((name) => [name, ''])), middle: ' '.repeat(gap) },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colWidths,
    });
    table.push(...rows.slice(start, start + rowsAtOnce));
    for (const line of table.toString().split('\n')) lines.push(line.trimEnd());
  }
  return lines;
}
