import { describe, expect, test } from 'vitest';
import type { Ec2 } from '../../../src/cloud-side/aws/ec2.js';
import type { Existing } from '../../../src/cloud-side/aws/model.js';
import { planAws } from '../../../src/cloud-side/aws/plan.js';
import { readNetwork, withoutReading } from '../../../src/cloud-side/aws/read-network.js';
import { rehearse } from '../../../src/cloud-side/aws/rehearse.js';
import { openAwsSide } from '../../../src/cloud-side/aws/side.js';
import { readWanted } from '../../../src/cloud-side/aws/wanted.js';
import { CloudError } from '../../../src/cloud-side/errors.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { endpoint, group, own, service, subnet, there } from './existing.js';

const refusal = (errorCode: string, exit: 'notAllowed' | 'unexpected' = 'unexpected', mayPass = false) =>
  new CloudError('No.', { errorCode, exit, mayPass });

describe('what is read before the plan', () => {
  const vpcs = [{ id: 'vpc-1', isDefault: true, owner: '1', cidrs: ['10.0.0.0/16'] }];
  const world = {
    ...{ vpcs, subnets: [subnet('a'), subnet('b')], zones: ['us-east-1a'] as string[] | null },
    ...{ groups: [group({ id: 'sg-0', name: 'default', tags: {} })], endpoints: [] as ReturnType<typeof endpoint>[] },
  };

  async function read(wanted = readWanted({}), more: Partial<typeof world> = {}, about: Partial<Existing> = {}) {
    const all = { ...world, ...more };
    const asked: string[] = [];
    const answer =
      <T>(name: string, items: T) =>
      async (which: unknown) => {
        asked.push(`${name} ${JSON.stringify(which)}`);
        return items;
      };
    const ec2 = {
      identity: async () => ({ account: '1', arn: 'arn' }),
      vpcs: answer('vpcs', all.vpcs),
      subnets: answer('subnets', all.subnets),
      groups: answer('groups', all.groups),
      endpoints: answer('endpoints', all.endpoints),
      zones: answer('zones', all.zones),
    } as unknown as Ec2;
    const asks = { region: 'us-east-1', serviceRegion: 'us-east-1', wanted, service, ...about };
    const found = await readNetwork(ec2, asks).catch((error: unknown) => error as Existing);
    return { found, asked };
  }
  const ofService = `endpoints {"filters":{"service-name":"${service.target}"}}`;
  const ofVpc = 'subnets {"filters":{"vpc-id":"vpc-1"}}';
  const ofGroups = `groups {"filters":{"vpc-id":"vpc-1","group-name":["default","atlas-pe-${service.id}"]}}`;

  test('of the only VPC everything that a new endpoint needs', async () => {
    const { found, asked } = await read();
    expect(asked).toEqual([ofService, 'vpcs {}', `zones "${service.target}"`, ofVpc, ofGroups]);
    expect(found).toEqual({
      ...{ identity: { account: '1', arn: 'arn' }, region: 'us-east-1', serviceRegion: 'us-east-1' },
      ...{ wanted: readWanted({}), service, zones: ['us-east-1a'], vpc: vpcs[0], defaultGroup: 'sg-0' },
      ...{ subnets: [subnet('a')], ownGroup: undefined, endpoints: [] },
    });
  });

  test('without a service neither its endpoints nor its zones', async () => {
    for (const none of [undefined, { ...service, target: null }]) {
      const { found, asked } = await read(readWanted({}), {}, { service: none });
      expect(asked.map((line) => line.split(' ')[0])).toEqual(['vpcs', 'subnets', 'groups']);
      expect(found).toMatchObject({ zones: null, subnets: [subnet('a'), subnet('b')] });
    }
  });

  test('of a service in another region no zones', async () => {
    const { found, asked } = await read(readWanted({}), {}, { region: 'eu-west-1' });
    expect(asked).not.toContain(`zones "${service.target}"`);
    expect(found.zones).toBeNull();
  });

  test('only the group that this program created is its own', async () => {
    const groups = [group({ id: 'sg-2', tags: {} }), group({ id: 'sg-3' })];
    expect((await read(readWanted({}), { groups })).found).toMatchObject({
      ownGroup: { id: 'sg-3' },
      defaultGroup: null,
    });
  });

  test('with an endpoint that is there nothing more', async () => {
    const endpoints = [
      endpoint('vpce-1', 'available', { tags: own }),
      endpoint('vpce-2', 'available', { vpc: 'vpc-2' }),
    ];
    const { found, asked } = await read(readWanted({}), { endpoints });
    expect(asked).toEqual([ofService, 'vpcs {"ids":["vpc-1"]}']);
    expect(found).toMatchObject({ endpoints: [{ id: 'vpce-1' }], subnets: [], zones: null, defaultGroup: null });
  });

  test('an endpoint of which nothing can come does not count as there', async () => {
    const dead = endpoint('vpce-1', 'rejected');
    expect((await read(readWanted({}), { endpoints: [dead] })).asked).toContain(ofVpc);
    const refused = { service: { ...service, refused: ['vpce-1'] } };
    const { found, asked } = await read(readWanted({}), { endpoints: [endpoint('vpce-1', 'available')] }, refused);
    expect(asked).toContain(ofVpc);
    expect(found.endpoints).toHaveLength(1);
  });

  test.each([
    ['--vpc', readWanted({ vpc: 'vpc-01234567' }), 'vpcs {"ids":["vpc-01234567"]}'],
    ['the subnets', readWanted({ subnet: ['subnet-01234567'] }), 'vpcs {"ids":["vpc-1"]}'],
    ['the security groups', readWanted({ securityGroup: ['sg-01234567'] }), 'vpcs {"ids":["vpc-1"]}'],
  ])('%s name the VPC', async (_, wanted, asks) => {
    const { asked } = await read(wanted, { subnets: [subnet('a')] });
    expect(asked).toContain(asks);
  });

  test('given subnets and groups are read by id, and checked', async () => {
    const wanted = readWanted({ subnet: ['subnet-01234567'], securityGroup: ['sg-01234567'] });
    const { found, asked } = await read(wanted, { subnets: [subnet('a')] });
    expect(asked).toContain('subnets {"ids":["subnet-01234567"]}');
    expect(asked).toContain('groups {"ids":["sg-01234567"]}');
    expect(asked).not.toContain(ofVpc);
    expect(found.subnets).toEqual([subnet('a')]);
    expect((await read(wanted, { subnets: [subnet('b')] })).found).toMatchObject({ exit: 'usage' });
    const groups = [group({ vpc: 'vpc-2' })];
    expect((await read(wanted, { subnets: [subnet('a')], groups })).found).toMatchObject({ exit: 'usage' });
  });

  test('groups of --from are read before something is created, ranges are not', async () => {
    const wanted = readWanted({ from: ['10.0.0.0/8', 'sg-01234567'] });
    expect((await read(wanted)).asked).toContain('groups {"ids":["sg-01234567"]}');
    expect((await read(readWanted({ from: ['10.0.0.0/8'] }))).asked).not.toContain('groups {"ids":[]}');
    const { asked } = await read(wanted, { endpoints: [endpoint('vpce-1', 'available')] });
    expect(asked).not.toContain('groups {"ids":["sg-01234567"]}');
  });

  test('the endpoint to adopt is read by id, in whatever state it is', async () => {
    const wanted = readWanted({ adopt: 'vpce-01234567' });
    const endpoints = [endpoint('vpce-01234567', 'rejected')];
    const { found, asked } = await read(wanted, { endpoints });
    expect(asked).toEqual(['endpoints {"ids":["vpce-01234567"]}', 'vpcs {"ids":["vpc-1"]}']);
    expect(found.endpoints).toEqual(endpoints);
    expect((await read(wanted)).found).toMatchObject({
      exit: 'notFound',
      message: expect.stringMatching(/vpce-01234567/),
    });
    const other = [endpoint('vpce-01234567', 'available', { serviceName: 'other' })];
    expect((await read(wanted, { endpoints: other })).found).toMatchObject({ exit: 'usage' });
    expect((await read(wanted, { endpoints: other }, { service: undefined })).found).toMatchObject({
      endpoints: other,
    });
  });

  test('a VPC that is not there', async () => {
    const { found } = await read(readWanted({ vpc: 'vpc-01234567' }), { vpcs: [] });
    expect(found).toMatchObject({ exit: 'notFound', message: expect.stringContaining('vpc-01234567') });
  });

  test('without the permission to read only what was said is known', () => {
    const asks = { region: 'us-east-1', serviceRegion: 'eu-west-1', service, unread: 'Denied.' };
    const nothing = { identity: null, zones: null, vpc: null, defaultGroup: null, ownGroup: undefined, subnets: [] };
    const wanted = readWanted({ adopt: 'vpce-01234567' });
    expect(withoutReading({ ...asks, wanted: readWanted({}) })).toEqual({
      ...{ ...asks, ...nothing, wanted: readWanted({}), endpoints: [] },
    });
    expect(withoutReading({ ...asks, wanted }).endpoints).toMatchObject([
      endpoint('vpce-01234567', 'unknown', { vpc: '', subnets: [], groups: [] }),
    ]);
    expect(withoutReading({ ...asks, wanted, service: undefined }).endpoints[0]?.serviceName).toBe('');
  });
});

