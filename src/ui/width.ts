import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { printable, shortened, wrapped } from './streams.js';

/** How many columns a text takes in a terminal. Most text is ASCII, which is measured quickly. */
export function columnsOf(text: string) {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/** How many rows a line takes. A wide character isn't split between two rows. */
export function rowsOf(line: string, columns: number) {
  let [rows, used] = [1, 0];
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(line))) {
    const width = columnsOf(segment);
    if (used + width > columns) [rows, used] = [rows + 1, 0];
    used += width;
  }
  return rows;
}

export function cut(text: string, columns: number, ellipsis: string): string {
  // Don't measure text that is far too long: a response may have megabytes.
  if (text.length <= 4 * columns && columnsOf(text) <= columns) return text;
  let [start, left] = ['', columns - ellipsis.length];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) break;
    start += segment;
  }
  return `${start.trimEnd()}${ellipsis}`;
}

/** Rows of cells as lines, with the cells below each other, `gap` columns apart. */
export function aligned(rows: readonly (readonly string[])[], gap = 2) {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, text] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, columnsOf(text) + gap);
  const padded = (text: string, at: number) => text + ' '.repeat((widths[at] ?? 0) - columnsOf(text));
  return rows.map((row) => row.map(padded).join(''));
}

/** The same for any texts. With a width, the last cell is wrapped at spaces into lines below its start. */
export function inColumns(rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY, gap = 2): string[] {
  const safe = rows.map((row) => row.map((text) => printable(shortened(text)).replaceAll(/[\r\n\t]+/g, ' ')));
  const before = safe.map((row) => row.slice(0, -1));
  const starts = aligned(before, gap);
  return safe.flatMap((row, index) => {
    const start = starts[index] ?? '';
    const [first, ...rest] = wrapped(row.at(-1) ?? '', width - columnsOf(start), columnsOf);
    return [`${start}${first}`, ...rest.map((line) => `${' '.repeat(columnsOf(start))}${line}`)];
  });
}
