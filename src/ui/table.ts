import { Chalk } from 'chalk';
import Table from 'cli-table3';
import { cell, type Layout, type Row, type Tone, type Value, type View } from './view.js';

const gap = 2;

/** A table for a person: a head and one line a row, or key by key where there is one object. */
export function renderTable(view: View, layout: Layout): string {
  const chalk = new Chalk({ level: layout.color ? 1 : 0 });
  // Colours of the basic sixteen, which every theme makes readable on its own background.
  const paint: Record<Tone, (text: string) => string> = {
    good: chalk.green,
    busy: chalk.yellow,
    bad: chalk.red,
    plain: (text) => text,
  };
  const show = (row: Row, key: string, value: Value | undefined = row[key]) => {
    const text = cell(value);
    return text === '' ? chalk.dim('-') : paint[view.tone?.(key, row) ?? 'plain'](text);
  };
  // Each item of a list is a row of its own: cli-table3 takes seconds over a cell of fifty lines.
  const showAll = (row: Row, key: string): string[][] => {
    const value = row[key];
    const items = Array.isArray(value) && value.length > 0 ? value : [value];
    return items.map((item, index) => [index === 0 ? chalk.bold(key) : '', show(row, key, item)]);
  };

  if (view.single) {
    const keys = (row: Row) => layout.fields ?? Object.keys(row);
    return view.rows
      .map((row) =>
        draw(
          [],
          keys(row).flatMap((key) => showAll(row, key)),
        ),
      )
      .join('\n');
  }
  if (view.rows.length === 0) return view.empty ? `${chalk.dim(view.empty)}\n` : '';
  const columns = layout.fields ?? fitting(view, layout.width);
  return draw(
    columns.map((key) => chalk.bold(headOf(key))),
    view.rows.map((row) => columns.map((key) => show(row, key))),
  );
}

/** The view's columns, less as many expendable ones as it takes to fit. A cell is never cut: it may be copied. */
function fitting(
  { columns: usual, terminalColumns: columns = usual, expendable = [], rows }: View,
  width: number,
): readonly string[] {
  const widthOf = (key: string) => Math.max(headOf(key).length, ...rows.map((row) => cell(row[key]).length)) + gap;
  const needed = (keys: readonly string[]) => keys.reduce((sum, key) => sum + widthOf(key), -gap);
  return expendable.reduce((keys, key) => (needed(keys) > width ? keys.filter((each) => each !== key) : keys), columns);
}

/** `endpointServiceName` as `ENDPOINT SERVICE NAME`. */
function headOf(key: string): string {
  return key.replace(/[A-Z]/g, ' $&').toUpperCase();
}

function draw(head: string[], rows: string[][]): string {
  const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inner = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const table = new Table({
    head,
    chars: { ...Object.fromEntries([...edges, ...inner].map((name) => [name, ''])), middle: ' '.repeat(gap) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows);
  return `${table.toString().replace(/[ \t]+$/gm, '')}\n`;
}