describe('what is tried out before anything is created', () => {
  async function tryOut(existing: Existing, faults: Record<string, Error> = {}) {
    const asked: unknown[][] = [];
    const ask =
      (name: string) =>
      async (...request: unknown[]) => {
        asked.push([name, ...request]);
        if (faults[name]) throw faults[name];
      };
    const names = ['reads', 'createGroup', 'allow', 'createEndpoint'];
    const ec2 = { rehearse: Object.fromEntries(names.map((name) => [name, ask(name)])) } as unknown as Ec2;
    const warned: string[] = [];
    const io = { warn: (message: string) => void warned.push(message) };
    const error = await rehearse(ec2, { io }, planAws(existing), service.projectId).catch((thrown: unknown) => thrown);
    return { asked, error, warned, names: asked.map(([name]) => name) };
  }
  const rules = [{ from: '10.0.0.0/16', fromPort: 1024, toPort: 65_535 }];
  const where = { vpc: 'vpc-1', subnets: ['subnet-a', 'subnet-b'], groups: [], tags: own };

  test('everything that the plan creates, with the default group in place of the new one', async () => {
    const { asked } = await tryOut(there());
    expect(asked).toEqual([
      ['createGroup', { name: `atlas-pe-${service.id}`, vpc: 'vpc-1', tags: own }],
      ['allow', 'sg-0', rules],
      ['createEndpoint', { ...where, serviceName: service.target, serviceRegion: undefined }],
    ]);
  });

  test('in another region than that of the service', async () => {
    const { asked } = await tryOut(there({ region: 'eu-west-1' }));
    expect(asked.at(-1)?.[1]).toMatchObject({ serviceRegion: 'us-east-1' });
  });

  test.each([
    ['us-east-1', 'us-east-1', 'com.amazonaws.us-east-1.ec2'],
    ['cn-north-1', 'cn-north-1', 'cn.com.amazonaws.cn-north-1.ec2'],
    ['us-west-2', 'us-east-1', 'com.amazonaws.us-east-1.ec2'],
  ])("without a service, in %s for %s with one of AWS's own", async (region, serviceRegion, serviceName) => {
    const wanted = readWanted({ tag: ['team=data'] });
    const tags = { team: 'data', 'atlas-pe:project': service.projectId, 'atlas-pe:service': 'new' };
    const { asked } = await tryOut(there({ service: undefined, zones: null, region, serviceRegion, wanted }));
    expect(asked).toEqual([
      ['reads'],
      ['createGroup', { name: 'atlas-pe-new', vpc: 'vpc-1', tags }],
      ['allow', 'sg-0', rules],
      [
        'createEndpoint',
        { ...where, tags, serviceName, serviceRegion: region === serviceRegion ? undefined : serviceRegion },
      ],
    ]);
  });

  test('only what is missing', async () => {
    expect((await tryOut(there({ ownGroup: group() }))).names).toEqual(['allow', 'createEndpoint']);
    const complete = await tryOut(there({ ownGroup: group({ rules }) }));
    expect(complete.asked).toEqual([['createEndpoint', expect.objectContaining({ groups: ['sg-1'] })]]);
    const wanted = readWanted({ securityGroup: ['sg-01234567'] });
    expect((await tryOut(there({ wanted }))).asked).toEqual([
      ['createEndpoint', expect.objectContaining({ groups: ['sg-01234567'] })],
    ]);
    expect((await tryOut(there({ defaultGroup: null }))).names).toEqual(['createGroup', 'createEndpoint']);
    expect((await tryOut(there({ endpoints: [endpoint('vpce-1', 'available')] }))).names).toEqual([]);
    expect((await tryOut(there({ vpc: null, service: undefined }))).names).toEqual([]);
  });

  test.each([
    ['createGroup', 'InvalidGroup.Duplicate', true],
    ['allow', 'InvalidPermission.Duplicate', true],
    ['createGroup', 'UnauthorizedOperation', false],
    ['createEndpoint', 'InvalidServiceName', false],
  ])('%s that AWS refuses with %s is allowed: %s', async (name, code, isAllowed) => {
    const fault = refusal(code);
    const { error } = await tryOut(there(), { [name]: fault });
    expect(error).toBe(isAllowed ? undefined : fault);
  });

  test('a denial for the default group is a warning, one for our group an error', async () => {
    const fault = refusal('UnauthorizedOperation', 'notAllowed');
    const { error, warned, names } = await tryOut(there(), { allow: fault });
    expect([error, warned, names.at(-1)]).toEqual([
      undefined,
      [expect.stringMatching(/^No\. .* default security group of vpc-1/)],
      'createEndpoint',
    ]);
    expect(await tryOut(there({ ownGroup: group() }), { allow: fault })).toMatchObject({ error: fault, warned: [] });
    const expired = refusal('ExpiredToken', 'notAllowed');
    expect((await tryOut(there(), { allow: expired })).error).toBe(expired);
  });

  test.each([
    [refusal('InvalidServiceName'), true],
    [refusal('UnauthorizedOperation', 'notAllowed'), false],
    [refusal('RequestLimitExceeded', 'unexpected', true), false],
    [new Error('A bug.'), false],
  ])("of one of AWS's own services %s is no hindrance: %s", async (fault, isAllowed) => {
    const { error } = await tryOut(there({ service: undefined }), { createEndpoint: fault });
    expect(error).toBe(isAllowed ? undefined : fault);
  });
});

