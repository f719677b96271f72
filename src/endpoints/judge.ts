import { deleted, hasReached, type Until } from '../atlas/status.js';
import type { Verdict } from '../wait/wait.js';

/** What the status of a service means for a wait. `before` is the status one poll earlier. */
export function judge(until: Until, status: string, before?: string): Verdict {
  if (hasReached(until, status)) return 'reached';
  const isDeletion = until === 'DELETING' || until === deleted;
  switch (status) {
    case 'FAILED':
      // A failed service can still be deleted. Only if it fails during the deletion, it will stay.
      return isDeletion && before !== 'DELETING' ? 'pending' : 'failed';
    case 'DELETING':
      return isDeletion ? 'pending' : 'failed';
    case deleted:
      return 'failed';
    default:
      return 'pending';
  }
}
