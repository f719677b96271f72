import { deleted, hasReached, type Until } from '../atlas/status.js';
import type { Patience } from './patience.js';

type Look = Parameters<Parameters<Patience['ask']>[0]>[0];

/** Something that can be waited for: an endpoint, an interface endpoint, a cluster. */
export interface Item {
  id: string;
  status: string;
}

export type Verdict = 'reached' | 'failed' | 'pending';

export interface WaitOptions<T extends Item> {
  /** What an item means for the wait; `before` is the status read one look earlier. */
  judge(item: T, before?: string): Verdict;
  /** Content with the first one that gets there. */
  any?: boolean | undefined;
  /** How long there is. With none left what is known now decides. */
  patience: Patience;
  /** Milliseconds until these are worth another look. */
  gap(items: readonly T[]): number;
  /** Reads items again, in their order; one that is gone comes back with the status DELETED. */
  look(items: readonly T[], how: Look): Promise<readonly T[]>;
  /** Called for each item whose status is another than before. */
  onChange?(item: T): void | Promise<void>;
  /** Called for each item that there is no more to wait for, as soon as that is so. */
  onSettled?(outcome: Outcome<T>): void;
}

export interface Outcome<T extends Item> {
  /** As it was read last. */
  item: T;
  /** `failed` covers a failure and an item that went away, `timed-out` one that still is under way. */
  result: 'reached' | 'failed' | 'timed-out';
}

/**
 * Waits for items, read just now, until each has got there or can no longer do so, or time is up. Outcomes stand in the
 * order of the items; with `any` those still under way when the first one gets there have none.
 */
export async function waitFor<T extends Item>(items: readonly T[], options: WaitOptions<T>): Promise<Outcome<T>[]> {
  const { judge, any = false, patience, gap, look, onChange, onSettled } = options;
  const waits = items.map((item) => ({ item, verdict: judge(item) }));
  for (const { item, verdict } of waits) if (verdict !== 'pending') onSettled?.({ item, result: verdict });

  for (;;) {
    const pending = waits.filter(({ verdict }) => verdict === 'pending');
    const isDone = pending.length === 0 || (any && waits.some(({ verdict }) => verdict === 'reached'));
    if (isDone || patience.left() <= 0) break;
    const asked = pending.map(({ item }) => item);
    await patience.pause(gap(asked));
    const seen = await patience.ask((how) => look(asked, how));
    for (const [index, item] of (seen ?? []).entries()) {
      const wait = pending[index];
      if (!wait) continue;
      const before = wait.item.status;
      wait.item = item;
      wait.verdict = judge(item, before);
      if (item.status !== before) await onChange?.(item);
      if (wait.verdict !== 'pending') onSettled?.({ item, result: wait.verdict });
    }
  }

  const isEnough = any && waits.some(({ verdict }) => verdict === 'reached');
  return waits
    .filter(({ verdict }) => verdict !== 'pending' || !isEnough)
    .map(({ item, verdict }) => ({ item, result: verdict === 'pending' ? 'timed-out' : verdict }));
}

/** What the status of a service means for a wait; `before` is the status read one look earlier. */
export function judge(until: Until, status: string, before?: string): Verdict {
  if (hasReached(until, status)) return 'reached';
  const isDeletion = until === 'DELETING' || until === deleted;
  switch (status) {
    case 'FAILED':
      // A failed service is there to be deleted. Only one that fails while it is being deleted will not go.
      return isDeletion && before !== 'DELETING' ? 'pending' : 'failed';
    case 'DELETING':
      return isDeletion ? 'pending' : 'failed';
    case deleted:
      return 'failed';
    default:
      return 'pending';
  }
}
