import { addressIn, parseCidr, sizeOf } from '../aws/cidr.js';
import { sandboxClouds } from '../clouds/all.js';
import { regionOf, statusOf } from '../services.js';
import type { WorldView } from '../world.js';
import { invalidFormat, readEndpointBody } from './body.js';
import { livingEndpoints } from './endpoints.js';
import { type GroupPlace, isSame, networkId } from './ids.js';
import { findPlace, findSubnet, type NetworkSubnet } from './network.js';
import { AzureRefusal, ensure } from './refusal.js';
import type { PrivateEndpoint } from './resources.js';
import { checkAllowed, checkCreate, checkLock, isAllowed, linkedRefusal } from './rights.js';

/* Checks a PUT of a private endpoint. */

const write = 'Microsoft.Network/privateEndpoints/write';
const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const approve = 'Microsoft.Network/privateLinkServices/PrivateEndpointConnectionsApproval/action';

const subnetShape = /^\/subscriptions\/[^/]+\/resourceGroups\/.*\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;
const reservedSubnets = /\/(?:GatewaySubnet|AzureBastionSubnet|AzureFirewall[^/]*|RouteServerSubnet)$/i;

/** What a PUT asks for. */
type EndpointRequest = Omit<PrivateEndpoint, 'address' | 'createdAt' | 'goneAt' | 'isAttached' | 'fate'>;

/** Throws the refusal that ARM answers. */
export function readEndpointRequest(
  view: WorldView,
  parts: Partial<GroupPlace>,
  name: string,
  body: unknown,
): EndpointRequest {
  const { world } = view;
  const place = findPlace(world, parts);
  const id = networkId(place, `privateEndpoints/${name}`);
  checkAllowed(world, write, id);
  checkLock(world, 'write', id, place);
  checkCreate(world, name, place);
  const isName = /^[a-z0-9][\w.-]*\w$/i.test(name) && name.length <= 64;
  ensure(isName, 'InvalidResourceName', `Resource name ${name} is invalid.`);

  const { texts, tags } = readEndpointBody(body);
  // `East US 2` is `eastus2`.
  const location = texts.location?.toLowerCase().replaceAll(' ', '');
  ensure(location, 'LocationRequired', 'The location property is required for this definition.');
  const isLocation = regionOf('AZURE', location)?.region === location;
  ensure(isLocation, 'LocationNotAvailableForResourceType', `The provided location '${location}' is not available.`);
  const { id: subnetId } = readSubnet(view, texts['properties.subnet.id'] ?? '', { ...place, location });
  if (!isAllowed(world, join)) throw linkedRefusal(id, join, subnetId);

  const automatic = texts['properties.privateLinkServiceConnections[0].properties.privateLinkServiceId'];
  // An automatic connection needs rights on the service, which belongs to Atlas.
  if (automatic !== undefined) throw linkedRefusal(id, approve, automatic);
  const manual = 'properties.manualPrivateLinkServiceConnections[0]';
  const connectionName = texts[`${manual}.name`] ?? '';
  const requestMessage = texts[`${manual}.properties.requestMessage`] ?? '';
  ensure(
    /^\w[\w.-]{0,79}$/.test(connectionName),
    ...invalidFormat('The connection is missing, or its name is invalid.'),
  );
  ensure(requestMessage.length <= 140, ...invalidFormat('The request message has more than 140 characters.'));
  const target = texts[`${manual}.properties.privateLinkServiceId`] ?? '';
  const { serviceId, privateLinkServiceId } = findTarget(view, target);
  const connection = { name: connectionName, privateLinkServiceId, requestMessage };
  const customNetworkInterfaceName = texts['properties.customNetworkInterfaceName'] ?? '';
  return { id, location, tags, subnetId, serviceId, connection, customNetworkInterfaceName };
}

/** The subnet for an endpoint in this place. */
function readSubnet(
  { world }: WorldView,
  id: string,
  place: { subscription: string; location: string },
): NetworkSubnet {
  const invalid = `Property id '${id}' at path 'properties.subnet.id' is invalid. Expect fully qualified resource Id.`;
  ensure(subnetShape.test(id), 'LinkedInvalidPropertyId', invalid);
  const { network, subnet } = findSubnet(world, id) ?? {};
  const isNear = network?.location === place.location && network.subscription === place.subscription;
  const missing = `Resource ${id} was not found. Please make sure that the referenced resource exists`;
  ensure(subnet && isNear, 'InvalidResourceReference', `${missing}, and that both resources are in the same region.`);
  // These two codes are assumed.
  const delegated = `Subnet ${subnet.id} is delegated to ${subnet.delegation}.`;
  ensure(subnet.delegation === undefined, 'SubnetWithDelegationCannotBeUsedByResource', delegated);
  const isReserved = reservedSubnets.test(subnet.id);
  ensure(!isReserved, 'ReservedSubnetCannotBeUsedByResource', `Subnet ${subnet.id} cannot have private endpoints.`);
  return subnet;
}

/** The Atlas service with this private link service. */
function findTarget(view: WorldView, id: string): { serviceId: string; privateLinkServiceId: string } {
  for (const service of view.world.services) {
    const isReady = ['AVAILABLE', 'WAITING_FOR_USER'].includes(statusOf(service, view) ?? '');
    if (!isReady || service.provider !== 'AZURE') continue;
    const moment = { region: service.atlasRegion, isReady, attached: [] };
    const { privateLinkServiceResourceId: own } = sandboxClouds.AZURE.service(service, moment);
    if (typeof own === 'string' && isSame(own, id)) return { serviceId: service.id, privateLinkServiceId: own };
  }
  throw new AzureRefusal(400, 'InvalidPrivateLinkServiceId', `Private link service ${id} was not found.`);
}

/** The first address of the subnet that no other endpoint has. */
export function freeAddress(view: WorldView, subnetId: string): string {
  const { subnet } = findSubnet(view.world, subnetId) ?? {};
  const range = parseCidr(subnet?.range ?? '');
  const taken = livingEndpoints(view).map((each) => (each.subnetId === subnetId ? each.address : ''));
  // Azure reserves the first four addresses, and the last one.
  const end = range && !subnet?.full ? sizeOf(range) - 1 : 0;
  for (let offset = 4; range && offset < end; offset++) {
    const address = addressIn(range, offset);
    if (!taken.includes(address)) return address;
  }
  throw new AzureRefusal(400, 'SubnetIsFull', `Subnet ${subnetId} with prefix ${subnet?.range} is already full.`);
}
