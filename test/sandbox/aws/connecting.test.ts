import { expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

test('from a VPC to a connection, and back to nothing', async () => {
  const { ec2, sts, atlas, clock, store } = await awsSandbox();
  expect(await sts.getCallerIdentity()).toMatchObject({
    ...{ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/atlas-pe-sandbox' },
  });
  const service = await atlas.service();
  const { Vpcs: [vpc] = [] } = await ec2.describeVpcs();
  const inVpc = [{ Name: 'vpc-id', Values: [vpc?.VpcId ?? ''] }];
  const { Subnets: subnets = [] } = await ec2.describeSubnets({ Filters: inVpc });
  const { ServiceDetails: [detail] = [] } = await ec2.describeVpcEndpointServices({ ServiceNames: [service.name] });
  expect(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(detail?.AvailabilityZones);

  const { GroupId: group = '' } = await ec2.createSecurityGroup({
    ...{ GroupName: 'to-atlas', Description: 'To Atlas', VpcId: vpc?.VpcId },
  });
  const range = { IpProtocol: 'tcp', FromPort: 1024, ToPort: 65_535, IpRanges: [{ CidrIp: vpc?.CidrBlock }] };
  await ec2.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions: [range] });
  const { VpcEndpoint: created } = await ec2.createVpcEndpoint({
    VpcEndpointType: 'Interface',
    VpcId: vpc?.VpcId ?? '',
    ServiceName: service.name,
    SubnetIds: subnets.map(({ SubnetId }) => SubnetId ?? ''),
    SecurityGroupIds: [group],
    TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'app', Value: 'a & b' }] }],
  });
  const id = created?.VpcEndpointId ?? '';
  expect(created).toMatchObject({ State: 'pendingAcceptance', Tags: [{ Key: 'app', Value: 'a & b' }] });
  expect(created?.NetworkInterfaceIds).toHaveLength(3);
  const state = async () => (await ec2.describeVpcEndpoints({ VpcEndpointIds: [id] })).VpcEndpoints?.[0]?.State;
  const both = async () => [await state(), (await atlas.attachment(service.id, id)).connectionStatus];

  expect((await atlas.attach(service.id, id)).status).toBe(201);
  expect(await both()).toEqual(['pendingAcceptance', 'PENDING_ACCEPTANCE']);
  clock.advance(500);
  expect(await both()).toEqual(['pending', 'PENDING']);
  clock.advance(500);
  expect(await both()).toEqual(['available', 'AVAILABLE']);

  await atlas.detach(service.id, id);
  expect(await both()).toEqual(['available', 'DELETING']);
  clock.advance(1000);
  expect(await state()).toBe('rejected');

  const remove = () => ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] });
  const removeGroup = () => refusalOf(ec2.deleteSecurityGroup({ GroupId: group }));
  expect(await removeGroup()).toEqual(['DependencyViolation', 400]);
  expect(await remove()).toMatchObject({ Unsuccessful: [] });
  expect(await state()).toBe('deleting');
  expect(await removeGroup()).toEqual(['DependencyViolation', 400]);
  clock.advance(1000);
  expect(await state()).toBe('deleted');
  expect(await removeGroup()).toEqual([expect.objectContaining({ GroupId: group })]);
  clock.advance(60_000);
  expect(await refusalOf(state())).toEqual(['InvalidVpcEndpointId.NotFound', 400]);
  await remove();
  expect((await store.read()).aws).toMatchObject({ endpoints: [], groups: [], tags: {} });
});
