/* The ids of Azure's resources, which are compared without case. */

export const sandboxSubscription = '00000000-0000-4000-8000-00000000a71a';
export const sandboxGroup = 'atlas-pe-sandbox';

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

export function nameInId(id: string): string {
  return id.split('/').at(-1) ?? '';
}

export type Resource = Readonly<Record<string, unknown>> & { id: string };

/** A resource as ARM returns it. Its name and its type are in its id. */
export function resourceOf(id: string, rest: { location?: string; tags?: object; properties: object }): Resource {
  const [, provider = '', ...parts] = id.split(/\/providers\/|\//).slice(4);
  const type = [provider, ...parts.filter((_, index) => index % 2 === 0)].join('/');
  return { name: nameInId(id), id, type, ...rest };
}
