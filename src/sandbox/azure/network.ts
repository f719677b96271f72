import { knownRegions } from '../../clouds/regions.js';
import { isSame } from '../chance.js';
import { ensure } from '../refusal.js';
import type { RestRequest } from '../rest.js';
import type { World } from '../world.js';
import type { AzureSetup, RuleSetup, VnetSubnetSetup } from './account.js';
import { networkId, type Resource, resourceOf, sandboxGroup, sandboxSubscription } from './ids.js';

/* The virtual networks, their subnets and network security groups. Each region has one, unless the faults file says otherwise. */

export type NetworkSubnet = VnetSubnetSetup & { id: string; range: string; location: string };

function networksOf({ options: { azure } }: World) {
  const regions = knownRegions('AZURE');
  const usual: AzureSetup['networks'] = regions.map((region) => ({ name: `default-${region}`, region }));
  return (azure.networks ?? usual).map(({ name, region: location, group = sandboxGroup, dnsServers, subnets }) => {
    const id = networkId(group, `virtualNetworks/${name}`);
    const all = (subnets ?? [{ name: 'default' }]).map((each, index): NetworkSubnet => {
      return { range: `10.0.${index}.0/24`, ...each, id: `${id}/subnets/${each.name}`, location };
    });
    return { id, group, location, dnsServers, subnets: all };
  });
}

export function azureSubnets(world: World): NetworkSubnet[] {
  return networksOf(world).flatMap(({ subnets }) => subnets);
}

export function findGroup(world: World, { subscription = '', group = sandboxGroup }: RestRequest['parts']): string {
  const isKnown = isSame(subscription, sandboxSubscription);
  ensure(isKnown, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`, 404);
  const all = [sandboxGroup, ...networksOf(world).map((network) => network.group)];
  const found = all.find((each) => isSame(each, group));
  ensure(found, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`, 404);
  return found;
}

export function networkResources(world: World): Resource[] {
  return networksOf(world).map(({ id, location, dnsServers, subnets }) => {
    const properties = {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      ...(dnsServers && { dhcpOptions: { dnsServers } }),
      subnets: subnets.map(subnetResource),
    };
    return resourceOf(id, { location, properties });
  });
}

export function subnetResource({ id, range, delegation, policies = 'Disabled', rules }: NetworkSubnet): Resource {
  const properties = {
    addressPrefix: range,
    ...(rules && { networkSecurityGroup: { id: securityGroupId(id) } }),
    delegations: delegation ? [{ name: 'delegation', properties: { serviceName: delegation } }] : [],
    privateEndpointNetworkPolicies: policies,
  };
  return resourceOf(id, { properties });
}

/** Each subnet with rules has a group of its own. */
function securityGroupId(subnetId: string) {
  return subnetId.replace(/virtualNetworks\/(.+)\/subnets\/(.+)$/, 'networkSecurityGroups/$1-$2');
}

export function securityGroupResources(world: World): Resource[] {
  return azureSubnets(world).flatMap(({ id, location, rules }) => {
    if (!rules) return [];
    const securityRules = rules.map((rule, index) =>
      ruleAnswer(`rule-${index + 1}`, { priority: 100 + index, ...rule }),
    );
    const defaultSecurityRules = Object.entries(defaultRules).map(([name, rule]) => ruleAnswer(name, rule));
    const properties = { securityRules, defaultSecurityRules, subnets: [{ id }] };
    return [resourceOf(securityGroupId(id), { location, properties })];
  });
}

const defaultRules: Readonly<Record<string, RuleSetup>> = {
  AllowVnetInBound: { access: 'Allow', source: 'VirtualNetwork', priority: 65_000 },
  AllowAzureLoadBalancerInBound: { access: 'Allow', source: 'AzureLoadBalancer', priority: 65_001 },
  DenyAllInBound: { priority: 65_500 },
};

function ruleAnswer(name: string, { source, ports, ...rule }: RuleSetup) {
  const usual = { access: 'Deny', direction: 'Inbound', protocol: '*', sourcePortRange: '*' };
  const from = { sourceAddressPrefix: source ?? '*', destinationAddressPrefix: '*' };
  return { name, properties: { ...usual, ...from, destinationPortRange: ports ?? '*', ...rule } };
}
