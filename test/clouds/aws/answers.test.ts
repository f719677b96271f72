import { expect, test } from 'vitest';
import { toGroup, toSubnet, toVpc, toVpcEndpoint } from '../../../src/clouds/aws/answers.js';

test('a VPC has the ranges that are associated with it', () => {
  const CidrBlockAssociationSet = [
    { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' as const } },
    { CidrBlock: '10.1.0.0/16', CidrBlockState: { State: 'disassociated' as const } },
    { CidrBlock: '10.2.0.0/16' },
  ];
  const vpc = { VpcId: 'vpc-1', OwnerId: '1', IsDefault: true, CidrBlock: '10.9.0.0/16' };
  expect(toVpc({ ...vpc, CidrBlockAssociationSet })).toEqual({
    id: 'vpc-1',
    isDefault: true,
    owner: '1',
    cidrs: ['10.0.0.0/16'],
  });
  expect(toVpc(vpc).cidrs).toEqual(['10.9.0.0/16']);
  expect(toVpc({})).toEqual({ id: '', isDefault: false, owner: '', cidrs: [] });
});

test('a subnet is usable with IPv4 in the region itself', () => {
  const zone = { AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az6' };
  const subnet = { SubnetId: 'subnet-1', VpcId: 'vpc-1', ...zone, AvailableIpAddressCount: 7 };
  const read = { id: 'subnet-1', vpc: 'vpc-1', zone: 'us-east-1a', zoneId: 'use1-az6', freeAddresses: 7 };
  expect(toSubnet(subnet)).toEqual({ ...read, isUsable: true });
  expect(toSubnet({ ...subnet, Ipv6Native: false })).toEqual({ ...read, isUsable: true });
  expect(toSubnet({ ...subnet, Ipv6Native: true })).toEqual({ ...read, isUsable: false });
  expect(toSubnet({ ...subnet, OutpostArn: 'arn:aws:outposts:x' })).toEqual({ ...read, isUsable: false });
  const isUsable = (AvailabilityZoneId: string) => toSubnet({ ...subnet, AvailabilityZoneId }).isUsable;
  for (const id of ['usgw1-az1', 'apne1-az4', 'cnn1-az2']) expect(isUsable(id), id).toBe(true);
  // A Local Zone and a Wavelength Zone.
  for (const id of ['usw2-lax1-az1', 'use1-wl1-bos-wlz1']) expect(isUsable(id), id).toBe(false);
  expect(toSubnet({})).toEqual({ id: '', vpc: '', zone: '', zoneId: '', freeAddresses: 0, isUsable: true });
});

test('a security group has a rule for each source of TCP', () => {
  const IpRanges = [{ CidrIp: '10.0.0.0/16' }, {}];
  const answer = {
    GroupId: 'sg-1',
    GroupName: 'mine',
    VpcId: 'vpc-1',
    Tags: [{ Key: 'team', Value: 'data' }, { Key: 'empty' }, {}],
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 1024, ToPort: 2000, IpRanges, UserIdGroupPairs: [{ GroupId: 'sg-2' }] },
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.1.0.0/16' }] },
      { IpProtocol: 'udp', FromPort: 1024, ToPort: 2000, IpRanges },
      { IpProtocol: 'tcp' },
    ],
  };
  expect(toGroup(answer, 'us-east-1')).toMatchObject({
    id: 'sg-1',
    name: 'mine',
    vpc: 'vpc-1',
    tags: { team: 'data', empty: '', '': '' },
    rules: [
      { from: '10.0.0.0/16', fromPort: 1024, toPort: 2000 },
      { from: 'sg-2', fromPort: 1024, toPort: 2000 },
      { from: '10.1.0.0/16', fromPort: 0, toPort: 65_535 },
    ],
  });
  expect(toGroup({}, 'us-east-1')).toMatchObject({ id: '', name: '', vpc: '', mark: null, tags: {}, rules: [] });
});

test('a VPC endpoint', () => {
  const answer = {
    VpcEndpointId: 'vpce-1',
    State: 'Available' as never,
    ServiceName: 's',
    VpcId: 'vpc-1',
    SubnetIds: ['subnet-1'],
    NetworkInterfaceIds: ['eni-1'],
    Groups: [{ GroupId: 'sg-1' }, {}],
    Tags: [{ Key: 'a', Value: 'b' }],
    CreationTimestamp: new Date(5),
  };
  expect(toVpcEndpoint(answer, 'us-east-1')).toMatchObject({
    id: 'vpce-1',
    state: 'Available',
    stage: 'connected',
    target: 's',
    vpc: 'vpc-1',
    subnets: ['subnet-1'],
    uses: ['sg-1'],
    interfaces: ['eni-1'],
    tags: { a: 'b' },
    createdAt: 5,
  });
  expect(toVpcEndpoint({}, 'us-east-1')).toMatchObject({
    id: '',
    state: '',
    stage: 'pending',
    mark: null,
    target: '',
    vpc: '',
    subnets: [],
    uses: [],
    interfaces: [],
    tags: {},
    createdAt: 0,
    answer: {},
  });
});

test.each([
  ['pending', 'pending'],
  ['PendingAcceptance', 'ready'],
  ['available', 'connected'],
  ['rejected', 'ended'],
  ['Failed', 'refused'],
  ['expired', 'ended'],
  ['deleting', 'deleting'],
  ['Deleted', 'deleting'],
  ['new', 'pending'],
])('an endpoint that is %s', (state, stage) => {
  expect(toVpcEndpoint({ State: state as never }, 'us-east-1').stage).toBe(stage);
});
