import { objects, texts } from '../../base/json.js';
import { type CloudRoute, cloudChange, newLifetime, withOne } from '../collection.js';
import { ensure, type Reply } from '../frontend.js';
import { isSame } from '../world.js';
import {
  type AzureNetwork,
  type AzureRequest,
  azureNetworks,
  checkLock,
  inGroup,
  type NetworkSubnet,
  nameInId,
  networkId,
  networkResource,
  provider,
  subnetResource,
} from './account.js';
import { textOf } from './fields.js';

/* Virtual networks and subnets. They are there at once, and have no operations. Neither their members nor who uses them is checked. */

const networkPath = `${inGroup}/providers/${provider}/virtualNetworks/{network}`;

export const networkRoutes: readonly CloudRoute<AzureRequest>[] = ['', '/subnets'].flatMap((type) => {
  const path = type === '' ? networkPath : `${networkPath}${type}/{name}`;
  const action = `${provider}/virtualNetworks${type}`;
  return [
    cloudChange('PUT', path, `${action}/write`, type === '' ? putNetwork : putSubnet),
    cloudChange('DELETE', path, `${action}/delete`, remove),
  ];
});

/** A PUT without `subnets` keeps those that are there. */
function putNetwork(request: AzureRequest) {
  const { id, network } = networkAt(request);
  const { location, tags, properties } = Object(request.body);
  const { subnets, ...others } = Object(properties);
  const where = textOf(location).toLowerCase().replaceAll(' ', '');
  const made = { id, location: where, tags: Object(tags), properties: others };
  const given = objects(subnets).map((each) => readSubnet(made, textOf(each.name), each));
  const all = subnets === undefined ? (network?.subnets ?? []) : given;
  const next = { ...newLifetime(request, 0), ...network, ...made, subnets: all };
  return change(request, next, { status: network ? 200 : 201, body: networkResource(next) });
}

function putSubnet(request: AzureRequest) {
  const { network, subnet } = networkAt(request);
  ensure(network, 'ResourceNotFound', `The virtual network '${request.parts.network}' was not found.`, 404);
  const made = readSubnet(network, subnet ? nameInId(subnet.id) : `${request.parts.name}`, request.body);
  const subnets = [...network.subnets.filter((each) => each !== subnet), made];
  return change(request, { ...network, subnets }, { status: subnet ? 200 : 201, body: subnetResource(made) });
}

function remove(request: AzureRequest) {
  const { network, subnet } = networkAt(request);
  if (!network || (request.parts.name && !subnet)) return { world: request.world, answer: { status: 204 } };
  const subnets = network.subnets.filter((each) => each !== subnet);
  return change(request, subnet ? { ...network, subnets } : { ...network, goneAt: request.now }, { status: 200 });
}

function networkAt(request: AzureRequest) {
  const { group, parts } = request;
  const path = networkId(group, `virtualNetworks/${parts.network}`);
  const network = azureNetworks(request).find(({ id }) => isSame(id, path));
  const subnet = network?.subnets.find(({ id }) => isSame(nameInId(id), parts.name ?? ''));
  return { id: network?.id ?? path, network, subnet };
}

function readSubnet(network: Pick<AzureNetwork, 'id' | 'location'>, name: string, body: unknown): NetworkSubnet {
  const properties = Object(Object(body).properties);
  const [range = textOf(properties.addressPrefix)] = texts(properties.addressPrefixes);
  const [delegation] = objects(properties.delegations).map((each) => textOf(Object(each.properties).serviceName));
  const subnet = { id: `${network.id}/subnets/${name}`, name, range, location: network.location, properties };
  return delegation === undefined ? subnet : { ...subnet, delegation };
}

function change(request: AzureRequest, next: AzureNetwork, answer: Reply) {
  const isDelete = next.goneAt !== null;
  checkLock(request.world, isDelete ? 'delete' : 'write', next.id, request.group);
  ensure(!isDelete || next.createdAt > 0, 'OperationNotAllowed', `The sandbox keeps ${next.id}.`, 409);
  return { world: withOne(request, 'AZURE', next), answer };
}
