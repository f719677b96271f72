import { at, objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/lists.js';
import type { ServiceRef } from '../cloud-side.js';
import { hasId, isSameId } from '../shapes.js';
import type { Tags } from '../tags.js';
import { idParts } from './facts.js';

/* Azure's answers, in which any key may be missing, as the model. */

/** Azure writes a region as `eastus2` or as `East US 2`. */
function locationOf(answer: unknown): string {
  return (text(at(answer, 'location')) ?? '').toLowerCase().replaceAll(' ', '');
}

/** Subnets that an Azure service needs under these names. */
const reserved = /^(?:GatewaySubnet|RouteServerSubnet|Azure(?:Bastion|Firewall)\w*)$/i;

export type VnetSubnet = ReturnType<typeof toSubnets>[number];

/** The subnets of a VNet, with what matters of the VNet. */
export function toSubnets(vnet: unknown) {
  const location = locationOf(vnet);
  const dnsServers = texts(at(vnet, 'properties', 'dhcpOptions', 'dnsServers'));
  return objects(at(vnet, 'properties', 'subnets')).map((subnet) => {
    const id = text(subnet.id) ?? '';
    const { name, vnetId } = idParts(id);
    const of = (...path: readonly string[]) => at(subnet, 'properties', ...path);
    const [delegation] = objects(of('delegations'));
    const owner = text(at(delegation, 'properties', 'serviceName')) ?? 'an Azure service';
    const odd = reserved.test(name) ? 'is reserved for an Azure service' : undefined;
    return {
      ...{ id, name, vnetId, location, dnsServers },
      range: text(of('addressPrefix')) ?? listed(texts(of('addressPrefixes'))),
      /** Why it can't have private endpoints. */
      unusable: delegation ? `is delegated to ${owner}` : odd,
      nsg: text(of('networkSecurityGroup', 'id')),
      /** Whether its network security group counts for private endpoints. */
      hasPolicies: /^(?:Enabled|NetworkSecurityGroupEnabled)$/i.test(`${of('privateEndpointNetworkPolicies')}`),
    };
  });
}

export type AzureEndpoint = ReturnType<typeof toPrivateEndpoint>;

export function toPrivateEndpoint(answer: unknown) {
  const id = text(at(answer, 'id')) ?? '';
  const properties = at(answer, 'properties');
  const provisioning = text(at(properties, 'provisioningState')) ?? '';
  const [connection] = objects(at(properties, 'manualPrivateLinkServiceConnections'));
  const about = at(connection, 'properties', 'privateLinkServiceConnectionState');
  const [nic] = objects(at(properties, 'networkInterfaces'));
  return {
    id,
    name: idParts(id).name,
    location: locationOf(answer),
    subnet: text(at(properties, 'subnet', 'id')) ?? '',
    // What matters most: that it exists, then its connection.
    state: isInState({ state: provisioning }, 'Succeeded') ? (text(at(about, 'status')) ?? 'Pending') : provisioning,
    /** What Azure says about the connection. */
    remark: (text(at(about, 'description')) ?? '').trim(),
    /** The private link service that it connects to. */
    target: text(at(connection, 'properties', 'privateLinkServiceId')) ?? '',
    tags: Object(at(answer, 'tags')) as Tags,
    /** The id of its network interface, which has the address. */
    nic: text(nic?.id),
    /** Null if it isn't read, or if there is none yet. */
    address: null as string | null,
  };
}

export function isInState({ state }: { state: string }, ...names: readonly string[]): boolean {
  return hasId(names, state);
}

/** Whether it can still become, or is, a connection. One that is Disconnected can't. */
export function mayConnect(endpoint: { state: string }): boolean {
  return !isInState(endpoint, 'Failed', 'Canceled', 'Rejected', 'Disconnected', 'Deleting', 'DELETED');
}

/** Whether it can still become, or is, a connection to this service, which did not refuse it. */
export function isUsableFor(endpoint: AzureEndpoint, service: ServiceRef | undefined): boolean {
  return mayConnect(endpoint) && !hasId(service?.refused ?? [], endpoint.id);
}

/* Later runs find what this program created by its name and its tags. */

/** The Atlas service for which this program created an endpoint; null if another program did. */
export function azureOwner({ name, tags }: AzureEndpoint, projectId: string): string | null {
  const { 'atlas-pe-service': id = '', 'atlas-pe-project': project } = tags;
  return project === projectId && id !== '' && isSameId(name.slice(0, 33), `atlas-pe-${id}`) ? id : null;
}

/** That service, and whether this program created it too. */
export function azureMarks(endpoint: AzureEndpoint, projectId: string) {
  const isServiceOurs = endpoint.tags['atlas-pe-created-service'] === 'true';
  return { ownerId: azureOwner(endpoint, projectId), isServiceOurs };
}

export function isOursFor(endpoint: AzureEndpoint, service: ServiceRef | undefined): boolean {
  return service !== undefined && azureOwner(endpoint, service.projectId) === service.id;
}

/** Whether it is ours, but was not created completely, so that creating it again completes it. */
export function isUnfinished(endpoint: AzureEndpoint, service: ServiceRef | undefined): boolean {
  const isKnown = hasId(service?.refused ?? [], endpoint.id);
  return isInState(endpoint, 'Failed', 'Canceled') && isOursFor(endpoint, service) && !isKnown;
}

/** Whether an action is allowed: by some role, which doesn't exclude it. Deny assignments are not seen. */
export function allows(roles: readonly unknown[], action: string): boolean {
  // `*` stands for any characters.
  const toPattern = (text: string) => text.replaceAll(/[^\w/*]/g, '\\$&').replaceAll('*', '.*');
  const has = (given: unknown) => texts(given).some((each) => new RegExp(`^${toPattern(each)}$`, 'i').test(action));
  return roles.some((role) => has(at(role, 'actions')) && !has(at(role, 'notActions')));
}
