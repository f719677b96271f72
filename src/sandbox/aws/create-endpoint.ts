import { hex } from '../chance.js';
import { digits } from '../made-up.js';
import type { World } from '../world.js';
import type { Asked, Change } from './action.js';
import { endpointAnswer } from './describe-endpoints.js';
import { isReachable, missingService } from './describe-services.js';
import { type EndpointService, serviceOfName } from './endpoint-services.js';
import { findGroup, findSubnet, findVpc, groupsOf, zoneIdOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { Subnet, Tags, Vpc, VpcEndpoint } from './resources.js';
import { readTagSpecifications, withTags } from './tags.js';

interface Request {
  vpcId: string;
  serviceName: string;
  serviceRegion: string;
  type: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  privateDns: boolean;
  ipAddressType: string;
  tags: Tags;
}

/** Creates an interface endpoint. The same token with the same request gets the one that it created before. */
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
  const vpc = findVpc(world, region, now, vpcId);
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

function readRequest({ query, region }: Asked): Request {
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

function checkKind({ type, ipAddressType, privateDns }: Request, service: EndpointService, vpc: Vpc): void {
  if (type !== 'Interface') {
    const what = `Endpoint type (${type}) does not match available service types ([Interface]).`;
    throw new AwsRefusal('InvalidParameter', what);
  }
  if (ipAddressType !== 'ipv4') {
    const what = `The endpoint service ${service.name} does not support the IP address type ${ipAddressType}.`;
    throw new AwsRefusal('InvalidParameter', what);
  }
  if (!privateDns) return;
  if (service.privateDnsName === undefined) {
    const what = `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`;
    throw new AwsRefusal('InvalidParameter', what);
  }
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    const what = `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`;
    throw new AwsRefusal('InvalidParameter', what);
  }
}

function checkSubnets(subnets: readonly Subnet[], vpc: Vpc, service: EndpointService): void {
  const { region } = vpc;
  for (const [index, { id, vpcId, zone }] of subnets.entries()) {
    if (vpcId !== vpc.id)
      throw new AwsRefusal('InvalidParameter', `Subnet ${id} does not belong to the VPC ${vpc.id}.`);
    if (service.region === region && !service.zones.some(({ name }) => name === zone)) {
      const what = `The VPC endpoint service ${service.name} does not support the availability zone of the subnet: ${id}.`;
      throw new AwsRefusal('InvalidParameter', what);
    }
    // From afar EC2 names those that will do.
    const remote = service.zones.map(({ name }) => zoneIdOf(region, name.replace(service.region, region)));
    if (!remote.includes(zoneIdOf(region, zone))) {
      const what = `Only the following availability zones are supported for remote access: ${remote.join(', ')}`;
      throw new AwsRefusal('InvalidParameter', what);
    }
    if (subnets.slice(0, index).some((other) => other.zone === zone && other.id !== id)) {
      const what = `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`;
      throw new AwsRefusal('DuplicateSubnetsInSameZone', what);
    }
  }
}

/** The VPC's own default group where none is named. */
function groupsFor(world: World, { vpcId, groupIds }: Request, region: string, now: number): string[] {
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
