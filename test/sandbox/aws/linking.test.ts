import { describe, expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';
import { vpce } from '../../helpers/run-cli.js';

/** A VPC endpoint to a service of Atlas, and its status on both sides. */
async function connected(...options: Parameters<typeof awsSandbox>) {
  const sandbox = await awsSandbox(...options);
  const { ec2, atlas, network } = sandbox;
  const [service, { vpc, subnets }] = [await atlas.service(), await network()];
  const base = { VpcId: vpc, ServiceName: service.name, VpcEndpointType: 'Interface', SubnetIds: subnets } as const;
  const create = async (more: object = {}) =>
    (await ec2.createVpcEndpoint({ ...base, ...more })).VpcEndpoint?.VpcEndpointId ?? '';
  const id = await create();
  const state = async (of = id) =>
    (await ec2.describeVpcEndpoints({ VpcEndpointIds: [of] })).VpcEndpoints?.[0]?.State;
  const attach = async (of = id) => (await atlas.attach(service.id, of)).status;
  const attachment = async (of = id) => {
    const { connectionStatus, errorMessage } = await atlas.attachment(service.id, of);
    return [connectionStatus, errorMessage];
  };
  const remove = async (...ids: string[]) => (await ec2.deleteVpcEndpoints({ VpcEndpointIds: ids })).Unsuccessful;
  return { ...sandbox, service, id, create, state, attach, attachment, remove };
}

test('the states of both sides, from the request for a connection until nothing is left', async () => {
  const { ec2, atlas, service, create, attach, attachment, state, remove, clock } = await connected();
  const { GroupId: group = '' } = await ec2.createSecurityGroup({ GroupName: 'to-atlas', Description: 'To Atlas' });
  const TagSpecifications = [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'app', Value: 'web' }] }];
  const id = await create({ SecurityGroupIds: [group], TagSpecifications });
  const both = async () => [await state(id), (await attachment(id))[0]];
  expect(await attach(id)).toBe(201);
  expect(await both()).toEqual(['pendingAcceptance', 'PENDING_ACCEPTANCE']);
  clock.advance(500);
  expect(await both()).toEqual(['pending', 'PENDING']);
  clock.advance(500);
  expect(await both()).toEqual(['available', 'AVAILABLE']);
  await atlas.detach(service.id, id);
  expect(await both()).toEqual(['available', 'DELETING']);
  clock.advance(1000);
  expect(await state(id)).toBe('rejected');

  const removeGroup = () => refusalOf(ec2.deleteSecurityGroup({ GroupId: group }));
  expect(await removeGroup()).toEqual(['DependencyViolation', 400]);
  expect(await remove(id)).toEqual([]);
  expect([await state(id), await removeGroup()]).toEqual(['deleting', ['DependencyViolation', 400]]);
  clock.advance(1000);
  expect([await state(id), await removeGroup()]).toEqual(['deleted', [expect.objectContaining({ GroupId: group })]]);
  clock.advance(60_000);
  expect(await refusalOf(state(id))).toEqual(['InvalidVpcEndpointId.NotFound', 400]);
});

