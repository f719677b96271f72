import { uuid } from '../chance.js';
import { attachmentStatus, statusOf } from '../services.js';
import { briefly, type World, type WorldView } from '../world.js';
import { isSame, nameIn, networkId, partsOfId } from './ids.js';
import { etagOf } from './network.js';
import type { PrivateEndpoint } from './resources.js';

/* The private endpoints, their states over time, and their network interfaces. */

type ProvisioningState = 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';

/** Null if the endpoint is gone. */
export function provisioningState({ world, now }: WorldView, endpoint: PrivateEndpoint): ProvisioningState | null {
  const { goneAt, fate } = endpoint;
  if (goneAt !== null) return now < goneAt ? 'Deleting' : null;
  if (now < readyTime(world, endpoint) || fate?.kind === 'never-ready') return 'Updating';
  if (fate?.kind === 'vanishes') return null;
  return fate ? 'Failed' : 'Succeeded';
}

export function readyTime({ options }: World, { createdAt }: PrivateEndpoint): number {
  return createdAt + briefly(options);
}

/** The endpoints that ARM returns. Like other clouds, it may not find a new one at first. */
export function privateEndpointsOf(view: WorldView): PrivateEndpoint[] {
  return livingEndpoints(view).filter(({ createdAt }) => view.now >= createdAt + view.world.options.azureLag);
}

export function livingEndpoints(view: WorldView): PrivateEndpoint[] {
  return view.world.azure.endpoints.filter((each) => provisioningState(view, each) !== null);
}

export type ConnectionStatus = 'Pending' | 'Approved' | 'Rejected' | 'Disconnected';

/** The state that follows from the interface endpoint in Atlas. */
export function connectionStatus(view: WorldView, { id, serviceId, isAttached }: PrivateEndpoint): ConnectionStatus {
  const { world, now } = view;
  const service = world.services.find((each) => each.id === serviceId);
  if (!service || statusOf(service, view) === null) return 'Disconnected';
  if (!isAttached) return 'Pending';
  const attachment = service.interfaces.find((each) => isSame(each.id, id));
  const status = attachment ? attachmentStatus(service, attachment, now) : null;
  if (!attachment || status === null) return 'Disconnected';
  const { createdAt, availableAt, fate } = attachment;
  const isRefused = fate?.kind === 'failed';
  if (status === 'FAILED' || (isRefused && now >= availableAt)) return 'Rejected';
  return isRefused || now < (createdAt + availableAt) / 2 ? 'Pending' : 'Approved';
}

const descriptions: Readonly<Record<ConnectionStatus, string>> = {
  Pending: 'Awaiting Approval',
  Approved: 'Approved',
  Rejected: 'Rejected by the owner of the private link service',
  Disconnected: 'The connection was removed by the owner of the private link service',
};

export function privateEndpointAnswer(view: WorldView, endpoint: PrivateEndpoint): Record<string, unknown> {
  const { id, location, tags, subnetId, connection, customNetworkInterfaceName } = endpoint;
  const { name: connectionName, ...target } = connection;
  const status = connectionStatus(view, endpoint);
  const provisioning = provisioningState(view, endpoint);
  const type = 'Microsoft.Network/privateEndpoints';
  return {
    name: nameIn(id),
    id,
    etag: etagOf(`${id} ${provisioning} ${status} ${JSON.stringify(tags)}`),
    type,
    location,
    tags,
    properties: {
      provisioningState: provisioning,
      resourceGuid: uuid(id),
      privateLinkServiceConnections: [],
      manualPrivateLinkServiceConnections: [
        {
          name: connectionName,
          id: `${id}/manualPrivateLinkServiceConnections/${connectionName}`,
          properties: {
            provisioningState: 'Succeeded',
            ...target,
            privateLinkServiceConnectionState: { status, description: descriptions[status], actionsRequired: 'None' },
          },
          type: `${type}/manualPrivateLinkServiceConnections`,
        },
      ],
      customNetworkInterfaceName,
      subnet: { id: subnetId },
      ipConfigurations: [],
      networkInterfaces: provisioning === 'Failed' ? [] : [{ id: interfaceId(endpoint) }],
      customDnsConfigs: [],
    },
  };
}

/** The id of its network interface. */
export function interfaceId({ id, customNetworkInterfaceName: chosen }: PrivateEndpoint): string {
  const place = partsOfId(id) ?? { subscription: '', group: '' };
  return networkId(place, `networkInterfaces/${chosen || `${nameIn(id)}.nic.${uuid(`nic of ${id}`)}`}`);
}

/** The network interface has its address when the endpoint is ready. */
export function interfaceAnswer(view: WorldView, endpoint: PrivateEndpoint): Record<string, unknown> {
  const id = interfaceId(endpoint);
  const provisioning = provisioningState(view, endpoint);
  const name = `privateEndpointIpConfig.${uuid(`ip of ${endpoint.id}`)}`;
  return {
    name: nameIn(id),
    id,
    etag: etagOf(`${id} ${provisioning}`),
    type: 'Microsoft.Network/networkInterfaces',
    location: endpoint.location,
    properties: {
      provisioningState: provisioning,
      ipConfigurations: [
        {
          name,
          id: `${id}/ipConfigurations/${name}`,
          type: 'Microsoft.Network/networkInterfaces/ipConfigurations',
          properties: {
            provisioningState: provisioning,
            ...(provisioning !== 'Updating' && { privateIPAddress: endpoint.address }),
            privateIPAllocationMethod: 'Dynamic',
            privateIPAddressVersion: 'IPv4',
            subnet: { id: endpoint.subnetId },
            primary: true,
          },
        },
      ],
      privateEndpoint: { id: endpoint.id },
      nicType: 'Standard',
    },
  };
}
