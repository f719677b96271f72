import type { Context } from '../../endpoints/context.js';
import type { Checked, Finding } from './check.js';
import { formsOf, readFiles, stringCategory } from './given-string.js';
import { openPath, type Vantage } from './path.js';
import { pathCategories, runChecks } from './run-checks.js';
import type { StringSubject } from './strings.js';

export interface Asked {
  strings: readonly StringSubject[];
  /** In their place, the variable of another machine that has one. */
  variable?: string | undefined;
  /** How a given string is written. Strings of Atlas have none, and may be for other networks. */
  findings?: readonly Finding[];
  /** The addresses that Atlas has on record for interface endpoints. */
  records?: readonly { ids: readonly string[]; addresses: readonly string[] }[];
}

export type CheckStrings = (asked: Asked, onCategory: (title: string) => void) => Promise<Checked[]>;

/** Checks strings on the machine that uses them: the files that they name, and the way to their nodes. */
export function checkStrings(context: Pick<Context, 'clock' | 'signal'>, vantage: Vantage): CheckStrings {
  return async ({ strings, findings, records = [] }, onCategory) => {
    const files = strings.map(readFiles);
    const faults = files.flatMap((each) => each.forms);
    const shown = (findings ?? []).filter(({ result }) => faults.length === 0 || result !== 'success');
    const forms = [...strings.flatMap((string) => formsOf(string, shown)), ...faults];
    const authority = vantage.authority ?? files[0]?.authority;
    const isHere = vantage.isHere || findings !== undefined;
    const path = openPath(context, { ...vantage, authority, isHere }, async () => strings);
    path.recorded = async ({ endpointIds }) =>
      records.flatMap(({ ids, addresses }) => (ids.some((id) => endpointIds.includes(id)) ? addresses : []));
    const facts = { ...path, forms };
    const own = forms.length === 0 ? [] : [stringCategory];
    return runChecks<typeof facts>([...own, ...pathCategories], facts, onCategory);
  };
}
