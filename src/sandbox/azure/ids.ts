import type { RestRequest } from '../frontend.js';

/* The ids of Azure's resources. The sandbox has one subscription. */

export const sandboxSubscription = '00000000-0000-4000-8000-00000000a71a';
export const sandboxGroup = 'atlas-pe-sandbox';
export const subscriptionId = `/subscriptions/${sandboxSubscription}`;

export const provider = 'Microsoft.Network';
export const inSubscription = '/subscriptions/{subscription}';
export const inGroup = `${inSubscription}/resourceGroups/{group}`;

export interface AzureRequest extends RestRequest {
  /** The resource group that its path names, as ARM returns it. */
  group: string;
}

export function groupId(group: string): string {
  return `${subscriptionId}/resourceGroups/${group}`;
}

/** The id of a resource of Microsoft.Network: of the `path` `privateEndpoints/NAME`. */
export function networkId(group: string, path: string): string {
  return `${groupId(group)}/providers/${provider}/${path}`;
}

export type Resource = Readonly<Record<string, unknown>> & { id: string };

export function resourceOf(id: string, rest: { location?: string; tags?: object; properties: object }): Resource {
  return { name: nameInId(id), id, ...rest };
}

export function nameInId(id: string): string {
  return id.split('/').at(-1) ?? '';
}
