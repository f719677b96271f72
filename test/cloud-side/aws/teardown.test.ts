import { describe, expect, onTestFinished, test } from 'vitest';
import { openAwsTeardown } from '../../../src/cloud-side/aws/teardown.js';
import { sandboxAwsKeys } from '../../../src/sandbox/aws/identity.js';
import type { Fault } from '../../../src/sandbox/faults.js';
import { awsSandbox } from '../../helpers/aws.js';

const [project, other] = ['64f0c2a7e1b2c3d4e5f60718', '64f0c2a7e1b2c3d4e5f60719'];
const tagsOf = (projectId: string, service?: string) => [
  { Key: 'atlas-pe:project', Value: projectId },
  ...(service === undefined ? [] : [{ Key: 'atlas-pe:service', Value: service }]),
];

/** The AWS of a sandbox with a service, and what takes things down there. */
async function start(faults: readonly Fault[] = []) {
  const sandbox = await awsSandbox({ faults });
  const { baseUrl, clock, ec2 } = sandbox;
  const line = { clock, random: () => 0, signal: new AbortController().signal, io: { warn: () => undefined } };
  const aws = { ec2: `${baseUrl}/aws/ec2`, sts: `${baseUrl}/aws/sts`, keys: sandboxAwsKeys };
  const teardown = openAwsTeardown('us-east-1', { sandbox: aws }, line);
  onTestFinished(teardown.close);
  const { vpc, subnets } = await sandbox.network();
  const service = await sandbox.atlas.service();
  const createGroup = async (GroupName: string, Tags: { Key: string; Value: string }[]) => {
    const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags }];
    const group = { GroupName, Description: 'x', VpcId: vpc, ...(Tags.length > 0 && { TagSpecifications }) };
    return (await ec2.createSecurityGroup(group)).GroupId ?? '';
  };
  const createEndpoint = async (Tags: { Key: string; Value: string }[], SubnetIds = subnets.slice(0, 1)) => {
    const TagSpecifications = [{ ResourceType: 'vpc-endpoint' as const, Tags }];
    const { VpcEndpoint } = await ec2.createVpcEndpoint({
      ...{ VpcEndpointType: 'Interface', ServiceName: service.name, VpcId: vpc, SubnetIds },
      ...(Tags.length > 0 && { TagSpecifications }),
    });
    return VpcEndpoint?.VpcEndpointId ?? '';
  };
  return { ...sandbox, teardown, service, createGroup, createEndpoint };
}

describe('what is found', () => {
  test("is what this program created for the project, and everybody's endpoints of the service", async () => {
    const { teardown, service, createGroup, createEndpoint } = await start();
    const [ours, theirs] = [await createEndpoint(tagsOf(project, service.id)), await createEndpoint([])];
    const foreign = await createEndpoint(tagsOf(other, service.id));
    const group = await createGroup('ours', tagsOf(project, service.id));
    await createGroup('theirs', []);
    await createGroup('foreign', tagsOf(other, service.id));
    await createGroup('half', tagsOf(project));
    const found = await teardown.find(project, service.name);
    const there = { state: expect.any(String), region: 'us-east-1', uses: [expect.any(String)], isAlive: true };
    expect(found).toEqual({
      ...{ account: '123456789012', role: 'arn:aws:iam::123456789012:user/atlas-pe-sandbox', region: 'us-east-1' },
      endpoints: expect.arrayContaining([
        { ...there, id: ours, ownerId: service.id },
        { ...there, id: theirs, ownerId: null },
        { ...there, id: foreign, ownerId: null },
      ]),
      resources: [{ ...owned(group), ownerId: service.id }],
    });
    expect(found.endpoints).toHaveLength(3);
    expect((await teardown.find(project, null)).endpoints.map(({ id }) => id)).toEqual([ours]);
  });

  test('does not include what is gone', async () => {
    const { teardown, service, createEndpoint, clock } = await start();
    const id = await createEndpoint(tagsOf(project, service.id));
    await teardown.deleteEndpoint(id);
    const alive = async () => (await teardown.find(project, service.name)).endpoints.map(({ isAlive }) => isAlive);
    expect(await alive()).toEqual([false]);
    clock.advance(3_600_000);
    expect(await alive()).toEqual([]);
  });
});

