import { digits } from '../chance.js';
import type { World } from '../world.js';
import type { Read } from './action.js';
import { parseCidr, sizeOf } from './cidr.js';
import { ec2PageOf, filtered } from './filters.js';
import { ec2Arn, sandboxAccount } from './identity.js';
import { networkInterfacesIn } from './interfaces.js';
import { findSubnet, findVpc, isFirst, subnetsOf, vpcsOf, zoneIdOf, zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredSubnet, StoredVpc } from './resources.js';
import { tagSet, tagsOf } from './tags.js';
import type { Xml } from './xml.js';

/* Describe VPCs and subnets. */

export const describeVpcs: Read = (world, { query, region, now }) => {
  const ids = query.list('VpcId');
  const all = ids.length > 0 ? ids.map((id) => findVpc(world, region, now, id)) : vpcsOf(world, region, now);
  const { page, nextToken } = ec2PageOf(
    query,
    all,
    {
      'vpc-id': ({ id }) => [id],
      cidr: ({ cidrs }) => cidrs.slice(0, 1),
      'cidr-block-association.cidr-block': ({ cidrs }) => cidrs,
      'is-default': ({ isDefault }) => [isDefault],
      // The older name, which Terraform uses.
      isDefault: ({ isDefault }) => [isDefault],
      'owner-id': ({ sharedBy }) => [sharedBy ?? sandboxAccount],
      state: () => ['available'],
    },
    ({ id }) => tagsOf(world, id),
  );
  return { vpcSet: page.map((vpc) => vpcAnswer(world, vpc)), nextToken };
};

