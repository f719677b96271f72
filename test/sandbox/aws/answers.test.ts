import { describe, expect, test } from 'vitest';
import { awsActions } from '../../../src/sandbox/aws/frontend.js';
import { QueryParameters } from '../../../src/sandbox/aws/request.js';
import { createService } from '../../../src/sandbox/services.js';
import { defaultProject, emptyWorld, type World } from '../../../src/sandbox/world.js';

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
    const query = new QueryParameters(new URLSearchParams(parameters));
    const request = { world, query, region: where, now, random, fate: undefined };
    const done = awsActions[action]?.(request) ?? { world, answer: undefined };
    query.checkAllRead();
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
    'TagSpecification.1.ResourceType': type,
    'TagSpecification.1.Tag.1.Key': 'team',
    'TagSpecification.1.Tag.1.Value': type,
  });
  const vpc = ask('CreateVpc', { CidrBlock: '10.1.0.0/16', ...tags('vpc') });
  const { vpcId: VpcId } = vpc.vpc;
  const wanted = { VpcId, CidrBlock: '10.1.4.0/24', AvailabilityZone: 'us-east-1b' };
  const subnet = ask('CreateSubnet', { ...wanted, ...tags('subnet') });
  const { subnetId } = subnet.subnet;
  const named = { VpcId, GroupName: 'app', GroupDescription: 'An app' };
  const group = ask('CreateSecurityGroup', { ...named, ...tags('security-group') });
  const { groupId: GroupId } = group;
  const rules = ask('AuthorizeSecurityGroupIngress', {
    GroupId,
    'IpPermissions.1.IpProtocol': 'tcp',
    'IpPermissions.1.FromPort': '1024',
    'IpPermissions.1.ToPort': '2000',
    'IpPermissions.1.IpRanges.1.CidrIp': '10.1.0.0/16',
    'IpPermissions.1.IpRanges.1.Description': 'VPC',
    'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '::/0',
    'IpPermissions.1.Groups.1.GroupId': GroupId,
    'IpPermissions.1.PrefixListIds.1.PrefixListId': 'pl-1',
    'IpPermissions.2.IpProtocol': '-1',
    'IpPermissions.2.IpRanges.1.CidrIp': '10.9.0.0/16',
  });
  const { 0: name } = ask('DescribeVpcEndpointServices').serviceNameSet.slice(-1);
  const endpoint = ask('CreateVpcEndpoint', {
    VpcId,
    ServiceName: name,
    VpcEndpointType: 'Interface',
    'SubnetId.1': subnetId,
    'SecurityGroupId.1': GroupId,
    ClientToken: 'token',
    ...tags('vpc-endpoint'),
  });
  const ids = { VpcId, subnetId, GroupId, endpointId: endpoint.vpcEndpoint.vpcEndpointId, name };
  return { ask, change, atlas, ids, made: { vpc, subnet, group, rules, endpoint } };
}

