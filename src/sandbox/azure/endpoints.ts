import { visible, withOne } from '../collection.js';
import { type LinkStage, linkStage, serviceStage } from '../services.js';
import { type Accept, isSame, stageOf, uuid, type WorldView } from '../world.js';
import { endpointsIn, nameInId, type PrivateEndpoint, type Resource, resourceOf } from './account.js';

const provisioningStates = {
  pending: 'Updating',
  ready: 'Succeeded',
  failed: 'Failed',
  deleting: 'Deleting',
} as const;

export function provisioningState({ now }: WorldView, endpoint: PrivateEndpoint) {
  const stage = stageOf(endpoint, now);
  return stage && provisioningStates[stage];
}

const statusesByStage = {
  requested: 'Pending',
  pending: 'Approved',
  ready: 'Approved',
  failed: 'Rejected',
  gone: 'Disconnected',
} as const satisfies Record<LinkStage, string>;

export function privateLinkStatus({ world, now }: WorldView, { id, serviceId, isAttached }: PrivateEndpoint) {
  const service = world.services.find((each) => each.id === serviceId);
  if (!service || serviceStage(service, now) === null) return 'Disconnected';
  return isAttached ? statusesByStage[linkStage(service, id, now)] : 'Pending';
}

export function endpointResource(view: WorldView, endpoint: PrivateEndpoint): Resource {
  const { id, location, tags, subnetId } = endpoint;
  const { name, ...target } = endpoint.connection;
  const status = privateLinkStatus(view, endpoint);
  // Guess: a manual connection has the form of the automatic one that was recorded.
  const description = status === 'Pending' ? 'Awaiting Approval' : status;
  const state = { status, description, actionsRequired: 'None' };
  const connection = resourceOf(`${id}/manualPrivateLinkServiceConnections/${name}`, {
    properties: { provisioningState: 'Succeeded', ...target, privateLinkServiceConnectionState: state },
  });
  const provisioning = provisioningState(view, endpoint);
  const properties = {
    provisioningState: provisioning,
    resourceGuid: uuid(`guid of ${id}`),
    manualPrivateLinkServiceConnections: [connection],
    privateLinkServiceConnections: [],
    customNetworkInterfaceName: endpoint.interfaceName,
    customDnsConfigs: [],
    ipConfigurations: [...endpoint.ipConfigurations],
    subnet: { id: subnetId },
    networkInterfaces: provisioning === 'Failed' ? [] : [{ id: interfaceId(endpoint) }],
  };
  return resourceOf(id, { location, tags, properties });
}

function interfaceId({ id, interfaceName }: PrivateEndpoint) {
  const name = interfaceName || `${nameInId(id)}.nic.${uuid(`interface of ${id}`)}`;
  return id.replace(/privateEndpoints\/[^/]+$/, `networkInterfaces/${name}`);
}

export function interfaceResource(view: WorldView, endpoint: PrivateEndpoint): Resource {
  const { id, location, address: privateIPAddress } = endpoint;
  const isUpdating = provisioningState(view, endpoint) === 'Updating';
  const ipConfigurations = [{ name: 'privateEndpointIpConfig', properties: isUpdating ? {} : { privateIPAddress } }];
  return resourceOf(interfaceId(endpoint), { location, properties: { ipConfigurations, privateEndpoint: { id } } });
}

export const acceptPrivateEndpoint: Accept = (view, service, { id, ip }) => {
  const { world } = view;
  const endpoint = endpointsIn(world.clouds.AZURE.resources).find((each) => isSame(each.id, id));
  if (!endpoint) return world;
  const name = `The private endpoint ${endpoint.id}`;
  if (endpoint.serviceId !== service.id) return `${name} belongs to another service.`;
  const state = endpointsIn(visible('AZURE', view)).includes(endpoint) ? provisioningState(view, endpoint) : null;
  if (state !== 'Succeeded') return `${name} is ${state ?? 'not found'}.`;
  const status = privateLinkStatus(view, endpoint);
  if (status !== 'Pending') return `The connection of the private endpoint ${endpoint.id} is ${status}.`;
  if (endpoint.address !== ip) return `${name} has the IP address ${endpoint.address}, not ${ip}.`;
  return withOne(view, 'AZURE', { ...endpoint, isAttached: true });
};
