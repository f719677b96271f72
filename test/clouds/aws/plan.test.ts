import { describe, expect, test } from 'vitest';
import { readWanted } from '../../../src/clouds/aws/access.js';
import type { Existing } from '../../../src/clouds/aws/model.js';
import { planAws } from '../../../src/clouds/aws/plan.js';
import { endpoint, group, own, service, there } from './existing.js';

const rule = { from: '10.0.0.0/16', fromPort: 1024, toPort: 65_535 };
const dead = endpoint('vpce-dead', 'rejected', { tags: own });

test.each<[name: string, Existing, action: string, chosen: string]>([
  ['states in another case', there({ endpoints: [endpoint('vpce-1', 'PendingAcceptance')] }), 'adopt', 'vpce-1'],
  [
    'one that was rejected, and another',
    there({ endpoints: [dead, endpoint('vpce-1', 'pending', { tags: own })] }),
    'done',
    'vpce-1',
  ],
  [
    'several: connected first',
    there({ endpoints: [endpoint('vpce-1', 'pendingAcceptance', { tags: own }), endpoint('vpce-2', 'available')] }),
    'adopt',
    'vpce-2',
  ],
  [
    'several: ours before others, then the oldest',
    there({
      endpoints: [
        endpoint('vpce-1', 'pendingAcceptance'),
        endpoint('vpce-3', 'pendingAcceptance', { tags: own, createdAt: 3 }),
        endpoint('vpce-2', 'pendingAcceptance', { tags: own, createdAt: 2 }),
      ],
    }),
    'done',
    'vpce-2',
  ],
  [
    'one that Atlas has refused, and another',
    there({
      service: { ...service, ended: ['vpce-1'] },
      endpoints: [endpoint('vpce-1', 'available', { tags: own }), endpoint('vpce-2', 'pending')],
    }),
    'adopt',
    'vpce-2',
  ],
])('of %s', (_, found, action, chosen) => {
  const plan = planAws(found);
  expect(plan.steps).toMatchObject([{ action, id: 'vpc-endpoint' }]);
  expect(plan.endpoint?.id).toBe(chosen);
});

test.each([
  ['of a service whose zones are known', {}, 'in 2 zones'],
  ['of one subnet', { subnets: there().subnets.slice(1) }, 'in 1 zone'],
  ['of a service whose zones are not known', { zones: null }, 'in up to 2 zones'],
  [
    'of subnets that are given',
    { zones: null, wanted: readWanted({ subnet: ['subnet-01234567', 'subnet-01234568'] }), subnets: [] },
    'in 2 zones',
  ],
  [
    'of a VPC that is given, but not read',
    { vpc: null, subnets: [], wanted: readWanted({ vpc: 'vpc-01234567' }) },
    'in each zone of the Atlas service',
  ],
])('%s the plan says how many zones there will be', (_, more, detail) => {
  expect(planAws(there(more)).steps.at(-1)?.detail).toBe(detail);
});

test.each([
  ['wanted', { wanted: readWanted({ securityGroup: ['sg-01234567', 'sg-01234568'] }) }, 'sg-01234567, sg-01234568'],
  ['our group', { ownGroup: group({ rules: [rule] }) }, 'sg-1'],
  ['our group, which lacks a rule', { ownGroup: group() }, 'TCP 1024-65535 from 10.0.0.0/16, added to sg-1'],
  [
    'the wanted sources',
    { wanted: readWanted({ from: ['10.0.1.0/24', 'sg-01234567'] }) },
    'TCP 1024-65535 from 10.0.1.0/24, sg-01234567',
  ],
])('the step of the security group names %s', (_, more, detail) => {
  expect(planAws(there(more)).steps[0]?.detail).toBe(detail);
});

