import { isFailure, NotFoundError, UsageError } from '../../base/errors.js';
import { grouped } from '../../base/words.js';
import type { Context } from '../../endpoints/context.js';
import {
  bad,
  type Category,
  type Check,
  type Checked,
  type CheckGroup,
  type CheckSubject,
  type Finding,
  skipped,
  warning,
} from './check.js';
import { clusterCategory } from './clusters.js';
import { dnsCategory } from './dns.js';
import { formsOf, readFiles, stringCategory } from './given-string.js';
import { cloudCategory, interfaceCategory } from './interface.js';
import { networkCategory } from './network.js';
import { type Facts, keyCategory, type ProjectFacts } from './open-facts.js';
import { openPath, type PathFacts, type Vantage } from './path.js';
import { serviceCategory } from './service.js';
import type { StringSubject } from './strings.js';

/** A failed request is an error of the check that sent it. Throws usage errors, and one for what is named but does not exist. */
export async function runChecks<Facts>(
  categories: readonly Category<Facts>[],
  facts: Facts,
  onCategory: (title: string) => void = () => undefined,
): Promise<Checked[]> {
  const begun: Begun[] = [];
  for (const { name: category, title, groups } of categories) {
    onCategory(title);
    for (const group of groups) {
      for (const planned of await planOf(group, facts, begun)) {
        const { check, subject } = planned;
        const run = async () => (subject ? check.run(subject, facts) : skipped(group.none));
        begun.push({ ...planned, category, end: runAfter(needed(planned, begun), run) });
      }
      await Promise.all(begun.map(({ end }) => end));
    }
  }
  const checked = begun.map(async ({ category, check: { id, title }, subject, end }): Promise<Checked> => {
    const name = subject?.name ?? null;
    const key = subject?.key ?? '';
    return { category, id, title, key, subject: name, short: subject?.short ?? name, ...(await end) };
  });
  // Checks on one subject together; otherwise in the order of the checks.
  return grouped(await Promise.all(checked), ({ category, subject }) => `${category} ${subject ?? ''}`).flat();
}

interface Planned {
  check: Check<never>;
  /** Null: there is nothing to check. */
  subject: CheckSubject | null;
}

interface Begun extends Planned {
  category: string;
  end: Promise<Finding>;
}

/** The checks of a group on each subject. Without a subject, or if each would be skipped anyway, one of each. */
async function planOf<Facts>({ checks, subjects }: CheckGroup<Facts>, facts: Facts, begun: readonly Begun[]) {
  const unlike = grouped(checks, ({ id }) => id).map(([check]) => ({ check, subject: null }));
  const blocked = new Set<string>();
  for (const planned of unlike) {
    const { id, needs } = planned.check;
    const ends = await Promise.all(needed(planned, begun).map(({ end }) => end));
    if (ends.some(({ blocks }) => blocks) || needs.some((each) => blocked.has(each))) blocked.add(id);
  }
  const all = blocked.size < unlike.length ? await subjects(facts) : [];
  const planned = checks.flatMap((check) =>
    all.filter((subject) => check.isFor?.(subject) ?? true).map((subject) => ({ check, subject })),
  );
  return planned.length > 0 ? planned : unlike;
}

function needed({ check, subject }: Planned, begun: readonly Begun[]) {
  const keys = ['', subject?.key, ...(subject?.within ?? [])];
  const isFor = (each: Begun) => each.subject === null || keys.includes(each.subject.key);
  return begun.filter((each) => check.needs.includes(each.check.id) && isFor(each));
}

async function runAfter(needs: readonly Begun[], run: () => Promise<Finding>) {
  for (const { check, end } of needs) {
    const { result, detail, brief, blocks } = await end;
    if (!blocks) continue;
    return skipped(result === 'error' ? `'${check.title}' failed` : result === 'skipped' ? detail : brief);
  }
  try {
    return await run();
  } catch (error) {
    if (!isFailure(error) || error instanceof UsageError || error instanceof NotFoundError) throw error;
    const { message, hint, exit, reason } = error;
    const brief = message.replace(/\.$/, '');
    if (reason === 'nodeResolver') return warning({ brief, detail: message, hint, blocks: true });
    if (exit === 'unexpected')
      return bad({
        brief: `could not check: ${brief}`,
        detail: `could not check: ${message}`,
        hint,
        isUnknown: true,
      });
    return bad({ brief, detail: message, hint, isFinal: exit === 'notAllowed' || exit === 'notFound' });
  }
}

export const projectCategories: readonly Category<ProjectFacts>[] = [
  serviceCategory,
  interfaceCategory,
  clusterCategory,
];

/** The checks on the way to the nodes, for which Atlas isn't needed. */
export const pathCategories: readonly Category<PathFacts>[] = [dnsCategory, networkCategory];

export function categoriesOf({ hasCloud }: { hasCloud: boolean }): Category<Facts>[] {
  return [keyCategory, ...projectCategories, dnsCategory, ...(hasCloud ? [cloudCategory] : []), networkCategory];
}

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
