import { DeleteVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { besideAws, ownAws } from '../helpers/aws.js';
import { linesIn, messagesIn } from '../helpers/run-cli.js';
import { only, scenario } from '../helpers/scenario.js';

const { own, json, leaves, left, connect, disconnect, connected } = scenario('AWS');
const { aws, sent, signedOut, state } = besideAws(own);
const results = ({ steps }: { steps: { id: string; result: string }[] }) =>
  Object.fromEntries(steps.map(({ id, result }) => [id, result]));
/** Without the ids that differ from run to run. */
const masked = (text: string) =>
  text.replaceAll(/\b(vpce|sg)-[0-9a-f]{17}\b/g, '$1-…').replaceAll(/(?<=us-east-1 )[0-9a-f]{24}/g, 'ID');
/** The service alone, as `create --wait` leaves it. */
const service = async (region = 'us-east-1', more = '') =>
  (await json(`create --region ${region} --wait${more}`)) as { id: string; endpointServiceName: string };

describe('from nothing to a connection string', () => {
  test('the plan names the clusters that get one more string, as long as they have none', async () => {
    const [east, west] = [
      { provider: 'AWS', atlasRegion: 'US_EAST_1' },
      { provider: 'AWS', atlasRegion: 'EU_WEST_1' },
    ] as const;
    const gains = async () => {
      const { stdout, stderr } = await own.atlas('connect us-east-1 --dry-run --output table');
      expect(stdout, stderr).toContain('Connection strings');
      return /Clusters +(.*): one more connection string, the others stay/.exec(stdout)?.[1];
    };
    const wide = { name: 'wide', regions: [east, west] };
    await own.restart({ clusters: [wide, { name: 'app', regions: [east] }, { name: 'shop', regions: [east] }] });
    expect(await gains()).toBe('app, shop');
    await json('connect us-east-1 --yes');
    expect(await gains()).toBeUndefined();
    await own.restart({ clusters: [wide] });
    expect(await gains()).toBeUndefined();
  });

  test('prints the plan, each step, the cluster and its connection string', async () => {
    const { stdout: plan } = await own.succeeds('connect us-east-1 --dry-run');
    const printed = /^Cluster0\tmongodb\+srv:\/\/cluster0-pl-0\.\S+\n$/;
    const { stderr } = await own.ends('connect --region us-east-1 --yes', 0, '', printed);
    expect(masked(stderr)).toMatchSnapshot();
    expect(stderr.slice(0, plan.length)).toBe(plan);
  });

  test('takes subnets, security groups and tags', async () => {
    const group = await aws.createGroup(aws.vpc);
    const [one, other] = aws.subnets;
    const made = await json(`${connect} --subnet ${one},${other} --security-group ${group} --tag team=db`);
    expect(made.cloud).toMatchObject({ subnets: [one, other], securityGroups: [group] });
    expect(results(made)).toMatchObject({ 'security-group': 'adopted' });
    const { endpoints } = await state();
    expect(endpoints[0]?.Tags).toEqual(expect.arrayContaining([{ Key: 'team', Value: 'db' }]));
  });

  test.each(['subnet', 'security-group'])('takes the VPC of the %s, and finds it again', async (option) => {
    const vpc = await aws.createVpc('10.1.0.0/16');
    const subnet = await aws.createSubnet(vpc, 'us-east-1a', '10.1.0.0/24');
    const id = option === 'subnet' ? subnet : await aws.createGroup(vpc);
    expect((await json(`connect us-east-1 --${option} ${id} --yes`)).cloud.network).toBe(vpc);
    expect((await json('connect us-east-1')).cloud.network).toBe(vpc);
  });

  test('lets in only what --from names', async () => {
    const group = await aws.createGroup(aws.vpc);
    await json(`connect us-east-1 --from 10.0.1.7/24,${group} --yes`);
    const { groups } = await state();
    const made = groups.find(({ GroupId }) => GroupId !== group);
    const sources = made?.IpPermissions?.flatMap(({ IpRanges = [], UserIdGroupPairs = [] }) => [
      ...IpRanges.map(({ CidrIp }) => CidrIp),
      ...UserIdGroupPairs.map(({ GroupId }) => GroupId),
    ]);
    expect(sources).toEqual(['10.0.1.0/24', group]);
  });

  test('connects a VPC of another region', async () => {
    const made = await json('connect us-east-1 --vpc-region us-west-2 --yes');
    expect(made.cloud.region).toBe('us-west-2');
    expect(made.endpoint.supportedRemoteRegions).toEqual(['us-west-2']);
    await leaves(1, 'us-west-2');
    await own.succeeds(disconnect);
    await leaves(0, 'us-west-2');
    // The dry run is only in that region too.
    expect(sent('DeleteVpcEndpoints').map((form) => form.get('DryRun'))).toEqual(['true', null]);
  });

  test('waits until Atlas knows of a new VPC endpoint in another region, within the time limit', async () => {
    const pauses = () => own.sandbox.clock.sleeps.filter((ms) => ms > 10_000);
    const line = 'connect us-east-1 --vpc-region us-west-2 --yes';
    await service('us-east-1', ' --remote-region us-west-2');
    expect((await own.atlas(`${line} --timeout 20s`)).exitCode).toBe(8);
    expect(pauses()).toHaveLength(1);
    expect(pauses()[0]).toBeLessThanOrEqual(20_000);
    // It is not new any more.
    await json(line);
    expect(pauses()).toHaveLength(1);
    await json('disconnect us-east-1 --keep-service --yes');
    await json(line);
    expect(pauses().slice(1)).toEqual([30_000]);
  });

  test('says why no cluster can have a string yet, in the plan and in the end, and exits with 0', async () => {
    const regions = ['US_EAST_1', 'US_WEST_2'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
    const asleep = { name: 'Asleep', regions: regions.slice(0, 1), paused: true };
    await own.restart({ clusters: [{ name: 'Wide', regions }, asleep] });
    const plan = await own.atlas('connect us-east-1 --dry-run');
    expect(plan.stdout).toMatch(/skip +Connection strings +for Wide, Asleep\n/);
    const said = /Connection strings: skipped for Wide, Asleep\n/;
    const { stderr } = await own.ends(connect, 0, said, '', { hints: true });
    expect(stderr).toMatch(/also connect the other regions: atlas-pe connect us-west-2\n/);
    const wide = 'It has nodes in AWS us-west-2, but no connected interface endpoint there.';
    for (const why of [wide, 'Asleep is paused, so it gets no private connection string.']) {
      expect([plan.stdout.split(why).length, stderr.split(why).length, why]).toEqual([2, 2, why]);
    }
    // Nothing is left to do.
    await own.succeeds('connect us-east-1');
  });

  test('creates nothing in a region whose clusters are all paused', async () => {
    const regions = [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] as const;
    await own.restart({ clusters: [{ name: 'Asleep', regions, paused: true }] });
    await own.refused(connect, 5, 'Asleep is paused, so nothing was connected.\nHint: Resume the cluster');
  });

  test('does not wait for a cluster that can have no string beside one that can', async () => {
    const regions = [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] as const;
    await own.restart({
      clusters: [
        { name: 'Awake', regions },
        { name: 'Asleep', regions, paused: true },
      ],
    });
    expect((await json(connect)).steps.at(-1)).toMatchObject({ result: 'created', detail: 'Awake' });
    expect((await json('connect us-east-1')).steps.at(-1)).toMatchObject({ result: 'done', detail: 'Awake' });
  });
});

describe('what is there is taken', () => {
  test('the VPC endpoint that --adopt names, without AWS credentials too', async () => {
    const { endpointServiceName: name } = await service();
    const id = await aws.createEndpoint(name, aws.vpc, aws.subnets);
    const made = await json(`connect us-east-1 --adopt ${id} --yes`, { env: signedOut() });
    expect(made).toMatchObject({ cloud: { account: null, interfaceEndpointId: id }, interfaceEndpoint: { id } });
    expect(made.steps[1]).toMatchObject({ result: 'adopted', detail: id });
  });

  test.each(['the VPC endpoint', 'the attachment'])('if %s failed, the hint creates another one', async (what) => {
    const { id, endpointServiceName: name } = await service();
    const adopted = await aws.createEndpoint(name, aws.vpc, aws.subnets);
    if (what === 'the VPC endpoint') {
      await aws.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [adopted] }));
    } else own.faults = [{ path: '*/endpoint', method: 'POST', fate: { kind: 'failed', reason: 'No' } }];
    const exists = `Existing resources: Atlas service us-east-1 ${id}, VPC endpoint ${adopted}\\.`;
    const next = `${adopted} was not deleted\\.`;
    const hint = `${next} ${exists} To continue: atlas-pe connect us-east-1 --yes\n$`;
    await own.ends(`connect us-east-1 --adopt ${adopted} --yes`, 6, new RegExp(hint));
    own.faults = [];
    const { cloud } = await json(`connect us-east-1 --yes`);
    expect(cloud.subnets).toEqual(expect.arrayContaining(aws.subnets));
  });

  test('another service than the one that --adopt is for is refused', async () => {
    const west = await service('us-west-2');
    await service('us-east-1', ' --remote-region us-west-2');
    const there = await ownAws(own.sandbox.baseUrl, 'us-west-2');
    const id = await there.createEndpoint(west.endpointServiceName, there.vpc, there.subnets);
    there.ec2.destroy();
    await own.ends(
      `connect us-east-1 --vpc-region us-west-2 --adopt ${id} --yes`,
      2,
      /connects to com\.amazonaws\.\S+, not to com\.amazonaws/,
    );
  });

  test('an unknown VPC endpoint to adopt is not found', async () => {
    await service();
    const said = /^Error: There is no VPC endpoint vpce-0123456789abcdef0 in this AWS account and region/;
    await own.ends(`${connect} --adopt vpce-0123456789abcdef0`, 3, said);
  });
});

