import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { defaultWorldOptions } from '../../src/sandbox/world.js';
import { attachForeign, besideAws } from '../helpers/aws.js';
import { only, scenario } from '../helpers/scenario.js';

const { own, json, leaves, left, connect, disconnect, connected, refused } = scenario('AWS');
const { aws, signedOut, state } = besideAws(own);

const results = ({ steps }: { steps: { id: string; result: string }[] }) =>
  steps.map(({ result }) => result).join(' ');
/** Ends when AWS does not return it as deleted any more. */
const deleteByHand = async (id: string) => {
  await aws.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  own.sandbox.clock.advance(120_000);
};
const commandsIn = (text: string) =>
  [...text.matchAll(/atlas-pe ((?:interface remove|delete) .+)/g)].map(([, line = '']) => line.trim());

describe('a security group whose VPC endpoint is gone', () => {
  const others = async () => {
    const { interfaceEndpointId: ours } = (await json(connect)).cloud;
    await attachForeign(own);
    await attachForeign(own, 'us-east-1', '10.8.0.0/16');
    await json(`interface remove us-east-1 ${ours} --yes --wait`);
    await deleteByHand(ours);
    return ours;
  };

  test.each([false, true])('is removed, and those of others stay; it is named by its id: %s', async (isNamed) => {
    const ours = await others();
    await own.succeeds(isNamed ? `disconnect us-east-1 ${ours} --yes` : disconnect);
    expect(await left()).toEqual([1, 2, 2, 0]);
  });
});

describe('a connection that atlas-pe did not create', () => {
  let [service, id] = ['', ''];
  beforeEach(async () => {
    service = (await json('create --region us-east-1 --wait')).id;
    id = await attachForeign(own);
  });
  const kept = (line: string) => refused(line, 5, `atlas-pe did not create ${id}`);

  test.each([' --yes', ' --keep-service --yes'])('is not removed by disconnect%s', async (more) => {
    const stderr = await kept(`disconnect us-east-1${more}`);
    expect(stderr).toContain(`atlas-pe did not create ${id}: it does not have the marks of atlas-pe.`);
    expect(commandsIn(stderr)).toEqual([
      `interface remove ${service} ${id} --wait --yes`,
      ...(more.includes('--keep') ? [] : [`delete ${service} --yes`]),
    ]);
  });

  test('is not removed if its id is named', async () => {
    await kept(`disconnect us-east-1 ${id} --yes`);
    await kept(`disconnect ${service} ${id} --yes`);
  });

  test('is not removed in a terminal, which asks no question', async () => {
    const { exitCode, text } = await own.inTerminal('disconnect us-east-1', { stdin: 'y\r' });
    expect([exitCode, text]).toEqual([5, expect.not.stringContaining('[y/N]')]);
    expect(await left()).toEqual([1, 1, 1, 0]);
  });

  test('is removed by the commands that the plan names', async () => {
    const plan = await json('disconnect us-east-1 --dry-run');
    expect([results(plan), plan.notes.length]).toEqual(['keep keep keep done', 1]);
    expect(plan.steps[1].detail).toBe(`${id}, not created by atlas-pe`);
    const lines = commandsIn(plan.notes[0].replaceAll('&&', '\n'));
    expect(lines).toHaveLength(2);
    expect(plan.notes[0]).toContain(`aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids ${id}`);
    for (const line of lines) await own.succeeds(line);
    expect(await left()).toEqual([0, 0, 1, 0]);
  });

  test('stays beside one that atlas-pe created, and so does the service', async () => {
    const { cloud } = await json(`connect us-east-1 --vpc ${aws.vpc} --yes`);
    await kept(`disconnect us-east-1 ${id} --yes`);
    const { notes } = await json('disconnect us-east-1 --dry-run');
    expect(notes).toEqual([
      expect.stringMatching(new RegExp(`^${id} stays attached, .*interface remove ${service} ${id} --yes$`)),
    ]);
    const gone = await json(disconnect);
    expect(gone.interfaceEndpointId).toBe(cloud.interfaceEndpointId);
    expect([results(gone), gone.steps[2].detail]).toEqual([
      'removed removed kept removed',
      `${service}, still used by ${id}`,
    ]);
    expect(await left()).toEqual([1, 1, 1, 0]);
    await kept(disconnect);
  });

  test('stays, but a dead VPC endpoint of ours is deleted', async () => {
    own.faults = [{ path: '*/endpoint', method: 'POST', fate: { kind: 'failed', reason: 'No' } }];
    expect((await own.atlas(`connect us-east-1 --vpc ${aws.vpc} --yes`)).exitCode).toBe(6);
    const { stdout } = await own.ends('disconnect us-east-1 --yes --json', 5, `atlas-pe did not create ${id}`);
    const gone = JSON.parse(stdout);
    expect([results(gone), gone.cloud.left]).toEqual(['removed removed kept removed', [id]]);
    expect(await left()).toEqual([1, 1, 1, 0]);
  });

  test('is not removed without access to AWS, which has the tags', async () => {
    await own.ends(disconnect, 4, '', '', { env: signedOut() });
    expect(await left()).toEqual([1, 1, 1, 0]);
  });

  test('no longer stands in the way while Atlas removes it', async () => {
    await own.succeeds(`interface remove us-east-1 ${id} --yes`);
    const gone = await json(disconnect);
    expect([results(gone), gone.cloud.left]).toEqual(['removed kept kept done', [id]]);
    expect(await left()).toEqual([1, 0, 1, 0]);
  });

  test('no longer stands in the way once Atlas has refused it', async () => {
    await deleteByHand(id);
    expect(results(await json(disconnect))).toBe('removed done kept done');
    expect(await left()).toEqual([1, 0, 0, 0]);
  });
});

