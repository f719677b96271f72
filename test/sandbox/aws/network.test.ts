import { describe, expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

const none = '0123456789abcdef0';

describe('the network of a region', () => {
  test('is there from the start, the same each time, and another one in each region', async () => {
    const { network, ec2In } = await awsSandbox();
    const first = await network();
    expect(first.vpc).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(new Set(first.subnets.map((id) => /^subnet-[0-9a-f]{17}$/.test(id)))).toEqual(new Set([true]));
    expect(await (await awsSandbox()).network()).toEqual(first);
    expect((await network('eu-west-1')).vpc).not.toBe(first.vpc);
    const { Subnets: subnets = [] } = await ec2In('ap-southeast-2').describeSubnets();
    expect(subnets.map(({ AvailabilityZone, AvailabilityZoneId }) => [AvailabilityZone, AvailabilityZoneId])).toEqual(
      [
        ['ap-southeast-2a', 'apse2-az2'],
        ['ap-southeast-2b', 'apse2-az4'],
        ['ap-southeast-2c', 'apse2-az1'],
      ],
    );
  });

  test('has a default VPC with DNS, subnets and a default group that allows itself', async () => {
    const { ec2, network } = await awsSandbox();
    const { vpc } = await network();
    expect((await ec2.describeVpcs()).Vpcs).toMatchObject([
      { VpcId: vpc, IsDefault: true, CidrBlock: '10.0.0.0/16' },
    ]);
    const names = ['enableDnsSupport', 'enableDnsHostnames'] as const;
    const answers = await Promise.all(names.map((Attribute) => ec2.describeVpcAttribute({ VpcId: vpc, Attribute })));
    expect(answers).toMatchObject([{ EnableDnsSupport: { Value: true } }, { EnableDnsHostnames: { Value: true } }]);
    const { SecurityGroups: [group] = [] } = await ec2.describeSecurityGroups();
    expect(group).toMatchObject({ GroupName: 'default', VpcId: vpc, IpPermissions: [{ IpProtocol: '-1' }] });
    expect(group?.IpPermissions?.[0]?.UserIdGroupPairs).toMatchObject([{ GroupId: group?.GroupId }]);
  });

  test('a missing resource has the error of its kind', async () => {
    const { ec2, network } = await awsSandbox();
    const { vpc } = await network();
    const attribute = (VpcId: string, Attribute = 'enableDnsSupport') =>
      ec2.describeVpcAttribute({ VpcId, Attribute: Attribute as 'enableDnsSupport' });
    const calls: [Promise<unknown>, string][] = [
      [ec2.describeVpcs({ VpcIds: [`vpc-${none}`] }), 'InvalidVpcID.NotFound'],
      [ec2.describeSubnets({ SubnetIds: [`subnet-${none}`] }), 'InvalidSubnetID.NotFound'],
      [ec2.describeSecurityGroups({ GroupIds: [`sg-${none}`] }), 'InvalidGroup.NotFound'],
      [ec2.describeVpcEndpoints({ VpcEndpointIds: [`vpce-${none}`] }), 'InvalidVpcEndpointId.NotFound'],
      [attribute(vpc, 'constructor'), 'InvalidParameterValue'],
    ];
    for (const [call, code] of calls) expect(await refusalOf(call)).toEqual([code, 400]);
  });

  test('each VPC has a main route table and a default network ACL; no endpoint has a prefix list', async () => {
    const { ec2, network } = await awsSandbox();
    const { vpc } = await network();
    const Filters = (name: string) => [
      { Name: 'vpc-id', Values: [vpc] },
      { Name: name, Values: ['true'] },
    ];
    expect((await ec2.describeRouteTables({ Filters: Filters('association.main') })).RouteTables).toMatchObject([
      {
        VpcId: vpc,
        Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }],
        Associations: [{ Main: true }],
      },
    ]);
    expect((await ec2.describeNetworkAcls({ Filters: Filters('default') })).NetworkAcls).toMatchObject([
      { VpcId: vpc, IsDefault: true, Entries: [{ Egress: true }, { Egress: false }] },
    ]);
    const named = [{ Name: 'prefix-list-name', Values: ['com.amazonaws.us-east-1.s3'] }];
    expect((await ec2.describePrefixLists({ Filters: named })).PrefixLists).toEqual([]);
    expect(await refusalOf(ec2.describeRouteTables({ RouteTableIds: ['rtb-1'] }))).toEqual(['UnknownParameter', 400]);
  });
});

