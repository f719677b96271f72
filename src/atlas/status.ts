/** The statuses of a private endpoint service. The API may add some; those are shown unchanged. */
export const apiStatuses = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE', 'FAILED', 'DELETING'] as const;

/** Not a status of the API: the service no longer exists. */
export const deleted = 'DELETED';

/** What `list` can filter by. `ready` is WAITING_FOR_USER or AVAILABLE, because the live API may never show WAITING_FOR_USER. */
export const filterStatuses = ['ready', ...apiStatuses] as const;

/** What `wait` can wait for. */
export const untils = [...filterStatuses, deleted] as const;
export type Until = (typeof untils)[number];

/** The statuses from creation to use, in order. A later status also counts as having reached an earlier one. */
const upwards: readonly string[] = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE'];

/** All statuses of services and interface endpoints, from creation to deletion. --sort uses this order. */
export const statusOrder: readonly string[] = [
  ...['INITIATING', 'PENDING_ACCEPTANCE', 'PENDING', 'VERIFIED', 'WAITING_FOR_USER', 'AVAILABLE'],
  ...['REJECTED', 'FAILED', 'DELETING', deleted],
];

/** Whether the service waits for interface endpoints or has them. */
export function isReady(status: string): boolean {
  return status === 'WAITING_FOR_USER' || status === 'AVAILABLE';
}

/** Whether the service is being deleted or gone. */
export function isLeaving(status: string): boolean {
  return status === 'DELETING' || status === deleted;
}

/** Whether a service with this status has reached or passed `until`. */
export function hasReached(until: Until, status: string): boolean {
  if (until === 'ready') return isReady(status);
  if (until === 'DELETING') return isLeaving(status);
  const goal = upwards.indexOf(until);
  return goal === -1 ? status === until : upwards.indexOf(status) >= goal;
}

/** Whether a new service gets this status, unless it fails. */
export function isAhead(until: Until): boolean {
  return until === 'ready' || upwards.includes(until);
}
