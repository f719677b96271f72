import { parseCidr, showCidr, sizeOf } from '../../base/cidr.js';
import { knownRegions } from '../../clouds/regions.js';
import { ensure } from '../frontend.js';
import type { World } from '../world.js';
import { type StoredSubnet, type StoredVpc, withoutResource, withResource } from './account.js';
import { endpointsOf, networkInterfacesIn, stateOf } from './endpoints.js';
import { ec2Arn, fixedAwsId, sandboxAccount } from './identity.js';
import { byIds, describe, filtered, findOwnVpc, findResource } from './lookup.js';
import { firstVpc, subnetsOf, vpcsOf, zoneIdOf, zonesOf } from './network.js';
import { type Action, done, ensureValue, type QueryParameters, type RegionView } from './request.js';
import { newResource, tagSet, withNew } from './tags.js';

const attributes = {
  enableDnsSupport: 'dnsSupport',
  enableDnsHostnames: 'dnsHostnames',
  /** Always off. */
  enableNetworkAddressUsageMetrics: null,
} as const;

export const networkActions = {
  DescribeVpcs: describe(
    byIds('vpc', 'VpcId'),
    'vpcSet',
    // Terraform uses isDefault, the older name.
    ['vpc-id', ['cidr', 'cidrBlock'], 'is-default', 'isDefault'],
    vpcAnswer,
  ),

  DescribeVpcAttribute: (request) => {
    const vpc = findResource('vpc', request, request.query.required('VpcId'));
    const attribute = request.query.required('Attribute');
    const what = `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`;
    ensureValue(Object.hasOwn(attributes, attribute), what);
    const key = attributes[attribute as keyof typeof attributes];
    const value = key !== null && vpc[key];
    return { world: request.world, answer: { vpcId: vpc.id, [attribute]: { value } } };
  },

  DescribeSubnets: describe(
    byIds('subnet', 'SubnetId'),
    'subnetSet',
    ['subnet-id', 'vpc-id', 'availability-zone', 'availability-zone-id', 'cidr-block', 'default-for-az'],
    subnetAnswer,
  ),

  DescribeRegions: (request) => {
    const names = request.query.list('RegionName');
    request.query.flag('AllRegions');
    const all = knownRegions('AWS').filter((name) => names.length === 0 || names.includes(name));
    const answers = all.map((regionName) => ({
      regionName,
      regionEndpoint: `ec2.${regionName}.amazonaws.com`,
      optInStatus: 'opt-in-not-required',
    }));
    const regionInfo = filtered(request, answers, ['region-name', 'opt-in-status', ['endpoint', 'regionEndpoint']]);
    return { world: request.world, answer: { regionInfo } };
  },

  DescribeAvailabilityZones: describe(
    ({ region }) => zonesOf(region),
    'availabilityZoneInfo',
    ['zone-name', 'zone-id', 'opt-in-status', ['state', 'zoneState']],
    ({ region }, { name, id }) => ({
      optInStatus: 'opt-in-not-required',
      messageSet: [],
      regionName: region,
      zoneName: name,
      zoneId: id,
      groupName: region,
      networkBorderGroup: region,
      zoneType: 'availability-zone',
      zoneState: 'available',
    }),
  ),

  DescribeRouteTables: describe(
    vpcsOf,
    'routeTableSet',
    ['vpc-id', ['association.main', 'associationSet.main']],
    (_, { id, cidrs, routes = [] }) => {
      const routeTableId = fixedAwsId('rtb', `routes of ${id}`);
      const associationSet = [{ routeTableId, main: true, associationState: { state: 'associated' } }];
      const local = cidrs.map((cidr) => ({ destinationCidrBlock: cidr, gatewayId: 'local', state: 'active' }));
      return { routeTableId, routeSet: [...local, ...routes], associationSet, ...ofVpc(id) };
    },
  ),

  DescribeNetworkAcls: describe(vpcsOf, 'networkAclSet', ['vpc-id', 'default'], (view, { id, acl }) => {
    const rule = { ruleNumber: 100, protocol: '-1', ruleAction: 'allow', cidrBlock: '0.0.0.0/0' };
    const entrySet = acl ?? [true, false].map((egress) => ({ ...rule, egress }));
    const subnets = subnetsOf(view).filter(({ vpcId }) => vpcId === id);
    const associationSet = subnets.map((subnet) => ({ subnetId: subnet.id }));
    return { networkAclId: fixedAwsId('acl', `acl of ${id}`), default: true, entrySet, associationSet, ...ofVpc(id) };
  }),

  /** Only gateway endpoints have prefix lists, and the sandbox has none. */
  DescribePrefixLists: describe(none, 'prefixListSet', ['prefix-list-name'], () => ({})),

  CreateVpc: (request) => {
    const { query } = request;
    const cidr = readCidr(query);
    query.text('InstanceTenancy');
    query.flag('AmazonProvidedIpv6CidrBlock');
    const vpc: StoredVpc = {
      ...newResource('vpc', request),
      cidrs: [cidr],
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
    return { world: withResource(world, 'vpcs', { ...vpc, ...Object.fromEntries(given) }), answer: done };
  },

  DeleteVpc: (request) => {
    const { id } = findOwnVpc(request, request.query.required('VpcId'));
    const isKept = id === firstVpc(request.region);
    ensure(!isKept, 'OperationNotPermitted', `The sandbox keeps the first VPC of a region: ${id}.`);
    const groups = request.world.clouds.AWS.groups.filter(({ vpcId }) => vpcId === id);
    const users = [
      ...groups.filter(({ name }) => name !== 'default'),
      ...subnetsOf(request).filter(({ vpcId }) => vpcId === id),
      ...endpointsOf(request).filter((each) => each.vpcId === id && stateOf(request, each) !== 'deleted'),
    ];
    ensureUnused(users.length === 0, 'vpc', id);
    // Its default group, which is saved only if it was changed: https://docs.aws.amazon.com/goto/WebAPI/ec2/DeleteVpc
    const world = groups.reduce((before, group) => withoutResource(before, 'groups', group.id), request.world);
    return { world: withoutResource(world, 'vpcs', id), answer: done };
  },

  CreateSubnet: (request) => {
    const { query, region } = request;
    const vpc = findOwnVpc(request, query.required('VpcId'));
    const cidr = readCidr(query);
    const zones = zonesOf(region);
    const zoneName = query.text('AvailabilityZone') ?? zones[0]?.name;
    const zone = zones.find(({ name }) => name === zoneName);
    ensureValue(zone, `Value (${zoneName}) for parameter availabilityZone is invalid.`);
    const made = newResource('subnet', request);
    const subnet: StoredSubnet = { ...made, vpcId: vpc.id, cidr, zone: zone.name };
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
    checkIsSaved(request.world, id);
    ensureUnused(!networkInterfacesIn(request).some(({ subnetId }) => subnetId === id), 'subnet', id);
    return { world: withoutResource(request.world, 'subnets', id), answer: done };
  },
} satisfies Record<string, Action>;

function vpcAnswer({ world }: Pick<RegionView, 'world'>, { id, cidrs, isDefault, sharedBy }: StoredVpc) {
  return {
    ownerId: sharedBy ?? sandboxAccount,
    instanceTenancy: 'default',
    cidrBlockAssociationSet: cidrs.map((cidrBlock) => ({
      associationId: fixedAwsId('vpc-cidr-assoc', `${cidrBlock} of ${id}`),
      cidrBlock,
      cidrBlockState: { state: 'associated' },
    })),
    isDefault,
    tagSet: tagSet(world, id),
    vpcId: id,
    state: 'available',
    cidrBlock: cidrs[0],
    dhcpOptionsId: 'default',
  };
}

function subnetAnswer(view: RegionView, subnet: StoredSubnet) {
  const { id, region, vpcId, cidr, zone, publicIps = false } = subnet;
  const range = parseCidr(cidr);
  const taken = networkInterfacesIn(view).filter(({ subnetId }) => subnetId === id).length;
  return {
    subnetId: id,
    subnetArn: ec2Arn(region, `subnet/${id}`),
    state: 'available',
    vpcId,
    cidrBlock: cidr,
    ownerId: findResource('vpc', view, vpcId).sharedBy ?? sandboxAccount,
    availabilityZone: zone,
    availabilityZoneId: zoneIdOf(region, zone),
    // AWS reserves five addresses in each subnet.
    availableIpAddressCount: range ? sizeOf(range) - 5 - taken : 0,
    defaultForAz: vpcId === firstVpc(region),
    mapPublicIpOnLaunch: publicIps,
    assignIpv6AddressOnCreation: false,
    ipv6CidrBlockAssociationSet: [],
    tagSet: tagSet(view.world, id),
  };
}

function none() {
  return [];
}

function ofVpc(vpcId: string) {
  return { vpcId, ownerId: sandboxAccount, tagSet: [] };
}

/** It is not checked whether the network has room for it. */
function readCidr(query: QueryParameters) {
  const text = query.required('CidrBlock');
  const cidr = parseCidr(text);
  ensureValue(cidr, `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  return showCidr(cidr);
}

/** As recorded of a subnet, and of a VPC with a group: github.com/terraform-aws-modules/terraform-aws-vpc/issues/540. */
function ensureUnused(isUnused: boolean, what: string, id: string) {
  ensure(isUnused, 'DependencyViolation', `The ${what} '${id}' has dependencies and cannot be deleted.`);
}

function checkIsSaved({ clouds }: World, id: string) {
  const isSaved = clouds.AWS.subnets.some((subnet) => subnet.id === id);
  ensure(isSaved, 'OperationNotPermitted', `The sandbox keeps the first subnets of a region, such as ${id}.`);
}
