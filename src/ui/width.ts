import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** How many columns of a terminal a text takes. Most text is ASCII, of which that is known at once. */
export function columnsOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/**
 * How many rows of a terminal a line takes, and how many columns of the last one. A wide character that finds no place
 * at the edge begins the next row.
 */
export function extentOf(line: string, columns: number): { rows: number; used: number } {
  if (columnsOf(line) <= columns) return { rows: 1, used: columnsOf(line) };
  let [rows, used] = [1, 0];
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(line))) {
    const width = columnsOf(segment);
    if (used + width > columns) [rows, used] = [rows + 1, 0];
    used += width;
  }
  return { rows, used };
}

/** As much of a text as these columns hold. */
export function cut(text: string, columns: number, ellipsis: string): string {
  // What is far too long is not measured: an answer may hold megabytes.
  if (text.length <= 4 * columns && columnsOf(text) <= columns) return text;
  let [start, left] = ['', columns - ellipsis.length];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) break;
    start += segment;
  }
  return `${start.trimEnd()}${ellipsis}`;
}