describe('what JSON says of it', () => {
  const side = () =>
    openAwsSide(
      {
        ...{ region: 'us-east-1', serviceRegion: 'us-east-1', projectId: service.projectId },
        ...{ access: {}, wanted: readWanted({}), isBlindAllowed: false },
      },
      { clock: fakeClock(), random: () => 0, signal: new AbortController().signal, io: { warn: () => undefined } },
    );
  const facts = (more: Partial<Existing>) => side().facts(planAws(there(more)));
  const signedIn = { account: '123456789012', role: 'arn:aws:iam::123456789012:user/me' };
  const usual = { provider: 'AWS', region: 'us-east-1', vpc: 'vpc-1', ...signedIn };

  test('before and after', () => {
    const planned = { ...usual, subnets: ['subnet-a', 'subnet-b'], endpointId: null };
    expect(facts({})).toEqual({ ...planned, securityGroups: [] });
    expect(facts({ ownGroup: group() })).toEqual({ ...planned, securityGroups: ['sg-1'] });
    const wanted = readWanted({ securityGroup: ['sg-01234567'] });
    expect(facts({ wanted })).toEqual({ ...planned, securityGroups: ['sg-01234567'] });
    const made = endpoint('vpce-1', 'available', { subnets: ['subnet-c'], groups: ['sg-3'] });
    expect(facts({ endpoints: [endpoint('vpce-0', 'rejected'), made], ownGroup: group() })).toEqual({
      ...{ ...usual, subnets: ['subnet-c'], securityGroups: ['sg-3'], endpointId: 'vpce-1' },
    });
    const bare = endpoint('vpce-1', 'available', { subnets: [], groups: [] });
    expect(facts({ endpoints: [bare], ownGroup: group() })).toEqual({
      ...{ ...planned, securityGroups: ['sg-1'], endpointId: 'vpce-1' },
    });
  });

  test('of what could not be read', () => {
    expect(facts({ identity: null, vpc: null, subnets: [] })).toEqual({
      ...{ ...usual, account: null, role: null, vpc: null, subnets: [], securityGroups: [], endpointId: null },
    });
  });

  test('an endpoint takes its new state', () => {
    const plan = planAws(there({ endpoints: [endpoint('vpce-1', 'pending'), endpoint('vpce-2', 'rejected')] }));
    const { there: now } = side().withEndpoint(plan, { id: 'vpce-1', state: 'available' });
    expect(now.endpoints.map(({ id, state }) => `${id} ${state}`)).toEqual(['vpce-1 available', 'vpce-2 rejected']);
  });
});
