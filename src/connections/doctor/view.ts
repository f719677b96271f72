import { type Hint, hintLine } from '../../base/hint.js';
import type { Json } from '../../base/json.js';
import { painter } from '../../ui/paint.js';
import { brokenAtOptions, oneLine, printable, wrapped } from '../../ui/streams.js';
import type { Layout, Row, View } from '../../ui/view.js';
import { checkKeys } from '../keys.js';
import type { Category, Result } from './check.js';
import type { Checked } from './run-checks.js';

/** The report of all checks. `hasHints` is for the report in a terminal. */
export function doctorView(
  categories: readonly Pick<Category<never>, 'name' | 'title'>[],
  checks: readonly Checked[],
  { hasHints }: { hasHints: boolean },
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
      const blocks = categories.flatMap(({ name, title }) => {
        const own = checks.filter(({ category }) => category === name);
        const lines = linesOf(own, layout, hasHints);
        return lines.length === 0 ? [] : [painter(layout.color).strong(title), ...lines, ''].join('\n');
      });
      return blocks.join('\n');
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

/** The checks of a category, below a line for each thing that was checked. */
function linesOf(checks: readonly Checked[], layout: Layout, hasHints: boolean): string[] {
  let subject: string | null = null;
  return together(checks).flatMap((each) => {
    const isNew = each.subject !== subject;
    subject = each.subject;
    const head = isNew && subject !== null ? paragraph(subject, layout, 2) : [];
    return [...head, ...checkLines(each, layout, hasHints, subject === null ? 2 : 4)];
  });
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

function checkLines(
  { title, result, detail, hint }: Checked,
  layout: Layout,
  hasHints: boolean,
  indent: number,
): string[] {
  const text = `${title}: ${result === 'skipped' ? `skipped, because ${detail}` : detail}`;
  const [first = '', ...rest] = paragraph(text, layout, indent + 2).map((line) =>
    result === 'skipped' ? painter(layout.color).faint(line.trimStart()) : line.trimStart(),
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
  const signs: Record<Result, string> = {
    success: paint.good(symbols.good),
    warning: paint.strong(symbols.warning),
    error: paint.bad(symbols.bad),
    skipped: paint.faint('-'),
  };
  return signs[result];
}
