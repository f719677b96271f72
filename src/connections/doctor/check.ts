import { type Hint, isFailure, NotFoundError, toHint, UsageError } from '../../base/errors.js';
import { grouped, listed } from '../../base/words.js';

export type Result = 'success' | 'warning' | 'error' | 'skipped';

export interface Finding {
  result: Result;
  detail: string;
  /** The same for several subjects with the same fault: without names, addresses and numbers. Default: `detail`. */
  common: string;
  /** What is wrong, in a few words for a column of a table. Empty if nothing is. */
  brief: string;
  /** The same with the name of its subject, for a sentence. Default: `brief`. */
  problem: string;
  /** What a good check found, one by one, for the line of its category. */
  items: readonly string[];
  hint: Hint | undefined;
  /** The checks that need this one make no sense then. Default: after errors and skipped ones. */
  blocks: boolean;
  /** Time alone does not heal it. Default: as the check says. */
  isFinal: boolean;
  /** The check could not be made, because a request failed. */
  isUnknown: boolean;
}

export interface CheckSubject {
  key: string;
  /** For people; null if there is only one of its kind. */
  name: string | null;
  /** A shorter name for a line with several. */
  short?: string;
  /** The keys of what it belongs to: if a check on one of them failed, those that need it are skipped. */
  within: readonly string[];
}

export interface Check<Facts, S = CheckSubject> {
  /** A short stable name for scripts: `service-ready`. Subjects of two kinds may have checks with the same id. */
  id: string;
  title: string;
  /** The checks that must not have failed for the same subject, nor for what it belongs to. */
  needs: readonly string[];
  /** Time alone does not heal what it finds. */
  isFinal?: true;
  isFor?(subject: S): boolean;
  run(subject: S, facts: Facts): Finding | Promise<Finding>;
}

export interface Checked extends Finding, Pick<Check<never>, 'id' | 'title'> {
  category: string;
  key: string;
  subject: string | null;
  short: string | null;
}

/** Checks on subjects of one kind. They run at once. */
interface CheckGroup<Facts> {
  /** Called when the checks before them are done. */
  subjects(facts: Facts): Promise<readonly CheckSubject[]>;
  /** Why the checks are skipped if there is no subject. */
  none: string;
  checks: readonly Check<Facts>[];
}

export interface Category<Facts> {
  name: string;
  title: string;
  groups: readonly CheckGroup<Facts>[];
  /** What its checks found, in one line, if there is no problem. */
  summary(checks: readonly Checked[]): string;
  /** What none of its checks does, as a sentence. */
  note?: string | undefined;
}

export function checksOnce<Facts>(checks: readonly Check<Facts>[]): CheckGroup<Facts> {
  return { subjects: async () => [{ key: '', name: null, within: [] }], none: '', checks };
}

export function checksOver<S extends CheckSubject, Facts>(
  subjects: (facts: Facts) => Promise<readonly S[]>,
  none: string,
  checks: readonly Check<Facts, S>[],
): CheckGroup<Facts> {
  return { subjects, none, checks };
}

/** What is wrong. The detail can be read without the title of the check. */
export type CheckFault = Pick<Finding, 'brief' | 'detail'> &
  Partial<Omit<Finding, 'result' | 'hint'>> & { hint?: string | Hint | undefined };

export function good(detail: string, items: readonly string[] = []) {
  return finding('success', { brief: '', detail, items });
}

export function warning(fault: CheckFault) {
  return finding('warning', fault);
}

export function bad(fault: CheckFault) {
  return finding('error', { blocks: true, ...fault });
}

export function skipped(detail: string) {
  return finding('skipped', { brief: '', detail, blocks: true });
}

export function finding(result: Result, fault: CheckFault) {
  const { brief, detail, hint } = fault;
  const usual = { problem: brief, common: detail, items: [], blocks: false, isFinal: false, isUnknown: false };
  return { ...usual, ...fault, result, hint: hint === undefined ? undefined : toHint(hint) };
}

export const mostNames = 3;

export function itemsOf(checks: readonly Checked[], id: string) {
  return [...new Set(checks.flatMap((each) => (each.id === id ? each.items : [])))];
}

/** What the good checks with this id found, each once with its subjects: `us-east-1, eu-west-1: AVAILABLE`. */
export function statesOf(checks: readonly Checked[], id: string) {
  const good = checks.filter((each) => each.id === id && each.result === 'success');
  const states = grouped(good, ({ detail }) => detail);
  const namesOf = (all: readonly Checked[]) => all.map(({ short }) => short ?? '');
  return states.map((all) => `${listed(namesOf(all), mostNames)}: ${all[0].detail}`).join('; ');
}

/** A failed request is an error of the check that sent it. Throws usage errors, and one for what is named but does not exist. */
export async function runChecks<Facts>(
  categories: readonly Category<Facts>[],
  facts: Facts,
  onCategory: (title: string) => void = () => undefined,
) {
  const begun: Begun[] = [];
  for (const { name: category, title, groups } of categories) {
    onCategory(title);
    for (const group of groups) {
      for (const planned of await planOf(group, facts, begun)) {
        const { check, subject } = planned;
        const run = async () => {
          const found = subject ? await check.run(subject, facts) : skipped(group.none);
          return { ...found, isFinal: check.isFinal ?? found.isFinal };
        };
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
    if (result === 'error') return skipped(`'${check.title}' failed`);
    return skipped(result === 'skipped' ? detail : brief);
  }
  try {
    return await run();
  } catch (error) {
    if (!isFailure(error) || error instanceof UsageError || error instanceof NotFoundError) throw error;
    const { message, hint, exit, reason } = error;
    const isUnknown = exit === 'unexpected';
    const detail = isUnknown ? `could not check: ${message}` : message;
    const fault = { brief: detail.replace(/\.$/, ''), detail, hint };
    if (reason === 'nodeResolver') return warning({ ...fault, blocks: true });
    return bad({ ...fault, isUnknown, isFinal: exit === 'notAllowed' || exit === 'notFound' });
  }
}