test('an interface endpoint shows which of several services it is attached to', async () => {
  const { interfaceEndpointId } = (await connected()).cloud;
  await json('create us-west-2 --wait');
  const { endpoint } = await json(`disconnect ${interfaceEndpointId} --yes`);
  expect([endpoint.region, await left()]).toEqual(['us-east-1', [1, 0, 0, 0]]);
});

test('an endpoint of another AWS account is not removed', async () => {
  await json('create --region us-east-1 --wait');
  await json('interface add us-east-1 vpce-0123456789abcdef0 --wait');
  const said = /vpce-0123456789abcdef0 is not in this AWS account and region, so atlas-pe cannot tell who/;
  await own.ends(disconnect, 5, said);
  expect(await left()).toEqual([1, 1, 0, 0]);
});

test("somebody else's VPC endpoint that is not attached yet keeps the service", async () => {
  const { id, endpointServiceName: name } = await json('create --region us-east-1 --wait');
  await aws.createEndpoint(name, aws.vpc, aws.subnets);
  const { exitCode, stderr } = await own.atlas(disconnect);
  expect([exitCode, commandsIn(stderr)]).toEqual([5, [`delete ${id} --yes`]]);
  expect(await left()).toEqual([1, 0, 1, 0]);
});

describe('an Atlas service', () => {
  /** A connect that AWS denies this, after it has not in a dry run. */
  const denied = async (action: string) => {
    own.faults = [{ action, nth: only(2), status: 400, code: 'UnauthorizedOperation' }];
    await own.ends(connect, 4, '');
  };
  const services = async () => ((await json('list')) as { region: string }[]).map(({ region }) => region);

  test.each([
    ['us-east-1', ''],
    ['eastus2', ' --provider azure'],
    ['us-east4', ' --provider gcp'],
  ])('is removed if connect created it, and kept if connect only adopted it: %s%s', async (region, provider) => {
    await own.restart({ clusters: defaultWorldOptions.clusters });
    await json(`connect ${region}${provider} --yes`);
    await json(`disconnect ${region} --yes`);
    expect(await services()).toEqual([]);
    const { id } = await json(`create ${region}${provider} --wait`);
    await json(`connect ${region}${provider} --yes`);
    const plan = await json(`disconnect ${region} --dry-run`);
    expect(plan.notes).toEqual([expect.stringMatching(new RegExp(`To delete it: atlas-pe delete ${id} --yes$`))]);
    const { stdout, stderr } = await own.succeeds(`disconnect ${region} --yes`, { hints: true });
    expect(stdout).toContain(`kept\tAtlas service\t${id}, without a mark of connect\n`);
    const [line = '', again] = commandsIn(stderr);
    expect(again).toBe(line);
    // A second run has nothing else to do.
    expect(results(await json(`disconnect ${region} --yes`))).toMatch(/^done (done kept|kept done)/);
    await own.succeeds(line);
    own.sandbox.clock.advance(60_000);
    expect(await services()).toEqual([]);
  });

  test.each([
    ['kept if connect was interrupted before it created anything in the cloud', 'CreateSecurityGroup', 0, 'kept'],
    ['removed if connect resumed one whose first run has left a mark', 'CreateVpcEndpoint', 1, 'removed'],
  ])('is %s', async (_, action, groups, end) => {
    await denied(action);
    expect(await left()).toEqual([1, 0, 0, groups]);
    await json(connect);
    expect(results(await json(disconnect))).toBe(`removed removed ${end} removed`);
  });

  test('is removed with the last of two connections in one region, of which the first one created it', async () => {
    const { cloud: first } = await connected();
    const vpc = await aws.createVpc('10.9.0.0/16');
    await aws.createSubnet(vpc, 'us-east-1a', '10.9.0.0/24');
    const { cloud: second } = await json(`connect us-east-1 --vpc ${vpc} --yes`);
    await json(`disconnect us-east-1 ${first.interfaceEndpointId} --yes`);
    const last = await json(`disconnect us-east-1 ${second.interfaceEndpointId} --yes`);
    expect(results(last)).toBe('removed removed removed removed');
    await leaves(0);
  });
});

