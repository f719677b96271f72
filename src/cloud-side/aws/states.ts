import type { VpcEndpoint } from './model.js';

/*
 * pending → pendingAcceptance → (Atlas accepts) pending → available; rejected, failed, expired; deleting → deleted. AWS has
 * changed the case of these more than once, so they are compared without it.
 */

const dead = ['rejected', 'failed', 'expired', 'deleting', 'deleted'];

export function isState({ state }: { state: string }, ...names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === state.toLowerCase());
}

/** Whether it can still become, or is, a connection. */
export function isAlive(endpoint: { state: string }): boolean {
  return !isState(endpoint, ...dead);
}

/** Whether it is deleted, or being deleted. */
export function isEnding(endpoint: { state: string }): boolean {
  return isState(endpoint, 'deleting', 'deleted');
}

/** Whether Atlas can be asked to attach an endpoint in this state. Too early, the attachment fails. */
export function judgeAttachable(endpoint: { state: string }): 'reached' | 'failed' | 'pending' {
  if (isState(endpoint, 'pendingAcceptance', 'available')) return 'reached';
  return isAlive(endpoint) ? 'pending' : 'failed';
}

/** The endpoint to use if there are several for one service in one VPC: a connected one, then ours, then the oldest. */
export function preferred(
  endpoints: readonly VpcEndpoint[],
  isOurs: (endpoint: VpcEndpoint) => boolean,
): VpcEndpoint | undefined {
  const rank = (endpoint: VpcEndpoint) => [isState(endpoint, 'available') ? 0 : 1, isOurs(endpoint) ? 0 : 1] as const;
  return endpoints.filter(isAlive).toSorted((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return one[0] - other[0] || one[1] - other[1] || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
  })[0];
}