test('an endpoint is read until it is gone', async () => {
  const { teardown, createEndpoint, clock } = await start();
  const id = await createEndpoint([]);
  expect(await teardown.read(id)).toMatchObject({ id, state: expect.stringMatching(/^pending/) });
  await teardown.deleteEndpoint(id);
  expect(await teardown.read(id)).toEqual({ id, state: 'DELETING' });
  clock.advance(3_600_000);
  expect(await teardown.read(id)).toBeNull();
  expect(await teardown.read('vpce-0123456789abcdef0')).toBeNull();
});

const owned = (id: string) => ({ id, region: 'us-east-1', ownerId: null, stepId: 'security-group' });
const denied = { status: 403, code: 'UnauthorizedOperation' } as const;
const first = { nth: [{ from: 1, to: 1 }] };

test('what is gone already counts as deleted', async () => {
  const { teardown, createGroup } = await start();
  await teardown.deleteEndpoint('vpce-0123456789abcdef0');
  expect(await teardown.deleteResource(owned('sg-0123456789abcdef0'))).toBeNull();
  const id = await createGroup('ours', []);
  expect([await teardown.deleteResource(owned(id)), await teardown.deleteResource(owned(id))]).toEqual([null, null]);
});

test('a deletion that was refused counts if the endpoint is going anyway', async () => {
  const fault = { action: 'DeleteVpcEndpoints', nth: [{ from: 2, to: 2 }], status: 400, code: 'InvalidState' };
  const { teardown, createEndpoint } = await start([fault]);
  const id = await createEndpoint([]);
  await teardown.deleteEndpoint(id);
  await teardown.deleteEndpoint(id);
  const { teardown: strict, createEndpoint: create } = await start([{ ...fault, ...first }]);
  await expect(strict.deleteEndpoint(await create([]))).rejects.toMatchObject({ errorCode: 'InvalidState' });
});

test.each([
  ['DependencyViolation', { why: 'still in use', mayPass: true }],
  ['InvalidGroup.NotFound', null],
  ['InvalidGroupId.NotFound', null],
])('a security group with %s is %j', async (code, inUse) => {
  const { teardown } = await start([{ action: 'DeleteSecurityGroup', status: 400, code }]);
  expect(await teardown.deleteResource(owned('sg-0123456789abcdef0'))).toEqual(inUse);
});

test('a security group that may not be deleted is an error', async () => {
  const { teardown } = await start([{ action: 'DeleteSecurityGroup', ...denied }]);
  await expect(teardown.deleteResource(owned('sg-0123456789abcdef0'))).rejects.toMatchObject({ exit: 'notAllowed' });
});

describe('permissions are tried out', () => {
  const [endpoint, group] = [owned('vpce-0123456789abcdef0'), owned('sg-0123456789abcdef0')];
  const elsewhere = { ...group, region: 'us-west-2' };

  test.each([
    ['DeleteVpcEndpoints', [endpoint], []],
    ['DeleteSecurityGroup', [], [group]],
  ])('for %s only if it is needed', async (action, endpoints, guards) => {
    const { teardown } = await start([{ action, ...denied }]);
    await expect(teardown.rehearse(endpoints, guards)).rejects.toMatchObject({ exit: 'notAllowed' });
    await teardown.rehearse(guards.length > 0 ? [endpoint] : [], endpoints.length > 0 ? [group] : []);
    await teardown.rehearse([elsewhere], [elsewhere]);
  });

  test.each([
    ['DeleteVpcEndpoints', 'InvalidVpcEndpointId.NotFound'],
    ['DeleteSecurityGroup', 'DependencyViolation'],
    ['DeleteSecurityGroup', 'InvalidGroup.NotFound'],
    ['DeleteSecurityGroup', 'InvalidGroupId.NotFound'],
  ])('and are there if %s fails with %s', async (action, code) => {
    const { teardown } = await start([{ action, status: 400, code }]);
    await teardown.rehearse([endpoint], [group]);
  });

  test('and nothing is deleted', async () => {
    const { teardown, createEndpoint, createGroup } = await start();
    const [id, guard] = [await createEndpoint([]), await createGroup('ours', [])];
    await teardown.rehearse([owned(id)], [owned(guard)]);
    expect(await teardown.read(id)).toMatchObject({ state: expect.stringMatching(/^pending/) });
    expect(await teardown.deleteResource(owned(guard))).toBeNull();
  });
});
