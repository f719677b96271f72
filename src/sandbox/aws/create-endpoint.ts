import { hex } from '../chance.js';
import { digits } from '../made-up.js';
import type { World } from '../world.js';
import type { Asked, Change } from './action.js';
import { endpointAnswer } from './describe-endpoints.js';
import { isReachable, missingService } from './describe-services.js';
import { checkKind, checkSubnets, type EndpointRequest } from './endpoint-checks.js';
import { serviceOfName } from './endpoint-services.js';
import { findGroup, findOwnVpc, findSubnet, groupsOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { VpcEndpoint } from './resources.js';
import { readTagSpecifications, withTags } from './tags.js';

/** Creates an interface endpoint. A request with the same token and parameters returns the existing one. */
export const createVpcEndpoint: Change = (world, asked) => {
  const { region, now, random, fate, query } = asked;
  const request = readRequest(asked);
  const clientToken = query.text('ClientToken') ?? null;
  const askedFor = digits(JSON.stringify(request), 16);
  const before = clientToken === null ? undefined : ofToken(world, region, clientToken);
  if (before) {
    if (before.asked === askedFor) return { world, answer: answerOf(world, before, now) };
    const what = 'The request uses the same client token as a previous, but non-identical request.';
    throw new AwsRefusal('IdempotentParameterMismatch', what);
  }

  const { vpcId, serviceName, serviceRegion, subnetIds, tags } = request;
  const vpc = findOwnVpc(world, region, now, vpcId);
  const service = serviceOfName(world, serviceRegion, serviceName, now);
  if (!service || !isReachable(service, region)) throw missingService(serviceName);
  checkKind(request, service, vpc);
  checkSubnets(
    subnetIds.map((id) => findSubnet(world, region, now, id)),
    vpc,
    service,
  );
  const endpoint: VpcEndpoint = {
    id: `vpce-0${hex(16, random)}`,
    region,
    vpcId,
    serviceName,
    serviceRegion,
    subnetIds: [...new Set(subnetIds)],
    groupIds: groupsFor(world, request, region, now),
    privateDns: request.privateDns,
    clientToken,
    asked: askedFor,
    createdAt: now,
    goneAt: null,
    acceptedBy: null,
    fate,
  };
  const created = { ...world, aws: { ...world.aws, endpoints: [...world.aws.endpoints, endpoint] } };
  const tagged = withTags(created, endpoint.id, tags);
  return { world: tagged, answer: answerOf(tagged, endpoint, now) };
};

function readRequest({ query, region }: Asked): EndpointRequest {
  return {
    vpcId: query.required('VpcId'),
    serviceName: query.required('ServiceName'),
    serviceRegion: query.text('ServiceRegion') ?? region,
    type: query.text('VpcEndpointType') ?? 'Gateway',
    subnetIds: query.list('SubnetId'),
    groupIds: query.list('SecurityGroupId'),
    privateDns: query.flag('PrivateDnsEnabled') ?? false,
    ipAddressType: query.text('IpAddressType') ?? 'ipv4',
    tags: readTagSpecifications(query, 'vpc-endpoint'),
  };
}

function ofToken({ aws: { endpoints } }: World, region: string, token: string): VpcEndpoint | undefined {
  return endpoints.find((each) => each.region === region && each.clientToken === token);
}

function answerOf(world: World, endpoint: VpcEndpoint, now: number) {
  return { vpcEndpoint: endpointAnswer(world, endpoint, now), clientToken: endpoint.clientToken ?? undefined };
}

/** The given groups, or the default group of the VPC. */
function groupsFor(world: World, { vpcId, groupIds }: EndpointRequest, region: string, now: number): string[] {
  if (groupIds.length === 0) {
    return groupsOf(world, region, now)
      .filter((each) => each.vpcId === vpcId && each.name === 'default')
      .map(({ id }) => id);
  }
  for (const id of groupIds) {
    if (findGroup(world, region, now, id).vpcId === vpcId) continue;
    throw new AwsRefusal('InvalidParameter', `Security group ${id} does not belong to the VPC ${vpcId}.`);
  }
  return [...new Set(groupIds)];
}
