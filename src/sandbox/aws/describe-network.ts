import { parseCidr, sizeOf } from '../../base/cidr.js';
import type { StoredSubnet, StoredVpc } from './account.js';
import { networkInterfacesIn } from './endpoints.js';
import { ec2Arn, fixedAwsId, sandboxAccount } from './identity.js';
import { byIds, describe, findResource } from './lookup.js';
import { firstVpc, subnetsOf, vpcsOf, zoneIdOf, zonesOf } from './network.js';
import { type Action, ensureValue, type RegionView } from './request.js';
import { tagSet } from './tags.js';

export const attributes = {
  enableDnsSupport: 'dnsSupport',
  enableDnsHostnames: 'dnsHostnames',
  /** Always off. */
  enableNetworkAddressUsageMetrics: null,
} as const;

export const networkReads = {
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
    return { world: request.world, answer: { vpcId: vpc.id, [attribute]: { value: key !== null && vpc[key] } } };
  },

  DescribeSubnets: describe(
    byIds('subnet', 'SubnetId'),
    'subnetSet',
    ['subnet-id', 'vpc-id', 'availability-zone', 'availability-zone-id', 'cidr-block', 'default-for-az'],
    subnetAnswer,
  ),

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
  DescribePrefixLists: describe(
    () => [],
    'prefixListSet',
    ['prefix-list-name'],
    () => ({}),
  ),
} satisfies Record<string, Action>;

export function vpcAnswer({ world }: Pick<RegionView, 'world'>, { id, cidrs, isDefault, sharedBy }: StoredVpc) {
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

export function subnetAnswer(view: RegionView, subnet: StoredSubnet) {
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

function ofVpc(vpcId: string) {
  return { vpcId, ownerId: sandboxAccount, tagSet: [] };
}
