import type { World } from '../world.js';
import { type GroupPlace, groupId, isSame } from './ids.js';
import { AzureRefusal, ensure } from './refusal.js';

/* What the caller may do: everything but what the faults file takes away. */

const client = `The client 'sandbox' with object id '00000000-0000-4000-8000-0000000a71a0'`;

export function isAllowed({ options }: World, action: string): boolean {
  return options.azure.without?.every((each) => !isSame(each, action)) ?? true;
}

export function checkAllowed(world: World, action: string, scope: string): void {
  const what = `${client} does not have authorization to perform action '${action}' over scope '${scope}'`;
  ensure(isAllowed(world, action), 'AuthorizationFailed', `${what} or the scope is invalid.`, 403);
}

/** The refusal of an action on `id` that also needs an action on another resource. */
export function linkedRefusal(id: string, action: string, linkedId: string): AzureRefusal {
  const lacks = `does not have permission to perform action(s) '${action}' on the linked scope(s) '${linkedId}'`;
  const what = `${client} has permission on scope '${id}'; however, it ${lacks} or the linked scope(s) are invalid.`;
  return new AzureRefusal(403, 'LinkedAuthorizationFailed', what);
}

/** The permissions of the caller, which has two roles: Reader and Network Contributor. */
export function permissionsAnswer({ options }: World): Record<string, unknown> {
  const network = ['Microsoft.Authorization/*/read', 'Microsoft.Network/*', 'Microsoft.Resources/deployments/*'];
  const common = { notActions: options.azure.without ?? [], dataActions: [], notDataActions: [] };
  return { value: [['*/read'], network].map((actions) => ({ actions, ...common })) };
}

export function checkLock({ options }: World, kind: 'write' | 'delete', id: string, place: GroupPlace): void {
  const { lock } = options.azure;
  const isFine = lock === undefined || (lock === 'CanNotDelete' && kind === 'write');
  const what = `The scope '${id}' cannot perform ${kind} operation because following scope(s) are locked:`;
  ensure(isFine, 'ScopeLocked', `${what} '${groupId(place)}'. Please remove the lock and try again.`, 409);
}

/** Throws the refusal of a new endpoint by Microsoft.Network itself, or by a policy. */
export function checkCreate({ options }: World, target: string, { subscription }: GroupPlace): void {
  const { policy, registered = true } = options.azure;
  const missing = `The subscription is not registered to use namespace 'Microsoft.Network'.`;
  ensure(registered, 'MissingSubscriptionRegistration', missing, 409);
  const id = `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyAssignments/${policy}`;
  const identifiers = JSON.stringify([{ policyAssignment: { name: policy, id } }]);
  const what = `Resource '${target}' was disallowed by policy. Policy identifiers: '${identifiers}'.`;
  const names = { policyDefinitionDisplayName: policy, policyAssignmentDisplayName: policy };
  const info = { ...names, policyAssignmentId: id, policyDefinitionEffect: 'deny' };
  const more = { target, additionalInfo: [{ type: 'PolicyViolation', info }] };
  ensure(policy === undefined, 'RequestDisallowedByPolicy', what, 403, more);
}
