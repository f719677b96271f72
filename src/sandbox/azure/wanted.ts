import { addressIn, parseCidr, sizeOf } from '../aws/cidr.js';
import { sandboxClouds } from '../clouds/all.js';
import { regionOf, statusOf } from '../services.js';
import type { World, WorldView } from '../world.js';
import { livingEndpoints } from './endpoints.js';
import { type GroupPlace, groupId, isSame, networkId, normalLocation, partsOfId } from './ids.js';
import { findGroup, findNetwork, findSubnet, type Subnet } from './network.js';
import { AzureRefusal, invalidFormat } from './refusal.js';
import type { PrivateEndpoint } from './resources.js';
import { authorize, authorizeLinked, checkChange, checkPolicy, linkedRefusal } from './rights.js';
import { readTags } from './tags.js';

/* Reads and checks the body of a PUT of a private endpoint. */

export const writeAction = 'Microsoft.Network/privateEndpoints/write';
const joinAction = 'Microsoft.Network/virtualNetworks/subnets/join/action';

/** What a PUT asks for. */
export type Wanted = Pick<
  PrivateEndpoint,
  'id' | 'location' | 'tags' | 'subnetId' | 'serviceId' | 'connection' | 'customNetworkInterfaceName'
> & { subnet: Subnet };

/** Throws the refusal that ARM answers. */
export function readWanted(view: WorldView, parts: GroupPlace & { name: string }, body: unknown): Wanted {
  const { world } = view;
  const place = findGroup(world, parts);
  const { name } = parts;
  const id = networkId(place, `privateEndpoints/${name}`);
  authorize(world, writeAction, id);
  checkChange(world, 'write', id, place);
  checkPolicy(world, name, place);
  checkName(name);

  const {
    location: given,
    tags,
    properties,
  } = readKeys(body, '', ['location', 'tags', 'properties', 'id', 'name', 'type']);
  if (given === undefined) {
    throw new AzureRefusal(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const location = normalLocation(String(given));
  if (regionOf('AZURE', location)?.region !== location) {
    const what = `The provided location '${given}' is not available for resource type 'Microsoft.Network/privateEndpoints'.`;
    throw new AzureRefusal(400, 'LocationNotAvailableForResourceType', what);
  }
  const found = readProperties(properties);
  const { network, subnet } = findJoined(world, found.subnetId);
  if (network.location !== location || network.subscription !== place.subscription) {
    throw invalidReference(subnet.id, id, 'in the same region and subscription');
  }
  authorizeLinked(world, joinAction, subnet.id, { action: writeAction, id });
  checkUsable(subnet);

  if (found.isAutomatic) {
    const approve = 'Microsoft.Network/privateLinkServices/PrivateEndpointConnectionsApproval/action';
    throw linkedRefusal(approve, found.connection.privateLinkServiceId, { action: writeAction, id });
  }
  const { serviceId, privateLinkServiceId } = findService(view, found.connection.privateLinkServiceId);
  const { connection, customNetworkInterfaceName } = found;
  return {
    id,
    location,
    tags: readTags(tags),
    subnet,
    subnetId: subnet.id,
    serviceId,
    connection: { ...connection, privateLinkServiceId },
    customNetworkInterfaceName,
  };
}

const nameShape = /^[a-z0-9](?:[\w.-]{0,78}\w)?$/i;

function checkName(name: string): void {
  // A private endpoint has a shorter name than other resources.
  if (nameShape.test(name) && name.length >= 2 && name.length <= 64) return;
  const what = `Resource name ${name} is invalid. The name can be up to 64 characters long.`;
  const more = `It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`;
  throw new AzureRefusal(400, 'InvalidResourceName', `${what} ${more}`, { details: [] });
}

type Given = Readonly<Record<string, unknown>>;

/** An object that has only these keys. Throws a refusal that names its place. */
function readKeys(value: unknown, place: string, keys: readonly string[]): Given {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidFormat(`Expected an object. Path '${place}'.`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return value as Given;
  throw invalidFormat(`Could not find member '${unknown}'. Path '${[place || [], unknown].flat().join('.')}'.`);
}

function readText(value: unknown, place: string, shape = /./): string {
  if (typeof value === 'string' && shape.test(value)) return value;
  throw invalidFormat(`The value is missing or not valid. Path '${place}'.`);
}

const propertyKeys = [
  'subnet',
  'privateLinkServiceConnections',
  'manualPrivateLinkServiceConnections',
  'customNetworkInterfaceName',
  'applicationSecurityGroups',
  'ipConfigurations',
  'customDnsConfigs',
] as const;

function readProperties(value: unknown) {
  const properties = readKeys(value, 'properties', propertyKeys);
  const { subnet, customNetworkInterfaceName: chosen = '' } = properties;
  const lists = propertyKeys.map((key) => ({ key, entries: [properties[key] ?? []].flat() as unknown[] }));
  for (const { key, entries } of lists.slice(4)) {
    const what = `The sandbox does not support '${key}'. Azure does.`;
    if (entries.length > 0) throw new AzureRefusal(501, 'NotImplemented', what);
  }
  const connections = lists.slice(1, 3).flatMap(({ key, entries }) => entries.map((entry) => ({ key, entry })));
  const [first, ...others] = connections;
  if (!first || others.length > 0) {
    throw invalidFormat(
      `A private endpoint has exactly one connection. Path 'properties.manualPrivateLinkServiceConnections'.`,
    );
  }
  const subnetId = readText(readKeys(subnet, 'properties.subnet', ['id']).id, 'properties.subnet.id');
  const customNetworkInterfaceName =
    chosen === '' ? '' : readText(chosen, 'properties.customNetworkInterfaceName', nameShape);
  const isAutomatic = first.key === 'privateLinkServiceConnections';
  return { subnetId, customNetworkInterfaceName, isAutomatic, connection: readConnection(first) };
}

function readConnection({ key, entry }: { key: string; entry: unknown }): PrivateEndpoint['connection'] {
  const place = `properties.${key}[0]`;
  const { name, properties } = readKeys(entry, place, ['name', 'properties', 'id', 'type', 'etag']);
  const keys = ['privateLinkServiceId', 'requestMessage', 'groupIds'];
  const {
    privateLinkServiceId,
    requestMessage = '',
    groupIds = [],
  } = readKeys(properties, `${place}.properties`, keys);
  if ([groupIds].flat().length > 0) {
    const what = 'Connections to a private link service have no group ids.';
    throw invalidFormat(`${what} Path '${place}.properties.groupIds'.`);
  }
  return {
    name: readText(name, `${place}.name`, nameShape),
    privateLinkServiceId: readText(privateLinkServiceId, `${place}.properties.privateLinkServiceId`),
    requestMessage: readText(requestMessage, `${place}.properties.requestMessage`, /^.{0,140}$/s),
  };
}

/** The subnet of an id in a body. */
function findJoined(world: World, subnetId: string) {
  const place = partsOfId(subnetId);
  const [type = '', network = '', subtype = '', name = '', ...more] = place?.path.split('/') ?? [];
  if (!place || !isSame(`${type}/${subtype}`, 'virtualNetworks/subnets') || name === '' || more.length > 0) {
    const what = `Property id '${subnetId}' at path 'properties.subnet.id' is invalid. Expect fully qualified resource Id`;
    const start = `that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.`;
    throw new AzureRefusal(400, 'LinkedInvalidPropertyId', `${what} ${start}`);
  }
  try {
    const found = findNetwork(world, { ...place, network });
    return { network: found, subnet: findSubnet(found, name) };
  } catch (error) {
    if (!(error instanceof AzureRefusal)) throw error;
    throw invalidReference(subnetId, groupId(place), 'in the same region');
  }
}

function invalidReference(id: string, by: string, where: string): AzureRefusal {
  const what = `Resource ${id} referenced by resource ${by} was not found.`;
  const more = `Please make sure that the referenced resource exists, and that both resources are ${where}.`;
  return new AzureRefusal(400, 'InvalidResourceReference', `${what} ${more}`, { details: [] });
}

/** Subnets that Azure keeps for other uses. The codes are assumed. */
function checkUsable({ id, name, delegation }: Subnet): void {
  if (delegation !== undefined) {
    const what = `Subnet ${id} is delegated to ${delegation}, so it cannot have private endpoints.`;
    throw new AzureRefusal(400, 'SubnetWithDelegationCannotBeUsedByResource', what, { details: [] });
  }
  if (/^(?:GatewaySubnet|AzureBastionSubnet|AzureFirewall.*|RouteServerSubnet)$/i.test(name)) {
    const what = `Subnet ${id} is reserved, so it cannot have private endpoints.`;
    throw new AzureRefusal(400, 'ReservedSubnetCannotBeUsedByResource', what, { details: [] });
  }
}

/** The Atlas service with this private link service. */
function findService(view: WorldView, id: string): { serviceId: string; privateLinkServiceId: string } {
  for (const service of view.world.services) {
    const status = statusOf(service, view);
    const isReady = status === 'AVAILABLE' || status === 'WAITING_FOR_USER';
    if (!isReady || service.provider !== 'AZURE') continue;
    const moment = { region: service.atlasRegion, isReady, attached: [] };
    const { privateLinkServiceResourceId: own } = sandboxClouds.AZURE.service(service, moment);
    if (typeof own === 'string' && isSame(own, id)) return { serviceId: service.id, privateLinkServiceId: own };
  }
  throw new AzureRefusal(400, 'InvalidPrivateLinkServiceId', `Private link service ${id} was not found.`, {
    details: [],
  });
}

/** The first address of the subnet that no other endpoint has. */
export function freeAddress(view: WorldView, subnet: Subnet): string {
  const range = parseCidr(subnet.range);
  const taken = livingEndpoints(view).flatMap((each) => (each.subnetId === subnet.id ? each.address : []));
  // Azure reserves the first four addresses, and the last one.
  const count = range && !subnet.full ? sizeOf(range) - 5 : 0;
  for (let index = 0; range && index < count; index++) {
    const address = addressIn(range, 4 + index);
    if (!taken.includes(address)) return address;
  }
  const what = `Subnet ${subnet.name} with address prefix ${subnet.range} is already full.`;
  throw new AzureRefusal(400, 'SubnetIsFull', what, { details: [] });
}
