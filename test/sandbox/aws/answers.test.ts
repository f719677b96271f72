import { describe, expect, test } from 'vitest';
import { changes, reads } from '../../../src/sandbox/aws/perform.js';
import { parseEc2Query } from '../../../src/sandbox/aws/query.js';
import { createService } from '../../../src/sandbox/services.js';
import { defaultProject, emptyWorld, replaceService, type World } from '../../../src/sandbox/world.js';

/* The answers of EC2 in full, as other clients read them, and all the filters. */

const now = Date.UTC(2026, 7, 1, 12);
const region = 'us-east-1';

/** A region with a bit of everything. Requests are made one after the other; each can use what the last ones gave. */
function start() {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  let world: World = emptyWorld({ readyAfter: 1000 });
  const ask = (action: string, parameters: Record<string, string> = {}, where = region) => {
    const asked = {
      world,
      query: parseEc2Query(new URLSearchParams(parameters)),
      region: where,
      now,
      random,
      fate: undefined,
    };
    const done = changes[action]?.(asked) ?? { world, answer: reads[action]?.(asked) };
    asked.query.checkAllRead();
    world = done.world;
    // biome-ignore lint/suspicious/noExplicitAny: the tests say what is in it.
    return done.answer as any;
  };
  const service = () => {
    const request = { region, supportedRemoteRegions: ['EU_WEST_1'], portMappingEnabled: false };
    const made = createService(
      { world, now: now - 5000, random, project: defaultProject },
      { provider: 'AWS', ...request },
    );
    world = made.world;
    return made.service;
  };
  return { ask, service, change: (to: (old: World) => World) => (world = to(world)) };
}

