import { knownRegions } from '../../clouds/regions.js';
import { digits, uuid } from '../chance.js';
import type { World } from '../world.js';
import { type GroupPlace, isSame, networkId, sandboxGroup, sandboxSubscription } from './ids.js';
import { AzureRefusal } from './refusal.js';
import type { NetworkSetup, RuleSetup, SubnetSetup } from './resources.js';

/* The virtual networks, their subnets and network security groups. Each region has one, unless the faults file says otherwise. */

export interface VirtualNetwork extends GroupPlace {
  id: string;
  name: string;
  location: string;
  dnsServers: readonly string[];
  subnets: readonly Subnet[];
}

export interface Subnet extends SubnetSetup {
  id: string;
  range: string;
}

export function networksOf({ options }: World): VirtualNetwork[] {
  const usual = knownRegions('AZURE').map((region) => ({ name: `default-${region}`, region }));
  return (options.azure.networks ?? usual).map(networkFrom);
}

function networkFrom(setup: NetworkSetup): VirtualNetwork {
  const { name, region: location, dnsServers = [], subnets = [{ name: 'default' }] } = setup;
  const place = { subscription: setup.subscription ?? sandboxSubscription, group: setup.group ?? sandboxGroup };
  const id = networkId(place, `virtualNetworks/${name}`);
  const subnet = (each: SubnetSetup, index: number) => {
    return { range: `10.0.${index}.0/24`, ...each, id: `${id}/subnets/${each.name}` };
  };
  return { ...place, id, name, location, dnsServers, subnets: subnets.map(subnet) };
}

/** The resource groups of all subscriptions. */
function groupsOf(world: World): GroupPlace[] {
  return [{ subscription: sandboxSubscription, group: sandboxGroup }, ...networksOf(world)];
}

/** The id of the subscription as ARM returns it. */
export function findSubscription(world: World, id: string): string {
  const found = groupsOf(world).find(({ subscription }) => isSame(subscription, id));
  if (found) return found.subscription;
  throw new AzureRefusal(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);
}

/** The resource group as ARM returns it. */
export function findGroup(world: World, { subscription: id, group: name }: GroupPlace): GroupPlace {
  const subscription = findSubscription(world, id);
  const found = groupsOf(world).find((each) => each.subscription === subscription && isSame(each.group, name));
  if (found) return { subscription, group: found.group };
  throw new AzureRefusal(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}

export function findNetwork(world: World, parts: GroupPlace & { network: string }): VirtualNetwork {
  const { group } = findGroup(world, parts);
  const path = `virtualNetworks/${parts.network}`;
  const id = networkId(parts, path);
  return networksOf(world).find((each) => isSame(each.id, id)) ?? notFound(path, group);
}

/** A resource that does not exist. */
export function notFound(path: string, group: string): never {
  const what = `The Resource 'Microsoft.Network/${path}' under resource group '${group}' was not found.`;
  const more = ' For more details please go to https://aka.ms/ARMResourceNotFoundFix';
  throw new AzureRefusal(404, 'ResourceNotFound', `${what}${more}`);
}

export function findSubnet(network: VirtualNetwork, name: string): Subnet {
  const found = network.subnets.find((each) => isSame(each.name, name));
  if (found) return found;
  throw new AzureRefusal(404, 'NotFound', `Resource ${network.id}/subnets/${name} not found.`, { details: [] });
}

/* The answers. */

export const etagOf = (text: string) => `W/"${uuid(`etag of ${text}`)}"`;

export function networkAnswer(network: VirtualNetwork): Record<string, unknown> {
  const { id, name, location, dnsServers, subnets } = network;
  return {
    name,
    id,
    etag: etagOf(id),
    type: 'Microsoft.Network/virtualNetworks',
    location,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: uuid(id),
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      ...(dnsServers.length > 0 && { dhcpOptions: { dnsServers } }),
      subnets: subnets.map((subnet) => subnetAnswer(network, subnet)),
      virtualNetworkPeerings: [],
      enableDdosProtection: false,
    },
  };
}

export function subnetAnswer(network: GroupPlace, subnet: Subnet): Record<string, unknown> {
  const { id, name, range, delegation, policies = 'Disabled', rules } = subnet;
  const properties = { provisioningState: 'Succeeded', serviceName: delegation, actions: [] };
  return {
    name,
    id,
    etag: etagOf(id),
    properties: {
      provisioningState: 'Succeeded',
      addressPrefix: range,
      ...(rules && { networkSecurityGroup: { id: networkId(network, `networkSecurityGroups/${groupName(id)}`) } }),
      delegations:
        delegation === undefined ? [] : [{ name: 'delegation', id: `${id}/delegations/delegation`, properties }],
      privateEndpointNetworkPolicies: policies,
      privateLinkServiceNetworkPolicies: 'Enabled',
    },
    type: 'Microsoft.Network/virtualNetworks/subnets',
  };
}

/** The name of the network security group of a subnet. */
function groupName(subnetId: string): string {
  return `nsg-${digits(subnetId, 8)}`;
}

export function securityGroupAnswer(world: World, parts: GroupPlace & { name: string }): Record<string, unknown> {
  const place = findGroup(world, parts);
  const path = `networkSecurityGroups/${parts.name}`;
  const networks = networksOf(world).filter((each) => isSame(networkId(each, path), networkId(place, path)));
  for (const { location, subnets } of networks) {
    const subnet = subnets.find((each) => each.rules && isSame(groupName(each.id), parts.name));
    if (!subnet) continue;
    const name = groupName(subnet.id);
    return {
      name,
      id: networkId(place, `networkSecurityGroups/${name}`),
      type: 'Microsoft.Network/networkSecurityGroups',
      location,
      properties: {
        provisioningState: 'Succeeded',
        securityRules: subnet.rules?.map((rule, index) => ruleAnswer(`rule-${index + 1}`, 100 + index, rule)),
        defaultSecurityRules: defaultRules.map(([rule, priority, more]) => ruleAnswer(rule, priority, more)),
        subnets: [{ id: subnet.id }],
      },
    };
  }
  return notFound(path, place.group);
}

const inNetwork = { access: 'Allow', source: 'VirtualNetwork', destination: 'VirtualNetwork' };
const out = { direction: 'Outbound' };

/** The rules that every network security group has. */
const defaultRules: readonly [name: string, priority: number, RuleSetup][] = [
  ['AllowVnetInBound', 65_000, inNetwork],
  ['AllowAzureLoadBalancerInBound', 65_001, { access: 'Allow', source: 'AzureLoadBalancer' }],
  ['DenyAllInBound', 65_500, {}],
  ['AllowVnetOutBound', 65_000, { ...inNetwork, ...out }],
  ['AllowInternetOutBound', 65_001, { access: 'Allow', destination: 'Internet', ...out }],
  ['DenyAllOutBound', 65_500, out],
];

function ruleAnswer(name: string, usualPriority: number, rule: RuleSetup): Record<string, unknown> {
  const { access = 'Deny', direction = 'Inbound', protocol = '*', priority = usualPriority } = rule;
  const [sourceAddressPrefix = '*', destinationAddressPrefix = '*'] = [rule.source, rule.destination];
  const where = { sourceAddressPrefix, destinationAddressPrefix, destinationPortRange: rule.ports ?? '*' };
  return { name, properties: { access, direction, protocol, priority, sourcePortRange: '*', ...where } };
}