test('a VPC endpoint that was deleted by hand is not said to stay in AWS', async () => {
  const { cloud } = await connected();
  await deleteByHand(cloud.interfaceEndpointId);
  const plan = await json('disconnect us-east-1 --dry-run');
  expect(plan.steps[1]).toMatchObject({ detail: `${cloud.interfaceEndpointId}, not in this AWS account and region` });
  const gone = await json(disconnect);
  expect([results(gone), gone.cloud.left]).toEqual(['removed done removed removed', []]);
  await leaves(0);
});

describe('a security group', () => {
  // The sandbox refuses this if a rule of any group refers to it. AWS does so within a VPC, as read in its documents.
  test('that a rule of another group refers to is kept and named, and the service goes', async () => {
    const { endpoint } = await connected();
    const [group] = (await state()).groups;
    const other = await aws.createGroup(aws.vpc);
    const IpPermissions = [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: group?.GroupId }] },
    ];
    await aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: other, IpPermissions }));
    const { exitCode, stdout, stderr } = await own.atlas(`disconnect ${endpoint.id} --yes --json`);
    const gone = JSON.parse(stdout);
    expect([exitCode, results(gone)], stderr).toEqual([5, 'removed removed removed kept']);
    expect(gone.steps[3].detail).toBe(`${group?.GroupId}, used by rules of ${other}`);
    expect(gone.cloud.left).toEqual([group?.GroupId]);
    expect(stderr).toContain(`The security group ${group?.GroupId} was kept: used by rules of ${other}.`);
    expect(await left()).toEqual([0, 0, 0, 2]);
    // The hint works although the service is gone.
    await aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: other }));
    const [line = ''] = /(?<=atlas-pe )disconnect .*? --yes/.exec(stderr) ?? [];
    await own.succeeds(line);
    await leaves(0);
  });

  test.each([
    ['5m', 5],
    ['1h', 10],
  ])(
    'that something unknown uses is kept within %s, after %i minutes; the service goes',
    async (timeout, minutes) => {
      await connected();
      own.faults = [{ action: 'DeleteSecurityGroup', status: 400, code: 'DependencyViolation' }];
      const started = own.sandbox.clock.monotonic();
      const kept = /The security group sg-\w+ was kept: still in use\./;
      const { stderr } = await own.ends(`disconnect us-east-1 --timeout ${timeout} --yes`, 5, kept);
      expect((own.sandbox.clock.monotonic() - started) / 60_000).toBeCloseTo(minutes, 0);
      expect(stderr.match(/sg-\w+ is still in use\. AWS frees it/g)).toHaveLength(1);
      expect(await left()).toEqual([0, 0, 0, 1]);
    },
  );

  /** The first request to delete it is a dry run. */
  const refuseUntil = (to: number, code: string) => {
    own.faults = [{ action: 'DeleteSecurityGroup', nth: only(2, to), status: 400, code }];
  };

  test('that is in use for a while is deleted later', async () => {
    await connected();
    refuseUntil(3, 'DependencyViolation');
    expect(results(await json(disconnect))).toBe('removed removed removed removed');
    await leaves(0);
  });

  test('that may not be deleted is named with its region, since the service is gone', async () => {
    const { endpoint } = await connected();
    refuseUntil(2, 'UnauthorizedOperation');
    const line = `disconnect ${endpoint.id} --region us-east-1 --yes`;
    await own.ends(disconnect, 4, new RegExp(`Not removed yet: Security group sg-\\w+\\.[^]*atlas-pe ${line}\n$`));
    expect(await left()).toEqual([0, 0, 0, 1]);
    await own.succeeds(line);
    await leaves(0);
  });
});

