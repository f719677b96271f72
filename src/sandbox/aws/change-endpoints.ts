import { ensure, Refusal } from '../frontend.js';
import { tellAtlasOfDelete } from '../services.js';
import { briefly, digits } from '../world.js';
import { type StoredEndpoint, type StoredSubnet, type StoredVpc, withResource } from './account.js';
import { endpointAnswer } from './describe-endpoints.js';
import { type EndpointService, ensureService, isReachable, serviceOf, stateOf } from './endpoints.js';
import { findLiving, findOwnVpc, findResource } from './lookup.js';
import { groupsOf, zoneIdOf } from './network.js';
import { type Action, type ActionRequest, done, type RegionView, type Xml } from './request.js';
import { newResource, readTagSpecifications, withNew } from './tags.js';

export const endpointChanges = {
  CreateVpcEndpoint: (request) => {
    const { region, fate, query } = request;
    const wanted = readRequest(request);
    const clientToken = query.text('ClientToken') ?? null;
    const digest = digits(JSON.stringify(wanted), 16);
    const remembered = request.world.clouds.AWS.endpoints.filter((each) => stateOf(request, each) !== null);
    const before = remembered.find(
      (each) => clientToken !== null && each.region === region && each.clientToken === clientToken,
    );
    const what = 'The request uses the same client token as a previous, but non-identical request.';
    ensure(!before || before.requestDigest === digest, 'IdempotentParameterMismatch', what);
    const endpoint: StoredEndpoint = before ?? {
      ...newResource('vpce', request),
      ...placed(request, wanted),
      clientToken,
      requestDigest: digest,
      goneAt: null,
      acceptedBy: null,
      fate,
    };
    const world = before ? request.world : withNew(request, 'endpoints', endpoint);
    const vpcEndpoint = endpointAnswer({ ...request, world }, endpoint);
    return { world, answer: { vpcEndpoint, clientToken: clientToken ?? undefined } };
  },

  ModifyVpcEndpoint: (request) => {
    const { query, world } = request;
    const endpoint = findLiving(request, query.required('VpcEndpointId'));
    const changed = (ids: readonly string[], name: string) => {
      const removed = query.list(`Remove${name}`);
      return [...ids.filter((id) => !removed.includes(id)), ...query.list(`Add${name}`)];
    };
    const wanted = {
      ...endpoint,
      subnetIds: changed(endpoint.subnetIds, 'SubnetId'),
      groupIds: changed(endpoint.groupIds, 'SecurityGroupId'),
    };
    return { world: withResource(world, 'endpoints', { ...endpoint, ...placed(request, wanted) }), answer: done };
  },

  /** The status is always 200. The answer lists the endpoints that were not deleted. */
  DeleteVpcEndpoints: (request) => {
    const ids = request.query.requiredList('VpcEndpointId');
    let { world } = request;
    const unsuccessful: Xml[] = [];
    for (const id of ids) {
      try {
        const endpoint = findLiving({ ...request, world }, id);
        const gone = { ...endpoint, goneAt: request.now + briefly(world.options) };
        world = tellAtlasOfDelete(withResource(world, 'endpoints', gone), 'VPC endpoint', id, request.now);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        // Guess: this list has another code than DescribeVpcEndpoints.
        const code = error.errorCode.replace('InvalidVpcEndpointId.NotFound', 'InvalidVpcEndpoint.NotFound');
        unsuccessful.push({ resourceId: id, error: { code, message: error.message } });
      }
    }
    return { world, answer: { unsuccessful } };
  },
} satisfies Record<string, Action>;

type Placement = Pick<StoredEndpoint, 'vpcId' | 'serviceName' | 'serviceRegion' | 'subnetIds' | 'groupIds'>;

function readRequest({ query, region }: ActionRequest) {
  // The sandbox has only services for interface endpoints. All have IPv4, and no private DNS name.
  const type = query.text('VpcEndpointType') ?? 'Gateway';
  ensureFits(type === 'Interface', `Endpoint type (${type}) does not match available service types ([Interface]).`);
  query.text('IpAddressType');
  query.flag('PrivateDnsEnabled');
  return {
    vpcId: query.required('VpcId'),
    serviceName: query.required('ServiceName'),
    serviceRegion: query.text('ServiceRegion') ?? region,
    subnetIds: query.list('SubnetId'),
    groupIds: query.list('SecurityGroupId'),
    tags: readTagSpecifications(query, 'vpc-endpoint'),
  };
}

function placed(view: RegionView, wanted: Placement) {
  const { vpcId, serviceName, serviceRegion } = wanted;
  const vpc = findOwnVpc(view, vpcId);
  const service = serviceOf(view, wanted);
  ensureService(service && isReachable(service, view.region), serviceName);
  const subnetIds = [...new Set(wanted.subnetIds)];
  const subnets = subnetIds.map((id) => findResource('subnet', view, id));
  checkSubnets(subnets, vpc, service);
  return { vpcId, serviceName, serviceRegion, subnetIds, groupIds: groupsFor(view, wanted) };
}

function checkSubnets(subnets: readonly StoredSubnet[], vpc: StoredVpc, service: EndpointService) {
  const { region } = vpc;
  for (const [index, { id, vpcId, zone }] of subnets.entries()) {
    ensureFits(vpcId === vpc.id, `Subnet ${id} does not belong to the VPC ${vpc.id}.`);
    const isInZone = service.region !== region || service.zones.some(({ name }) => name === zone);
    const notInZone = `The VPC endpoint service ${service.name} does not support the availability zone of the subnet`;
    ensureFits(isInZone, `${notInZone}: ${id}.`);
    // Across regions, the error of EC2 lists the supported zones.
    const remote = service.zones.map(({ name }) => zoneIdOf(region, name.replace(service.region, region)));
    const only = `Only the following availability zones are supported for remote access: ${remote.join(', ')}`;
    ensureFits(remote.includes(zoneIdOf(region, zone)), only);
    const isTwice = subnets.slice(0, index).some((other) => other.zone === zone);
    const twice = `Found another VPC endpoint subnet in the availability zone of ${id}.`;
    ensure(!isTwice, 'DuplicateSubnetsInSameZone', twice);
  }
}

function groupsFor(view: RegionView, { vpcId, groupIds }: Placement) {
  if (groupIds.length === 0) {
    const defaults = groupsOf(view).filter((each) => each.vpcId === vpcId && each.name === 'default');
    return defaults.map(({ id }) => id);
  }
  for (const id of groupIds) {
    const group = findResource('sg', view, id);
    ensureFits(group.vpcId === vpcId, `Security group ${id} does not belong to the VPC ${vpcId}.`);
  }
  return [...new Set(groupIds)];
}

function ensureFits(isFine: boolean, message: string) {
  ensure(isFine, 'InvalidParameter', message);
}
