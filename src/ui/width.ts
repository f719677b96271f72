import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** The size of a terminal. */
export interface Size {
  columns: number;
  rows: number;
}

/** How many columns a text takes in a terminal. Most text is ASCII, which is measured quickly. */
export function columnsOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/** How many rows a line takes, and how many columns of the last one. A wide character isn't split between two rows. */
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

/** Cuts a text to this many columns. */
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