test('what has the tags of another project, or no tag with a service, is not removed', async () => {
  const { endpoint } = await connected();
  const id = await aws.createEndpoint(endpoint.endpointServiceName, aws.vpc, aws.subnets.slice(0, 1));
  const [other, half] = [await aws.createGroup(aws.vpc, 'other'), await aws.createGroup(aws.vpc, 'half')];
  const tag = (Resources: string[], project: string | undefined, service?: string) => {
    const tags = { 'atlas-pe:project': project, 'atlas-pe:service': service };
    const Tags = Object.entries(tags).flatMap(([Key, Value]) => (Value === undefined ? [] : { Key, Value }));
    return aws.ec2.send(new CreateTagsCommand({ Resources, Tags }));
  };
  await tag([id, other], '64f0c2a7e1b2c3d4e5f60719', endpoint.id);
  await tag([half], endpoint.projectId);
  const gone = await json(`disconnect us-east-1 ${endpoint.interfaceEndpoints[0]} --yes`);
  expect([results(gone), gone.cloud.left]).toEqual(['removed removed kept removed', [id]]);
  const { endpoints, groups } = await state();
  expect(endpoints.map(({ VpcEndpointId }) => VpcEndpointId)).toEqual([id]);
  expect(groups.map(({ GroupId }) => GroupId).toSorted()).toEqual([other, half].toSorted());
});

describe('a request that AWS refuses', () => {
  test.each([
    // The first one is a dry run.
    ['DeleteVpcEndpoints', 'InvalidVpcEndpointId.NotFound', 1],
    ['DeleteVpcEndpoints', 'InvalidState', 2],
    ['DeleteSecurityGroup', 'InvalidGroup.NotFound', 1],
    ['DeleteSecurityGroup', 'InvalidGroupId.NotFound', 2],
  ])('is no error if the resource is gone, or going: %s, %s, request %i', async (action, code, number) => {
    await connected();
    own.faults = [{ action, nth: only(number), status: 400, code, effect: number === 2 }];
    expect(results(await json(disconnect))).toBe('removed removed removed removed');
    await leaves(0);
  });

  test('is an error if the VPC endpoint stays', async () => {
    await connected();
    own.faults = [{ action: 'DeleteVpcEndpoints', nth: only(2), status: 400, code: 'InvalidState' }];
    await own.ends(disconnect, 1, /\(InvalidState\)[\s\S]*Not removed yet: VPC endpoint/);
  });
});

