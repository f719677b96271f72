import { type Chance, hex } from '../chance.js';
import type { World } from '../world.js';
import type { ActionResult } from './action.js';
import { contains, overlap, parseCidr, showCidr } from './cidr.js';
import { attributes, subnetAnswer, vpcAnswer } from './describe-network.js';
import { networkInterfacesIn } from './interfaces.js';
import { findOwnVpc, findSubnet, groupsOf, isFirst, subnetsOf, zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredSubnet, StoredVpc } from './resources.js';
import { readTagSpecifications, withoutTags, withTags } from './tags.js';

/* Create, change and delete VPCs and subnets. */

type Cidr = NonNullable<ReturnType<typeof parseCidr>>;

/** EC2 allows /16 to /28. */
function readCidr(text: string, code: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr)
    throw new AwsRefusal(
      'InvalidParameterValue',
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  if (cidr.bits >= 16 && cidr.bits <= 28) return cidr;
  throw new AwsRefusal(code, `The CIDR '${text}' is invalid.`);
}

function newId(prefix: string, { random }: Chance): string {
  return `${prefix}-0${hex(16, random)}`;
}

function saveVpc(world: World, vpc: StoredVpc): World {
  const vpcs = [...world.aws.vpcs.filter(({ id }) => id !== vpc.id), vpc];
  return { ...world, aws: { ...world.aws, vpcs } };
}

export const createVpc: ActionResult = (world, asked) => {
  const { query, region, now } = asked;
  const cidr = readCidr(query.required('CidrBlock'), 'InvalidVpc.Range');
  query.text('InstanceTenancy');
  query.flag('AmazonProvidedIpv6CidrBlock');
  const vpc: StoredVpc = {
    id: newId('vpc', asked),
    region,
    cidrs: [showCidr(cidr)],
    isDefault: false,
    dnsSupport: true,
    dnsHostnames: false,
    createdAt: now,
  };
  const created = withTags(saveVpc(world, vpc), vpc.id, readTagSpecifications(query, 'vpc'));
  return { world: created, answer: { vpc: vpcAnswer(created, vpc) } };
};

export const modifyVpcAttribute: ActionResult = (world, { query, region, now }) => {
  const vpc = findOwnVpc(world, region, now, query.required('VpcId'));
  const given = Object.entries(attributes).flatMap(([name, key]) => {
    const value = key === null ? undefined : query.flag(`${name[0]?.toUpperCase()}${name.slice(1)}.Value`);
    return value === undefined ? [] : [[key, value] as const];
  });
  // EC2 accepts one attribute per request.
  if (given.length !== 1)
    throw new AwsRefusal('InvalidParameterCombination', 'Fields for one attribute must be specified');
  return { world: saveVpc(world, { ...vpc, ...Object.fromEntries(given) }), answer: { return: true } };
};

export const deleteVpc: ActionResult = (world, { query, region, now }) => {
  const { id } = findOwnVpc(world, region, now, query.required('VpcId'));
  if (isFirst(region, id))
    throw new AwsRefusal('OperationNotPermitted', `The sandbox keeps the first VPC of a region: ${id}.`);
  const isUsed =
    subnetsOf(world, region, now).some(({ vpcId }) => vpcId === id) ||
    groupsOf(world, region, now).some(({ vpcId, name }) => vpcId === id && name !== 'default');
  if (isUsed) throw new AwsRefusal('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);
  const aws = { ...world.aws, vpcs: world.aws.vpcs.filter((vpc) => vpc.id !== id) };
  return { world: withoutTags({ ...world, aws }, id), answer: { return: true } };
};

export const createSubnet: ActionResult = (world, asked) => {
  const { query, region, now } = asked;
  const vpc = findOwnVpc(world, region, now, query.required('VpcId'));
  const cidr = readCidr(query.required('CidrBlock'), 'InvalidSubnet.Range');
  const [zoneName, zoneId] = [query.text('AvailabilityZone'), query.text('AvailabilityZoneId')];
  const zones = zonesOf(region);
  const zone = zones.find(({ name, id }) => (zoneName ?? zoneId) === undefined || name === zoneName || id === zoneId);
  if (!zone) {
    const names = zones.map(({ name }) => name).join(', ');
    const what = `Value (${zoneName ?? zoneId}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${names}.`;
    throw new AwsRefusal('InvalidParameterValue', what);
  }
  if (!vpc.cidrs.some((outer) => contains(readCidr(outer, ''), cidr))) {
    throw new AwsRefusal('InvalidSubnet.Range', `The CIDR '${showCidr(cidr)}' is invalid.`);
  }
  const others = [...subnetsOf(world, region, now), ...world.aws.subnets].filter(({ vpcId }) => vpcId === vpc.id);
  if (others.some((other) => overlap(readCidr(other.cidr, ''), cidr))) {
    throw new AwsRefusal('InvalidSubnet.Conflict', `The CIDR '${showCidr(cidr)}' conflicts with another subnet`);
  }
  const subnet: StoredSubnet = {
    id: newId('subnet', asked),
    region,
    vpcId: vpc.id,
    cidr: showCidr(cidr),
    zone: zone.name,
    createdAt: now,
  };
  const aws = { ...world.aws, subnets: [...world.aws.subnets, subnet] };
  const created = withTags({ ...world, aws }, subnet.id, readTagSpecifications(query, 'subnet'));
  return { world: created, answer: { subnet: subnetAnswer(created, subnet, now) } };
};

/** Of a subnet that was created. */
export const modifySubnetAttribute: ActionResult = (world, { query, region, now }) => {
  const { id } = findSubnet(world, region, now, query.required('SubnetId'));
  const publicIps = query.flag('MapPublicIpOnLaunch.Value');
  if (publicIps === undefined) throw new AwsRefusal('InvalidParameterCombination', 'No attributes specified.');
  if (!world.aws.subnets.some((each) => each.id === id)) throw keepsFirst(id);
  const subnets = world.aws.subnets.map((each) => (each.id === id ? { ...each, publicIps } : each));
  return { world: { ...world, aws: { ...world.aws, subnets } }, answer: { return: true } };
};

export const deleteSubnet: ActionResult = (world, { query, region, now }) => {
  const { id } = findSubnet(world, region, now, query.required('SubnetId'));
  if (networkInterfacesIn(world, region, now).some(({ subnetId }) => subnetId === id)) {
    throw new AwsRefusal('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);
  }
  if (!world.aws.subnets.some((each) => each.id === id)) throw keepsFirst(id);
  const aws = { ...world.aws, subnets: world.aws.subnets.filter((subnet) => subnet.id !== id) };
  return { world: withoutTags({ ...world, aws }, id), answer: { return: true } };
};

function keepsFirst(id: string): AwsRefusal {
  return new AwsRefusal('OperationNotPermitted', `The sandbox keeps the first subnets of a region, such as ${id}.`);
}
