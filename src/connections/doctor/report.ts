import { type Hint, hintLine } from '../../base/errors.js';
import { counted, grouped, listed } from '../../base/words.js';
import { painter } from '../../ui/paint.js';
import { brokenAtOptions, oneLine, printable, wrappedValue } from '../../ui/streams.js';
import type { Layout, Row, View } from '../../ui/view.js';
import { inSentence } from '../steps.js';
import { type Category, type Checked, mostNames, type Result } from './check.js';

interface ReportOptions {
  /** Every check; otherwise a line for each category without problems, and the problems of the others. */
  isFull: boolean;
  isQuiet: boolean;
  elapsedMs: number;
  /** Whether it connected, or must not. */
  isTried: boolean;
  /** The machine where the application runs, if it is another one. */
  place?: string | undefined;
}

type Page = Pick<Layout, 'color' | 'symbols' | 'width'>;

export function doctorView(
  categories: readonly Category<never>[],
  checks: readonly Checked[],
  options: ReportOptions,
): View {
  return {
    single: false,
    rows: checks.map(toRow),
    id: 'id',
    // The line of the hint has the commands.
    columns: ['category', 'subject', 'id', 'result', 'detail', 'hint'],
    nest: (all, shown) => ({
      success: !checks.some(({ result }) => result === 'error'),
      categories: categories.map(({ name }) => ({
        name,
        checks: shown.filter((_, index) => all[index]?.category === name).map(({ category: _, ...check }) => check),
      })),
    }),
    own: {
      table: (terminal) => {
        // Like gh and kubectl: in a pipe no line is broken, so that grep finds whole sentences and commands.
        const page = terminal.isTerminal ? terminal : { ...terminal, width: Number.POSITIVE_INFINITY };
        return reportOf(categories, checks, page, options);
      },
    },
  };
}

function toRow({ category, subject, id, title, result, detail, hint }: Checked): Row {
  const commands = [...(hint?.commands ?? [])];
  const advice = hint === undefined ? null : hintLine(hint);
  return { category, subject, id, result, title, detail, hint: advice, commands, docs: docsOf(id) };
}

function docsOf(id: string) {
  return `https://github.com/atlas-pe/atlas-pe/blob/main/docs/doctor.md#${id}`;
}

export function reportOf(
  categories: readonly Category<never>[],
  checks: readonly Checked[],
  page: Page,
  options: ReportOptions,
) {
  const { isFull, isQuiet, place } = options;
  const { strong, faint } = painter(page.color);
  const width = Math.max(...categories.map(({ title }) => title.length));
  const lines = categories.flatMap(({ name, title, summary }) => {
    const own = checks.filter(({ category }) => category === name);
    if (isFull) return own.length === 0 ? [] : [strong(title), ...fullLines(own, page, isQuiet), ''];
    const worst = (['error', 'warning'] as const).find((each) => own.some(({ result }) => result === each));
    if (worst) return [`${signOf(worst, page)} ${strong(title)}`, ...problemLines(own, page, isQuiet)];
    const found = summary(own);
    if (isQuiet || found === '' || own.every(({ result }) => result === 'skipped')) return [];
    return hanging(`${signOf('success', page)} ${title.padEnd(width + 2)}`, found, page, width + 4);
  });
  const skipped = isFull || isQuiet ? [] : skippedIn(categories, checks);
  if (skipped.length > 0)
    lines.push(...hanging('- ', `Not checked: ${skipped.join(', ')}`, page, 2).map((line) => faint(line)));
  const notes = isQuiet ? [] : categories.flatMap(({ note }) => note ?? []);
  lines.push(...notes.map((note) => faint(`- ${note}`)));
  const head = place === undefined || isQuiet ? [] : [printable(oneLine(place))];
  return [...head, ...lines, ...endLine(checks, options)].map((line) => `${line}\n`).join('');
}

/** How it ended. Errors are not repeated here: stderr has them once, as the error of the command. */
function endLine(checks: readonly Checked[], { isQuiet, isTried, elapsedMs }: ReportOptions) {
  const countOf = (wanted: Result) => checks.filter(({ result }) => result === wanted).length;
  if (isQuiet || !isTried || countOf('error') > 0) return [];
  const warnings = countOf('warning') > 0 ? `, ${counted(countOf('warning'), 'warning')}` : '';
  const made = counted(checks.length - countOf('skipped'), 'check');
  return [`No problems found${warnings} (${made}, ${(elapsedMs / 1000).toFixed(1)}s).`];
}