test('further networks can be created beside the first one, and deleted again', async () => {
  const { ec2, store, network } = await awsSandbox();
  const [first = ''] = (await network()).subnets;
  const tags = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: 'other' }] }];
  const { Vpc: vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.9/16', TagSpecifications: tags });
  expect(vpc).toMatchObject({
    CidrBlock: '10.1.0.0/16',
    IsDefault: false,
    Tags: [{ Key: 'Name', Value: 'other' }],
  });
  const VpcId = vpc?.VpcId ?? '';
  const at = (CidrBlock: string, zone: object = {}) => ec2.createSubnet({ VpcId, CidrBlock, ...zone });
  const { Subnet: subnet } = await at('10.1.0.0/24', { AvailabilityZone: 'us-east-1d' });
  expect(subnet).toMatchObject({
    AvailabilityZoneId: 'use1-az3',
    AvailableIpAddressCount: 251,
    DefaultForAz: false,
  });
  const { Subnet: small } = await at('10.1.9.0/28');
  expect(small).toMatchObject({ AvailabilityZone: 'us-east-1a', AvailableIpAddressCount: 11 });
  const attribute = async () =>
    (await ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' })).EnableDnsHostnames?.Value;
  expect(await attribute()).toBe(false);
  await ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
  expect(await attribute()).toBe(true);
  const metrics = await ec2.describeVpcAttribute({ VpcId, Attribute: 'enableNetworkAddressUsageMetrics' });
  expect(metrics.EnableNetworkAddressUsageMetrics?.Value).toBe(false);
  await ec2.modifySubnetAttribute({ SubnetId: subnet?.SubnetId, MapPublicIpOnLaunch: { Value: true } });
  const { Subnets: [changed] = [] } = await ec2.describeSubnets({ SubnetIds: [subnet?.SubnetId ?? ''] });
  expect(changed?.MapPublicIpOnLaunch).toBe(true);

  const refused: [Promise<unknown>, string][] = [
    [at('10.1.2.0'), 'InvalidParameterValue'],
    [ec2.deleteVpc({ VpcId }), 'DependencyViolation'],
    [ec2.modifySubnetAttribute({ SubnetId: first, MapPublicIpOnLaunch: { Value: true } }), 'OperationNotPermitted'],
  ];
  for (const [call, code] of refused) expect(await refusalOf(call)).toEqual([code, 400]);

  const { Subnets: subnets = [] } = await ec2.describeSubnets({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] });
  for (const { SubnetId } of subnets) await ec2.deleteSubnet({ SubnetId: SubnetId ?? '' });
  // The default group is saved when it is changed, and goes with its VPC.
  const ofVpc = { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] };
  const { SecurityGroups: [group] = [] } = await ec2.describeSecurityGroups(ofVpc);
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
  await ec2.authorizeSecurityGroupIngress({ GroupId: group?.GroupId, IpPermissions });
  await ec2.deleteVpc({ VpcId });
  expect((await store.read()).clouds.AWS).toMatchObject({ vpcs: [], subnets: [], groups: [] });
});

test('a VPC with a VPC endpoint stays, also if that is in no subnet, until it is gone', async () => {
  const { ec2, clock } = await awsSandbox();
  const { Vpc: vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.0/16' });
  const VpcId = vpc?.VpcId ?? '';
  const ServiceName = 'com.amazonaws.us-east-1.ec2';
  const { VpcEndpoint: made } = await ec2.createVpcEndpoint({ VpcEndpointType: 'Interface', VpcId, ServiceName });
  expect(await refusalOf(ec2.deleteVpc({ VpcId }))).toEqual(['DependencyViolation', 400]);
  const { Vpc: other } = await ec2.createVpc({ CidrBlock: '10.2.0.0/16' });
  await ec2.deleteVpc({ VpcId: other?.VpcId });
  await ec2.deleteVpcEndpoints({ VpcEndpointIds: [made?.VpcEndpointId ?? ''] });
  clock.advance(61_000);
  await ec2.deleteVpc({ VpcId });
});
