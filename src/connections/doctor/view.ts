import { hintLine } from '../../base/hint.js';
import type { Row, View } from '../../ui/view.js';
import { checkKeys } from '../keys.js';
import type { Checked } from './check.js';
import { type ReportedCategory, type ReportOptions, reportOf } from './report.js';

/** The report of all checks. */
export function doctorView(
  categories: readonly ReportedCategory[],
  checks: readonly Checked[],
  options: ReportOptions,
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
        checks: shown.filter((_, index) => all[index]?.category === name).map(({ category: _, ...check }) => check),
      })),
    }),
    report: (terminal) => {
      // Like gh and kubectl: in a pipe no line is broken, so that grep finds whole sentences and commands.
      const layout = terminal.isTerminal ? terminal : { ...terminal, width: Number.POSITIVE_INFINITY };
      return reportOf(categories, checks, layout, options);
    },
  };
}

function toRow({ category, subject, id, title, result, detail, hint }: Checked): Row {
  const commands = [...(hint?.commands ?? [])];
  return { category, subject, id, result, title, detail, hint: hint === undefined ? null : hintLine(hint), commands };
}
