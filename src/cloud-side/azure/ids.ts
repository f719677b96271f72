/* Resource ids of Azure: `/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/TYPE/NAME/…`. */

/** What follows this part of an id, in the given case. Empty if the id has no such part. */
export function partOf(id: string, part: string): string {
  const parts = id.split('/');
  return parts[parts.findIndex((each) => each.toLowerCase() === part.toLowerCase()) + 1] ?? '';
}

export function subscriptionIn(id: string): string {
  return partOf(id, 'subscriptions').toLowerCase();
}

export function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The id of the resource group of a resource. */
export function groupIdOf(id: string): string {
  return `/subscriptions/${partOf(id, 'subscriptions')}/resourceGroups/${partOf(id, 'resourceGroups')}`;
}

/** The id of the VNet of a subnet. */
export function vnetIdOf(subnetId: string): string {
  return subnetId.replace(/\/subnets\/[^/]*$/i, '');
}

/** The id of a resource of the network provider. */
export function networkResourceId(groupId: string, type: string, name: string): string {
  return `${groupId}/providers/Microsoft.Network/${type}/${name}`;
}
