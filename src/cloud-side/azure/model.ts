import { objects, text, texts } from '../../base/json.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudEndpoint, ServiceRef } from '../cloud-side.js';
import type { Tags } from '../tags.js';
import { lastPart, vnetIdOf } from './ids.js';

/* Azure's answers, in which any key may be missing, as the model. */

export interface VnetSubnet {
  id: string;
  name: string;
  prefixes: readonly string[];
  /** Why it can't have private endpoints; undefined if it can. */
  unusable: string | undefined;
  vnet: Vnet;
  nsg: string | null;
  /** Whether the rules of its network security group apply to private endpoints. */
  hasPolicies: boolean;
}

export interface Vnet {
  id: string;
  name: string;
  /** In lower case, without spaces. */
  location: string;
  prefixes: readonly string[];
  /** Empty for Azure's own. */
  dnsServers: readonly string[];
  subnets: readonly VnetSubnet[];
}

export interface AzureEndpoint extends CloudEndpoint {
  name: string;
  location: string;
  subnet: string;
  vnet: string;
  /** The private link service that it connects to. */
  target: string;
  /** What Azure says about the connection. */
  remark: string;
  tags: Tags;
  /** The id of its network interface, which has the address. */
  nic: string | null;
  /** Null if it isn't read, or if there is none yet. */
  address: string | null;
}

/** A value inside of an answer; undefined if it is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (Object(found) as Record<string, unknown>)[key], value);
}

/** Azure writes a region as `eastus2` or as `East US 2`. */
function locationOf(answer: unknown): string {
  return (text(at(answer, 'location')) ?? '').toLowerCase().replaceAll(' ', '');
}

/** Subnets that an Azure service needs under these names. */
const reserved = /^(?:GatewaySubnet|RouteServerSubnet|Azure(?:Bastion|Firewall)\w*)$/i;

export function toVnet(answer: unknown): Vnet {
  const id = text(at(answer, 'id')) ?? '';
  const subnets: VnetSubnet[] = [];
  const vnet: Vnet = {
    id,
    name: lastPart(id),
    location: locationOf(answer),
    prefixes: texts(at(answer, 'properties', 'addressSpace', 'addressPrefixes')),
    dnsServers: texts(at(answer, 'properties', 'dhcpOptions', 'dnsServers')),
    subnets,
  };
  subnets.push(...objects(at(answer, 'properties', 'subnets')).map((each) => toSubnet(each, vnet)));
  return vnet;
}

function toSubnet({ id, properties }: Record<string, unknown>, vnet: Vnet): VnetSubnet {
  const name = lastPart(text(id) ?? '');
  const [delegation] = objects(at(properties, 'delegations'));
  const policies = text(at(properties, 'privateEndpointNetworkPolicies')) ?? 'Disabled';
  const prefix = text(at(properties, 'addressPrefix'));
  return {
    id: text(id) ?? '',
    name,
    prefixes: prefix === null ? texts(at(properties, 'addressPrefixes')) : [prefix],
    unusable: delegation
      ? `delegated to ${text(at(delegation, 'properties', 'serviceName')) ?? 'an Azure service'}`
      : reserved.test(name)
        ? 'reserved for an Azure service'
        : undefined,
    vnet,
    nsg: text(at(properties, 'networkSecurityGroup', 'id')),
    hasPolicies: /^(?:Enabled|NetworkSecurityGroupEnabled)$/i.test(policies),
  };
}

export function toPrivateEndpoint(answer: unknown): AzureEndpoint {
  const id = text(at(answer, 'id')) ?? '';
  const properties = at(answer, 'properties');
  const provisioning = text(at(properties, 'provisioningState')) ?? '';
  const kinds = ['manualPrivateLinkServiceConnections', 'privateLinkServiceConnections'];
  const [connection] = kinds.flatMap((kind) => objects(at(properties, kind)));
  const about = at(connection, 'properties', 'privateLinkServiceConnectionState');
  const [nic] = objects(at(properties, 'networkInterfaces'));
  const subnet = text(at(properties, 'subnet', 'id')) ?? '';
  return {
    id,
    name: lastPart(id),
    location: locationOf(answer),
    subnet,
    vnet: vnetIdOf(subnet),
    // What matters most: that it exists, then its connection.
    state: isInState({ state: provisioning }, 'Succeeded') ? (text(at(about, 'status')) ?? 'Pending') : provisioning,
    remark: ['description', 'actionsRequired'].flatMap((key) => remarkOf(at(about, key))).join('; '),
    target: text(at(connection, 'properties', 'privateLinkServiceId')) ?? '',
    tags: Object(at(answer, 'tags')) as Tags,
    nic: text(nic?.id),
    address: null,
  };
}

function remarkOf(value: unknown): string[] {
  const said = text(value)?.trim() ?? '';
  return /^(?:none)?$/i.test(said) ? [] : [said];
}

export function isInState({ state }: { state: string }, ...names: readonly string[]): boolean {
  return names.some((name) => isSameId(name, state));
}

/** Whether it was not created completely, so that creating it again completes it. */
export function isBroken(endpoint: { state: string }): boolean {
  return isInState(endpoint, 'Failed', 'Canceled');
}

/** Whether it can still become, or is, a connection. One that is Disconnected can't. */
export function mayConnect(endpoint: { state: string }): boolean {
  return !isBroken(endpoint) && !isInState(endpoint, 'Rejected', 'Disconnected', 'Deleting', 'DELETED');
}

/** Tags by which later runs find what this program created. */
const azureTagKeys = { project: 'atlas-pe-project', service: 'atlas-pe-service' } as const;

export function azureTags({ projectId, id }: { projectId: string; id: string }): Tags {
  return { [azureTagKeys.project]: projectId, [azureTagKeys.service]: id };
}

/** The Atlas service for which this program created an endpoint; null if another program did. */
export function azureOwner({ name, tags }: AzureEndpoint, projectId: string): string | null {
  const id = tags[azureTagKeys.service];
  return id !== undefined && tags[azureTagKeys.project] === projectId && isSameId(name.slice(0, 33), ownName(id))
    ? id
    : null;
}

export function isOursFor(endpoint: AzureEndpoint, service: ServiceRef | undefined): boolean {
  return service !== undefined && azureOwner(endpoint, service.projectId) === service.id;
}

/** A name is the only one in its resource group, so that a create which is sent twice makes one endpoint. */
export function ownName(serviceId: string): string {
  return `atlas-pe-${serviceId}`;
}
