import type { RequestLimits } from '../http/ask.js';
import type { Deadline } from './deadline.js';

export interface WaitItem {
  id: string;
  status: string;
}

export type StatusVerdict = 'reached' | 'failed' | 'pending';

/*
 * Right after a create, a response may lack the item that earlier ones had. So a missing item gets a second poll, and a very new
 * one is not taken for gone, unless the wait is for its deletion. One that was being deleted is gone.
 */

/** Milliseconds from a "missing" response to the second poll. */
export const secondLookMs = 2500;
/** A new item may be missing from responses for this long after its create. */
export const newMs = 60_000;

export interface WaitOptions<T extends WaitItem> {
  /** What an item's status means for the wait. `before` is the status one poll earlier. */
  statusVerdict(item: T, before?: string): StatusVerdict;
  any?: boolean | undefined;
  /** The time limit. If no time is left, the current statuses decide. */
  deadline: Deadline;
  /** The time until the next poll of these items. `isDoubtful`: one of them needs its second poll. */
  gapMs(items: readonly T[], isDoubtful: boolean): number;
  isNew(item: T): boolean;
  /** The status of an item that is gone, and of one that is being deleted. */
  gone: string;
  leaving: string;
  /** Reads items again, in the same order. An item that no longer exists is returned with the status `gone`. */
  poll(items: readonly T[], how: RequestLimits): Promise<readonly T[]>;
  /** Called for each item whose status changed, with its place among the items. */
  onChange?(item: T, index: number): void | Promise<void>;
  onSettled?(outcome: WaitOutcome<T>): void;
}

export interface WaitOutcome<T extends WaitItem> {
  item: T;
  /** `failed`: the item failed or was removed. `timed-out`: it is still in progress. */
  result: 'reached' | 'failed' | 'timed-out';
}

/** `items` must be freshly read. The outcomes are in their order. With `any`, those in progress when one gets there have none. */
export async function waitFor<T extends WaitItem>(
  items: readonly T[],
  options: WaitOptions<T>,
): Promise<WaitOutcome<T>[]> {
  const { statusVerdict, any = false, deadline, gapMs, isNew, gone, leaving, poll, onChange, onSettled } = options;
  const waits = items.map((item) => {
    const verdict = statusVerdict(item);
    // An item that is missing from the start also gets a second poll, unless the wait is for its deletion.
    const isDoubtful = verdict === 'failed' && item.status === gone;
    return { item, verdict: isDoubtful ? ('pending' as const) : verdict, isDoubtful };
  });
  for (const { item, verdict } of waits) if (verdict !== 'pending') onSettled?.({ item, result: verdict });
  const isEnough = () => any && waits.some(({ verdict }) => verdict === 'reached');

  for (;;) {
    const pending = waits.filter(({ verdict }) => verdict === 'pending');
    if (pending.length === 0 || isEnough() || deadline.remainingMs() <= 0) break;
    const awaited = pending.map(({ item }) => item);
    const hasDoubt = pending.some(({ isDoubtful }) => isDoubtful);
    await deadline.pause(gapMs(awaited, hasDoubt));
    const seen = await deadline.ask((how) => poll(awaited, how));
    for (const [index, item] of (seen ?? []).entries()) {
      const wait = pending[index];
      if (!wait) continue;
      const before = wait.item.status;
      const verdict = statusVerdict(item, before);
      const isSecond = wait.isDoubtful && (verdict === 'reached' || !isNew(wait.item));
      wait.isDoubtful = item.status === gone && before !== leaving && !isSecond;
      if (wait.isDoubtful) continue;
      [wait.item, wait.verdict] = [item, verdict];
      if (item.status !== before) await onChange?.(item, waits.indexOf(wait));
      if (wait.verdict !== 'pending') onSettled?.({ item, result: wait.verdict });
    }
  }

  return waits
    .filter(({ verdict }) => verdict !== 'pending' || !isEnough())
    .map(({ item, verdict }) => ({ item, result: verdict === 'pending' ? 'timed-out' : verdict }));
}
