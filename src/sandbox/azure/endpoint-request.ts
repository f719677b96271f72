import { objects } from '../../base/json.js';
import { freeAddress } from '../aws/cidr.js';
import { privateLinkServiceId } from '../clouds/azure.js';
import { Refusal } from '../refusal.js';
import { statusOf } from '../services.js';
import type { World, WorldView } from '../world.js';
import { livingEndpoints } from './endpoints.js';
import { type AzureRequest, isSame, networkId } from './ids.js';
import { azureSubnets, type NetworkSubnet } from './network.js';
import { checkAllowed, checkCreate, checkJoin, checkLock, ensure } from './refusal.js';

/* Checks a PUT of a private endpoint. */

const reservedSubnets = /\/(?:GatewaySubnet|AzureBastionSubnet|AzureFirewall[^/]*|RouteServerSubnet)$/i;

/** What a PUT asks for. Throws the refusal that ARM answers. */
export function readEndpointRequest(request: AzureRequest, name: string, body: unknown) {
  const { world, group } = request;
  const id = networkId(group, `privateEndpoints/${name}`);
  checkAllowed(world, 'Microsoft.Network/privateEndpoints/write', id);
  checkLock(world, 'write', id, group);
  checkCreate(world, name);
  const isName = /^[a-z0-9][\w.-]*\w$/i.test(name) && name.length <= 64;
  ensure(isName, 'InvalidResourceName', `Resource name ${name} is invalid.`);

  const given = membersOf(body, 'location', 'tags', 'properties');
  // Without an automatic connection, which needs rights on the service of Atlas.
  const properties = membersOf(given.properties, 'subnet', 'manualPrivateLinkServiceConnections');
  const tags = Object.entries(Object(given.tags)).map(([name, value]) => [name, textOf(value)]);
  // `East US 2` is `eastus2`.
  const location = textOf(given.location).toLowerCase().replaceAll(' ', '');
  const subnet = readSubnet(world, textOf(membersOf(properties.subnet, 'id').id), location);
  checkJoin(world, id, subnet.id);
  const wanted = { id, location, tags: Object.fromEntries(tags), subnetId: subnet.id };
  return { wanted: { ...wanted, ...readConnection(request, properties.manualPrivateLinkServiceConnections) }, subnet };
}

/** The subnet of an endpoint in this location. */
function readSubnet(world: World, id: string, location: string): NetworkSubnet {
  const subnet = azureSubnets(world).find((each) => isSame(each.id, id) && each.location === location);
  const missing = `Resource ${id} was not found. Please make sure that the referenced resource exists`;
  ensure(subnet, 'InvalidResourceReference', `${missing}, and that both resources are in the same region.`);
  const isUsable = subnet.delegation === undefined && !reservedSubnets.test(subnet.id);
  // This code is assumed.
  ensure(isUsable, 'SubnetCannotBeUsedByResource', `Subnet ${subnet.id} is delegated, or reserved by its name.`);
  return subnet;
}

/** The connection, and the Atlas service with its private link service. */
function readConnection(view: WorldView, connections: unknown) {
  const [first, ...others] = objects(connections);
  ensure(first && others.length === 0, ...invalidFormat('It must have one manual connection.'));
  const given = membersOf(first, 'name', 'properties');
  const properties = membersOf(given.properties, 'privateLinkServiceId', 'requestMessage');
  const [name, requestMessage] = [textOf(given.name), textOf(properties.requestMessage)];
  ensure(/^\w[\w.-]{0,79}$/.test(name), ...invalidFormat('The name of the connection is invalid.'));
  ensure(requestMessage.length <= 140, ...invalidFormat('The request message has more than 140 characters.'));
  const id = textOf(properties.privateLinkServiceId);
  for (const service of view.world.services) {
    const own = privateLinkServiceId(service.id);
    const isReady = ['AVAILABLE', 'WAITING_FOR_USER'].includes(statusOf(service, view) ?? '');
    if (!isReady || service.provider !== 'AZURE' || !isSame(own, id)) continue;
    return { serviceId: service.id, connection: { name, privateLinkServiceId: own, requestMessage } };
  }
  throw new Refusal(400, 'InvalidPrivateLinkServiceId', `Private link service ${id} was not found.`);
}

/** An object of the body that can have these members. The official SDKs send others as empty objects. */
function membersOf<K extends string>(value: unknown, ...names: readonly K[]): Partial<Record<K, unknown>> {
  const isKnown = ([name, its]: [string, unknown]) =>
    names.some((each) => each === name) || ['{}', '[]'].includes(JSON.stringify(its));
  const unknown = Object.entries(Object(value)).find((each) => !isKnown(each));
  ensure(!unknown, ...invalidFormat(`Could not find member '${unknown?.[0]}'.`));
  return Object(value);
}

/** A text of the body; empty if it is missing. */
function textOf(value: unknown): string {
  ensure(value === undefined || typeof value === 'string', ...invalidFormat('Expected a string.'));
  return value ?? '';
}

/** The code and the message of an error in a body. */
function invalidFormat(what: string): [code: string, message: string] {
  return ['InvalidRequestFormat', `Cannot parse the request. ${what}`];
}

/** The first address of the subnet that no other endpoint has. */
export function addressForEndpoint(view: WorldView, { id, range, full }: NetworkSubnet): string {
  const taken = livingEndpoints(view).map((each) => (each.subnetId === id ? each.address : ''));
  // Azure reserves the first four addresses, and the last one.
  const address = full ? undefined : freeAddress(range, 4, 1, taken);
  ensure(address, 'SubnetIsFull', `Subnet ${id} with prefix ${range} is already full.`);
  return address;
}
