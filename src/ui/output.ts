import { UsageError } from '../base/errors.js';
import { closest } from '../base/suggest.js';
import { printable } from './streams.js';
import { cell, type Layout, type Row, type Value, type View } from './view.js';

/** Throws a usage error where --fields names a key that isn't among these. */
export function checkFields(fields: readonly string[] | undefined, keys: readonly string[]): void {
  const unknown = fields?.find((field) => !keys.includes(field));
  if (unknown === undefined) return;
  const near = closest(unknown, keys);
  const guess = near === undefined ? '' : `Did you mean ${near}? `;
  throw new UsageError(`There is no field '${unknown}'.`, `${guess}Fields: ${keys.join(', ')}.`);
}

/** The text of a view, a line break at its end, or nothing where there is nothing to show. */
export async function render(view: View, layout: Layout): Promise<string> {
  const { format, fields } = layout;
  switch (format) {
    case 'json':
      return `${printable(JSON.stringify(dataOf(view, fields), null, 2))}\n`;
    case 'jsonl':
      return lines(view.rows.map((row) => printable(JSON.stringify(pick(row, fields)))));
    case 'yaml': {
      const { renderYaml } = await import('./yaml.js');
      return renderYaml(dataOf(view, fields));
    }
    case 'id':
      return lines(view.rows.map((row) => cell(row[view.id])).filter((id) => id !== ''));
    case 'terraform':
      return view.terraform ?? '';
    case 'tsv':
      return tsv(view.rows, fields ?? view.columns);
    case 'table': {
      const { only } = view;
      if (only !== undefined && !fields) return lines(view.rows.map((row) => cell(row[only])));
      if (layout.isTerminal) {
        const { renderTable } = await import('./table.js');
        return renderTable(view, layout);
      }
      if (!view.single) return tsv(view.rows, fields ?? view.columns);
      return lines(view.rows.flatMap((row) => (fields ?? Object.keys(row)).map((key) => `${key}\t${cell(row[key])}`)));
    }
  }
}

function dataOf({ single, rows }: View, fields: readonly string[] | undefined): Value {
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
