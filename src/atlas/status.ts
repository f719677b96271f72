/** The statuses of endpoints in their order, and what they mean: it is the user's turn, it is being deleted, … */
export type Statuses = Readonly<Record<string, 'pending' | 'needsUser' | 'ready' | 'failed' | 'leaving'>>;

/** Those of a private endpoint service. The API may add some; those are shown unchanged. */
export const serviceStatuses = {
  INITIATING: 'pending',
  // The live API may never show it, but AVAILABLE at once.
  WAITING_FOR_USER: 'ready',
  AVAILABLE: 'ready',
  FAILED: 'failed',
  DELETING: 'leaving',
} as const satisfies Statuses;

/** Not a status of the API: the endpoint no longer exists. */
export const deleted = 'DELETED';

export function filtersOf(statuses: Statuses): string[] {
  return ['ready', ...Object.keys(statuses)];
}

export function untilsOf(statuses: Statuses): string[] {
  return [...filtersOf(statuses), deleted];
}

/** All statuses of services and interface endpoints, from creation to deletion. --sort uses this order. */
export const statusOrder: readonly string[] = [
  ...['INITIATING', 'PENDING_ACCEPTANCE', 'PENDING', 'VERIFIED'],
  ...Object.keys(serviceStatuses).filter((status) => isReady(status)),
  ...['REJECTED', 'FAILED', 'DELETING', deleted],
];

/** Whether the service waits for interface endpoints or has them. */
export function isReady(status: string, statuses: Statuses = serviceStatuses): boolean {
  return statuses[status] === 'ready';
}

export function isLeaving(status: string, statuses: Statuses = serviceStatuses): boolean {
  return status === deleted || statuses[status] === 'leaving';
}

/** Whether a new endpoint gets this status, unless it fails. */
export function isAhead(statuses: Statuses, until: string): boolean {
  return !isLeaving(until, statuses) && statuses[until] !== 'failed';
}

/** Whether a status is `until`, or a later one on the same way: to ready, or to deleted. */
export function hasReached(statuses: Statuses, until: string, status: string): boolean {
  if (until === 'ready') return statuses[status] === 'ready';
  const order = untilsOf(statuses).filter((name) => isLeaving(name, statuses) === isLeaving(until, statuses));
  const isFinal = statuses[status] === 'failed' || statuses[until] === 'failed';
  return status === until || (!isFinal && order.indexOf(status) >= order.indexOf(until));
}
