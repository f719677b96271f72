import { digits, uuid } from '../chance.js';
import { attachmentStatus, statusOf } from '../services.js';
import { briefly, type WorldView } from '../world.js';
import { isSame, nameIn } from './ids.js';
import type { Resource } from './network.js';
import type { PrivateEndpoint } from './resources.js';

/* The private endpoints, their states over time, and their network interfaces. */

type ProvisioningState = 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';

/** Null if the endpoint is gone. */
export function provisioningState(view: WorldView, endpoint: PrivateEndpoint): ProvisioningState | null {
  const { goneAt, fate } = endpoint;
  if (goneAt !== null) return view.now < goneAt ? 'Deleting' : null;
  if (view.now < readyTime(view, endpoint)) return 'Updating';
  if (fate?.kind === 'vanishes') return null;
  return fate ? 'Failed' : 'Succeeded';
}

/** When its creation ends. */
export function readyTime({ world }: Pick<WorldView, 'world'>, { createdAt, fate }: PrivateEndpoint): number {
  return fate?.kind === 'never-ready' ? Number.POSITIVE_INFINITY : createdAt + briefly(world.options);
}

/** The endpoints that ARM returns. It may not find a new one at first. */
export function foundEndpoints(view: WorldView): PrivateEndpoint[] {
  return livingEndpoints(view).filter(({ createdAt }) => view.now >= createdAt + view.world.options.azureLag);
}

export function livingEndpoints(view: WorldView): PrivateEndpoint[] {
  return view.world.azure.endpoints.filter((each) => provisioningState(view, each) !== null);
}

type ConnectionStatus = 'Pending' | 'Approved' | 'Rejected' | 'Disconnected';

/** The state that follows from the interface endpoint in Atlas. */
export function connectionStatus(view: WorldView, { id, serviceId, isAttached }: PrivateEndpoint): ConnectionStatus {
  const { world, now } = view;
  const service = world.services.find((each) => each.id === serviceId);
  if (!service || statusOf(service, view) === null) return 'Disconnected';
  if (!isAttached) return 'Pending';
  const attachment = service.interfaces.find((each) => isSame(each.id, id));
  if (!attachment || attachmentStatus(service, attachment, now) === null) return 'Disconnected';
  const { createdAt, availableAt, fate } = attachment;
  if (fate?.kind === 'failed') return now < availableAt ? 'Pending' : 'Rejected';
  return now < (createdAt + availableAt) / 2 ? 'Pending' : 'Approved';
}

const descriptions: Readonly<Record<ConnectionStatus, string>> = {
  Pending: 'Awaiting Approval',
  Approved: 'Approved',
  Rejected: 'Rejected by the owner of the private link service',
  Disconnected: 'The connection was removed by the owner of the private link service',
};

export function endpointResource(view: WorldView, endpoint: PrivateEndpoint): Resource {
  const { id, location, tags, subnetId, customNetworkInterfaceName } = endpoint;
  const { name, ...target } = endpoint.connection;
  const status = connectionStatus(view, endpoint);
  const state = { status, description: descriptions[status], actionsRequired: 'None' };
  const connection = {
    name,
    id: `${id}/manualPrivateLinkServiceConnections/${name}`,
    properties: { provisioningState: 'Succeeded', ...target, privateLinkServiceConnectionState: state },
  };
  const provisioning = provisioningState(view, endpoint);
  return {
    id,
    location,
    tags,
    properties: {
      provisioningState: provisioning,
      privateLinkServiceConnections: [],
      manualPrivateLinkServiceConnections: [connection],
      customNetworkInterfaceName,
      subnet: { id: subnetId },
      networkInterfaces: provisioning === 'Failed' ? [] : [{ id: interfaceId(endpoint) }],
      customDnsConfigs: [],
    },
  };
}

function interfaceId({ id, customNetworkInterfaceName: chosen }: PrivateEndpoint): string {
  const name = chosen || `${nameIn(id)}.nic.${uuid(`interface of ${id}`)}`;
  return id.replace(/privateEndpoints\/[^/]+$/, `networkInterfaces/${name}`);
}

/** The network interface of an endpoint. It has its address when the endpoint is ready. */
export function interfaceResource(view: WorldView, endpoint: PrivateEndpoint): Resource {
  const id = interfaceId(endpoint);
  const provisioning = provisioningState(view, endpoint);
  const name = `privateEndpointIpConfig.${digits(id, 8)}`;
  const properties = {
    provisioningState: provisioning,
    ...(provisioning !== 'Updating' && { privateIPAddress: endpoint.address }),
    privateIPAllocationMethod: 'Dynamic',
    privateIPAddressVersion: 'IPv4',
    subnet: { id: endpoint.subnetId },
    primary: true,
  };
  const ipConfigurations = [{ name, id: `${id}/ipConfigurations/${name}`, properties }];
  const owner = { privateEndpoint: { id: endpoint.id } };
  const { location } = endpoint;
  return { id, location, properties: { provisioningState: provisioning, ipConfigurations, ...owner } };
}
