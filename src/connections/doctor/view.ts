import { type Hint, hintLine } from '../../base/hint.js';
import type { Json } from '../../base/json.js';
import { painter } from '../../ui/paint.js';
import { brokenAtOptions, oneLine, printable, wrapped } from '../../ui/streams.js';
import type { Layout, Row, View } from '../../ui/view.js';
import type { Category, Result } from './check.js';
import { checkKeys } from './keys.js';
import type { Checked } from './run-checks.js';

interface Shown {
  /** Whether the report in a terminal has hints. */
  hasHints: boolean;
}

/** The report of all checks. */
export function doctorView(
  categories: readonly Pick<Category<never>, 'name' | 'title'>[],
  checks: readonly Checked[],
  { hasHints }: Shown,
): View {
  const rows = checks.map(toRow);
  return {
    single: false,
    rows,
    id: 'id',
    // The line of the hint has the commands.
    columns: checkKeys.filter((key) => key !== 'title' && key !== 'commands'),
    nest: (all, shown) => ({
      success: !checks.some(({ result }) => result === 'error'),
      categories: categories.map(({ name }) => ({
        name,
        checks: shown.filter((_, index) => all[index]?.category === name).map(withoutCategory),
      })),
    }),
    report: (layout) => {
      const lines = categories.flatMap(({ name, title }) => {
        const own = checks.filter(({ category }) => category === name);
        return blockOf(title, own, layout, hasHints);
      });
      return lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join('');
    },
  };
}

function toRow({ category, subject, id, title, result, detail, hint }: Checked): Row {
  const commands = [...(hint?.commands ?? [])];
  return { category, subject, id, result, title, detail, hint: hint === undefined ? null : hintLine(hint), commands };
}

function withoutCategory({ category: _, ...check }: Row): Json {
  return check;
}

/** A category: its checks, below a line for each thing that was checked. */
function blockOf(title: string, checks: readonly Checked[], layout: Layout, hasHints: boolean): string[] {
  let subject: string | null = null;
  const lines = together(checks).flatMap((each) => {
    const isNew = each.subject !== subject;
    subject = each.subject;
    const head = isNew && subject !== null ? paragraph(subject, layout, 2) : [];
    return [...head, ...linesOf(each, layout, hasHints, subject === null ? 2 : 4)];
  });
  return lines.length === 0 ? [] : [painter(layout.color).strong(title), ...lines, ''];
}

/** Checks that were skipped for the same reason, one after the other, as one. */
function together(checks: readonly Checked[]): Checked[] {
  const all: Checked[] = [];
  for (const each of checks) {
    const last = all.at(-1);
    const isSame = last?.result === 'skipped' && each.result === 'skipped' && last.detail === each.detail;
    if (last && isSame && last.subject === each.subject)
      all[all.length - 1] = { ...last, title: `${last.title}, ${each.title}` };
    else all.push(each);
  }
  return all;
}

function linesOf(
  { title, result, detail, hint }: Checked,
  layout: Layout,
  hasHints: boolean,
  indent: number,
): string[] {
  const { faint } = painter(layout.color);
  const text = `${title}: ${result === 'skipped' ? `skipped, because ${detail}` : detail}`;
  const lines = paragraph(text, layout, indent + 2);
  const [first = '', ...rest] = lines.map((line) =>
    result === 'skipped' ? faint(line.trimStart()) : line.trimStart(),
  );
  return [
    `${' '.repeat(indent)}${signOf(result, layout)} ${first}`,
    ...rest.map((line) => `${' '.repeat(indent + 2)}${line}`),
    ...(hasHints && hint ? hintLines(hint, layout, indent + 4) : []),
  ];
}

function hintLines({ text, commands }: Hint, layout: Layout, indent: number): string[] {
  const own = indent + 2;
  return [
    ...paragraph(`Hint: ${text}`, layout, indent),
    ...commands
      .flatMap((command) => brokenAtOptions(printable(command), layout.width - own))
      .map((line) => `${' '.repeat(own)}${line}`),
  ];
}

/** Text from Atlas or the user as indented lines that fit into the terminal. */
function paragraph(text: string, { width, symbols }: Layout, indent: number): string[] {
  const fitting = wrapped(printable(oneLine(symbols.spell(text))), width - indent);
  return fitting.map((line) => `${' '.repeat(indent)}${line}`);
}

function signOf(result: Result, { color, symbols }: Layout): string {
  const paint = painter(color);
  switch (result) {
    case 'success':
      return paint.good(symbols.good);
    case 'warning':
      return paint.strong(symbols.warning);
    case 'error':
      return paint.bad(symbols.bad);
    case 'skipped':
      return paint.faint('-');
  }
}