test('in a pipe needs no --yes if nothing is left to do', async () => {
  const strings = (await own.atlas(connect)).stdout;
  const before = await state();
  expect(await own.atlas('connect us-east-1')).toMatchObject({ exitCode: 0, stdout: strings });
  expect(strings).toMatch(/^Cluster0\t.+\n$/);
  expect((await own.atlas('connect us-east-1 --output tsv')).stdout).toBe(strings);
  // The strings alone, for $(…).
  expect((await own.atlas('connect us-east-1 --output id')).stdout).toBe(strings.replace('Cluster0\t', ''));
  expect(await state()).toEqual(before);
  await json('disconnect us-east-1 --keep-service --yes');
  expect(results(await json('disconnect us-east-1 --keep-service'))).toEqual({
    attachment: 'done',
    'vpc-endpoint': 'done',
    'security-group': 'done',
    service: 'kept',
  });
});

test('says the plan in JSON with a line for each item, without the padding of columns', async () => {
  const { stderr } = await own.atlas('connect us-east-1 --yes --log-format json');
  const notes = messagesIn(stderr, 'note');
  expect(notes).toEqual([expect.stringMatching(/^Plan\n {2}Project Sandbox \([0-9a-f]{24}\)\n {2}AWS account \d+,/)]);
  expect(notes[0]).toMatch(/\n {2}create Atlas service in us-east-1\n {2}create Security group TCP .*\n/);
  expect(notes[0]).not.toMatch(/ $|^$|\S {2}/m);
});