describe('an answer', () => {
  const { ask, ids, made } = full();
  /** The only thing that such a read finds. */
  const read = (action: string, list: string, filter: Record<string, string>) => ask(action, filter)[list][0];
  const readRules = () => {
    const filter = { 'Filter.1.Name': 'group-id', 'Filter.1.Value.1': ids.GroupId };
    return ask('DescribeSecurityGroupRules', filter).securityGroupRuleSet;
  };

  test('to a create has the thing as it is read later', () => {
    const vpc = read('DescribeVpcs', 'vpcSet', { 'VpcId.1': ids.VpcId });
    const endpoint = read('DescribeVpcEndpoints', 'vpcEndpointSet', { 'VpcEndpointId.1': ids.endpointId });
    expect(made.vpc).toEqual({ vpc });
    expect(made.endpoint).toEqual({ clientToken: 'token', vpcEndpoint: endpoint });
    const { availableIpAddressCount, ...subnet } = read('DescribeSubnets', 'subnetSet', {
      'SubnetId.1': ids.subnetId,
    });
    // The VPC endpoint has taken one since.
    expect(made.subnet.subnet).toEqual({ ...subnet, availableIpAddressCount: availableIpAddressCount + 1 });
    const group = read('DescribeSecurityGroups', 'securityGroupInfo', { 'GroupId.1': ids.GroupId });
    const { groupId, securityGroupArn, tagSet } = group;
    expect(made.group).toEqual({ return: true, groupId, securityGroupArn, tagSet });
    const [, ...rules] = readRules();
    expect(made.rules).toEqual({ return: true, securityGroupRuleSet: rules });
  });

  test.each([
    ['DescribeVpcs', { 'VpcId.1': ids.VpcId }],
    ['DescribeVpcAttribute', { VpcId: ids.VpcId, Attribute: 'enableDnsSupport' }],
    ['DescribeSubnets', { 'SubnetId.1': ids.subnetId }],
    ['DescribeSecurityGroups', { 'GroupId.1': ids.GroupId }],
    ['DescribeVpcEndpoints', { 'VpcEndpointId.1': ids.endpointId }],
    ['DescribeNetworkInterfaces', {}],
    ['DescribeVpcEndpointServices', {}],
    ['DescribeAvailabilityZones', { 'Filter.1.Name': 'zone-name', 'Filter.1.Value.1': 'us-east-1b' }],
    ['DescribeRouteTables', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': ids.VpcId }],
    ['DescribeNetworkAcls', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': ids.VpcId }],
  ])('to %s', (action, parameters) => {
    // As in XML, what is undefined is left out.
    expect(JSON.parse(JSON.stringify(ask(action, parameters)))).toMatchSnapshot();
  });

  test('to DescribeSecurityGroupRules has a rule for each source', () => {
    const rules: { securityGroupRuleId: string }[] = readRules();
    const owner = { groupId: ids.GroupId, groupOwnerId: '123456789012', tagSet: [] };
    const tcp = { ...owner, isEgress: false, ipProtocol: 'tcp', fromPort: 1024, toPort: 2000 };
    const all = { ...owner, ipProtocol: '-1', fromPort: -1, toPort: -1 };
    const expected = [
      { ...all, isEgress: true, cidrIpv4: '0.0.0.0/0' },
      { ...tcp, cidrIpv4: '10.1.0.0/16', description: 'VPC' },
      { ...tcp, cidrIpv6: '::/0' },
      { ...tcp, referencedGroupInfo: { groupId: ids.GroupId, userId: '123456789012' } },
      { ...tcp, prefixListId: 'pl-1' },
      { ...all, isEgress: false, cidrIpv4: '10.9.0.0/16' },
    ];
    const named = expected.map((rule, index) => {
      const id = rules[index]?.securityGroupRuleId;
      const arn = `arn:aws:ec2:us-east-1:123456789012:security-group-rule/${id}`;
      return {
        ...rule,
        securityGroupRuleId: expect.stringMatching(/^sgr-0[0-9a-f]{16}$/),
        securityGroupRuleArn: arn,
      };
    });
    expect(rules).toEqual(named);
  });

  test.each([
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ])('in the partition of %s has its ARNs and domain', (other, partition, domain) => {
    const { ask } = start();
    const { vpcId: VpcId } = ask('DescribeVpcs', {}, other).vpcSet[0];
    const ServiceName = ask('DescribeVpcEndpointServices', {}, other).serviceNameSet[0];
    const { groupId, ...group } = ask('CreateSecurityGroup', { GroupName: 'a', GroupDescription: 'b' }, other);
    const { subnetId } = ask('DescribeSubnets', {}, other).subnetSet[0];
    const request = { VpcId, ServiceName, VpcEndpointType: 'Interface', 'SubnetId.1': subnetId };
    const { dnsEntrySet } = ask('CreateVpcEndpoint', request, other).vpcEndpoint;
    expect(group.securityGroupArn).toBe(`arn:${partition}:ec2:${other}:123456789012:security-group/${groupId}`);
    const zones = ['', `-${other}a`].map((zone) => ({
      dnsName: expect.stringMatching(
        new RegExp(`^vpce-0[0-9a-f]{16}-[0-9a-f]{8}${zone}\\.ec2\\.${other}\\.vpce\\.${domain}$`),
      ),
      hostedZoneId: expect.stringMatching(/^Z[0-9A-F]{13}$/),
    }));
    expect(dnsEntrySet).toEqual(zones);
  });
});
