import { NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Arm } from './arm.js';
import { groupIdOf, networkResourceId, partOf, vnetIdOf } from './ids.js';
import type { Vnet, VnetSubnet } from './model.js';
import type { AzureWanted } from './wanted.js';

/** Finds the subnet for a new private endpoint: the given one, or the only one that can have it. Throws usage errors. */
export async function chooseSubnet(
  arm: Arm,
  subscription: string,
  wanted: AzureWanted,
  serviceRegion: string,
): Promise<VnetSubnet> {
  const { subnetId, subnet: name, vnet: vnetName } = wanted;
  const isNamed = subnetId !== undefined || vnetName !== undefined;
  const vnets = await vnetsFor(arm, subscription, wanted);
  const near = vnets.filter(({ location }) => isNamed || location === serviceRegion);
  const all = near.flatMap(({ subnets }) => subnets);
  const matching = all.filter(
    (each) =>
      (subnetId === undefined || isSameId(each.id, subnetId)) && (name === undefined || isSameId(each.name, name)),
  );
  const usable = matching.filter(({ unusable }) => unusable === undefined);
  const [first] = usable;
  if (first && usable.length === 1) return first;
  if (first)
    throw new UsageError(
      `There are ${usable.length} subnets that a private endpoint can be in.`,
      `Choose one with --vnet and --subnet, or with the id of a subnet: ${listed(usable.map(describe))}`,
    );
  const [odd] = matching;
  const others = all.filter(({ unusable }) => unusable === undefined);
  const choice = others.length > 0 ? `Usable subnets: ${listed(others.map(describe))}` : undefined;
  if (odd) {
    const hint = choice ?? 'Create another subnet, or choose another virtual network with --vnet and --subnet.';
    throw new UsageError(`The subnet ${odd.name} is ${odd.unusable}, so it cannot have private endpoints.`, hint);
  }
  if (isNamed || name !== undefined) {
    const what = `Subnet ${subnetId ?? name ?? ''}`.trim();
    const where = vnetName === undefined ? '' : ` in ${vnetName}`;
    throw new NotFoundError(`${what} not found${where} in Azure subscription ${subscription}.`, choice);
  }
  throw new NotFoundError(
    `Azure subscription ${subscription} has no subnet in ${serviceRegion}.`,
    'Check --subscription. For a virtual network in another region, use --vnet and --subnet, or the id of a subnet.',
  );
}

/** The VNets that the given names, or the id, may mean. */
async function vnetsFor(
  arm: Arm,
  subscription: string,
  { subnetId, vnet, resourceGroup }: AzureWanted,
): Promise<Vnet[]> {
  if (subnetId === undefined && (vnet === undefined || resourceGroup === undefined)) {
    const all = await arm.vnets(subscription);
    return vnet === undefined ? all : all.filter(({ name }) => isSameId(name, vnet));
  }
  const groupId = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  const found = await arm.vnet(
    subnetId ? vnetIdOf(subnetId) : networkResourceId(groupId, 'virtualNetworks', vnet ?? ''),
  );
  return found ? [found] : [];
}

function describe({ name, vnet, prefixes }: VnetSubnet): string {
  return `${partOf(groupIdOf(vnet.id), 'resourceGroups')}/${vnet.name}/${name} (${prefixes.join(', ')})`;
}
