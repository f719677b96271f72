import { at, objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/words.js';
import type { TerraformResource } from '../facts.js';
import { type Mark, type Stage, stageIn } from '../found.js';
import { isSameId, type Tags } from '../shapes.js';
import { idParts } from './facts.js';

/* Azure's answers, in which any key may be missing, as the model. */

/** Azure writes a region as `eastus2` or as `East US 2`. */
function locationOf(answer: unknown) {
  return (text(at(answer, 'location')) ?? '').toLowerCase().replaceAll(' ', '');
}

/** Subnets that an Azure service needs under these names. */
const reserved = /^(?:GatewaySubnet|RouteServerSubnet|Azure(?:Bastion|Firewall)\w*)$/i;

export type VnetSubnet = ReturnType<typeof toSubnets>[number];

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

/** Of its creation, then of its connection: https://learn.microsoft.com/azure/private-link/manage-private-endpoint */
const stages: Readonly<Record<string, Stage>> = {
  Pending: 'ready',
  Approved: 'connected',
  Failed: 'unfinished',
  Canceled: 'unfinished',
  Rejected: 'refused',
  // Atlas's end is gone.
  Disconnected: 'ended',
  Deleting: 'deleting',
};

export type AzureEndpoint = ReturnType<typeof toPrivateEndpoint>;

export function toPrivateEndpoint(answer: unknown) {
  const id = text(at(answer, 'id')) ?? '';
  const { name } = idParts(id);
  const properties = at(answer, 'properties');
  const provisioning = text(at(properties, 'provisioningState')) ?? '';
  const [connection] = objects(at(properties, 'manualPrivateLinkServiceConnections'));
  const about = at(connection, 'properties', 'privateLinkServiceConnectionState');
  const [nic] = objects(at(properties, 'networkInterfaces'));
  // What matters most: that it exists, then its connection.
  const state = isSameId(provisioning, 'Succeeded') ? (text(at(about, 'status')) ?? 'Pending') : provisioning;
  const tags = Object(at(answer, 'tags')) as Tags;
  return {
    stepId: 'private-endpoint',
    id,
    name,
    region: locationOf(answer),
    state,
    stage: stageIn(stages, state),
    mark: markIn(name, tags),
    target: text(at(connection, 'properties', 'privateLinkServiceId')) ?? '',
    uses: [],
    subnet: text(at(properties, 'subnet', 'id')) ?? '',
    remark: (text(at(about, 'description')) ?? '').trim(),
    tags,
    /** The id of its network interface, which has the address. */
    nic: text(nic?.id),
    answer,
    /** Null if it isn't read, or if there is none yet. */
    address: null as string | null,
  };
}

/** Later runs find what this program created by its tags, unless another program has copied them, and by its name. */
function markIn(name: string, tags: Tags): Mark | null {
  const { 'atlas-pe-project': projectId = '', 'atlas-pe-service': serviceId = '' } = tags;
  if (serviceId === '' || !isSameId(name.slice(0, 33), `atlas-pe-${serviceId}`)) return null;
  return { projectId, serviceId, isServiceOurs: tags['atlas-pe-created-service'] === 'true' };
}

/** Whether an action is allowed: by some role, which doesn't exclude it. Deny assignments are not seen. */
export function allows(roles: readonly unknown[], action: string) {
  // `*` stands for any characters.
  const toPattern = (text: string) => text.replaceAll(/[^\w/*]/g, '\\$&').replaceAll('*', '.*');
  const has = (given: unknown) => texts(given).some((each) => new RegExp(`^${toPattern(each)}$`, 'i').test(action));
  return roles.some((role) => has(at(role, 'actions')) && !has(at(role, 'notActions')));
}

const noZones = 'A private DNS zone group is not exported: add private_dns_zone_group, or the plan removes it.';

/** A private endpoint as a resource of Terraform's azurerm provider below a comment, or why it can't be one. */
export function privateEndpointResources(endpoint: AzureEndpoint): (TerraformResource | string)[] | string {
  const { id, name, region, subnet, target, tags, answer } = endpoint;
  const { subscription, group } = idParts(id);
  const of = (key: string) => at(answer, 'properties', key);
  const [connection] = objects(of('manualPrivateLinkServiceConnections'));
  const message = text(at(connection, 'properties', 'requestMessage'));
  if (!message) return "It has no request message, which Terraform's azurerm provider requires.";
  const service = { private_connection_resource_id: target, is_manual_connection: true, request_message: message };
  const values = {
    name,
    resource_group_name: group,
    location: region,
    subnet_id: subnet,
    custom_network_interface_name: text(of('customNetworkInterfaceName')) || null,
    tags,
    ip_configuration: objects(of('ipConfigurations')).map(({ name, properties }) => ({
      name,
      private_ip_address: at(properties, 'privateIPAddress'),
      subresource_name: at(properties, 'groupId') || null,
      member_name: at(properties, 'memberName') || null,
    })),
    private_service_connection: [{ name: connection?.name, ...service }],
  };
  const account = subscription.toLowerCase();
  const alias = `subscription_${account.replaceAll(/\W/g, '_')}`;
  const provider = { alias, subscription_id: account, features: [{}] };
  return [noZones, { type: 'azurerm_private_endpoint', id, atlasId: id, importId: id, values, provider }];
}
