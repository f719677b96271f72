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

interface Shown {
  places: readonly Place[];
  steps: readonly { action: string; title: string; detail: string }[];
  costs?: readonly string[];
  notes: readonly string[];
}

/** The plan for people. */
export function planSections({ places, steps, costs = [], notes }: Shown): Section[] {
  const sections = [
    { title: 'Plan:', lines: columns(places.map(({ title, detail }) => [title, detail])) },
    { title: 'Steps:', lines: columns(steps.map(({ action, title, detail }) => [action, title, detail])) },
    { title: 'Costs:', lines: costs },
    { title: 'Notes:', lines: notes },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
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
