import { contains, overlap, parseCidr, showCidr } from '../../base/cidr.js';
import { ensure } from '../refusal.js';
import type { World } from '../world.js';
import { type StoredSubnet, type StoredVpc, withoutResource, withResource } from './account.js';
import { attributes, subnetAnswer, vpcAnswer } from './describe-network.js';
import { networkInterfacesIn } from './endpoints.js';
import { findOwnVpc, findResource } from './lookup.js';
import { firstVpc, groupsOf, subnetsOf, zonesOf } from './network.js';
import { type Action, done, ensureValue } from './request.js';
import { newResource, withNew } from './tags.js';

export const networkChanges = {
  CreateVpc: (request) => {
    const { query } = request;
    const cidr = readCidr(query.required('CidrBlock'), 'InvalidVpc.Range');
    query.text('InstanceTenancy');
    query.flag('AmazonProvidedIpv6CidrBlock');
    const vpc: StoredVpc = {
      ...newResource('vpc', request),
      cidrs: [showCidr(cidr)],
      isDefault: false,
      dnsSupport: true,
      dnsHostnames: false,
    };
    const world = withNew(request, 'vpcs', vpc);
    return { world, answer: { vpc: vpcAnswer({ world }, vpc) } };
  },

  ModifyVpcAttribute: (request) => {
    const { query, world } = request;
    const vpc = findOwnVpc(request, query.required('VpcId'));
    const given = Object.entries(attributes).flatMap(([name, key]) => {
      const value = key === null ? undefined : query.flag(`${name[0]?.toUpperCase()}${name.slice(1)}.Value`);
      return value === undefined ? [] : [[key, value] as const];
    });
    // EC2 accepts one attribute per request.
    ensure(given.length === 1, 'InvalidParameterCombination', 'Fields for one attribute must be specified');
    return { world: withResource(world, 'vpcs', { ...vpc, ...Object.fromEntries(given) }), answer: done };
  },

  DeleteVpc: (request) => {
    const { id } = findOwnVpc(request, request.query.required('VpcId'));
    const isKept = id === firstVpc(request.region);
    ensure(!isKept, 'OperationNotPermitted', `The sandbox keeps the first VPC of a region: ${id}.`);
    const isUsed =
      subnetsOf(request).some(({ vpcId }) => vpcId === id) ||
      groupsOf(request).some(({ vpcId, name }) => vpcId === id && name !== 'default');
    ensure(!isUsed, 'DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);
    return { world: withoutResource(request.world, 'vpcs', id), answer: done };
  },

  CreateSubnet: (request) => {
    const { query, region } = request;
    const vpc = findOwnVpc(request, query.required('VpcId'));
    const cidr = readCidr(query.required('CidrBlock'), 'InvalidSubnet.Range');
    const zones = zonesOf(region);
    const zoneName = query.text('AvailabilityZone') ?? zones[0]?.name;
    const zone = zones.find(({ name }) => name === zoneName);
    ensureValue(zone, `Value (${zoneName}) for parameter availabilityZone is invalid.`);
    const isInVpc = vpc.cidrs.some((outer) => contains(readCidr(outer, ''), cidr));
    ensure(isInVpc, 'InvalidSubnet.Range', `The CIDR '${showCidr(cidr)}' is invalid.`);
    const others = [...subnetsOf(request), ...request.world.clouds.AWS.subnets].filter(({ vpcId }) => vpcId === vpc.id);
    const isFree = others.every((other) => !overlap(readCidr(other.cidr, ''), cidr));
    ensure(isFree, 'InvalidSubnet.Conflict', `The CIDR '${showCidr(cidr)}' conflicts with another subnet`);
    const made = newResource('subnet', request);
    const subnet: StoredSubnet = { ...made, vpcId: vpc.id, cidr: showCidr(cidr), zone: zone.name };
    const world = withNew(request, 'subnets', subnet);
    return { world, answer: { subnet: subnetAnswer({ ...request, world }, subnet) } };
  },

  ModifySubnetAttribute: (request) => {
    const { query, world } = request;
    const subnet = findResource('subnet', request, query.required('SubnetId'));
    const publicIps = query.flag('MapPublicIpOnLaunch.Value');
    ensure(publicIps !== undefined, 'InvalidParameterCombination', 'No attributes specified.');
    checkIsSaved(world, subnet.id);
    return { world: withResource(world, 'subnets', { ...subnet, publicIps }), answer: done };
  },

  DeleteSubnet: (request) => {
    const { id } = findResource('subnet', request, request.query.required('SubnetId'));
    const isUsed = networkInterfacesIn(request).some(({ subnetId }) => subnetId === id);
    ensure(!isUsed, 'DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);
    checkIsSaved(request.world, id);
    return { world: withoutResource(request.world, 'subnets', id), answer: done };
  },
} satisfies Record<string, Action>;

function readCidr(text: string, code: string) {
  const cidr = parseCidr(text);
  ensureValue(cidr, `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  ensure(cidr.bits >= 16 && cidr.bits <= 28, code, `The CIDR '${text}' is invalid.`);
  return cidr;
}

function checkIsSaved({ clouds }: World, id: string) {
  const isSaved = clouds.AWS.subnets.some((subnet) => subnet.id === id);
  ensure(isSaved, 'OperationNotPermitted', `The sandbox keeps the first subnets of a region, such as ${id}.`);
}