function full() {
  const { ask, service, change } = start();
  const atlas = service();
  const tags = (type: string) => ({
    ...{ 'TagSpecification.1.ResourceType': type, 'TagSpecification.1.Tag.1.Key': 'team' },
    'TagSpecification.1.Tag.1.Value': type,
  });
  const vpc = ask('CreateVpc', { CidrBlock: '10.1.0.0/16', ...tags('vpc') });
  const { vpcId: VpcId } = vpc.vpc;
  const subnet = ask('CreateSubnet', {
    ...{ VpcId, CidrBlock: '10.1.4.0/24', AvailabilityZone: 'us-east-1b', ...tags('subnet') },
  });
  const { subnetId } = subnet.subnet;
  const group = ask('CreateSecurityGroup', {
    ...{ VpcId, GroupName: 'app', GroupDescription: 'An app', ...tags('security-group') },
  });
  const { groupId: GroupId } = group;
  const tcp = {
    'IpPermissions.1.IpProtocol': 'tcp',
    'IpPermissions.1.FromPort': '1024',
    'IpPermissions.1.ToPort': '2000',
  };
  const rules = ask('AuthorizeSecurityGroupIngress', {
    ...{ GroupId, ...tcp, 'IpPermissions.1.IpRanges.1.CidrIp': '10.1.0.0/16' },
    ...{ 'IpPermissions.1.IpRanges.1.Description': 'VPC', 'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '::/0' },
    ...{ 'IpPermissions.1.Groups.1.GroupId': GroupId, 'IpPermissions.1.PrefixListIds.1.PrefixListId': 'pl-1' },
    ...{ 'IpPermissions.2.IpProtocol': '-1', 'IpPermissions.2.IpRanges.1.CidrIp': '10.9.0.0/16' },
  });
  const { 0: name } = ask('DescribeVpcEndpointServices').serviceNameSet.slice(-1);
  const endpoint = ask('CreateVpcEndpoint', {
    ...{ VpcId, ServiceName: name, VpcEndpointType: 'Interface', 'SubnetId.1': subnetId, 'SecurityGroupId.1': GroupId },
    ...{ ClientToken: 'token', ...tags('vpc-endpoint') },
  });
  const ids = { VpcId, subnetId, GroupId, endpointId: endpoint.vpcEndpoint.vpcEndpointId, name };
  return { ask, change, atlas, ids, made: { vpc, subnet, group, rules, endpoint } };
}

describe('an answer', () => {
  const { ask, ids, made } = full();

  test.each(Object.entries(made))('to the create of the %s', (_, answer) => {
    expect(answer).toMatchSnapshot();
  });

  test.each([
    ['DescribeVpcs', { 'VpcId.1': ids.VpcId }],
    ['DescribeVpcAttribute', { VpcId: ids.VpcId, Attribute: 'enableDnsSupport' }],
    ['DescribeSubnets', { 'SubnetId.1': ids.subnetId }],
    ['DescribeSecurityGroups', { 'GroupId.1': ids.GroupId }],
    ['DescribeVpcEndpoints', { 'VpcEndpointId.1': ids.endpointId }],
    ['DescribeNetworkInterfaces', {}],
    ['DescribeVpcEndpointServices', {}],
    ['DescribeAvailabilityZones', { 'ZoneName.1': 'us-east-1b' }],
    ['DescribeSecurityGroupRules', { 'Filter.1.Name': 'group-id', 'Filter.1.Value.1': ids.GroupId }],
    ['DescribeRouteTables', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': ids.VpcId }],
    ['DescribeNetworkAcls', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': ids.VpcId }],
  ])('to %s', (action, parameters) => {
    expect(ask(action, parameters)).toMatchSnapshot();
  });

  test.each(['cn-north-1', 'us-gov-west-1'])('in the partition of %s', (other) => {
    const { ask } = start();
    const { vpcId: VpcId } = ask('DescribeVpcs', {}, other).vpcSet[0];
    const ServiceName = ask('DescribeVpcEndpointServices', {}, other).serviceNameSet[1];
    const { groupId, ...group } = ask('CreateSecurityGroup', { GroupName: 'a', GroupDescription: 'b' }, other);
    const { subnetId } = ask('DescribeSubnets', {}, other).subnetSet[0];
    const request = { VpcId, ServiceName, VpcEndpointType: 'Interface', 'SubnetId.1': subnetId };
    const { dnsEntrySet } = ask('CreateVpcEndpoint', request, other).vpcEndpoint;
    expect([group.securityGroupArn.replace(groupId, 'ID'), dnsEntrySet]).toMatchSnapshot();
  });
});

describe('filters', () => {
  const { ask, ids, atlas } = full();
  const first = ask('DescribeVpcs').vpcSet[0].vpcId;
  const eni = ask('DescribeNetworkInterfaces').networkInterfaceSet[0];
  const all: Record<string, { list: string; count: number; filters: Record<string, [value: string, count: number]> }> =
    {
      DescribeVpcs: {
        list: 'vpcSet',
        count: 2,
        filters: {
          'vpc-id': [ids.VpcId, 1],
          cidr: ['10.1.0.0/16', 1],
          'cidr-block-association.cidr-block': ['10.1.0.0/16', 1],
          'is-default': ['true', 1],
          isDefault: ['true', 1],
          'owner-id': ['123456789012', 2],
          state: ['available', 2],
          'tag:team': ['vpc', 1],
          'tag-key': ['team', 1],
        },
      },
      DescribeSubnets: {
        list: 'subnetSet',
        count: 4,
        filters: {
          'subnet-id': [ids.subnetId, 1],
          'vpc-id': [first, 3],
          'availability-zone': ['us-east-1b', 2],
          'availability-zone-id': ['use1-az4', 2],
          'cidr-block': ['10.1.4.0/24', 1],
          'default-for-az': ['true', 3],
          'owner-id': ['123456789012', 4],
          state: ['available', 4],
          'tag:team': ['subnet', 1],
        },
      },
      DescribeSecurityGroups: {
        list: 'securityGroupInfo',
        count: 3,
        filters: {
          'group-id': [ids.GroupId, 1],
          'group-name': ['default', 2],
          description: ['An app', 1],
          'vpc-id': [ids.VpcId, 2],
          'owner-id': ['123456789012', 3],
          'tag:team': ['security-group', 1],
        },
      },
      DescribeVpcEndpoints: {
        list: 'vpcEndpointSet',
        count: 1,
        filters: {
          'vpc-endpoint-id': [ids.endpointId, 1],
          'vpc-id': [ids.VpcId, 1],
          'service-name': [ids.name, 1],
          'service-region': ['us-east-1', 1],
          'vpc-endpoint-type': ['Interface', 1],
          'vpc-endpoint-state': ['pendingAcceptance', 1],
          'ip-address-type': ['ipv4', 1],
          'tag:team': ['vpc-endpoint', 1],
        },
      },
      DescribeNetworkInterfaces: {
        list: 'networkInterfaceSet',
        count: 1,
        filters: {
          'network-interface-id': [eni.networkInterfaceId, 1],
          'vpc-id': [ids.VpcId, 1],
          'subnet-id': [ids.subnetId, 1],
          'group-id': [ids.GroupId, 1],
          'availability-zone': ['us-east-1b', 1],
          'private-ip-address': [eni.privateIpAddress, 1],
          'interface-type': ['vpc_endpoint', 1],
          status: ['in-use', 1],
          description: [`VPC Endpoint Interface ${ids.endpointId}`, 1],
        },
      },
      DescribeVpcEndpointServices: {
        list: 'serviceDetailSet',
        count: 4,
        filters: {
          'service-name': [ids.name, 1],
          'service-type': ['Interface', 4],
          'service-region': ['us-east-1', 4],
          owner: ['amazon', 3],
          'supported-ip-address-types': ['ipv4', 4],
        },
      },
      DescribeAvailabilityZones: {
        list: 'availabilityZoneInfo',
        count: 4,
        filters: {
          'zone-name': ['us-east-1a', 1],
          'zone-id': ['use1-az1', 1],
          'region-name': ['us-east-1', 4],
          'opt-in-status': ['opt-in-not-required', 4],
          state: ['available', 4],
          'zone-type': ['availability-zone', 4],
        },
      },
    };

  test.each(
    Object.entries(all).flatMap(([action, { list, count, filters }]) =>
      Object.entries(filters).map(([name, [value, found]]) => [action, name, value, found, list, count] as const),
    ),
  )('of %s: %s', (action, name, value, found, list, count) => {
    const ask1 = (given: string) => ask(action, { 'Filter.1.Name': name, 'Filter.1.Value.1': given })[list].length;
    expect([ask1(value), ask1('*'), ask1('nothing'), ask1(`${value}x`)]).toEqual([
      ...[found, name.startsWith('tag') ? 1 : count, 0, 0],
    ]);
  });

  test('match if one of their values does, and all filters must match', () => {
    const two = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': ids.VpcId, 'Filter.1.Value.2': first };
    expect(ask('DescribeSubnets', two).subnetSet).toHaveLength(4);
    const both = { ...two, 'Filter.2.Name': 'cidr-block', 'Filter.2.Value.1': '10.1.4.0/24' };
    expect(ask('DescribeSubnets', both).subnetSet).toHaveLength(1);
  });

  test('treat the characters of other patterns literally', () => {
    for (const odd of ['10.1.4.0/2.', '10.1.4.0/2(4)', '[1]0.1.4.0/24', '10.1.4.0/24|x', '1+0.1.4.0/24']) {
      const asked = { 'Filter.1.Name': 'cidr-block', 'Filter.1.Value.1': odd };
      expect(ask('DescribeSubnets', asked).subnetSet, odd).toEqual([]);
    }
  });

  test.each([
    [1, 1000],
    [1000, 1000],
  ])('pages may have %i items', (most) => {
    expect(ask('DescribeSubnets', { MaxResults: String(most) }).subnetSet).toHaveLength(Math.min(most, 4));
    for (const odd of ['0', '1001']) expect(() => ask('DescribeSubnets', { MaxResults: odd })).toThrow('maxResults');
  });

  test('a page that holds the rest has no next one', () => {
    expect(ask('DescribeSubnets', { MaxResults: '4' }).nextToken).toBeUndefined();
    const { nextToken: NextToken } = ask('DescribeSubnets', { MaxResults: '3' });
    expect(ask('DescribeSubnets', { NextToken }).subnetSet).toHaveLength(1);
  });

  test('a service that failed or is gone is not listed', () => {
    const { ask, change, atlas: ours } = full();
    const count = () => ask('DescribeVpcEndpointServices').serviceNameSet.length;
    expect([count(), atlas.id.length]).toEqual([4, 24]);
    change((world) => replaceService(world, { ...ours, fate: { kind: 'failed', reason: 'No.' } }));
    expect(count()).toBe(3);
    change((world) => replaceService(world, { ...ours, goneAt: now }));
    expect(count()).toBe(3);
    change((world) => replaceService(world, { ...ours, readyAt: now + 1 }));
    expect(count()).toBe(3);
    change((world) => replaceService(world, { ...ours, readyAt: now }));
    expect(count()).toBe(4);
  });
});

describe('a rule of a security group', () => {
  /** A region with a group, and a request for a rule of it. */
  function groupWith(IpProtocol?: string, FromPort?: string, ToPort?: string) {
    const { ask } = start();
    const { groupId } = ask('CreateSecurityGroup', { GroupName: 'a', GroupDescription: 'b' });
    const given = Object.entries({ GroupId: groupId, CidrIp: '10.0.0.0/8', IpProtocol, FromPort, ToPort });
    const request = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    return () => ask('AuthorizeSecurityGroupIngress', request);
  }

  test.each([
    ['6', '1', '2', { ipProtocol: 'tcp', fromPort: 1, toPort: 2 }],
    ['17', '0', '65535', { ipProtocol: 'udp', fromPort: 0, toPort: 65_535 }],
    ['1', '8', '-1', { ipProtocol: 'icmp', fromPort: 8, toPort: -1 }],
    ['58', undefined, undefined, { ipProtocol: 'icmpv6', fromPort: -1, toPort: -1 }],
    ['TCP', '1', '1', { ipProtocol: 'tcp', fromPort: 1, toPort: 1 }],
    ['50', undefined, undefined, { ipProtocol: '50', fromPort: -1, toPort: -1 }],
    ['-1', '1', '2', { ipProtocol: '-1', fromPort: -1, toPort: -1 }],
    [undefined, undefined, undefined, { ipProtocol: '-1', fromPort: -1, toPort: -1 }],
  ])('for protocol %s, ports %s to %s', (protocol, from, to, rule) => {
    const authorize = groupWith(protocol, from, to);
    expect(authorize().securityGroupRuleSet).toMatchObject([rule]);
    const shown = rule.ipProtocol === '-1' ? 'ALL' : rule.ipProtocol.toUpperCase();
    expect(authorize).toThrow(`"peer: 10.0.0.0/8, ${shown}`);
  });

  test.each([
    ['tcp', '2', '1'],
    ['tcp', '-1', '1'],
    ['udp', '0', '65536'],
    ['tcp', undefined, '1'],
    ['tcp', '1', undefined],
    ['sctp', '1', '2'],
    ['1000', '1', '2'],
    ['xtcp', '1', '2'],
    ['tcpx', '1', '2'],
  ])('for protocol %s, ports %s to %s is refused', (...given) => {
    const errorCode = expect.stringMatching(/^Invalid(Permission\.Malformed|ParameterValue)$/);
    expect(groupWith(...given)).toThrow(expect.objectContaining({ errorCode }));
  });
});