test('says in JSON what becomes of each step, and what is known by then', async () => {
  const stepsOf = async (line: string) => {
    const { stderr } = await own.atlas(`${line} --log-format json`);
    const all = linesIn(stderr).filter(({ kind, said }) => kind === 'progress' && said.step !== undefined);
    return all.map(({ said }) => said);
  };
  const made = await stepsOf(connect);
  const { endpoints, services } = await state();
  const id = endpoints[0]?.VpcEndpointId;
  expect(made.map(({ step, status, interfaceEndpointId }) => [step, status, interfaceEndpointId])).toEqual([
    ['service', 'started', null],
    ['service', 'created', null],
    ['security-group', 'created', null],
    ['vpc-endpoint', 'created', id],
    ['attachment', 'created', id],
    ['connection-strings', 'started', id],
    ['connection-strings', 'created', id],
  ]);
  const gone = await stepsOf(disconnect);
  expect(gone.map(({ step, status, interfaceEndpointId }) => [step, status, interfaceEndpointId])).toEqual(
    ['attachment', 'vpc-endpoint', 'service', 'security-group'].map((step) => [step, 'removed', id]),
  );
  expect(made[0]?.endpointId).toBeNull();
  for (const said of [...made.slice(1), ...gone]) {
    expect(said).toMatchObject({
      endpointId: services[0]?.id,
      projectId: own.sandbox.env.ATLAS_PE_PROJECT,
      provider: 'AWS',
      region: 'us-east-1',
      cluster: null,
      elapsedSeconds: expect.any(Number),
    });
  }
});

