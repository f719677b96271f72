import type { CreateVpcEndpointCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

const none = '0123456789abcdef0';
const ofEc2 = 'com.amazonaws.us-east-1.ec2';

/** A service of Atlas, the first VPC, and another one with a subnet and a group. */
async function ready(...options: Parameters<typeof awsSandbox>) {
  const sandbox = await awsSandbox(...options);
  const { ec2, atlas, network } = sandbox;
  const [service, { vpc, subnets }] = [await atlas.service(), await network()];
  const base = { VpcId: vpc, ServiceName: service.name, VpcEndpointType: 'Interface', SubnetIds: subnets } as const;
  const create = (more: Partial<CreateVpcEndpointCommandInput> = {}) => ec2.createVpcEndpoint({ ...base, ...more });
  return { ...sandbox, service, vpc, subnets, create };
}

async function otherVpc({ ec2 }: Pick<Awaited<ReturnType<typeof awsSandbox>>, 'ec2'>) {
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.0/16' });
  const VpcId = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.createSubnet({ VpcId, CidrBlock: '10.1.0.0/24' });
  const { GroupId } = await ec2.createSecurityGroup({ VpcId, GroupName: 'other', Description: 'Other' });
  return { vpc: VpcId, subnet: Subnet?.SubnetId ?? '', group: GroupId ?? '' };
}

describe('a VPC endpoint', () => {
  test('has what it was created with, by default the default group, and an interface in each subnet', async () => {
    const { ec2, create, vpc, subnets, service } = await ready();
    const { VpcEndpoint: created } = await create({ PrivateDnsEnabled: false, IpAddressType: 'ipv4' });
    expect(created).toMatchObject({
      VpcId: vpc,
      ServiceName: service.name,
      SubnetIds: subnets,
      State: 'pendingAcceptance',
      Groups: [{ GroupName: 'default' }],
    });
    expect(created?.VpcEndpointId).toMatch(/^vpce-[0-9a-f]{17}$/);
    expect(created?.DnsEntries?.map(({ DnsName }) => DnsName)).toEqual([
      expect.stringMatching(/^vpce-\w+-\w{8}\.vpce-svc-\w{17}\.us-east-1\.vpce\.amazonaws\.com$/),
      ...['a', 'b', 'c'].map((zone) => expect.stringContaining(`-us-east-1${zone}.vpce-svc-`)),
    ]);
    const { NetworkInterfaces: interfaces = [] } = await ec2.describeNetworkInterfaces({
      Filters: [{ Name: 'subnet-id', Values: subnets }],
    });
    expect(interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual(created?.NetworkInterfaceIds);
    expect(interfaces.map(({ PrivateIpAddress }) => PrivateIpAddress)).toEqual(
      [0, 1, 2].map((subnet) => expect.stringMatching(new RegExp(`^10\\.0\\.${subnet}\\.\\d+$`))),
    );
    const { Subnets: [subnet] = [] } = await ec2.describeSubnets();
    expect(subnet?.AvailableIpAddressCount).toBe(250);
  });

  test('gets other subnets and groups', async () => {
    const { ec2, create, subnets, vpc } = await ready();
    const { VpcEndpoint } = await create({ SubnetIds: subnets.slice(0, 1) });
    const VpcEndpointId = VpcEndpoint?.VpcEndpointId ?? '';
    const { GroupId: group = '' } = await ec2.createSecurityGroup({
      GroupName: 'app',
      Description: 'App',
      VpcId: vpc,
    });
    const modify = (more: object) => ec2.modifyVpcEndpoint({ VpcEndpointId, ...more });
    await modify({
      AddSubnetIds: subnets.slice(1),
      RemoveSubnetIds: subnets.slice(0, 1),
      AddSecurityGroupIds: [group],
    });
    const [old] = VpcEndpoint?.Groups ?? [];
    await modify({ RemoveSecurityGroupIds: [old?.GroupId ?? ''] });
    const described = async () =>
      (await ec2.describeVpcEndpoints({ VpcEndpointIds: [VpcEndpointId] })).VpcEndpoints?.[0];
    expect(await described()).toMatchObject({ SubnetIds: subnets.slice(1), Groups: [{ GroupId: group }] });
    expect((await described())?.NetworkInterfaceIds).toHaveLength(2);
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [VpcEndpointId] });
    expect(await refusalOf(modify({ AddSubnetIds: subnets }))).toEqual(['IncorrectState', 400]);
  });

  test.each<[string, Partial<CreateVpcEndpointCommandInput>]>([
    ['InvalidVpcID.NotFound', { VpcId: `vpc-${none}` }],
    ['MissingParameter', { VpcId: '' }],
    ['InvalidParameter', { VpcEndpointType: 'Gateway' }],
    ['InvalidGroup.NotFound', { SecurityGroupIds: [`sg-${none}`] }],
  ])('%s: %j', async (code, more) => {
    const { create, store } = await ready();
    expect(await refusalOf(create(more))).toEqual([code, 400]);
    expect((await store.read()).clouds.AWS.endpoints).toEqual([]);
  });

  test('takes subnets and groups of its VPC, one subnet for each zone of the service', async () => {
    const { create, ec2, vpc, subnets, store } = await ready();
    const subnetIn = async (zone: string, CidrBlock: string) =>
      (await ec2.createSubnet({ VpcId: vpc, CidrBlock, AvailabilityZone: zone })).Subnet?.SubnetId ?? '';
    const sameZone = await subnetIn('us-east-1a', '10.0.8.0/24');
    const noService = await subnetIn('us-east-1d', '10.0.9.0/24');
    const other = await otherVpc({ ec2 });
    const refused: [Partial<CreateVpcEndpointCommandInput>, string, string][] = [
      [{ SubnetIds: [...subnets, sameZone] }, 'DuplicateSubnetsInSameZone', `availability zone of ${sameZone}.`],
      [{ SubnetIds: [noService] }, 'InvalidParameter', `support the availability zone of the subnet: ${noService}.`],
      [{ SubnetIds: [other.subnet] }, 'InvalidParameter', `${other.subnet} does not belong to the VPC ${vpc}`],
      [{ SecurityGroupIds: [other.group] }, 'InvalidParameter', `${other.group} does not belong to the VPC ${vpc}`],
    ];
    for (const [more, code, message] of refused) {
      await expect(create(more)).rejects.toMatchObject({ name: code, message: expect.stringContaining(message) });
    }
    expect((await store.read()).clouds.AWS.endpoints).toEqual([]);
    // That of AWS is in every zone.
    expect((await create({ ServiceName: ofEc2, SubnetIds: [noService] })).VpcEndpoint).toMatchObject({
      State: 'pending',
    });
  });

  test('a dry run finds what is wrong, and creates nothing', async () => {
    const { create, store } = await ready();
    for (const more of [{}, { ServiceName: ofEc2, ClientToken: 'a' }]) {
      expect(await refusalOf(create({ DryRun: true, ...more }))).toEqual(['DryRunOperation', 412]);
    }
    expect(await refusalOf(create({ DryRun: true, VpcId: `vpc-${none}` }))).toEqual(['InvalidVpcID.NotFound', 400]);
    expect((await store.read()).clouds.AWS.endpoints).toEqual([]);
    expect((await create({ ClientToken: 'a' })).ClientToken).toBe('a');
  });

  test('with a token is created once, until it is deleted', async () => {
    const { create, ec2, subnets, clock } = await ready();
    const asked = { ClientToken: 'a', SubnetIds: subnets.slice(0, 1) };
    const { VpcEndpoint: first } = await create(asked);
    const ids = [first?.VpcEndpointId ?? ''];
    expect((await create(asked)).VpcEndpoint?.VpcEndpointId).toBe(ids[0]);
    for (const more of [{ SubnetIds: subnets }, { SecurityGroupIds: [`sg-${none}`] }]) {
      expect(await refusalOf(create({ ...asked, ...more }))).toEqual(['IdempotentParameterMismatch', 400]);
    }
    expect((await create({ ...asked, ClientToken: 'b' })).VpcEndpoint?.VpcEndpointId).not.toBe(ids[0]);
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: ids });
    expect((await create(asked)).VpcEndpoint).toMatchObject({ VpcEndpointId: ids[0], State: 'deleting' });
    clock.advance(61_000);
    expect((await create(asked)).VpcEndpoint?.VpcEndpointId).not.toBe(ids[0]);
  });
});