export function vpcAnswer(world: World, { id, cidrs, isDefault, sharedBy }: StoredVpc): Xml {
  return {
    ownerId: sharedBy ?? sandboxAccount,
    instanceTenancy: 'default',
    cidrBlockAssociationSet: cidrs.map((cidrBlock) => ({
      associationId: `vpc-cidr-assoc-0${digits(`${cidrBlock} of ${id}`, 16)}`,
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

/** The attributes of a VPC, and the keys that store them. */
export const attributes = {
  enableDnsSupport: 'dnsSupport',
  enableDnsHostnames: 'dnsHostnames',
  /** Always off. */
  enableNetworkAddressUsageMetrics: null,
} as const;

export const describeVpcAttribute: Read = (world, { query, region, now }) => {
  const vpc = findVpc(world, region, now, query.required('VpcId'));
  const attribute = query.required('Attribute');
  if (!Object.hasOwn(attributes, attribute)) {
    throw new AwsRefusal(
      'InvalidParameterValue',
      `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
    );
  }
  const key = attributes[attribute as keyof typeof attributes];
  return { vpcId: vpc.id, [attribute]: { value: key !== null && vpc[key] } };
};

export const describeSubnets: Read = (world, { query, region, now }) => {
  const ids = query.list('SubnetId');
  const all = ids.length > 0 ? ids.map((id) => findSubnet(world, region, now, id)) : subnetsOf(world, region, now);
  const { page, nextToken } = ec2PageOf(
    query,
    all,
    {
      'subnet-id': ({ id }) => [id],
      'vpc-id': ({ vpcId }) => [vpcId],
      'availability-zone': ({ zone }) => [zone],
      'availability-zone-id': ({ zone }) => [zoneIdOf(region, zone)],
      'cidr-block': ({ cidr }) => [cidr],
      'default-for-az': ({ vpcId }) => [isFirst(region, vpcId)],
      'owner-id': ({ vpcId }) => [findVpc(world, region, now, vpcId).sharedBy ?? sandboxAccount],
      state: () => ['available'],
    },
    ({ id }) => tagsOf(world, id),
  );
  return { subnetSet: page.map((subnet) => subnetAnswer(world, subnet, now)), nextToken };
};

export function subnetAnswer(world: World, subnet: StoredSubnet, now: number): Xml {
  const { id, region, vpcId, cidr, zone, publicIps = false } = subnet;
  const range = parseCidr(cidr);
  const taken = networkInterfacesIn(world, region, now).filter(({ subnetId }) => subnetId === id).length;
  return {
    subnetId: id,
    subnetArn: ec2Arn(region, `subnet/${id}`),
    state: 'available',
    vpcId,
    cidrBlock: cidr,
    ownerId: findVpc(world, region, now, vpcId).sharedBy ?? sandboxAccount,
    availabilityZone: zone,
    availabilityZoneId: zoneIdOf(region, zone),
    // AWS reserves five addresses in each subnet.
    availableIpAddressCount: range ? sizeOf(range) - 5 - taken : 0,
    defaultForAz: isFirst(region, vpcId),
    mapPublicIpOnLaunch: publicIps,
    assignIpv6AddressOnCreation: false,
    ipv6CidrBlockAssociationSet: [],
    tagSet: tagSet(world, id),
  };
}

export const describeAvailabilityZones: Read = (_world, { query, region }) => {
  const [names, ids] = [query.list('ZoneName'), query.list('ZoneId')];
  query.flag('AllAvailabilityZones');
  const zones = zonesOf(region);
  const unknown = [...names, ...ids].find((each) => !zones.some(({ name, id }) => name === each || id === each));
  if (unknown !== undefined) throw new AwsRefusal('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  const asked = zones.filter(
    ({ name, id }) => names.length + ids.length === 0 || names.includes(name) || ids.includes(id),
  );
  const found = filtered(query, asked, {
    'zone-name': ({ name }) => [name],
    'zone-id': ({ id }) => [id],
    'region-name': () => [region],
    'opt-in-status': () => ['opt-in-not-required'],
    state: () => ['available'],
    'zone-type': () => ['availability-zone'],
  });
  const availabilityZoneInfo = found.map(({ name, id }) => ({
    optInStatus: 'opt-in-not-required',
    messageSet: [],
    regionName: region,
    zoneName: name,
    zoneId: id,
    groupName: region,
    networkBorderGroup: region,
    zoneType: 'availability-zone',
    zoneState: 'available',
  }));
  return { availabilityZoneInfo };
};

/** Describes what each VPC has one of from the start. */
const ofEachVpc =
  (list: string, filter: string, answer: (vpc: StoredVpc) => Record<string, Xml>): Read =>
  (world, { query, region, now }) => {
    const filters = { 'vpc-id': ({ id }: StoredVpc) => [id], [filter]: () => [true] };
    const { page, nextToken } = ec2PageOf(query, vpcsOf(world, region, now), filters);
    const answers = page.map((vpc) => ({ ...answer(vpc), vpcId: vpc.id, ownerId: sandboxAccount, tagSet: [] }));
    return { [list]: answers, nextToken };
  };

export const describeRouteTables = ofEachVpc('routeTableSet', 'association.main', ({ id, cidrs }) => {
  const routeTableId = `rtb-0${digits(`routes of ${id}`, 16)}`;
  const associationSet = [{ routeTableId, main: true, associationState: { state: 'associated' } }];
  const routeSet = cidrs.map((cidr) => ({ destinationCidrBlock: cidr, gatewayId: 'local', state: 'active' }));
  return { routeTableId, routeSet, associationSet };
});

export const describeNetworkAcls = ofEachVpc('networkAclSet', 'default', ({ id }) => {
  const rule = { ruleNumber: 100, protocol: '-1', ruleAction: 'allow', cidrBlock: '0.0.0.0/0' };
  const entrySet = [true, false].map((egress) => ({ ...rule, egress }));
  return { networkAclId: `acl-0${digits(`acl of ${id}`, 16)}`, default: true, entrySet };
});

/** Only gateway endpoints have prefix lists, and the sandbox has none. */
export const describePrefixLists: Read = (_world, { query }) => {
  const { nextToken } = ec2PageOf<never>(query, [], { 'prefix-list-id': () => [], 'prefix-list-name': () => [] });
  return { prefixListSet: [], nextToken };
};