/** What is wrong, each once: `us-east-1 is not ready, Atlas does not answer (6 times)`. */
export function problemsIn(errors: readonly Checked[]) {
  const all = grouped(errors, ({ problem }) => problem).map(([{ problem }, ...others]) =>
    others.length === 0 ? problem : `${problem} (${others.length + 1} times)`,
  );
  return listed(all, mostNames).replace(/\.$/, '');
}

function isProblem({ result }: Checked) {
  return result === 'error' || result === 'warning';
}

/** Each problem with its hint. The same fault of several subjects is one problem. */
function problemLines(checks: readonly Checked[], page: Page, isQuiet: boolean) {
  const faultOf = ({ id, result, common, hint }: Checked) => JSON.stringify([id, result, common, hint]);
  return grouped(checks.filter(isProblem), faultOf).flatMap((all) => {
    const [{ subject, result, detail, common, hint }, ...others] = all;
    const names = all.map((each) => each.subject ?? '');
    const one = subject === null ? detail : `${subject}: ${detail}`;
    const text = others.length === 0 ? one : `${listed(names, mostNames)} (${all.length} times): ${common}`;
    const hints = isQuiet || !hint ? [] : hintLines(hint, page, 4);
    return [...hanging(`  ${signOf(result, page)} `, text, page, 4), ...hints];
  });
}

/** Categories and checks that were skipped, with the reason unless the problems are the reason. */
function skippedIn(categories: readonly Category<never>[], checks: readonly Checked[]) {
  const hasProblems = checks.some(isProblem);
  return categories.flatMap(({ name, title }) => {
    const own = checks.filter(({ category }) => category === name);
    const skipped = own.filter(({ result }) => result === 'skipped');
    const [first] = skipped;
    if (!first || own.some(isProblem)) return [];
    const textOf = (what: string, { detail }: Checked) =>
      hasProblems ? inSentence(what) : `${inSentence(what)} (${detail})`;
    if (skipped.length === own.length) return [textOf(title, first)];
    // A skipped check skips those that need it, so the last one says most. What has no subject does not exist.
    const lasts = new Map(skipped.flatMap((each) => (each.short === null ? [] : [[each.short, each]])));
    return [...lasts].map(([short, each]) => textOf(`${each.title} of ${short}`, each));
  });
}

function fullLines(checks: readonly Checked[], page: Page, isQuiet: boolean) {
  const { faint } = painter(page.color);
  let last: string | null = null;
  return checks.flatMap(({ id, subject, title, result, detail, hint }) => {
    const head = subject !== null && subject !== last ? paragraph(subject, page, 2) : [];
    last = subject;
    const indent = subject === null ? 4 : 6;
    const text = `${title}: ${result === 'skipped' ? `skipped, because ${detail}` : detail}`;
    const lines = hanging(`${' '.repeat(indent - 2)}${signOf(result, page)} `, text, page, indent);
    const shown = result === 'skipped' ? lines.map((line) => faint(line)) : lines;
    if (isQuiet || !hint) return [...head, ...shown];
    const hints = hintLines({ ...hint, text: `Hint: ${hint.text}` }, page, indent + 2);
    return [...head, ...shown, ...hints, `${' '.repeat(indent + 2)}More: ${docsOf(id)}`];
  });
}

function hintLines({ text, commands }: Hint, page: Page, indent: number) {
  const own = indent + 2;
  const lines = commands.flatMap((command) => brokenAtOptions(printable(command), page.width - own));
  return [...paragraph(text, page, indent), ...lines.map((line) => `${' '.repeat(own)}${line}`)];
}

function hanging(head: string, text: string, page: Page, indent: number) {
  const [first = '', ...rest] = paragraph(text, page, indent);
  return [`${head}${first.trimStart()}`, ...rest];
}

/** Text from Atlas or the user as indented lines that fit into the terminal. */
function paragraph(text: string, { width, symbols }: Page, indent: number) {
  const fitting = wrappedValue(printable(oneLine(symbols.spell(text))), width - indent);
  return fitting.map((line) => `${' '.repeat(indent)}${line}`);
}

function signOf(result: Result, { color, symbols }: Page) {
  const paint = painter(color);
  const signs: Record<Result, string> = {
    success: paint.good(symbols.good),
    warning: paint.strong(symbols.warning),
    error: paint.bad(symbols.bad),
    skipped: '-',
  };
  return signs[result];
}
