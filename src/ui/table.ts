import Table from 'cli-table3';
import type { Json } from '../base/json.js';
import { longName } from '../base/shell.js';
import { painter } from './paint.js';
import { wrapped, wrappedValue } from './streams.js';
import { asLines, cell, type Layout, type Row, type View, valueIn } from './view.js';
import { columnsOf } from './width.js';

const [gap, narrowGap] = [2, 1];

/** A list, or one line per key of a single object. No cell is cut, because someone may copy it. */
export function renderTable(view: View, layout: Layout) {
  if (view.single) return view.rows.map((row) => asLines(objectLines(view, row, layout))).join('\n');
  if (view.rows.length === 0) return asLines(view.empty === undefined ? [] : [view.empty]);
  return asLines(listLines(view, layout));
}

/** If the columns don't fit, even with the narrow gap, the widest ones move below the others, one per line. */
function listLines(view: View, layout: Layout) {
  const { rows } = view;
  const { strong } = painter(layout.color);
  const shown = cellsOf(view, layout);
  const columns = (layout.fields ?? view.columns ?? layout.keys).map((key) => {
    // --fields accepts this spelling.
    const head = longName(key).slice(2).toUpperCase();
    const width = rows.reduce((most, row) => Math.max(most, shown(row, key).width), head.length);
    return { key, head: strong(head), width };
  });
  let beside = columns;
  const fits = (between: number) =>
    beside.reduce((sum, { width }) => sum + between + width, -between) <= layout.width;
  while (beside.length > 1 && !fits(narrowGap)) {
    const widest = beside.slice(1).reduce((most, each) => (each.width > most.width ? each : most));
    beside = beside.filter((each) => each !== widest);
  }
  const below = columns.filter((each) => !beside.includes(each));
  const [headLine = '', ...rowLines] = draw(
    [beside.map(({ head }) => head), ...rows.map((row) => beside.map(({ key }) => shown(row, key).painted))],
    beside.map(({ width }) => width),
    fits(gap) ? gap : narrowGap,
  );
  return [
    headLine,
    ...below.map(({ head }) => `  ${head}`),
    ...rows.flatMap((row, index) => [
      rowLines[index] ?? '',
      ...below.flatMap(({ key }) => (shown(row, key).isEmpty ? [] : shown(row, key).below())),
    ]),
  ];
}

/** One line per key, or per item of a list. A value breaks between words, or is below its key if a word is too long. */
function objectLines(view: View, row: Row, layout: Layout) {
  const { strong } = painter(layout.color);
  const shown = cellsOf(view, layout);
  const keys = layout.fields ?? Object.keys(row);
  const keyWidth = Math.max(...keys.map((key) => key.length)) + gap;
  return keys.flatMap((key) => {
    const value = shownOf(view, row, key, layout);
    const items = (Array.isArray(value) && value.length > 0 ? value : [value]).map((item) => shown(row, key, item));
    const beside = items.flatMap(({ lines }) => lines(layout.width - keyWidth));
    if (beside.some(({ width }) => keyWidth + width > layout.width))
      return [strong(key), ...items.flatMap(({ below }) => below())];
    return beside.map(({ painted }, index) => strong((index === 0 ? key : '').padEnd(keyWidth)) + painted);
  });
}

/** The value that is shown for a key. If --fields is given, it is always the full value. */
function shownOf(view: View, row: Row, key: string, { fields, now, symbols }: Layout) {
  const value = fields ? undefined : view.brief?.[key]?.(row, now);
  if (value === undefined) return valueIn(view, row, key, now);
  const spell = (item: Json) => (typeof item === 'string' ? symbols.spell(item) : item);
  return Array.isArray(value) ? value.map(spell) : spell(value);
}

function cellsOf(view: View, layout: Layout) {
  const { symbols } = layout;
  const paint = painter(layout.color);
  return (row: Row, key: string, value = shownOf(view, row, key, layout)) => {
    const plain = cell(value);
    const isEmpty = plain === '';
    const tone = (key === 'status' && view.tone?.(row)) || 'plain';
    const mark = tone === 'plain' ? '' : `${symbols[tone]} `;
    const text = isEmpty ? '-' : `${mark}${plain}`;
    const painted = isEmpty ? paint.faint : paint[tone];
    const lines = (width: number) =>
      wrapped(text, width, columnsOf).map((part) => ({ painted: painted(part), width: columnsOf(part) }));
    const below = () => wrappedValue(text, layout.width - 2, columnsOf).map((part) => `  ${painted(part)}`);
    return { painted: painted(text), width: columnsOf(text), isEmpty, lines, below };
  };
}

/** The time for one table grows with the square of its rows. */
const rowsAtOnce = 100;

function draw(rows: string[][], colWidths: number[], between: number) {
  const borders = Object.keys(new Table().options.chars).map((name) => [name, '']);
  const lines: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const table = new Table({
      chars: { ...Object.fromEntries(borders), middle: ' '.repeat(between) },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colWidths,
    });
    table.push(...rows.slice(start, start + rowsAtOnce));
    for (const line of table.toString().split('\n')) lines.push(line.trimEnd());
  }
  return lines;
}
