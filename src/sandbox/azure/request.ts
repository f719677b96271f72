import { hasPermission } from '../collection.js';
import { ensure, type Refusal, type Reply, type RestRequest } from '../frontend.js';
import type { World, WorldView } from '../world.js';

/* The ids of Azure's resources. The sandbox has one subscription, and those of the faults file. */

export const sandboxSubscription = '00000000-0000-4000-8000-00000000a71a';
export const sandboxTenant = '00000000-0000-4000-8000-0000000a71a5';
export const sandboxGroup = 'atlas-pe-sandbox';
export const subscriptionId = `/subscriptions/${sandboxSubscription}`;

export const provider = 'Microsoft.Network';
export const inSubscription = '/subscriptions/{subscription}';
export const inGroup = `${inSubscription}/resourceGroups/{group}`;

export interface AzureRequest extends RestRequest {
  /** The id of the resource group that its path names, as ARM returns it. */
  group: string;
}

export function groupId(name: string, subscription = sandboxSubscription): string {
  return `/subscriptions/${subscription}/resourceGroups/${name}`;
}

/** The id of a resource of Microsoft.Network: of the `path` `privateEndpoints/NAME`. */
export function networkId(group: string, path: string): string {
  return `${group}/providers/${provider}/${path}`;
}

export type Resource = Readonly<Record<string, unknown>> & { id: string };

export function resourceOf(id: string, rest: { location?: string; tags?: object; properties: object }): Resource {
  return { name: nameInId(id), id, ...rest };
}

export function nameInId(id: string): string {
  return id.split('/').at(-1) ?? '';
}

/* How ARM refuses a request. The caller may do everything but what the faults file takes away. */

export function azureError({ errorCode, message, more }: Refusal) {
  return { code: errorCode === 'INVALID_JSON' ? 'InvalidRequestContent' : errorCode, message, ...more };
}

const client = `The client 'sandbox' with object id '00000000-0000-4000-8000-0000000a71a0'`;

export function checkAllowed({ options }: World, action: string, scope: string): void {
  const what = `${client} does not have authorization to perform action '${action}' over scope '${scope}'`;
  const isAllowed = hasPermission(options.azure.without, action);
  ensure(isAllowed, 'AuthorizationFailed', `${what} or the scope is invalid.`, 403);
}

export function checkJoin({ options }: World, id: string, subnetId: string): void {
  const action = 'Microsoft.Network/virtualNetworks/subnets/join/action';
  const lacks = `does not have permission to perform action(s) '${action}' on the linked scope(s) '${subnetId}'`;
  const what = `${client} has permission on scope '${id}'; however, it ${lacks} or the linked scope(s) are invalid.`;
  ensure(hasPermission(options.azure.without, action), 'LinkedAuthorizationFailed', what, 403);
}

export function permissionsAnswer({ world: { options } }: Pick<WorldView, 'world'>): Reply {
  const network = ['Microsoft.Authorization/*/read', 'Microsoft.Network/*', 'Microsoft.Resources/deployments/*'];
  const notActions = options.azure.without ?? [];
  return { body: { value: [['*/read'], network].map((actions) => ({ actions, notActions })) } };
}

export function checkLock({ options }: World, kind: 'write' | 'delete', id: string, group: string): void {
  const { lock } = options.azure;
  const isFine = lock === undefined || (lock === 'CanNotDelete' && kind === 'write');
  const what = `The scope '${id}' cannot perform ${kind} operation because following scope(s) are locked:`;
  ensure(isFine, 'ScopeLocked', `${what} '${group}'. Please remove the lock and try again.`, 409);
}

export function checkCreate({ options }: World, target: string): void {
  const { policy, registered = true } = options.azure;
  const missing = `The subscription is not registered to use namespace 'Microsoft.Network'.`;
  ensure(registered, 'MissingSubscriptionRegistration', missing, 409);
  const what = `Resource '${target}' was disallowed by policy.`;
  const more = { additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentDisplayName: policy } }] };
  ensure(policy === undefined, 'RequestDisallowedByPolicy', what, 403, more);
}
