import { knownRegions } from '../../clouds/regions.js';
import { always, existing, hasPermission } from '../collection.js';
import type { AzureSetup, AzureSubnetSetup } from '../faults-file.js';
import { ensure, type Refusal, type Reply, type RestRequest } from '../frontend.js';
import { isSame, type Lifetime, uuid, type World, type WorldView } from '../world.js';

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
  /** The static address that the user chose, as ARM returns it; empty if there is none. */
  ipConfigurations: readonly { name: string; properties: Readonly<Record<string, unknown>> }[];
  /** Of its network interface, as the user chose it. May be empty. */
  interfaceName: string;
  isAttached: boolean;
}

export interface AzureNetwork extends Lifetime {
  id: string;
  location: string;
  tags: object;
  /** What else the request for it said. */
  properties: object;
  subnets: readonly NetworkSubnet[];
}

export interface AzureAccount {
  /** With the networks that were created or changed. */
  resources: readonly (PrivateEndpoint | AzureNetwork)[];
}

export interface NetworkSubnet extends AzureSubnetSetup {
  id: string;
  range: string;
  location: string;
  properties?: object;
}

export function azureSubscriptions({ subscriptions = [] }: AzureSetup) {
  return [sandboxSubscription, ...subscriptions];
}

export function endpointsIn(resources: AzureAccount['resources']): PrivateEndpoint[] {
  return resources.filter((each) => 'serviceId' in each);
}

export function azureNetworks(view: WorldView): AzureNetwork[] {
  const { azure } = view.world.options;
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
      return { id, location, tags: {}, properties, subnets: all, ...always };
    }),
  );
  const saved = existing('AZURE', view).filter((each) => 'subnets' in each);
  return [...first.filter(({ id }) => !saved.some((each) => isSame(each.id, id))), ...saved];
}

export function azureSubnets(view: WorldView): NetworkSubnet[] {
  return azureNetworks(view).flatMap(({ subnets }) => subnets);
}

/** The id of the resource group that a path names; undefined if it names no subscription. */
export function findGroup(request: RestRequest): string | undefined {
  const { subscription, group = sandboxGroup } = request.parts;
  if (subscription === undefined) return undefined;
  const known = azureSubscriptions(request.world.options.azure).find((each) => isSame(each, subscription));
  // As in https://github.com/Azure/azure-cli/issues/33657. Guess: also for what is no id.
  ensure(known, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`, 404);
  const found = resourceGroupIds(request, known).find((each) => isSame(each, groupId(group, known)));
  ensure(found, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`, 404);
  return found;
}

/** All resource groups: that of the sandbox, and those of its networks. */
export function resourceGroupIds(view: WorldView, subscription: string): string[] {
  const ofNetworks = azureNetworks(view).map(({ id }) => id.replace(/\/providers\/.*/, ''));
  return [...new Set([groupId(sandboxGroup, subscription), ...ofNetworks])];
}

export function networkResource({ id, location, tags, properties, subnets }: AzureNetwork): Resource {
  const usual = {
    resourceGuid: uuid(`guid of ${id}`),
    dhcpOptions: { dnsServers: [] },
    virtualNetworkPeerings: [],
    enableDdosProtection: false,
  };
  const state = { subnets: subnets.map(subnetResource), provisioningState: 'Succeeded' };
  return resourceOf(id, { location, tags, properties: { ...usual, ...properties, ...state } });
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

export function securityGroupResources(view: WorldView): Resource[] {
  return azureSubnets(view).flatMap(({ id, location, rules }) => {
    if (!rules) return [];
    const securityRules = rules.map(({ source = '*', ports = '*', ...rule }, index) => {
      const range = { sourceAddressPrefix: source, destinationPortRange: ports };
      return { name: `rule-${index + 1}`, properties: { ...usualRule, priority: 100 + index, ...range, ...rule } };
    });
    const properties = { securityRules, subnets: [{ id }] };
    return [resourceOf(securityGroupId(id), { location, properties })];
  });
}

const anything = { protocol: '*', sourcePortRange: '*', destinationAddressPrefix: '*' };
const usualRule = { ...anything, access: 'Deny', direction: 'Inbound' };

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
  /** The api-version, a date. */
  version: string;
}

function groupId(name: string, subscription = sandboxSubscription): string {
  return `/subscriptions/${subscription}/resourceGroups/${name}`;
}

/** The id of a resource of Microsoft.Network: of the `path` `privateEndpoints/NAME`. */
export function networkId(group: string, path: string): string {
  return `${group}/providers/${provider}/${path}`;
}

export type Resource = Readonly<Record<string, unknown>> & { id: string };

/** As recorded. A child resource has the tag of its parent there; here the tag is always the same. */
export function resourceOf(id: string, rest: { location?: string; tags?: object; properties: object }): Resource {
  return { name: nameInId(id), id, etag: etagOf(id), type: typeOf(id), ...rest };
}

function etagOf(id: string): string {
  return `W/"${uuid(`etag of ${id}`)}"`;
}

/** `Microsoft.Network/virtualNetworks/subnets` */
function typeOf(id: string) {
  const [provider = 'Microsoft.Resources/resourceGroups', ...parts] = id.split('/providers/').at(1)?.split('/') ?? [];
  return [provider, ...parts.filter((_, index) => index % 2 === 0)].join('/');
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
