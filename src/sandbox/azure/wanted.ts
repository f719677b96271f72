import { addressIn, parseCidr, sizeOf } from '../aws/cidr.js';
import { sandboxClouds } from '../clouds/all.js';
import { regionOf, statusOf } from '../services.js';
import type { WorldView } from '../world.js';
import { invalidFormat, readEndpointBody } from './body.js';
import { livingEndpoints } from './endpoints.js';
import { type GroupPlace, isSame, networkId } from './ids.js';
import { findPlace, findSubnet } from './network.js';
import { AzureRefusal, ensure } from './refusal.js';
import type { PrivateEndpoint } from './resources.js';
import { checkAllowed, checkLock, checkPolicy, checkRegistered, isAllowed, linkedRefusal } from './rights.js';

/* Checks a PUT of a private endpoint. */

const action = 'Microsoft.Network/privateEndpoints/write';
const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const approve = 'Microsoft.Network/privateLinkServices/PrivateEndpointConnectionsApproval/action';

const subnetShape = /^\/subscriptions\/[^/]+\/resourceGroups\/.*\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;
const reservedSubnets = /\/(?:GatewaySubnet|AzureBastionSubnet|AzureFirewall[^/]*|RouteServerSubnet)$/i;

/** What a PUT asks for. */
export type Wanted = Omit<PrivateEndpoint, 'address' | 'createdAt' | 'goneAt' | 'isAttached' | 'fate'>;

/** Throws the refusal that ARM answers. */
export function readWanted(view: WorldView, parts: Partial<GroupPlace>, name: string, body: unknown): Wanted {
  const { world } = view;
  const place = findPlace(world, parts);
  const id = networkId(place, `privateEndpoints/${name}`);
  checkAllowed(world, action, id);
  checkRegistered(world);
  checkLock(world, 'write', id, place);
  checkPolicy(world, name, place);
  const isName = /^[a-z0-9][\w.-]*\w$/i.test(name) && name.length <= 64;
  ensure(isName, 'InvalidResourceName', `Resource name ${name} is invalid.`);

  const { location: given, tags = {}, properties = {} } = readEndpointBody(body);
  // `East US 2` is `eastus2`.
  const location = given?.toLowerCase().replaceAll(' ', '');
  ensure(location, 'LocationRequired', 'The location property is required for this definition.');
  const isLocation = regionOf('AZURE', location)?.region === location;
  ensure(isLocation, 'LocationNotAvailableForResourceType', `The provided location '${given}' is not available.`);

  const { subnet: { id: subnetId = '' } = {}, customNetworkInterfaceName = '' } = properties;
  const invalid = `Property id '${subnetId}' at path 'properties.subnet.id' is invalid.`;
  ensure(subnetShape.test(subnetId), 'LinkedInvalidPropertyId', `${invalid} Expect fully qualified resource Id.`);
  const { network, subnet } = findSubnet(world, subnetId) ?? {};
  const isNear = network?.location === location && network.subscription === place.subscription;
  const missing = `Resource ${subnetId} referenced by resource ${id} was not found. Please make sure that the referenced`;
  const near = `${missing} resource exists, and that both resources are in the same region.`;
  ensure(subnet && isNear, 'InvalidResourceReference', near);
  if (!isAllowed(world, join)) throw linkedRefusal({ action, id }, join, subnet.id);
  // These two codes are assumed.
  const delegated = `Subnet ${subnet.id} is delegated to ${subnet.delegation}.`;
  ensure(subnet.delegation === undefined, 'SubnetWithDelegationCannotBeUsedByResource', delegated);
  const reserved = `Subnet ${subnet.id} cannot have private endpoints.`;
  ensure(!reservedSubnets.test(subnet.id), 'ReservedSubnetCannotBeUsedByResource', reserved);

  const { manualPrivateLinkServiceConnections: manual = [], privateLinkServiceConnections: automatic = [] } =
    properties;
  const [first, ...others] = [...manual, ...automatic];
  ensure(first && others.length === 0, ...invalidFormat('A private endpoint has exactly one connection.'));
  const { name: connectionName = '' } = first;
  const { privateLinkServiceId: target = '', requestMessage = '' } = first.properties ?? {};
  ensure(
    /^\w[\w.-]{0,79}$/.test(connectionName),
    ...invalidFormat('The name of the connection is missing or invalid.'),
  );
  ensure(requestMessage.length <= 140, ...invalidFormat('The request message has more than 140 characters.'));
  // An automatic connection needs rights on the service, which belongs to Atlas.
  if (automatic.length > 0) throw linkedRefusal({ action, id }, approve, target);
  const { serviceId, privateLinkServiceId } = findTarget(view, target);
  const connection = { name: connectionName, privateLinkServiceId, requestMessage };
  return { id, location, tags, subnetId: subnet.id, serviceId, connection, customNetworkInterfaceName };
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
  const what = `Subnet ${subnetId} with address prefix ${subnet?.range} is already full.`;
  throw new AzureRefusal(400, 'SubnetIsFull', what);
}
