import type { Effort } from '../base/effort.js';
import type { Patience } from './patience.js';

/** Something that can be waited for: an endpoint, an interface endpoint, a cluster. */
export interface Item {
  id: string;
  status: string;
}

export type Verdict = 'reached' | 'failed' | 'pending';

/*
 * A new item doesn't show everywhere in Atlas at once: an answer that it is missing may come before, and between, others
 * that show it. So such an answer takes a second look, and says nothing of an item that is quite new, unless that it is
 * gone is what is awaited. What was being deleted and is missing is gone.
 */

/** Milliseconds from an answer that something is not there to the second look. */
export const secondLookMs = 2500;
/** So long after its create an item may be missing in answers. */
export const newMs = 60_000;

export interface WaitOptions<T extends Item> {
  /** What an item means for the wait; `before` is the status read one look earlier. */
  judge(item: T, before?: string): Verdict;
  /** Content with the first one that gets there. */
  any?: boolean | undefined;
  /** How long there is. With none left what is known now decides. */
  patience: Patience;
  /** Milliseconds until these are worth another look; `isDoubtful` where one of them is waiting for its second look. */
  gap(items: readonly T[], isDoubtful: boolean): number;
  /** Whether an item was created so short ago that it may be missing in answers. */
  isNew(item: T): boolean;
  /** The status of an item that is gone, and of one that is about to be. */
  gone: string;
  leaving: string;
  /** Reads items again, in their order; one that is gone comes back with that status. */
  look(items: readonly T[], how: Effort): Promise<readonly T[]>;
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
  const { judge, any = false, patience, gap, isNew, gone, leaving, look, onChange, onSettled } = options;
  const waits = items.map((item) => {
    const verdict = judge(item);
    // What was missing from the first takes a second look too, unless that is what is asked for.
    const isDoubtful = verdict === 'failed' && item.status === gone;
    return { item, verdict: isDoubtful ? ('pending' as const) : verdict, isDoubtful };
  });
  for (const { item, verdict } of waits) if (verdict !== 'pending') onSettled?.({ item, result: verdict });

  for (;;) {
    const pending = waits.filter(({ verdict }) => verdict === 'pending');
    const isDone = pending.length === 0 || (any && waits.some(({ verdict }) => verdict === 'reached'));
    if (isDone || patience.left() <= 0) break;
    const asked = pending.map(({ item }) => item);
    await patience.pause(
      gap(
        asked,
        pending.some(({ isDoubtful }) => isDoubtful),
      ),
    );
    const seen = await patience.ask((how) => look(asked, how));
    for (const [index, item] of (seen ?? []).entries()) {
      const wait = pending[index];
      if (!wait) continue;
      const before = wait.item.status;
      const verdict = judge(item, before);
      const isSecond = wait.isDoubtful && (verdict === 'reached' || !isNew(wait.item));
      wait.isDoubtful = item.status === gone && before !== leaving && !isSecond;
      if (wait.isDoubtful) continue;
      [wait.item, wait.verdict] = [item, verdict];
      if (item.status !== before) await onChange?.(item);
      if (wait.verdict !== 'pending') onSettled?.({ item, result: wait.verdict });
    }
  }

  const isEnough = any && waits.some(({ verdict }) => verdict === 'reached');
  return waits
    .filter(({ verdict }) => verdict !== 'pending' || !isEnough)
    .map(({ item, verdict }) => ({ item, result: verdict === 'pending' ? 'timed-out' : verdict }));
}
