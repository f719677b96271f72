import { digits, hex } from '../chance.js';
import type { World } from '../world.js';
import type { ActionRequest, ActionResult } from './action.js';
import { endpointAnswer } from './describe-endpoints.js';
import { isReachable, missingService } from './describe-services.js';
import { checkEndpointKind, checkEndpointSubnets, type EndpointRequest, findLiving } from './endpoint-checks.js';
import { serviceOfName } from './endpoint-services.js';
import { findGroup, findOwnVpc, findSubnet, groupsOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredEndpoint } from './resources.js';
import { readTagSpecifications, withTags } from './tags.js';

/** Creates an interface endpoint. A request with the same token and parameters returns the existing one. */
export const createVpcEndpoint: ActionResult = (world, asked) => {
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

  const { vpcId, serviceName, serviceRegion, tags } = request;
  const endpoint: StoredEndpoint = {
    id: `vpce-0${hex(16, random)}`,
    region,
    vpcId,
    serviceName,
    serviceRegion,
    ...placed(world, request, region, now),
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

/** Changes the subnets and the security groups of an endpoint. */
export const modifyVpcEndpoint: ActionResult = (world, { query, region, now }) => {
  const endpoint = findLiving(world, region, now, query.required('VpcEndpointId'));
  const changed = (ids: readonly string[], name: string, find: typeof findGroup | typeof findSubnet) => {
    const [added, removed] = [query.list(`Add${name}`), query.list(`Remove${name}`)];
    for (const id of removed) find(world, region, now, id);
    return [...ids.filter((id) => !removed.includes(id)), ...added];
  };
  const request = {
    ...endpoint,
    subnetIds: changed(endpoint.subnetIds, 'SubnetId', findSubnet),
    groupIds: changed(endpoint.groupIds, 'SecurityGroupId', findGroup),
    type: 'Interface',
    ipAddressType: 'ipv4',
  };
  const modified = { ...endpoint, ...placed(world, request, region, now) };
  const endpoints = world.aws.endpoints.map((each) => (each.id === endpoint.id ? modified : each));
  return { world: { ...world, aws: { ...world.aws, endpoints } }, answer: { return: true } };
};

/** Where the endpoint is, and what guards it. Throws if its service or its VPC does not allow that. */
function placed(world: World, request: Omit<EndpointRequest, 'tags'>, region: string, now: number) {
  const { vpcId, serviceName, serviceRegion, privateDns } = request;
  const subnetIds = [...new Set(request.subnetIds)];
  const vpc = findOwnVpc(world, region, now, vpcId);
  const service = serviceOfName(world, serviceRegion, serviceName, now);
  if (!service || !isReachable(service, region)) throw missingService(serviceName);
  checkEndpointKind(request, service, vpc);
  checkEndpointSubnets(
    subnetIds.map((id) => findSubnet(world, region, now, id)),
    vpc,
    service,
  );
  return { subnetIds, groupIds: groupsFor(world, request, region, now), privateDns };
}

function readRequest({ query, region }: ActionRequest): EndpointRequest {
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

function ofToken({ aws: { endpoints } }: World, region: string, token: string): StoredEndpoint | undefined {
  return endpoints.find((each) => each.region === region && each.clientToken === token);
}

function answerOf(world: World, endpoint: StoredEndpoint, now: number) {
  return { vpcEndpoint: endpointAnswer(world, endpoint, now), clientToken: endpoint.clientToken ?? undefined };
}

/** The given groups, or the default group of the VPC. */
function groupsFor(
  world: World,
  { vpcId, groupIds }: Pick<EndpointRequest, 'vpcId' | 'groupIds'>,
  region: string,
  now: number,
): string[] {
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
