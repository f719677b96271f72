import type { World } from '../world.js';
import { type GroupPlace, groupId, isSame } from './ids.js';
import { AzureRefusal } from './refusal.js';

/* What the caller may do: everything but what the faults file takes away. */

const client = `The client 'sandbox' with object id '00000000-0000-4000-8000-0000000a71a0'`;

function may({ options }: World, action: string): boolean {
  return options.azure.without?.every((each) => !isSame(each, action)) ?? true;
}

/** Throws the refusal of an action. */
export function authorize(world: World, action: string, scope: string): void {
  if (may(world, action)) return;
  const what = `${client} does not have authorization to perform action '${action}' over scope '${scope}'`;
  const more = 'or the scope is invalid. If access was recently granted, please refresh your credentials.';
  throw new AzureRefusal(403, 'AuthorizationFailed', `${what} ${more}`);
}

/** Throws the refusal of an action that another resource needs. */
export function authorizeLinked(
  world: World,
  action: string,
  linked: string,
  own: { action: string; id: string },
): void {
  if (!may(world, action)) throw linkedRefusal(action, linked, own);
}

export function linkedRefusal(action: string, linked: string, own: { action: string; id: string }): AzureRefusal {
  const has = `${client} has permission to perform action '${own.action}' on scope '${own.id}'`;
  const lacks = `it does not have permission to perform action(s) '${action}' on the linked scope(s) '${linked}'`;
  const what = `${has}; however, ${lacks} (respectively) or the linked scope(s) are invalid.`;
  return new AzureRefusal(403, 'LinkedAuthorizationFailed', what);
}

/** The permissions of the caller, which has two roles: Reader and Network Contributor. */
export function permissionsAnswer({ options }: World): Record<string, unknown> {
  const network = ['Microsoft.Authorization/*/read', 'Microsoft.Network/*', 'Microsoft.Resources/deployments/*'];
  const notActions = options.azure.without ?? [];
  const value = [['*/read'], network].map((actions) => {
    return { actions, notActions, dataActions: [], notDataActions: [] };
  });
  return { value };
}

/** Throws the refusal of a change in a resource group that is locked, or without its resource provider. */
export function checkChange({ options }: World, kind: 'write' | 'delete', id: string, place: GroupPlace): void {
  const { lock, registered = true } = options.azure;
  if (lock === 'ReadOnly' || (lock && kind === 'delete')) {
    const what = `The scope '${id}' cannot perform ${kind} operation because following scope(s) are locked: '${groupId(place)}'.`;
    throw new AzureRefusal(409, 'ScopeLocked', `${what} Please remove the lock and try again.`);
  }
  if (!registered && kind === 'write') {
    const what = `The subscription is not registered to use namespace 'Microsoft.Network'.`;
    const more = ' See https://aka.ms/rps-not-found for how to register subscriptions.';
    throw new AzureRefusal(409, 'MissingSubscriptionRegistration', `${what}${more}`);
  }
}

/** Throws the refusal of a private endpoint by the policy of the faults file. */
export function checkPolicy({ options }: World, name: string, { subscription }: GroupPlace): void {
  const { policy } = options.azure;
  if (policy === undefined) return;
  const base = `/subscriptions/${subscription}/providers/Microsoft.Authorization`;
  const assignment = { name: policy, id: `${base}/policyAssignments/${policy}` };
  const definition = { name: policy, id: `${base}/policyDefinitions/${policy}` };
  const identifiers = JSON.stringify([{ policyAssignment: assignment, policyDefinition: definition }]);
  const info = {
    policyDefinitionDisplayName: policy,
    policyDefinitionId: definition.id,
    policyDefinitionName: policy,
    policyDefinitionEffect: 'deny',
    policyAssignmentDisplayName: policy,
    policyAssignmentId: assignment.id,
    policyAssignmentName: policy,
    policyAssignmentScope: `/subscriptions/${subscription}`,
  };
  const what = `Resource '${name}' was disallowed by policy. Policy identifiers: '${identifiers}'.`;
  const additionalInfo = [{ type: 'PolicyViolation', info }];
  throw new AzureRefusal(403, 'RequestDisallowedByPolicy', what, { target: name, additionalInfo });
}
