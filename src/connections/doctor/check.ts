import { type Advice, type Hint, toHint } from '../../base/errors.js';
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
  /** Time alone does not heal it. */
  isFinal: boolean;
  /** The check could not be made, because a request failed. */
  isUnknown: boolean;
}

/** What checks look at: a service, a cluster, a host. */
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
  /** What is checked, in two to four words. */
  title: string;
  /** The checks that must not have failed for the same subject, nor for what it belongs to. */
  needs: readonly string[];
  isFor?(subject: S): boolean;
  run(subject: S, facts: Facts): Finding | Promise<Finding>;
}

export interface Checked extends Finding, Pick<Check<never>, 'id' | 'title'> {
  category: string;
  /** Of its subject. */
  key: string;
  subject: string | null;
  /** The same, as short as possible. */
  short: string | null;
}

/** Checks on subjects of one kind. They run at once. */
export interface CheckGroup<Facts> {
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
type Fault = Pick<Finding, 'brief' | 'detail'> &
  Partial<Omit<Finding, 'result' | 'hint'>> & { hint?: Advice | undefined };

export function good(detail: string, items: readonly string[] = []) {
  return finding('success', { brief: '', detail, items });
}

export function warning(fault: Fault) {
  return finding('warning', fault);
}

export function bad(fault: Fault) {
  return finding('error', { blocks: true, ...fault });
}

export function skipped(detail: string) {
  return finding('skipped', { brief: '', detail, blocks: true });
}

export function finding(result: Result, fault: Fault) {
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
