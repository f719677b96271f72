import { uuid } from '../chance.js';
import type { Accept } from '../linking.js';
import { attachmentStatus, stageOf } from '../services.js';
import { briefly, type Lifetime, type World, type WorldView, withNewest } from '../world.js';
import { isSame, nameInId, type Resource, resourceOf } from './ids.js';

/* The private endpoints, their states over time, their network interfaces, and their link to Atlas. */

/**
 * A private endpoint, as it is saved. After a failure, a PUT creates it again. Networks follow from the regions or from the
 * faults file, so they are not saved.
 */
export interface PrivateEndpoint extends Omit<Lifetime, 'readyAt'> {
  /** As ARM returns it. Its name has the case of the first PUT. */
  id: string;
  location: string;
  tags: Readonly<Record<string, string>>;
  subnetId: string;
  /** The id of the Atlas service that it connects to. */
  serviceId: string;
  connection: { name: string; privateLinkServiceId: string; requestMessage: string };
  address: string;
  /** Whether it was attached to its Atlas service. */
  isAttached: boolean;
}

export interface AzureAccount {
  endpoints: readonly PrivateEndpoint[];
}

export function withEndpoint(world: World, endpoint: PrivateEndpoint, now: number): World {
  return { ...world, azure: { endpoints: withNewest(world.azure.endpoints, endpoint, now) } };
}

/** Null if the endpoint is gone. */
export function provisioningState(view: WorldView, endpoint: PrivateEndpoint) {
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

/** The state that follows from the interface endpoint in Atlas. */
export function privateLinkStatus(view: WorldView, { id, serviceId, isAttached }: PrivateEndpoint) {
  const { world, now } = view;
  const service = world.services.find((each) => each.id === serviceId);
  if (!service || stageOf(service, now) === null) return 'Disconnected';
  if (!isAttached) return 'Pending';
  const attachment = service.interfaces.find((each) => isSame(each.id, id));
  if (!attachment || attachmentStatus(service, attachment, now) === null) return 'Disconnected';
  const { createdAt, availableAt, fate } = attachment;
  if (fate?.kind === 'failed') return now < availableAt ? 'Pending' : 'Rejected';
  return now < (createdAt + availableAt) / 2 ? 'Pending' : 'Approved';
}

export function endpointResource(view: WorldView, endpoint: PrivateEndpoint): Resource {
  const { id, location, tags, subnetId } = endpoint;
  const { name, ...target } = endpoint.connection;
  const status = privateLinkStatus(view, endpoint);
  const state = { status, description: status === 'Pending' ? 'Awaiting Approval' : status };
  const connection = { name, properties: { ...target, privateLinkServiceConnectionState: state } };
  const provisioning = provisioningState(view, endpoint);
  const properties = {
    provisioningState: provisioning,
    manualPrivateLinkServiceConnections: [connection],
    subnet: { id: subnetId },
    networkInterfaces: provisioning === 'Failed' ? [] : [{ id: interfaceId(endpoint) }],
  };
  return resourceOf(id, { location, tags, properties });
}

function interfaceId({ id }: PrivateEndpoint): string {
  const name = `${nameInId(id)}.nic.${uuid(`interface of ${id}`)}`;
  return id.replace(/privateEndpoints\/[^/]+$/, `networkInterfaces/${name}`);
}

/** The network interface of an endpoint. It has its address when the endpoint is ready. */
export function interfaceResource(view: WorldView, endpoint: PrivateEndpoint): Resource {
  const { id, location, address: privateIPAddress } = endpoint;
  const isUpdating = provisioningState(view, endpoint) === 'Updating';
  const ipConfigurations = [{ name: 'privateEndpointIpConfig', properties: isUpdating ? {} : { privateIPAddress } }];
  return resourceOf(interfaceId(endpoint), { location, properties: { ipConfigurations, privateEndpoint: { id } } });
}

/** Approves the connection of a private endpoint. */
export const acceptPrivateEndpoint: Accept = (view, service, { id, ip }) => {
  const { world } = view;
  const endpoint = world.azure.endpoints.find((each) => isSame(each.id, id));
  // An id that the cloud does not have is accepted, so that a test of Atlas alone can use any id.
  if (!endpoint) return world;
  const name = `The private endpoint ${endpoint.id}`;
  if (endpoint.serviceId !== service.id) return `${name} belongs to another service.`;
  const state = foundEndpoints(view).includes(endpoint) ? provisioningState(view, endpoint) : null;
  if (state !== 'Succeeded') return `${name} is ${state ?? 'not found'}.`;
  const status = privateLinkStatus(view, endpoint);
  if (status !== 'Pending') return `The connection of the private endpoint ${endpoint.id} is ${status}.`;
  if (endpoint.address !== ip) return `${name} has the IP address ${endpoint.address}, not ${ip}.`;
  return withEndpoint(world, { ...endpoint, isAttached: true }, view.now);
};