test('if the result cannot be printed, says what was created, but not a second time', async () => {
  const stdoutError = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
  const first = await own.ends(connect, 1, 'Hint: Connected: ', '', { stdoutError });
  const { endpoints } = await state();
  expect(first.stderr).toContain(`Connected: AWS us-east-1 (${endpoints[0]?.VpcEndpointId}).`);
  await own.ends(connect, 1, 'The disk is full.', '', { stdoutError });
});

describe('what goes wrong on the way', () => {
  test('the interface endpoint is removed while connect runs: it never ends well without a connection', async () => {
    const { interfaceEndpoint } = await json(connect);
    const body = JSON.stringify({ ...interfaceEndpoint, connectionStatus: 'REJECTED' });
    own.faults = [{ path: '*/endpoint/*', method: 'GET', nth: only(2, 9), status: 200, body }];
    await own.ends(connect, 6, `${interfaceEndpoint.id} is REJECTED in Atlas, so it cannot connect.`, '');
  });

  test('the service lacks the zone of a subnet, which shows once there is a service', async () => {
    const other = await aws.createSubnet(aws.vpc, 'us-east-1d', '10.0.99.0/24');
    const said = /us-east-1d, which the Atlas service does not support/;
    const { stderr } = await own.ends(`${connect} --subnet ${other}`, 2, said);
    const zones = 'us-east-1a, us-east-1b, us-east-1c';
    expect(stderr).toMatch(new RegExp(`Existing resources: Atlas service .*\\w{24}.*Supported zones: ${zones}`));
    expect(await left()).toEqual([1, 0, 0, 0]);
  });

  test.each([
    ['CreateSecurityGroup', 0],
    ['CreateVpcEndpoint', 200],
  ])('the answer to %s is cut after %i characters', async (action, truncate) => {
    // The first one is a dry run.
    own.faults = [{ action, truncate, nth: only(2) }];
    await own.ends(connect, 0, new RegExp(`AWS sent an invalid response to ec2:${action}\\. Checking whether`));
    await leaves(1);
  });

  const meanwhile = 4321;
  /** Does this while the sandbox waits for that long before a response. */
  function inTheMeantime(work: () => Promise<unknown>): void {
    const { clock } = own.sandbox;
    const { sleep } = clock;
    clock.sleep = async (ms, signal) => {
      if (ms === meanwhile) await work();
      return sleep(ms, signal);
    };
  }

  test('a service that somebody else has created in the meantime is not said to be created', async () => {
    // The rehearsal, after which a terminal asks.
    own.faults = [{ action: 'CreateVpcEndpoint', nth: only(1), delayMs: meanwhile }];
    inTheMeantime(service);
    expect(results(await json(connect))).toMatchObject({ service: 'adopted', 'vpc-endpoint': 'created' });
    await leaves(1);
  });

  test('a VPC endpoint that somebody else has created in the meantime is not said to be created', async () => {
    const { endpointServiceName: name } = await service();
    let theirs = '';
    // The answer is lost, and nothing was created.
    own.faults = [{ action: 'CreateVpcEndpoint', nth: only(2), status: 500, delayMs: meanwhile }];
    inTheMeantime(async () => {
      theirs = await aws.createEndpoint(name, aws.vpc, aws.subnets);
    });
    const made = await json(connect);
    expect(results(made)).toMatchObject({ 'vpc-endpoint': 'adopted', 'security-group': 'created' });
    expect(made.cloud.interfaceEndpointId).toBe(theirs);
    expect(made.cloud.created).not.toContain(made.cloud.interfaceEndpointId);
  });

  test("a security group of somebody else's that has the name of ours is a conflict", async () => {
    const { id } = await service();
    const theirs = await aws.createGroup(aws.vpc, `atlas-pe-${id}`);
    const { stderr } = await own.ends(
      connect,
      5,
      `The security group atlas-pe-${id} in ${aws.vpc} already exists, and atlas-pe did not create it for this service.`,
    );
    expect(stderr).toContain(`--security-group ${theirs}`);
  });

  // The time is over before the service has been looked for the last time.
  test.each(['', ' --timeout 5s'])(
    'if Atlas does not answer the create of the service, says that nothing is known to exist%s',
    async (timeout) => {
      own.faults = [{ path: '*/endpointService', method: 'POST', drop: 'before' }];
      const said = /nothing was created\. The endpoint may or may not have been created\./;
      await own.ends(`${connect}${timeout}`, 1, said);
    },
  );

  const late = (action: string) => ({ action, delayMs: 20_000, nth: only(2) });

  test.each([
    ['security group', 'CreateSecurityGroup', 'AWS us-east-1 ec2:CreateSecurityGroup did not respond', [1, 0, 0, 1]],
    ['rule', 'AuthorizeSecurityGroupIngress', 'AWS us-east-1 ec2:AuthorizeSec\\w+ did not respond', [1, 0, 0, 1]],
    ['VPC endpoint', 'CreateVpcEndpoint', 'vpce-\\w+ is still pending', [1, 0, 1, 1]],
  ])('the time is over while AWS creates the %s', async (_, action, said, there) => {
    await service();
    own.faults = [late(action)];
    const started = own.sandbox.clock.monotonic();
    const { stderr } = await own.ends(`${connect} --timeout 5s`, 8, new RegExp(`Timed out after 5s: ${said}`));
    expect(stderr).toMatch(/Existing resources: Atlas service .*To continue: atlas-pe connect us-east-1/);
    // The sandbox sleeps on the same clock.
    expect(own.sandbox.clock.monotonic() - started).toBeLessThan(25_000);
    expect(await left()).toEqual(there);
  });

  test('the time is over while AWS is read for a new service', async () => {
    own.faults = [late('DescribeVpcEndpointServices')];
    const said = 'Timed out after 10s: AWS us-east-1 ec2:DescribeVpcEndpointServices did not respond within';
    const { stderr } = await own.ends(`${connect} --timeout 10s`, 8, said);
    expect(stderr).toMatch(/Existing resources: .*To continue: atlas-pe connect us-east-1/s);
    expect(await left()).toEqual([1, 0, 0, 0]);
  });

  test('a time-out error names the limit of the whole command, whichever step it ends', async () => {
    const slow = { method: 'POST', path: '/endpoint', fate: { kind: 'never-ready' } } as const;
    own.faults = [slow];
    await own.ends('connect us-east-1 --timeout 20s --yes', 8, /Timed out after 20s: us-east-1 vpce-\w+ is still/);
    own.faults = [{ action: 'DeleteVpcEndpoints', delayMs: 8000 }];
    await own.ends('disconnect us-east-1 --timeout 10s --yes', 8, /Timed out after 10s: /);
  });

  test('the time is over before a step: it is not started', async () => {
    const said = "Timed out after 0s: the step 'Atlas service' was not started.";
    await own.ends(`${connect} --timeout 0s`, 8, said);
    await leaves(0);
  });

  const regionConfigs = [{ providerName: 'AWS', regionName: 'US_EAST_1' }];
  const cluster = (name: string, stateName: string) => {
    return { id: name, name, stateName, replicationSpecs: [{ regionConfigs }] };
  };
  /** Atlas answers the first read of the clusters, or each, with these. */
  const clustersAre = (results: readonly object[], nth = only(1)) => {
    own.faults = [{ path: '*/clusters', nth, status: 200, body: JSON.stringify({ results }) }];
  };
  /** A service without a name and without interface endpoints. */
  const bare = (id: string) => {
    return { id, cloudProvider: 'AWS', regionName: 'US_EAST_1', status: 'AVAILABLE', interfaceEndpoints: [] };
  };

  test('a service that Atlas has not named yet is nothing to connect to', async () => {
    const { id } = await service();
    own.faults = [
      { path: '*/AWS/endpointService', method: 'GET', status: 200, body: JSON.stringify([bare(id)]) },
      { path: '*/endpointService/*', method: 'GET', status: 200, body: JSON.stringify(bare(id)) },
    ];
    await own.ends(connect, 1, new RegExp(`${id} is AVAILABLE, but [^]*Wait a minute[^:]*: .* ${id}`));
  });

  test('connection strings that come after the plan was made are taken, even if no time is left', async () => {
    await connected();
    clustersAre([cluster('Cluster0', 'IDLE')]);
    const { steps } = await json('connect us-east-1 --timeout 0s --yes');
    expect(steps.at(-1)).toMatchObject({ result: 'created', detail: 'Cluster0' });
  });

  test('without an SRV string the standard one is printed', async () => {
    const { cloud } = await json(connect);
    const endpoints = [{ endpointId: cloud.interfaceEndpointId, providerName: 'AWS', region: 'US_EAST_1' }];
    const privateEndpoint = [{ connectionString: 'mongodb://a', endpoints }];
    clustersAre([{ ...cluster('Cluster0', 'IDLE'), connectionStrings: { privateEndpoint } }], only(1, 9));
    expect((await own.atlas('connect us-east-1')).stdout).toBe('Cluster0\tmongodb://a\n');
  });

  test('a cluster that after the plan turns out to have nodes elsewhere too gets no string', async () => {
    const regions = ['US_EAST_1', 'US_WEST_2'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
    await own.restart({ clusters: [{ name: 'Wide', regions }] });
    clustersAre([cluster('Wide', 'IDLE')]);
    await own.ends(connect, 0, /It has nodes in AWS us-west-2, [\s\S]*Connection strings: skipped for Wide\n/, '');
  });

  // Atlas is not known to lose an interface endpoint, but another program may remove it.
  test.each([
    ['the service does not list it', { path: '*/endpointService/*', status: 200 }],
    ['it is gone', { path: '*/endpoint/vpce-*', status: 404, code: 'PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND' }],
  ])('after it was attached, %s: an error instead of an empty success', async (_, fault) => {
    await own.restart({ readyAfter: 0 });
    const there = bare((await service()).id);
    const list = { path: '*/AWS/endpointService', nth: only(2, 99), status: 200, body: JSON.stringify([there]) };
    const results = [cluster('Cluster0', 'UPDATING')];
    const clusters = { path: '*/clusters', status: 200, body: JSON.stringify({ results }) };
    const body = fault.status === 200 ? { body: JSON.stringify(there) } : {};
    // The first list in the wait fails, and the wait reads it again.
    const failing = { path: list.path, nth: only(3), status: 503 };
    own.faults = [failing, list, clusters, { ...fault, ...body, method: 'GET' }];
    await own.ends(connect, 6, /vpce-\w+ was removed from Atlas, so it cannot connect\./, '');
  });

  test('a cluster that is being deleted is not waited for', async () => {
    clustersAre([cluster('Old', 'DELETING')]);
    await own.ends(connect, 3, 'Old (AWS us-east-1, being deleted)');
    clustersAre([cluster('Cluster0', 'IDLE'), cluster('Old', 'DELETING')]);
    expect((await json(connect)).steps.at(-1)).toMatchObject({ result: 'created', detail: 'Cluster0' });
  });
});

describe('--dry-run', () => {
  test('changes nothing, and hints at what goes on', async () => {
    const { stderr } = await own.succeeds('connect us-east-1 --dry-run', { hints: true });
    expect(stderr).not.toContain('--adopt');
    await leaves(0);
    const hinted = [...stderr.matchAll(/atlas-pe (.+?)(?= atlas-pe|, |\n|$)/g)].map(([, line = '']) => line);
    expect(hinted).toEqual(['create us-east-1 --wait', 'connect us-east-1 --dry-run']);
    for (const line of hinted) await own.succeeds(line);
  });

  test('prints the id of the service, if there is one', async () => {
    expect(await own.atlas('connect us-east-1 --dry-run -o id')).toMatchObject({ exitCode: 0, stdout: '' });
    const { id } = await service();
    for (const line of ['connect us-east-1 --dry-run -o id', 'disconnect us-east-1 --dry-run -o id'])
      expect((await own.atlas(line)).stdout, line).toBe(`${id}\n`);
  });

  test('of an existing service hints how to go on after somebody else has created the VPC endpoint', async () => {
    const { id, endpointServiceName } = await service();
    const { stdout, stderr } = await own.atlas('connect us-east-1 --dry-run', { hints: true });
    expect(stdout).toContain(`--service-name ${endpointServiceName}`);
    expect(stderr).toMatch(new RegExp(`connect ${id} --adopt VPCE_ID`));
  });

  test('from another region hints how to create a service that admits it', async () => {
    const { stdout, stderr } = await own.atlas('connect us-east-1 --vpc-region us-west-2 --dry-run', { hints: true });
    expect(stdout).toContain('data transfer between the two regions');
    expect(stderr).toMatch(/create us-east-1 --remote-region us-west-2 --wait/);
  });

  test('works without AWS credentials', async () => {
    const { stdout } = await own.succeeds('connect us-east-1 --dry-run', { env: signedOut() });
    expect(stdout).toMatch(/AWS account +unknown\n/);
    expect(stdout).toMatch(/create +Security group +TCP 1024-65535 from the VPC's CIDR blocks\n/);
    expect(stdout).toMatch(/create +VPC endpoint +in each zone of the Atlas service\n/);
    expect(stdout).not.toContain('aws ec2');
  });

  test.each([
    ['read', 'DescribeVpcs', '', /Cannot read the AWS resources\. AWS denied ec2:DescribeVpcs/],
    ['create', 'CreateVpcEndpoint', /Warning: AWS denied ec2:CreateVpcEndpoint/, /create +VPC endpoint/],
  ])('works without the right to %s', async (_, action, stderr, stdout) => {
    own.faults = [{ action, status: 403, code: 'UnauthorizedOperation' }];
    await own.ends('connect us-east-1 --dry-run', 0, stderr, stdout);
  });

  test('of a service that is being created hints to wait for it', async () => {
    const { id } = JSON.parse((await own.atlas('create us-east-1 --json')).stdout);
    const { stdout, stderr } = await own.atlas('connect us-east-1 --dry-run', { hints: true });
    expect(stdout).not.toContain('aws ec2');
    expect(stderr).toContain(`atlas-pe wait ${id}`);
    expect(stderr).not.toContain('--adopt');
  });
});

describe('disconnect', () => {
  beforeEach(async () => {
    await connected();
  });

  test('keeps the service with --keep-service, and connect takes it again', async () => {
    const before = await state();
    const gone = await json('disconnect us-east-1 --keep-service --yes');
    expect(gone.steps[2]).toMatchObject({ result: 'kept', detail: `${gone.endpoint.id}, because of --keep-service` });
    expect(gone.endpoint).toMatchObject({ status: 'WAITING_FOR_USER', interfaceEndpoints: [] });
    expect(await left()).toEqual([1, 0, 0, 0]);
    const made = await json(connect);
    expect(made.endpoint.id).toBe(before.services[0]?.id);
    // AWS remembers the token of the first one.
    expect(made.cloud.interfaceEndpointId).not.toBe(before.endpoints[0]?.VpcEndpointId);
    await leaves(1);
  });

  test('succeeds with --keep-service even if the service cannot be read at the end', async () => {
    const [service] = (await state()).services;
    own.faults = [{ path: `*/endpointService/${service?.id}`, method: 'GET', status: 403 }];
    const gone = await json('disconnect us-east-1 --keep-service --yes');
    expect(results(gone)).toMatchObject({ service: 'kept' });
    expect(await left()).toEqual([1, 0, 0, 0]);
  });

  test('works if the last interface endpoint takes the service with it', async () => {
    await own.restart({ lastTakesService: true });
    await json(connect);
    await own.succeeds(disconnect);
    await leaves(0);
  });

  test('says so if that happens although the service was to stay', async () => {
    await own.restart({ lastTakesService: true });
    await json(connect);
    const gone = await json('disconnect us-east-1 --keep-service --yes');
    expect([gone.endpoint.status, results(gone).service]).toEqual(['DELETED', 'removed']);
  });

  test('removes a VPC endpoint that is not attached any more', async () => {
    const [id] = (await state()).attached;
    await json(`interface remove us-east-1 ${id} --yes --wait`);
    const gone = await json(`disconnect us-east-1 ${id} --yes`);
    expect([gone.interfaceEndpointId, results(gone).attachment]).toEqual([id, 'done']);
    await leaves(0);
  });

  test('of two connections asks for the one that is meant, and keeps the service for the other', async () => {
    const vpc = await aws.createVpc('10.1.0.0/16');
    await aws.createSubnet(vpc, 'us-east-1a', '10.1.0.0/24');
    // What is looked for then is not that of the first VPC.
    own.faults = ['CreateSecurityGroup', 'CreateVpcEndpoint'].map((action) => {
      return { action, nth: only(2), drop: 'after' };
    });
    const second = await json(`connect us-east-1 --vpc ${vpc} --yes`);
    const { endpoints, groups } = await state();
    const made = endpoints.find(({ VpcId }) => VpcId === vpc);
    expect(second.cloud).toMatchObject({ network: vpc, interfaceEndpointId: made?.VpcEndpointId });
    expect(made?.Groups).toMatchObject([{ GroupId: groups.find(({ VpcId }) => VpcId === vpc)?.GroupId }]);
    await own.ends(disconnect, 2, /There are 2 interface endpoints/);
    const gone = await json(`disconnect us-east-1 ${second.cloud.interfaceEndpointId} --yes`);
    expect(results(gone)).toMatchObject({ 'vpc-endpoint': 'removed', service: 'kept' });
    await leaves(1);
  });

  test('of another VPC endpoint than there is says which there are', async () => {
    const [id] = (await state()).attached;
    const line = 'disconnect us-east-1 vpce-0123456789abcdef0 --yes';
    const error = "Error: Interface endpoint 'vpce-0123456789abcdef0' not found for this private endpoint service.\n";
    await own.ends(line, 3, new RegExp(`^${error}Hint: Existing interface endpoints: ${id}\n$`));
    await json('disconnect us-east-1 --keep-service --yes');
    await own.ends(
      line,
      3,
      /^Error: Interface endpoint 'vpce-0123456789abcdef0' not found\.\nHint: .* interface list$/m,
    );
    await own.ends(`disconnect us-east-1 ${id} --yes`, 3, '');
  });

  test('needs a name with --yes', async () => {
    await own.ends('disconnect --yes', 2, /--yes requires an endpoint argument/);
  });
});