test.each([true, false])('a failure at the service names a command that goes on, with it: %s', async (stays) => {
  const { endpoint } = await connected();
  own.faults = [{ path: `*/endpointService/${endpoint.id}`, method: 'DELETE', status: 403 }];
  const { exitCode, stderr } = await own.atlas(`disconnect ${endpoint.id} --yes`);
  const [line = ''] = /(?<=atlas-pe )disconnect .*? --yes/.exec(stderr) ?? [];
  expect([exitCode, line]).toEqual([4, `disconnect ${endpoint.id} --region us-east-1 --yes`]);
  own.faults = [];
  if (!stays) await own.succeeds(`delete ${endpoint.id} --yes --wait`);
  expect(await left()).toEqual([stays ? 1 : 0, 0, 0, 1]);
  await own.succeeds(line);
  await leaves(0);
});

test('the id of a service that is gone does not say where to look', async () => {
  const id = '6a793f68c0eb9e7a17715835';
  await own.ends(`disconnect ${id} --yes`, 3, `disconnect ${id} --yes --region REGION`);
  await own.ends(`disconnect ${id} --yes --if-exists`, 0, /in Atlas\. AWS was not searched/);
});

describe('what an earlier service left in AWS', () => {
  let [endpoint, old] = ['', ''];
  beforeEach(async () => {
    await own.restart({ lastTakesService: true });
    const made = await json(connect);
    [endpoint, old] = [made.cloud.interfaceEndpointId, made.endpoint.id];
    await json(`interface remove us-east-1 ${endpoint} --yes --wait`);
    expect(await left()).toEqual([0, 0, 1, 1]);
  });
  const notesOf = async (line: string) =>
    (await json(`${line} --dry-run`)).notes.filter((note: string) => note.includes(old));

  test('is mentioned by the plans of connect and disconnect, with the command that removes it', async () => {
    const [note, ...others] = await notesOf('connect us-east-1');
    expect([note, others]).toEqual([expect.stringContaining(endpoint), []]);
    const { groups } = await state();
    expect((await json('connect us-east-1 --dry-run')).cloud.left).toEqual([endpoint, groups[0]?.GroupId]);
    await json(connect);
    expect(await notesOf('connect us-east-1')).toEqual([note]);
    expect(await notesOf('disconnect us-east-1')).toEqual([note]);
    const [line = ''] = /(?<=atlas-pe )disconnect .*/.exec(note) ?? [];
    expect(line).toBe(`disconnect ${old} --region us-east-1 --yes`);
    await own.succeeds(line);
    await leaves(1);
    expect(await notesOf('connect us-east-1')).toEqual([]);
  });

  test('is not removed by the id of another service that is gone', async () => {
    const other = 'disconnect 6a793f68c0eb9e7a17715835';
    await own.ends(`${other} --region us-east-1 --yes`, 3, '');
    await own.ends(`${other} --region US_EAST_2 --yes`, 2, 'is us-east-2 on AWS and eastus2 on');
    expect(await left()).toEqual([0, 0, 1, 1]);
  });

  test('does not fail connect if it cannot be read', async () => {
    own.faults = [{ action: 'DescribeVpcEndpoints', status: 403, code: 'UnauthorizedOperation', nth: only(1) }];
    expect(await notesOf('connect us-east-1')).toEqual([]);
  });
});