test.each([
  [{ fromPort: 1024, toPort: 65_535 }, 'done'],
  [{ fromPort: 1025, toPort: 65_535 }, 'create'],
  [{ fromPort: 1024, toPort: 65_534 }, 'create'],
  [{ fromPort: 0, toPort: 70_000 }, 'done'],
  [{ from: '10.1.0.0/16' }, 'create'],
])('a rule of our group with %j leaves that step to be %s', (more, action) => {
  const ownGroup = group({ rules: [{ ...rule, ...more }] });
  expect(planAws(there({ ownGroup })).steps[0]?.action).toBe(action);
});

describe('what is said beside the steps', () => {
  test('endpoints that Atlas has refused, or AWS could not create, can never connect', () => {
    const refused = { service: { ...service, ended: ['vpce-1'] }, endpoints: [endpoint('vpce-1', 'available')] };
    expect(planAws(there(refused)).dead).toMatchObject([{ id: 'vpce-1', state: 'available', stage: 'connected' }]);
    const failed = { endpoints: [endpoint('vpce-1', 'failed', { tags: own }), endpoint('vpce-2', 'deleting')] };
    expect(planAws(there(failed)).dead).toMatchObject([
      { id: 'vpce-1', mark: { serviceId: service.id }, stage: 'refused' },
    ]);
    const living = { endpoints: [endpoint('vpce-1', 'available'), endpoint('vpce-2', 'pending')] };
    expect(planAws(there(living)).dead).toEqual([]);
  });

  test('that AWS bills one zone, of what will be or is there', () => {
    const bill =
      'AWS: the VPC endpoint per hour and zone (1 zone), data per GB: https://aws.amazon.com/privatelink/pricing';
    expect(planAws(there({ subnets: there().subnets.slice(1) })).costs).toEqual([bill]);
    expect(planAws(there({ endpoints: [endpoint('vpce-1', 'available')] })).costs).toEqual([bill]);
  });

  test('where the VPC is, also if it could not be read', () => {
    const vpcOf = (more: Parameters<typeof there>[0]) =>
      planAws(there(more)).places.find(({ title }) => title === 'VPC');
    expect(vpcOf({})?.detail).toMatch(/^vpc-1 \(.+\), us-east-1$/);
    expect(vpcOf({ vpc: null, wanted: readWanted({ vpc: 'vpc-01234567' }) })?.detail).toBe('vpc-01234567, us-east-1');
  });

  test.each([
    ['arn:aws:iam::123456789012:user/deploy', 'user/deploy'],
    ['arn:aws:sts::123456789012:assumed-role/Deploy/me@example.com', 'assumed-role/Deploy/me@example.com'],
    ['arn:aws:iam::123456789012:root', 'root'],
    ['unusual', 'unusual'],
  ])('who is signed in, of %s: %s', (arn, short) => {
    const [place] = planAws(there({ identity: { account: '123456789012', arn } })).places;
    expect(place?.detail).toBe(`123456789012, signed in as ${short}`);
  });

  test('that an existing endpoint lacks groups or subnets, and nothing if it lacks none', () => {
    const [group, subnet] = ['sg-01234567', 'subnet-01234567'];
    const wanted = readWanted({ securityGroup: [group], subnet: [subnet] });
    const notes = (groups: string[], subnets: string[]) =>
      planAws(there({ wanted, endpoints: [endpoint('vpce-1', 'available', { uses: groups, subnets })] })).notes;
    const said = (lacks: string) => [`vpce-1 already exists, and atlas-pe does not change it. Ignored: ${lacks}.`];
    expect(notes([group], [])).toEqual(said(subnet));
    expect(notes([], [subnet])).toEqual(said(group));
    expect(notes([group], [subnet])).toEqual([]);
  });

  test('that rules of an earlier run stay', () => {
    const rules = ['10.0.0.0/16', '10.0.1.0/24'].map((from) => ({ ...rule, from }));
    const wanted = readWanted({ from: ['10.0.1.0/24'] });
    expect(planAws(there({ wanted, ownGroup: group({ rules }) })).notes).toEqual([
      'sg-1 also allows 10.0.0.0/16. atlas-pe does not remove rules.',
    ]);
    expect(planAws(there({ ownGroup: group({ rules }) })).notes).toEqual([]);
  });
});
