import type { ServiceRef } from '../cloud-side.js';
import { isOwn } from './model.js';
import type { VpcEndpoint } from './read.js';

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

/** Whether Atlas can be asked to attach an endpoint in this state. If it is too early, the attachment fails. */
export function attachVerdict(endpoint: { state: string }): 'reached' | 'failed' | 'pending' {
  if (isState(endpoint, 'pendingAcceptance', 'available')) return 'reached';
  return isAlive(endpoint) ? 'pending' : 'failed';
}

/** Whether it can still become, or is, a connection to this service, which did not refuse it. */
export function isConnectable(endpoint: VpcEndpoint, service: ServiceRef | undefined): boolean {
  return isAlive(endpoint) && !service?.refused.includes(endpoint.id);
}

/** The endpoint to use if there are several for one service in one VPC: a connected one, then ours, then the oldest. */
export function preferred(endpoints: readonly VpcEndpoint[], service: ServiceRef | undefined): VpcEndpoint | undefined {
  const rank = (each: VpcEndpoint) => (isState(each, 'available') ? 0 : 2) + (isOwn(each, service) ? 0 : 1);
  const usable = endpoints.filter((each) => isConnectable(each, service));
  return usable.toSorted((a, b) => rank(a) - rank(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))[0];
}
