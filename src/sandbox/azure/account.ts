import { knownRegions } from '../../clouds/regions.js';
import { isSame } from '../chance.js';
import { ensure, type RestRequest } from '../frontend.js';
import type { Lifetime } from '../lifetime.js';
import * as read from '../read-keys.js';
import type { World } from '../world.js';
import { groupId, networkId, type Resource, resourceOf, sandboxGroup, sandboxSubscription } from './request.js';

/** After a failure, a PUT creates it again. */
export interface PrivateEndpoint extends Lifetime {
  /** As ARM returns it. Its name has the case of the first PUT. */
  id: string;
  location: string;
  tags: Readonly<Record<string, string>>;
  subnetId: string;
  serviceId: string;
  connection: { name: string; privateLinkServiceId: string; requestMessage: string };
  address: string;
  /** Of its network interface, as the user chose it. May be empty. */
  interfaceName: string;
  isAttached: boolean;
}

export interface AzureNetwork {
  id: string;
  location: string;
  tags: object;
  /** What else the request for it said. */
  properties: object;
  subnets: readonly NetworkSubnet[];
}

export interface AzureAccount {
  resources: readonly PrivateEndpoint[];
  /** Those that were created or changed. Null instead of one that was deleted. */
  networks: Readonly<Record<string, AzureNetwork | null>>;
}

/* How the subscription differs from the usual one, as the faults file says. Everything is optional. */

/** Default: a rule that denies everything that comes in. */
const ruleKeys = {
  access: read.choice(['Allow', 'Deny']),
  direction: read.choice(['Inbound', 'Outbound']),
  source: read.lineOfText,
  ports: read.lineOfText,
  priority: read.whole(100, 4096),
} satisfies read.Readers;

const subnetKeys = {
  name: read.lineOfText,
  range: read.ipRange,
  delegation: read.lineOfText,
  policies: read.choice(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled']),
  /** No address is left. */
  full: read.yesOrNo,
  /** Those of its network security group. Default: it has no such group. */
  rules: read.several(read.keysOf(ruleKeys)),
} satisfies read.Readers;

const networkKeys = {
  name: read.lineOfText,
  region: read.choice(knownRegions('AZURE')),
  group: read.lineOfText,
  dnsServers: read.several(read.lineOfText),
  subnets: read.several(read.keysOf(subnetKeys, 'name')),
} satisfies read.Readers;

export const azureKeys = {
  subscriptions: read.several(read.lineOfText),
  /** Default: one in each region. */
  networks: read.several(read.keysOf(networkKeys, 'name', 'region')),
  without: read.several(read.lineOfText),
  lock: read.choice(['CanNotDelete', 'ReadOnly']),
  policy: read.lineOfText,
  registered: read.yesOrNo,
} satisfies read.Readers;

export type AzureSetup = Partial<read.Values<typeof azureKeys>>;
type RuleSetup = Partial<read.Values<typeof ruleKeys>>;

export interface NetworkSubnet extends Partial<read.Values<typeof subnetKeys>> {
  id: string;
  range: string;
  location: string;
  /** What else the request for it said. */
  properties?: object;
}

function azureSubscriptions({ subscriptions = [] }: AzureSetup) {
  return [sandboxSubscription, ...subscriptions];
}

export function azureNetworks({ options: { azure }, clouds }: World): AzureNetwork[] {
  const regions = knownRegions('AZURE');
  const usual: AzureSetup['networks'] = regions.map((region) => ({ name: `default-${region}`, region }));
  const first = azureSubscriptions(azure).flatMap((subscription) =>
    (azure.networks ?? usual).map(({ name, region: location, group = sandboxGroup, dnsServers, subnets }) => {
      const id = networkId(groupId(group, subscription), `virtualNetworks/${name}`);
      const all = (subnets ?? [{ name: 'default' }]).map((each, index): NetworkSubnet => {
        return { range: `10.0.${index}.0/24`, ...each, id: `${id}/subnets/${each.name}`, location };
      });
      const addressSpace = { addressPrefixes: ['10.0.0.0/16'] };
      const properties = { addressSpace, ...(dnsServers && { dhcpOptions: { dnsServers } }) };
      return { id, location, tags: {}, properties, subnets: all };
    }),
  );
  const all = Object.fromEntries(first.map((each) => [each.id.toLowerCase(), each]));
  return Object.values({ ...all, ...clouds.AZURE.networks }).filter((each) => each !== null);
}

export function azureSubnets(world: World): NetworkSubnet[] {
  return azureNetworks(world).flatMap(({ subnets }) => subnets);
}

/** Its id. */
export function findGroup(world: World, { subscription = '', group = sandboxGroup }: RestRequest['parts']): string {
  const known = azureSubscriptions(world.options.azure).find((each) => isSame(each, subscription));
  ensure(known, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`, 404);
  const all = [
    groupId(sandboxGroup, known),
    ...azureNetworks(world).map(({ id }) => id.replace(/\/providers\/.*/, '')),
  ];
  const found = all.find((each) => isSame(each, groupId(group, known)));
  ensure(found, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`, 404);
  return found;
}

export function networkResources(networks: readonly AzureNetwork[]): Resource[] {
  return networks.map(({ id, location, tags, properties, subnets }) => {
    const state = { subnets: subnets.map(subnetResource), provisioningState: 'Succeeded' };
    return resourceOf(id, { location, tags, properties: { ...properties, ...state } });
  });
}

export function subnetResource({ id, range, delegation, policies, rules, properties }: NetworkSubnet): Resource {
  const usual = {
    addressPrefix: range,
    delegations: delegation ? [{ name: 'delegation', properties: { serviceName: delegation } }] : [],
    privateEndpointNetworkPolicies: policies ?? 'Disabled',
    privateLinkServiceNetworkPolicies: 'Enabled',
    ...(rules && { networkSecurityGroup: { id: securityGroupId(id) } }),
  };
  return resourceOf(id, { properties: { ...usual, ...properties, provisioningState: 'Succeeded' } });
}

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