describe('attaching a VPC endpoint', () => {
  test.each([
    [false, 'REJECTED', 'Verify endpoint ID and accepted regions, then retry your connection.'],
    [true, 'AVAILABLE', null],
  ])('that the account does not have, with anyVpce %s: %s', async (anyVpce, ...expected) => {
    const { attach, attachment, clock } = await connected({ anyVpce });
    expect(await attach(vpce('a'))).toBe(201);
    clock.advance(1000);
    expect(await attachment(vpce('a'))).toEqual(expected);
  });

  test('that EC2 has deleted is rejected', async () => {
    const { attach, attachment, remove, clock, id, state } = await connected();
    await remove(id);
    expect(await attach()).toBe(201);
    clock.advance(1000);
    expect(await attachment()).toEqual(['REJECTED', `The VPC endpoint ${id} is deleting.`]);
    expect(await state()).toBe('deleted');
  });

  test('whose create is not done in EC2 is rejected', async () => {
    const { create, attach, attachment, clock } = await connected({ awsLag: 5000 });
    const id = await create();
    await attach(id);
    clock.advance(1000);
    expect(await attachment(id)).toEqual(['REJECTED', expect.stringContaining('idempotent operation going on')]);
  });

  test('of another service is rejected', async () => {
    const { create, attach, attachment, clock, state } = await connected();
    const other = await create({ ServiceName: 'com.amazonaws.us-east-1.ec2' });
    await attach(other);
    clock.advance(1000);
    expect(await attachment(other)).toEqual(['REJECTED', `The VPC endpoint ${other} belongs to another service.`]);
    expect(await state(other)).toBe('available');
  });

  test('again after it was rejected is rejected', async () => {
    const { attach, atlas, service, id, attachment, state, clock } = await connected();
    await attach();
    await atlas.detach(service.id, id);
    expect(await state()).toBe('pending');
    clock.advance(1000);
    await attach();
    clock.advance(1000);
    expect([await attachment(), await state()]).toEqual([
      ['REJECTED', `The VPC endpoint ${id} is rejected.`],
      'rejected',
    ]);
  });
});

describe('a change on one side', () => {
  test('deleted in EC2, it is rejected in Atlas, with the service still there', async () => {
    const { attach, attachment, remove, clock, id } = await connected();
    await attach();
    clock.advance(1000);
    expect(await remove(id)).toEqual([]);
    expect(await attachment()).toEqual(['REJECTED', `The VPC endpoint ${id} was deleted.`]);
  });

  test('deleted twice is in an incorrect state, then unknown; the others of the list are deleted', async () => {
    const { remove, create, state, clock, id } = await connected();
    const other = await create();
    await remove(id);
    expect(await remove(id, other, 'vpce-0123456789abcdef0', 'x')).toMatchObject([
      { ResourceId: id, Error: { Code: 'IncorrectState' } },
      { ResourceId: 'vpce-0123456789abcdef0', Error: { Code: 'InvalidVpcEndpoint.NotFound' } },
      { ResourceId: 'x', Error: { Code: 'InvalidVpcEndpointId.Malformed' } },
    ]);
    expect(await state(other)).toBe('deleting');
    clock.advance(1000);
    expect(await remove(id)).toMatchObject([{ Error: { Code: 'InvalidVpcEndpoint.NotFound' } }]);
    clock.advance(60_000);
    expect(await refusalOf(state())).toEqual(['InvalidVpcEndpointId.NotFound', 400]);
  });
});

describe('a fate of the faults file', () => {
  const attaching = { path: '/endpoint', method: 'POST' };

  test.each([
    [{ kind: 'failed', reason: 'No capacity' }, 'rejected'],
    [{ kind: 'never-ready' }, 'pending'],
    [{ kind: 'vanishes' }, 'rejected'],
  ] as const)('that Atlas gives an interface endpoint, %j, is %s in EC2', async (fate, expected) => {
    const { attach, state, clock } = await connected({ faults: [{ ...attaching, fate }] });
    await attach();
    expect(await state()).toBe('pendingAcceptance');
    clock.advance(1000);
    expect(await state()).toBe(expected);
  });

  test.each([
    [{ kind: 'failed', reason: 'No capacity' }, 'failed'],
    [{ kind: 'never-ready' }, 'pending'],
  ] as const)('that EC2 gives a VPC endpoint, %j, is %s', async (fate, expected) => {
    const { ec2, state, clock } = await connected({ faults: [{ action: 'CreateVpcEndpoint', fate }] });
    clock.advance(1000);
    expect(await state()).toBe(expected);
    const { VpcEndpoints: [found] = [] } = await ec2.describeVpcEndpoints();
    expect(found?.LastError?.Message).toBe(expected === 'failed' ? 'No capacity' : undefined);
  });

  test('that lets a VPC endpoint vanish', async () => {
    const vanishing = { action: 'CreateVpcEndpoint', fate: { kind: 'vanishes' } } as const;
    const { state, clock } = await connected({ faults: [vanishing] });
    clock.advance(1000);
    expect(await refusalOf(state())).toEqual(['InvalidVpcEndpointId.NotFound', 400]);
  });
});
