import { knownRegions } from '../../clouds/regions.js';
import type { World } from '../world.js';
import {
  type GroupPlace,
  isSame,
  networkId,
  type Resource,
  resourceOf,
  sandboxGroup,
  sandboxSubscription,
} from './ids.js';
import { ensure } from './refusal.js';
import type { NetworkSetup, RuleSetup, SubnetSetup } from './setup.js';

/* The virtual networks, their subnets and network security groups. Each region has one, unless the faults file says otherwise. */

export type NetworkSubnet = SubnetSetup & { id: string; range: string };
type VirtualNetwork = GroupPlace & { id: string; location: string; dnsServers: string[]; subnets: NetworkSubnet[] };

function networksOf({ options }: World): VirtualNetwork[] {
  const usual = () => knownRegions('AZURE').map((region) => ({ name: `default-${region}`, region }));
  return (options.azure.networks ?? usual()).map(networkFrom);
}

function networkFrom(setup: NetworkSetup, index: number): VirtualNetwork {
  const { name = `network-${index + 1}`, region: location = 'eastus2', dnsServers = [], subnets = [{}] } = setup;
  const place = { subscription: setup.subscription ?? sandboxSubscription, group: setup.group ?? sandboxGroup };
  const id = networkId(place, `virtualNetworks/${name}`);
  const subnet = (each: SubnetSetup, number: number): NetworkSubnet => {
    const usual = number === 0 ? 'default' : `subnet-${number + 1}`;
    return { range: `10.0.${number}.0/24`, ...each, id: `${id}/subnets/${each.name ?? usual}` };
  };
  return { ...place, id, location, dnsServers, subnets: subnets.map(subnet) };
}

/** The subscription and the resource group as ARM returns them; without a group, any group. */
export function findPlace(world: World, { subscription: id = '', group }: Partial<GroupPlace>): GroupPlace {
  const all = [{ subscription: sandboxSubscription, group: sandboxGroup }, ...networksOf(world)];
  const inSubscription = all.filter(({ subscription }) => isSame(subscription, id));
  ensure(inSubscription.length > 0, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`, 404);
  const found = inSubscription.find((each) => group === undefined || isSame(each.group, group));
  ensure(found, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`, 404);
  return { subscription: found.subscription, group: found.group };
}

/** Undefined if there is no subnet with this id. */
export function findSubnet(world: World, id: string): { network: VirtualNetwork; subnet: NetworkSubnet } | undefined {
  const all = networksOf(world).flatMap((network) => network.subnets.map((subnet) => ({ network, subnet })));
  return all.find(({ subnet }) => isSame(subnet.id, id));
}

/* The answers. */

export function networkResources(world: World): Resource[] {
  return networksOf(world).map(({ id, location, dnsServers, subnets }) => {
    const properties = {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      ...(dnsServers.length > 0 && { dhcpOptions: { dnsServers } }),
      subnets: subnets.map(subnetResource),
      virtualNetworkPeerings: [],
    };
    return resourceOf(id, { location, properties });
  });
}

export function subnetResources(world: World): Resource[] {
  return networksOf(world).flatMap(({ subnets }) => subnets.map(subnetResource));
}

function subnetResource({ id, range, delegation, policies = 'Disabled', rules }: NetworkSubnet): Resource {
  const properties = {
    provisioningState: 'Succeeded',
    addressPrefix: range,
    ...(rules && { networkSecurityGroup: { id: securityGroupId(id) } }),
    delegations: delegation ? [{ name: 'delegation', properties: { serviceName: delegation } }] : [],
    privateEndpointNetworkPolicies: policies,
    privateLinkServiceNetworkPolicies: 'Enabled',
  };
  return resourceOf(id, { properties });
}

/** Each subnet with rules has a group of its own. */
function securityGroupId(subnetId: string): string {
  return subnetId.replace(/virtualNetworks\/(.+)\/subnets\/(.+)$/, 'networkSecurityGroups/$1-$2');
}

export function securityGroupResources(world: World): Resource[] {
  const all = networksOf(world).flatMap(({ location, subnets }) => subnets.map((subnet) => ({ location, ...subnet })));
  return all.flatMap(({ id, location, rules }) => {
    if (!rules) return [];
    const securityRules = rules.map((rule, index) =>
      ruleAnswer(`rule-${index + 1}`, { priority: 100 + index, ...rule }),
    );
    const defaultSecurityRules = Object.entries(defaultRules).map(([name, rule]) => ruleAnswer(name, rule));
    const properties = { securityRules, defaultSecurityRules, subnets: [{ id }] };
    return [resourceOf(securityGroupId(id), { location, properties })];
  });
}

/** The rules for ingress that every network security group has. */
const defaultRules: Readonly<Record<string, RuleSetup>> = {
  AllowVnetInBound: { access: 'Allow', source: 'VirtualNetwork', priority: 65_000 },
  AllowAzureLoadBalancerInBound: { access: 'Allow', source: 'AzureLoadBalancer', priority: 65_001 },
  DenyAllInBound: { priority: 65_500 },
};

function ruleAnswer(name: string, { source, ports, ...rule }: RuleSetup): Record<string, unknown> {
  const usual = { access: 'Deny', direction: 'Inbound', protocol: '*', sourcePortRange: '*' };
  const from = { sourceAddressPrefix: source ?? '*', destinationAddressPrefix: '*' };
  return { name, properties: { ...usual, ...from, destinationPortRange: ports ?? '*', ...rule } };
}
