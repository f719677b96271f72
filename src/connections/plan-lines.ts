import type { Place } from '../cloud-side/cloud-side.js';

/** A part of a plan as people read it. */
export interface Section {
  title: string;
  lines: readonly string[];
}

/** The sections of a plan as one text, for stdout. */
export function sectionText(sections: readonly Section[]): string {
  const block = ({ title, lines }: Section) =>
    [title, ...lines.map((line) => `  ${line}`)].map((line) => `${line}\n`).join('');
  return sections.map(block).join('\n');
}

export function placeLines(places: readonly Place[]): string[] {
  return columns(places.map(({ title, detail }) => [title, detail]));
}

/** Rows whose cells stand below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
