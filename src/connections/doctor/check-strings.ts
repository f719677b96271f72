import type { Context } from '../../endpoints/context.js';
import type { Checked, Finding } from './check.js';
import { formsOf, readFiles, stringCategory } from './given-string.js';
import { openPath, type PathFacts, type Vantage } from './path.js';
import { pathCategories, runChecks } from './run-checks.js';
import type { StringSubject } from './strings.js';

/** Connection strings, and what is known about them. With --via, the name of a variable there that has one instead. */
export interface Asked {
  variable?: string | undefined;
  strings: readonly StringSubject[];
  /** How a given string is written. */
  findings?: readonly Finding[];
  /** What other checks have found. */
  earlier?: readonly Checked[];
  recorded?: PathFacts['recorded'];
}

/** Checks strings on the machine that uses them: the files that they name, and the way to their nodes. */
export async function checkStrings(
  context: Pick<Context, 'clock' | 'signal'>,
  vantage: Vantage,
  { strings, findings = [], earlier = [], recorded }: Asked,
  onCategory: (title: string) => void,
): Promise<Checked[]> {
  const files = strings.map(readFiles);
  const faults = files.flatMap((each) => each.forms);
  const given = strings.flatMap((string) => formsOf(string, findings));
  const forms = [...given.filter(({ finding }) => faults.length === 0 || finding.result !== 'success'), ...faults];
  const own = forms.length > 0 ? await runChecks([stringCategory], { forms }, onCategory) : [];
  const authority = vantage.authority ?? files[0]?.authority;
  const path = openPath(context, { ...vantage, authority, isHere: true }, async () => strings);
  const facts = { ...path, recorded: recorded ?? path.recorded };
  return [...own, ...(await runChecks(pathCategories, facts, onCategory, [...earlier, ...own]))];
}
