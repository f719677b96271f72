import { deleted, hasReached, type Until } from '../atlas/status.js';
import type { Verdict } from '../wait/wait.js';

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
