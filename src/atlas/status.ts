import { UsageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';

/** The statuses of a private endpoint service. The API may add some; those are shown as they come. */
export const apiStatuses = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE', 'FAILED', 'DELETING'] as const;

/** Not a status of the API: the service is no longer there. */
export const deleted = 'DELETED';

/** What can be waited for. `ready` is WAITING_FOR_USER or AVAILABLE: the live API may never show the former. */
export const untils = ['ready', ...apiStatuses, deleted] as const;
export type Until = (typeof untils)[number];

/** The way of a service to its users: each is reached also by whatever comes later. */
const upwards: readonly string[] = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE'];

/** All statuses, those of interface endpoints too, from being made to gone; --sort has them in this order. */
export const statusOrder: readonly string[] = [
  ...['INITIATING', 'PENDING_ACCEPTANCE', 'PENDING', 'VERIFIED', 'WAITING_FOR_USER', 'AVAILABLE'],
  ...['REJECTED', 'FAILED', 'DELETING', deleted],
];

/** Whether the service waits for, or has, its user's interface endpoints. */
export function isReady(status: string): boolean {
  return status === 'WAITING_FOR_USER' || status === 'AVAILABLE';
}

/** Whether it is being deleted, or gone. */
export function isLeaving(status: string): boolean {
  return status === 'DELETING' || status === deleted;
}

/** Whether a service with this status has reached `until`, or has come past it. */
export function hasReached(until: Until, status: string): boolean {
  if (until === 'ready') return isReady(status);
  if (until === 'DELETING') return isLeaving(status);
  const goal = upwards.indexOf(until);
  return goal === -1 ? status === until : upwards.indexOf(status) >= goal;
}

/** Whether a new service gets there, unless it fails. */
export function isAhead(until: Until): boolean {
  return until === 'ready' || upwards.includes(until);
}

/** Reads what to wait for, in any case, also with dashes. Throws a usage error with a suggestion. */
export function parseUntil(text: string): Until {
  return parse(text, untils, 'status that can be waited for');
}

/** Reads a status to filter by. */
export function parseStatus(text: string): 'ready' | (typeof apiStatuses)[number] {
  return parse(text, ['ready', ...apiStatuses], 'status');
}

function parse<T extends string>(text: string, accepted: readonly T[], what: string): T {
  const written = text.trim().toUpperCase().replaceAll('-', '_');
  const found = accepted.find((name) => name.toUpperCase() === written);
  if (found !== undefined) return found;
  throw new UsageError(`'${text}' is not a ${what}.`, didYouMean(written, accepted));
}
