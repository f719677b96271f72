import { digits } from '../chance.js';
import type { World } from '../world.js';
import type { Read } from './action.js';
import { findStoredEndpoint, storedEndpointsOf } from './endpoint-checks.js';
import { ec2PageOf } from './filters.js';
import { endpointDnsName, sandboxAccount } from './identity.js';
import { networkInterfacesOf } from './interfaces.js';
import { groupsOf } from './network.js';
import type { StoredEndpoint } from './resources.js';
import { stateOf } from './states.js';
import { tagSet, tagsOf } from './tags.js';
import type { Xml } from './xml.js';

export const describeVpcEndpoints: Read = (world, { query, region, now }) => {
  const ids = query.list('VpcEndpointId');
  const all =
    ids.length > 0
      ? ids.map((id) => findStoredEndpoint(world, region, now, id))
      : storedEndpointsOf(world, region, now);
  const { page, nextToken } = ec2PageOf(
    query,
    all,
    {
      'vpc-endpoint-id': ({ id }) => [id],
      'vpc-id': ({ vpcId }) => [vpcId],
      'service-name': ({ serviceName }) => [serviceName],
      'service-region': ({ serviceRegion }) => [serviceRegion],
      'vpc-endpoint-type': () => ['Interface'],
      'vpc-endpoint-state': (each) => [stateOf(world, each, now) ?? ''],
      'ip-address-type': () => ['ipv4'],
    },
    ({ id }) => tagsOf(world, id),
  );
  return { vpcEndpointSet: page.map((each) => endpointAnswer(world, each, now)), nextToken };
};

export function endpointAnswer(world: World, endpoint: StoredEndpoint, now: number): Xml {
  const { id, region, vpcId, serviceName, serviceRegion, subnetIds, groupIds, privateDns, createdAt, fate } = endpoint;
  const state = stateOf(world, endpoint, now) ?? 'deleted';
  const groups = groupsOf(world, region, now);
  const interfaces = networkInterfacesOf(world, endpoint, now);
  return {
    vpcEndpointId: id,
    vpcEndpointType: 'Interface',
    vpcId,
    serviceName,
    state,
    routeTableIdSet: [],
    subnetIdSet: subnetIds,
    groupSet: groupIds.map((groupId) => ({ groupId, groupName: groups.find((each) => each.id === groupId)?.name })),
    ipAddressType: 'ipv4',
    dnsOptions: { dnsRecordIpType: 'ipv4' },
    privateDnsEnabled: privateDns,
    requesterManaged: false,
    networkInterfaceIdSet: interfaces.map((each) => each.id),
    dnsEntrySet:
      interfaces.length === 0
        ? []
        : dnsEntries(
            endpoint,
            interfaces.map(({ zone }) => zone),
          ),
    creationTimestamp: new Date(createdAt).toISOString(),
    tagSet: tagSet(world, id),
    ownerId: sandboxAccount,
    serviceRegion,
    ...(state === 'failed' &&
      fate?.kind === 'failed' && { lastError: { code: 'InternalError', message: fate.reason } }),
  };
}

/** One name for all zones, and one per zone. */
function dnsEntries(endpoint: StoredEndpoint, zones: readonly string[]): Xml {
  const hostedZoneId = `Z${digits(`hosted zone of ${endpoint.region}`, 13).toUpperCase()}`;
  return [undefined, ...zones].map((zone) => ({ dnsName: endpointDnsName(endpoint, zone), hostedZoneId }));
}
