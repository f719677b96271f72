import { knownRegions } from '../../clouds/regions.js';
import type { Read } from './action.js';
import { filtered, paged } from './filters.js';
import { ec2Arn, partitionOf, sandboxAccount } from './identity.js';
import { interfacesIn } from './interfaces.js';
import { findSubnet, findVpc, subnetsOf, vpcsOf, zoneIdOf, zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import { tagSet, tagsOf } from './tags.js';

/* What EC2 says of VPCs, subnets, zones and regions. */

export const describeVpcs: Read = (world, { query, region, now }) => {
  const ids = query.list('VpcId');
  const all = ids.length > 0 ? ids.map((id) => findVpc(world, region, now, id)) : vpcsOf(world, region, now);
  const found = filtered(
    query,
    all,
    {
      'vpc-id': ({ id }) => [id],
      cidr: ({ cidr }) => [cidr],
      'cidr-block-association.cidr-block': ({ cidr }) => [cidr],
      'is-default': ({ isDefault }) => [isDefault],
      'owner-id': () => [sandboxAccount],
      state: () => ['available'],
    },
    ({ id }) => tagsOf(world, id),
  );
  const { page, nextToken } = paged(query, found);
  const vpcSet = page.map(({ id, cidr, isDefault }) => ({
    ownerId: sandboxAccount,
    instanceTenancy: 'default',
    cidrBlockAssociationSet: [
      {
        associationId: `vpc-cidr-assoc-${id.slice('vpc-'.length)}`,
        cidrBlock: cidr,
        cidrBlockState: { state: 'associated' },
      },
    ],
    isDefault,
    tagSet: tagSet(world, id),
    vpcId: id,
    state: 'available',
    cidrBlock: cidr,
    dhcpOptionsId: 'default',
  }));
  return { vpcSet, nextToken };
};

/** By the attribute, what holds it. */
const attributes = { enableDnsSupport: 'dnsSupport', enableDnsHostnames: 'dnsHostnames' } as const;

export const describeVpcAttribute: Read = (world, { query, region, now }) => {
  const vpc = findVpc(world, region, now, query.required('VpcId'));
  const attribute = query.required('Attribute');
  if (!Object.hasOwn(attributes, attribute)) {
    throw new AwsRefusal(
      'InvalidParameterValue',
      `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
    );
  }
  return { vpcId: vpc.id, [attribute]: { value: vpc[attributes[attribute as keyof typeof attributes]] } };
};

export const describeSubnets: Read = (world, { query, region, now }) => {
  const ids = query.list('SubnetId');
  const all = ids.length > 0 ? ids.map((id) => findSubnet(world, region, now, id)) : subnetsOf(world, region, now);
  const isDefault = (vpcId: string) => vpcsOf(world, region, now).some((vpc) => vpc.id === vpcId && vpc.isDefault);
  const found = filtered(
    query,
    all,
    {
      'subnet-id': ({ id }) => [id],
      'vpc-id': ({ vpcId }) => [vpcId],
      'availability-zone': ({ zone }) => [zone],
      'availability-zone-id': ({ zone }) => [zoneIdOf(region, zone)],
      'cidr-block': ({ cidr }) => [cidr],
      'default-for-az': ({ vpcId }) => [isDefault(vpcId)],
      'owner-id': () => [sandboxAccount],
      state: () => ['available'],
    },
    ({ id }) => tagsOf(world, id),
  );
  const { page, nextToken } = paged(query, found);
  const taken = interfacesIn(world, region, now);
  const subnetSet = page.map(({ id, vpcId, cidr, zone }) => ({
    subnetId: id,
    subnetArn: ec2Arn(region, `subnet/${id}`),
    state: 'available',
    vpcId,
    cidrBlock: cidr,
    ownerId: sandboxAccount,
    availabilityZone: zone,
    availabilityZoneId: zoneIdOf(region, zone),
    // AWS keeps five addresses of each for itself.
    availableIpAddressCount:
      2 ** (32 - Number(cidr.split('/')[1])) - 5 - taken.filter(({ subnetId }) => subnetId === id).length,
    defaultForAz: isDefault(vpcId),
    mapPublicIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    ipv6CidrBlockAssociationSet: [],
    tagSet: tagSet(world, id),
  }));
  return { subnetSet, nextToken };
};

export const describeAvailabilityZones: Read = (_world, { query, region }) => {
  const [names, ids] = [query.list('ZoneName'), query.list('ZoneId')];
  query.flag('AllAvailabilityZones');
  const zones = zonesOf(region);
  const unknown = [...names, ...ids].find((each) => !zones.some(({ name, id }) => name === each || id === each));
  if (unknown !== undefined) throw new AwsRefusal('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  const asked = zones.filter(
    ({ name, id }) => names.length + ids.length === 0 || names.includes(name) || ids.includes(id),
  );
  const found = filtered(
    query,
    asked,
    {
      'zone-name': ({ name }) => [name],
      'zone-id': ({ id }) => [id],
      'region-name': () => [region],
      'opt-in-status': () => ['opt-in-not-required'],
      state: () => ['available'],
      'zone-type': () => ['availability-zone'],
    },
    () => ({}),
  );
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

export const describeRegions: Read = (_world, { query, region }) => {
  const names = query.list('RegionName');
  query.flag('AllRegions');
  const all = knownRegions('AWS').filter((name) => partitionOf(name) === partitionOf(region));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new AwsRefusal('InvalidParameterValue', `Invalid region provided: ${unknown}`);
  const suffix = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const found = filtered(
    query,
    all.filter((name) => names.length === 0 || names.includes(name)),
    {
      'region-name': (name) => [name],
      endpoint: (name) => [`ec2.${name}.${suffix}`],
      'opt-in-status': () => ['opt-in-not-required'],
    },
    () => ({}),
  );
  const regionInfo = found.map((name) => ({
    optInStatus: 'opt-in-not-required',
    regionName: name,
    regionEndpoint: `ec2.${name}.${suffix}`,
  }));
  return { regionInfo };
};
