/* The ids of Azure's resources, which are compared without case. */

export const sandboxSubscription = '00000000-0000-4000-8000-00000000a71a';
export const sandboxGroup = 'atlas-pe-sandbox';
export const sandboxTenant = '00000000-0000-4000-8000-0000000a71a5';

export interface GroupPlace {
  subscription: string;
  group: string;
}

export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function groupId({ subscription, group }: GroupPlace): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/** The id of a resource of Microsoft.Network: of the `path` `privateEndpoints/NAME`. */
export function networkId(place: GroupPlace, path: string): string {
  return `${groupId(place)}/providers/Microsoft.Network/${path}`;
}

/** The parts of the id of a resource in a resource group; undefined if it is not one of Microsoft.Network. */
export function partsOfId(id: string): (GroupPlace & { path: string }) | undefined {
  const shape = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/(.+)$/i;
  const [, subscription = '', group = '', path] = shape.exec(id) ?? [];
  return path === undefined ? undefined : { subscription, group, path };
}

/** The name in an id. */
export function nameIn(id: string): string {
  return id.split('/').at(-1) ?? '';
}

/** A region as ARM returns it: `East US 2` is `eastus2`. */
export function normalLocation(text: string): string {
  return text.toLowerCase().replaceAll(' ', '');
}
