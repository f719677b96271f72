import { isFailure, NotFoundError, UsageError } from '../../base/errors.js';
import { grouped } from '../../base/lists.js';
import { bad, type Category, type Checked, type CheckGroup, type Finding, type Planned, skipped } from './check.js';
import { clusterCategory } from './clusters.js';
import { dnsCategory } from './dns.js';
import type { ProjectFacts } from './facts.js';
import { cloudCategory, interfaceCategory } from './interface.js';
import { keyCategory } from './key.js';
import { networkCategory } from './network.js';
import type { Facts, PathFacts } from './open-facts.js';
import { serviceCategory } from './service.js';

/**
 * Runs the checks: one category after the other, those of a group at once. A check is skipped if one that it needs
 * failed or was skipped. A request that fails is an error of the check that sent it; thrown are only usage errors, and
 * the error that what the command line names does not exist. `onCategory` is called with the title of each category
 * before its checks run.
 */
export async function runChecks<Facts>(
  categories: readonly Category<Facts>[],
  facts: Facts,
  onCategory: (title: string) => void = () => undefined,
): Promise<Checked[]> {
  const begun: Begun[] = [];
  for (const { name: category, title, groups } of categories) {
    onCategory(title);
    for (const group of groups) {
      for (const planned of await planOf(group, facts, begun))
        begun.push({ category, planned, end: runOne(planned, needed(planned, begun)) });
      await Promise.all(begun.map(({ end }) => end));
    }
  }
  const checked = begun.map(async ({ category, planned: { id, title, subject }, end }): Promise<Checked> => {
    const name = subject?.name ?? null;
    return { category, id, title, subject: name, short: subject?.short ?? name, ...(await end) };
  });
  // Checks on one subject together; otherwise in the order of the checks.
  return grouped(await Promise.all(checked), ({ category, subject }) => `${category} ${subject ?? ''}`).flat();
}

interface Begun {
  category: string;
  planned: Planned;
  end: Promise<Finding>;
}

/** The checks of a group on each subject. Without a subject, or if each would be skipped anyway, one of each. */
async function planOf<Facts>(
  { checks, none, plan }: CheckGroup<Facts>,
  facts: Facts,
  begun: readonly Begun[],
): Promise<Planned[]> {
  const blocked = new Set<string>();
  for (const check of checks) {
    const ends = needed({ ...check, subject: null }, begun).map(({ end }) => end);
    const isBlocked = (await Promise.all(ends)).some(({ blocks }) => blocks);
    if (isBlocked || check.needs.some((id) => blocked.has(id))) blocked.add(check.id);
  }
  const planned = blocked.size < checks.length ? await plan(facts) : [];
  if (planned.length > 0) return planned;
  return checks.map((check) => ({ ...check, subject: null, run: () => skipped(none) }));
}

/** The checks that a check needs: those for its subject, and for what the subject belongs to. */
function needed({ needs, subject }: Pick<Planned, 'needs' | 'subject'>, begun: readonly Begun[]): Begun[] {
  const keys = ['', subject?.key, ...(subject?.within ?? [])];
  const isFor = ({ planned }: Begun) => planned.subject === null || keys.includes(planned.subject.key);
  return begun.filter((each) => needs.includes(each.planned.id) && isFor(each));
}

async function runOne(planned: Planned, needs: readonly Begun[]): Promise<Finding> {
  for (const { planned: before, end } of needs) {
    const { result, detail, brief, blocks } = await end;
    if (!blocks) continue;
    return skipped(result === 'error' ? `'${before.title}' failed` : result === 'skipped' ? detail : brief);
  }
  try {
    return await planned.run();
  } catch (error) {
    if (!isFailure(error) || error instanceof UsageError || error instanceof NotFoundError) throw error;
    const { message, hint, exit } = error;
    const brief = message.replace(/\.$/, '');
    if (exit === 'unexpected')
      return bad({ brief: `could not check: ${brief}`, detail: `could not check: ${message}`, hint, isUnknown: true });
    return bad({ brief, detail: message, hint, isFinal: exit === 'notAllowed' || exit === 'notFound' });
  }
}

/** The checks on what Atlas says about a project. */
export const projectCategories: readonly Category<ProjectFacts>[] = [
  serviceCategory,
  interfaceCategory,
  clusterCategory,
];

/** The checks on the way to the nodes, for which Atlas isn't needed. */
export const pathCategories: readonly Category<PathFacts>[] = [dnsCategory, networkCategory];

/** All checks, in the order of a connection. */
export function categoriesOf({ hasCloud }: { hasCloud: boolean }): Category<Facts>[] {
  return [keyCategory, ...projectCategories, dnsCategory, ...(hasCloud ? [cloudCategory] : []), networkCategory];
}
