import { digits } from '../chance.js';
import type { World } from '../world.js';
import type { Read } from './action.js';
import { addressIn, parseCidr } from './cidr.js';
import { ec2PageOf } from './filters.js';
import { sandboxAccount } from './identity.js';
import { groupsOf, subnetsOf } from './network.js';
import { AwsRefusal, checkShape } from './refusal.js';
import type { StoredEndpoint } from './resources.js';
import { stateOf } from './states.js';
import { tagsOf } from './tags.js';

/** The network interface of an endpoint in one of its subnets. */
interface NetworkInterface {
  id: string;
  endpointId: string;
  vpcId: string;
  subnetId: string;
  zone: string;
  ip: string;
  groupIds: readonly string[];
}

/**
 * The network interfaces of an endpoint. They exist until the endpoint is deleted, and keep its groups from being
 * deleted.
 */
export function networkInterfacesOf(world: World, endpoint: StoredEndpoint, now: number): NetworkInterface[] {
  const state = stateOf(world, endpoint, now);
  if (state === null || state === 'deleted' || state === 'failed') return [];
  const subnets = subnetsOf(world, endpoint.region, now);
  return endpoint.subnetIds.map((subnetId) => {
    const { cidr = '', zone = '' } = subnets.find(({ id }) => id === subnetId) ?? {};
    const id = `eni-0${digits(`${endpoint.id} in ${subnetId}`, 16)}`;
    const { id: endpointId, vpcId, groupIds } = endpoint;
    const range = parseCidr(cidr);
    // AWS reserves the first four addresses. The smallest subnet has 16.
    const ip = range ? addressIn(range, 4 + (Number.parseInt(id.slice(-2), 16) % 11)) : '';
    return { id, endpointId, vpcId, subnetId, zone, ip, groupIds };
  });
}

export function networkInterfacesIn(world: World, region: string, now: number): NetworkInterface[] {
  return world.aws.endpoints
    .filter((endpoint) => endpoint.region === region)
    .flatMap((endpoint) => networkInterfacesOf(world, endpoint, now));
}

export const describeNetworkInterfaces: Read = (world, { query, region, now }) => {
  const ids = query.list('NetworkInterfaceId');
  const all = networkInterfacesIn(world, region, now);
  for (const id of ids) {
    checkShape('InvalidNetworkInterfaceId', 'eni', id);
    if (all.some((each) => each.id === id)) continue;
    throw new AwsRefusal('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  }
  const { page, nextToken } = ec2PageOf(
    query,
    all.filter(({ id }) => ids.length === 0 || ids.includes(id)),
    {
      'network-interface-id': ({ id }) => [id],
      'vpc-id': ({ vpcId }) => [vpcId],
      'subnet-id': ({ subnetId }) => [subnetId],
      'group-id': ({ groupIds }) => groupIds,
      'availability-zone': ({ zone }) => [zone],
      'private-ip-address': ({ ip }) => [ip],
      'interface-type': () => ['vpc_endpoint'],
      status: () => ['in-use'],
      description: ({ endpointId }) => [`VPC Endpoint Interface ${endpointId}`],
    },
    ({ id }) => tagsOf(world, id),
  );
  const groups = groupsOf(world, region, now);
  const networkInterfaceSet = page.map(({ id, endpointId, vpcId, subnetId, zone, ip, groupIds }) => ({
    networkInterfaceId: id,
    subnetId,
    vpcId,
    availabilityZone: zone,
    description: `VPC Endpoint Interface ${endpointId}`,
    ownerId: sandboxAccount,
    requesterManaged: true,
    status: 'in-use',
    interfaceType: 'vpc_endpoint',
    privateIpAddress: ip,
    privateIpAddressesSet: [{ privateIpAddress: ip, primary: true }],
    sourceDestCheck: true,
    groupSet: groupIds.map((groupId) => ({ groupId, groupName: groups.find((each) => each.id === groupId)?.name })),
    tagSet: [],
  }));
  return { networkInterfaceSet, nextToken };
};
