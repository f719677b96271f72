import { isCidr6, parseCidr } from '../../base/cidr.js';
import { objects, texts } from '../../base/json.js';
import { type CloudRoute, cloudChange, existing } from '../collection.js';
import { ensure, type Reply } from '../frontend.js';
import { isSame, withAccount } from '../world.js';
import {
  type AzureNetwork,
  type AzureRequest,
  azureNetworks,
  checkLock,
  inGroup,
  type NetworkSubnet,
  nameInId,
  networkId,
  networkResources,
  provider,
  subnetResource,
} from './account.js';
import { ensureFormat, membersOf, textOf } from './fields.js';

/* Virtual networks and subnets. They are there at once, and have no operations. */

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
  const { location, tags, properties } = membersOf(request.body, 'VirtualNetwork');
  const { subnets, ...others } = membersOf(properties, 'VirtualNetworkPropertiesFormat');
  const prefixes = texts(Object(others.addressSpace).addressPrefixes);
  ensureFormat(prefixes.length > 0 && prefixes.every(isRange), 'The network needs an address space.');
  const where = textOf(location).toLowerCase().replaceAll(' ', '');
  const made = { id, location: where, tags: Object(tags), properties: others };
  const given = objects(subnets).map((each) => readSubnet(made, textOf(each.name), each));
  const next = { ...made, subnets: subnets === undefined ? (network?.subnets ?? []) : given };
  const [body] = networkResources([next]);
  return change(request, next, { status: network ? 200 : 201, body });
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
  return change(request, subnet ? { ...network, subnets } : null, { status: 200 });
}

function networkAt({ world, group, parts }: AzureRequest) {
  const path = networkId(group, `virtualNetworks/${parts.network}`);
  const network = azureNetworks(world).find(({ id }) => isSame(id, path));
  const subnet = network?.subnets.find(({ id }) => isSame(nameInId(id), parts.name ?? ''));
  return { id: network?.id ?? path, network, subnet };
}

function readSubnet(network: Pick<AzureNetwork, 'id' | 'location'>, name: string, body: unknown): NetworkSubnet {
  const properties = membersOf(membersOf(body, 'Subnet').properties, 'SubnetPropertiesFormat');
  const [range = textOf(properties.addressPrefix)] = texts(properties.addressPrefixes);
  ensureFormat(isRange(range), `The subnet ${name} needs an address prefix.`);
  const [delegation] = objects(properties.delegations).map((each) => textOf(Object(each.properties).serviceName));
  const subnet = { id: `${network.id}/subnets/${name}`, name, range, location: network.location, properties };
  return delegation === undefined ? subnet : { ...subnet, delegation };
}

function isRange(text: string) {
  return parseCidr(text) !== null || isCidr6(text);
}

/** Replaces the network. Null removes it. Throws the refusal for a subnet that would go, and is used. */
function change(request: AzureRequest, next: AzureNetwork | null, answer: Reply) {
  const { id, network } = networkAt(request);
  checkLock(request.world, next ? 'write' : 'delete', id, request.group);
  for (const { id } of network?.subnets ?? []) {
    const user = existing('AZURE', request).find(({ subnetId }) => isSame(subnetId, id));
    const stays = !user || next?.subnets.some((each) => isSame(each.id, id));
    const what = `Subnet ${nameInId(id)} is in use by ${user?.id} and cannot be deleted.`;
    ensure(stays, 'InUseSubnetCannotBeDeleted', what);
  }
  const { AZURE: account } = request.world.clouds;
  const networks = { ...account.networks, [id.toLowerCase()]: next };
  return { world: withAccount(request.world, 'AZURE', { ...account, networks }), answer };
}