test('a VPC endpoint deleted by hand, unnoticed by Atlas, is not taken for one of another account', async () => {
  const { interfaceEndpointId: id, securityGroups } = (await connected()).cloud;
  await deleteByHand(id);
  const body = JSON.stringify({ interfaceEndpointId: id, connectionStatus: 'AVAILABLE', cloudProvider: 'AWS' });
  own.faults = [{ method: 'GET', path: `*/endpoint/${id}`, status: 200, body }];
  const { stderr } = await own.atlas(disconnect);
  expect(stderr).toContain(`${id} is not in this AWS account and region, but ${securityGroups[0]} of atlas-pe is.`);
  expect(commandsIn(stderr)[0]).toMatch(new RegExp(`^interface remove \\w+ ${id} --wait --yes`));
});

describe('--if-exists', () => {
  const nothing = async (line: string) => {
    await own.ends(line, 3, /^Error: /);
    const again = await own.succeeds(`${line} --if-exists --json`);
    expect(JSON.parse(again.stdout)).toMatchObject({ endpoint: null, cloud: null, steps: [] });
    const plan = await json(`${line} --if-exists --dry-run`);
    expect(plan).toMatchObject({ endpoint: null, cloud: null, steps: [], notes: [] });
    expect(again.stderr).toMatch(/Nothing to remove( in Atlas)?\./);
  };

  test('succeeds when a command is repeated that removed everything', async () => {
    const { endpoint, cloud } = await connected();
    await json('disconnect us-east-1 --keep-service --if-exists --yes');
    await nothing(`disconnect us-east-1 ${cloud.interfaceEndpointId} --keep-service --yes`);
    await json('delete us-east-1 --yes --wait');
    await nothing(disconnect);
    await nothing(`disconnect ${endpoint.id} --yes`);
  });

  test('is what the error hints at', async () => {
    const hint = /AWS has no resources for it either\. .*: atlas-pe disconnect us-east-1 --yes --if-exists\n$/;
    await own.ends(disconnect, 3, hint);
  });

  test.each([
    ['disconnect all', 2],
    ['disconnect Cluster0', 2],
    ['disconnect us-east-1 bogus', 2],
    ['disconnect us-east4 Bogus', 2],
    ['disconnect us-east-1 /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p', 2],
    ['disconnect --region us-east-1 bogus', 2],
    ['disconnect --region us-east-1,us-west-2', 2],
    ['interface remove us-east-1 all', 2],
    ['interface remove all', 2],
    ['disconnect us-east-1 vpce-0123456789abcdef9', 0],
    ['disconnect vpce-0123456789abcdef9', 0],
    ['disconnect us-east4 my-rule', 0],
    ['disconnect atlas-pe-6b0d-f8f0332f', 0],
    ['interface remove my-rule', 0],
    ['disconnect my-rule --provider gcp', 0],
    ['interface remove eastus2 mine', 0],
    [`interface remove ${'6'.repeat(24)} my-rule`, 0],
  ])('of what cannot be an id there is a usage error: %s', async (line, exitCode) => {
    const { stderr } = await own.ends(`${line} --yes --if-exists`, exitCode);
    expect(stderr.includes('Nothing to remove')).toBe(exitCode === 0);
  });

  test('does not hide other errors', async () => {
    expect((await own.atlas('disconnect us-east-1 --project nope --if-exists --yes')).exitCode).not.toBe(0);
    expect((await own.atlas('disconnect us-esat-1 --if-exists --yes')).exitCode).toBe(2);
  });
});

test('a service without a region ends with one sentence', async () => {
  const { id } = await json('create --region us-east-1 --wait');
  const body = JSON.stringify([{ id, cloudProvider: 'AWS', status: 'AVAILABLE', interfaceEndpoints: [] }]);
  own.faults = [{ path: '*/AWS/endpointService', status: 200, body }];
  await own.ends(`disconnect ${id} --yes`, 1, /^Error: Atlas did not return the region of \w{24}\.\nHint: /);
});