test('endpoint services show their zones in their own region; elsewhere, the error of a create does', async () => {
  const { ec2, ec2In, atlas, network } = await awsSandbox();
  const service = await atlas.service('us-east-1', ['EU_WEST_1']);
  const asked = { ServiceNames: [service.name], ServiceRegions: ['us-east-1'] };
  expect((await ec2.describeVpcEndpointServices(asked)).ServiceDetails).toMatchObject([
    {
      AvailabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
      AvailabilityZoneIds: ['use1-az2', 'use1-az4', 'use1-az1'],
      AcceptanceRequired: true,
    },
  ]);
  const afar = ec2In('eu-west-1');
  expect((await afar.describeVpcEndpointServices(asked)).ServiceDetails).toMatchObject([
    { ServiceRegion: 'us-east-1', AvailabilityZones: [], AvailabilityZoneIds: [] },
  ]);
  // It isn't found without its region, or from a region that is not one of its remote regions.
  const here = { ServiceNames: [service.name] };
  expect(await refusalOf(afar.describeVpcEndpointServices(here))).toEqual(['InvalidServiceName', 400]);
  const elsewhere = ec2In('eu-west-2').describeVpcEndpointServices(asked);
  expect(await refusalOf(elsewhere)).toEqual(['InvalidServiceName', 400]);

  const { vpc, subnets } = await network('eu-west-1');
  const inFourthZone = { VpcId: vpc, CidrBlock: '10.0.9.0/24', AvailabilityZone: 'eu-west-1d' };
  const { Subnet: wrong } = await afar.createSubnet(inFourthZone);
  const request = { VpcId: vpc, ServiceRegion: 'us-east-1', VpcEndpointType: 'Interface' } as const;
  const create = (SubnetIds: string[]) =>
    afar.createVpcEndpoint({ ...request, ServiceName: service.name, SubnetIds });
  await expect(create([wrong?.SubnetId ?? ''])).rejects.toMatchObject({
    name: 'InvalidParameter',
    message: 'Only the following availability zones are supported for remote access: euw1-az2, euw1-az4, euw1-az1',
  });
  const { VpcEndpoint: created } = await create(subnets);
  expect(created).toMatchObject({ State: 'pendingAcceptance', ServiceRegion: 'us-east-1' });
  expect((await ec2.describeVpcEndpoints()).VpcEndpoints).toEqual([]);
  await atlas.attach(service.id, created?.VpcEndpointId ?? '');
  expect(await atlas.attachment(service.id, created?.VpcEndpointId ?? '')).toMatchObject({ errorMessage: null });
});
