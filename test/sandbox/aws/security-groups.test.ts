import type { IpPermission } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

const none = '0123456789abcdef0';

async function withGroup(...options: Parameters<typeof awsSandbox>) {
  const sandbox = await awsSandbox(...options);
  const { ec2 } = sandbox;
  const create = async (GroupName: string, more: object = {}) =>
    (await ec2.createSecurityGroup({ GroupName, Description: 'A group', ...more })).GroupId ?? '';
  const group = await create('app');
  const allow = (permission: IpPermission, GroupId = group) =>
    ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] });
  const described = async (id = group) => (await ec2.describeSecurityGroups({ GroupIds: [id] })).SecurityGroups?.[0];
  return { ...sandbox, create, group, allow, described };
}

const tcp = { IpProtocol: 'tcp', FromPort: 1024, ToPort: 65_535 };

describe('a security group', () => {
  test.each([
    ['InvalidGroup.Duplicate', { GroupName: 'app' }],
    ['MissingParameter', { Description: '' }],
    ['InvalidVpcID.NotFound', { VpcId: `vpc-${none}` }],
    ['DryRunOperation', { DryRun: true }],
  ])('%s: %j', async (code, more) => {
    const { ec2, store } = await withGroup();
    const created = ec2.createSecurityGroup({ GroupName: 'new', Description: 'A group', ...(more as object) });
    expect(await refusalOf(created)).toEqual([code, code === 'DryRunOperation' ? 412 : 400]);
    expect((await store.read()).clouds.AWS.groups).toHaveLength(1);
  });

  test('is not found at first if EC2 is slow, but its name is taken', async () => {
    const { described, clock, create, allow } = await withGroup({ awsLag: 2000 });
    expect(await refusalOf(described())).toEqual(['InvalidGroup.NotFound', 400]);
    const allowed = allow({ ...tcp, IpRanges: [{ CidrIp: '10.0.0.0/8' }] });
    expect(await refusalOf(allowed)).toEqual(['InvalidGroup.NotFound', 400]);
    expect(await refusalOf(create('app'))).toEqual(['InvalidGroup.Duplicate', 400]);
    clock.advance(2000);
    expect(await described()).toMatchObject({ GroupName: 'app' });
  });
});

describe('its rules', () => {
  test('are grouped into permissions by protocol and ports', async () => {
    const { allow, described, group, create } = await withGroup();
    const friend = await create('friend');
    const ranges = { IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'VPC' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
    const { SecurityGroupRules: rules = [] } = await allow({ ...tcp, ...ranges });
    expect(rules).toMatchObject([
      { GroupId: group, IsEgress: false, CidrIpv4: '10.0.0.0/16', FromPort: 1024, ToPort: 65_535 },
      { CidrIpv6: '::/0' },
    ]);
    await allow({ ...tcp, UserIdGroupPairs: [{ GroupId: friend, UserId: '123456789012' }] });
    await allow({ IpProtocol: '17', FromPort: 53, ToPort: 53, PrefixListIds: [{ PrefixListId: 'pl-1' }] });
    await allow({ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.9.0.0/16' }] });
    const found = await described();
    expect(found?.IpPermissions).toMatchObject([
      { ...tcp, ...ranges, UserIdGroupPairs: [{ GroupId: friend }], PrefixListIds: [] },
      { IpProtocol: 'udp', FromPort: 53, PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.9.0.0/16' }] },
    ]);
    expect(found?.IpPermissions?.[2]?.FromPort).toBeUndefined();
  });

  test.each<[string, IpPermission]>([
    ['InvalidPermission.Duplicate', { ...tcp, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
    ['InvalidGroup.NotFound', { ...tcp, UserIdGroupPairs: [{ GroupId: `sg-${none}` }] }],
    ['InvalidParameterValue', { ...tcp, IpRanges: [{ CidrIp: '10.0.0.0/99' }] }],
    ['MissingParameter', tcp],
  ])('%s: %j', async (code, permission) => {
    const { allow, described } = await withGroup();
    await allow({ ...tcp, IpRanges: [{ CidrIp: '10.0.0.0/16' }] });
    expect(await refusalOf(allow(permission))).toEqual([code, 400]);
    expect((await described())?.IpPermissions).toHaveLength(1);
  });

  test('are revoked by what they allow or by id, for ingress and egress', async () => {
    const { ec2, allow, described, group: GroupId } = await withGroup();
    const range = (CidrIp: string, more: object = {}) => ({ ...tcp, IpRanges: [{ CidrIp, ...more }] });
    const tags = [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'team', Value: 'data' }] }];
    const newRule = { IpPermissions: [range('10.0.0.0/16', { Description: 'VPC' })], TagSpecifications: tags };
    const { SecurityGroupRules: [first] = [] } = await ec2.authorizeSecurityGroupIngress({ GroupId, ...newRule });
    await allow(range('10.1.0.0/16'));
    await ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: [range('10.1.0.0/16')] });
    const [id] = [first?.SecurityGroupRuleId ?? ''];
    const { SecurityGroupRules: one } = await ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [id] });
    expect(one).toMatchObject([
      { CidrIpv4: '10.0.0.0/16', IsEgress: false, Description: 'VPC', Tags: tags[0]?.Tags },
    ]);
    const Filters = [{ Name: 'group-id', Values: [GroupId] }];
    const { SecurityGroupRules: rules = [] } = await ec2.describeSecurityGroupRules({ Filters });
    expect(rules.map(({ IsEgress, CidrIpv4 }) => `${IsEgress ? 'to' : 'from'} ${CidrIpv4}`)).toEqual([
      'to 0.0.0.0/0',
      'from 10.0.0.0/16',
      'from 10.1.0.0/16',
      'to 10.1.0.0/16',
    ]);

    const revoke = (more: object) => ec2.revokeSecurityGroupIngress({ GroupId, ...more });
    await revoke({ SecurityGroupRuleIds: [id], IpPermissions: [range('10.1.0.0/16', { Description: 'other' })] });
    const again = revoke({ IpPermissions: [range('10.1.0.0/16')] });
    expect(await refusalOf(again)).toEqual(['InvalidPermission.NotFound', 400]);
    expect(await refusalOf(revoke({}))).toEqual(['MissingParameter', 400]);
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: [everything] });
    expect(await described()).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: 'tcp' }] });
  });
});

test('a group that something depends on cannot be deleted', async () => {
  const { ec2, allow, create, group } = await withGroup();
  const friend = await create('friend');
  const remove = (GroupId: string) => refusalOf(ec2.deleteSecurityGroup({ GroupId }));
  await allow({ ...tcp, UserIdGroupPairs: [{ GroupId: friend }] });
  expect(await remove(friend)).toEqual(['DependencyViolation', 400]);
  expect(await remove(group)).toMatchObject([{ Return: true }]);
  expect(await remove(friend)).toMatchObject([{ Return: true }]);
  expect(await remove(friend)).toEqual(['InvalidGroup.NotFound', 400]);
  const { SecurityGroups: [first] = [] } = await ec2.describeSecurityGroups();
  expect(await remove(first?.GroupId ?? '')).toEqual(['CannotDelete', 400]);
  expect(await refusalOf(ec2.deleteSecurityGroup({}))).toEqual(['MissingParameter', 400]);
});
