import { describe, expect, test } from 'vitest';
import type { Existing } from '../../../src/cloud-side/aws/existing.js';
import { planAws } from '../../../src/cloud-side/aws/plan.js';
import { readWanted } from '../../../src/cloud-side/aws/wanted.js';
import { endpoint, group, own, service, there } from './existing.js';

const rule = { from: '10.0.0.0/16', fromPort: 1024, toPort: 65_535 };
const dead = endpoint('vpce-dead', 'rejected', { tags: own });

/** The steps that follow from what is there, briefly, and the endpoint that they go on with. */
const cases: [name: string, Existing, steps: string[], chosen: string | null][] = [
  ['nothing', there(), ['create security-group', 'create vpc-endpoint'], null],
  [
    'no service yet',
    there({ service: undefined, zones: null }),
    ['create security-group', 'create vpc-endpoint'],
    null,
  ],
  [
    'groups that are given',
    there({ wanted: readWanted({ securityGroup: ['sg-0123456789abcdef0'] }) }),
    ['adopt security-group', 'create vpc-endpoint'],
    null,
  ],
  ['our group', there({ ownGroup: group({ rules: [rule] }) }), ['done security-group', 'create vpc-endpoint'], null],
  ['our group without its rule', there({ ownGroup: group() }), ['create security-group', 'create vpc-endpoint'], null],
  [
    'our group with a wider rule',
    there({ ownGroup: group({ rules: [{ ...rule, fromPort: 0 }] }) }),
    ['done security-group', 'create vpc-endpoint'],
    null,
  ],
  [
    'our endpoint',
    there({ endpoints: [endpoint('vpce-1', 'available', { tags: own })] }),
    ['done vpc-endpoint'],
    'vpce-1',
  ],
  [
    "somebody else's",
    there({ endpoints: [endpoint('vpce-1', 'pendingAcceptance')] }),
    ['adopt vpc-endpoint'],
    'vpce-1',
  ],
  [
    'states in another case',
    there({ endpoints: [endpoint('vpce-1', 'PendingAcceptance')] }),
    ['adopt vpc-endpoint'],
    'vpce-1',
  ],
  ['one that was rejected', there({ endpoints: [dead] }), ['create security-group', 'create vpc-endpoint'], null],
  [
    'one that was rejected, and another',
    there({ endpoints: [dead, endpoint('vpce-1', 'pending', { tags: own })] }),
    ['done vpc-endpoint'],
    'vpce-1',
  ],
  [
    'several: connected first',
    there({ endpoints: [endpoint('vpce-1', 'pendingAcceptance', { tags: own }), endpoint('vpce-2', 'available')] }),
    ['adopt vpc-endpoint'],
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
    ['done vpc-endpoint'],
    'vpce-2',
  ],
  [
    'one that Atlas has refused, and another',
    there({
      service: { ...service, refused: ['vpce-1'] },
      endpoints: [endpoint('vpce-1', 'available', { tags: own }), endpoint('vpce-2', 'pending')],
    }),
    ['adopt vpc-endpoint'],
    'vpce-2',
  ],
  [
    'one that is to be adopted, whatever its state',
    there({
      wanted: readWanted({ adopt: 'vpce-0123456789abcdef0' }),
      endpoints: [endpoint('vpce-0123456789abcdef0', 'rejected')],
    }),
    ['adopt vpc-endpoint'],
    'vpce-0123456789abcdef0',
  ],
];

test.each(cases)('of %s', (_, found, steps, chosen) => {
  const plan = planAws(found);
  expect(plan.steps.map(({ action, id }) => `${action} ${id}`)).toEqual(steps);
  expect(plan.endpoint?.id ?? null).toBe(chosen);
});

describe('what is said beside the steps', () => {
  test('that a dead endpoint stays', () => {
    expect(planAws(there({ endpoints: [dead] })).notes).toEqual([
      'vpce-dead is rejected. atlas-pe does not use or delete it.',
    ]);
  });

  test('that an existing endpoint lacks what is wanted', () => {
    const wanted = readWanted({ subnet: ['subnet-0123456789abcdef0'] });
    const { notes } = planAws(there({ wanted, endpoints: [endpoint('vpce-1', 'available')] }));
    expect(notes).toEqual([
      'vpce-1 already exists, but does not use subnet-0123456789abcdef0. atlas-pe does not change it.',
    ]);
  });

  test('that rules of an earlier run stay', () => {
    const rules = ['10.0.0.0/16', '10.0.1.0/24'].map((from) => ({ ...rule, from }));
    const wanted = readWanted({ from: ['10.0.1.0/24'] });
    expect(planAws(there({ wanted, ownGroup: group({ rules }) })).notes).toEqual([
      'sg-1 also allows 10.0.0.0/16. atlas-pe does not remove rules.',
    ]);
    expect(planAws(there({ ownGroup: group({ rules }) })).notes).toEqual([]);
  });

  test('that regions cost more', () => {
    expect(planAws(there({ region: 'eu-west-1' })).costs).toHaveLength(2);
    expect(planAws(there()).costs).toEqual([
      'AWS bills the VPC endpoint per hour and zone (2 zones), and per GB of data.',
    ]);
  });
});

describe('the same as aws command lines', () => {
  const lines = (found: Existing) => planAws(found).commands;

  test('of a service', () => {
    const [create, allow, connect, ...more] = lines(there());
    expect(create).toContain(`--group-name atlas-pe-${service.id}`);
    expect(allow).toContain('--protocol tcp --port 1024-65535 --cidr 10.0.0.0/16');
    expect(connect).toContain(`--service-name ${service.name} --vpc-id vpc-1 --subnet-ids subnet-a subnet-b`);
    expect(connect).toContain('ResourceType=vpc-endpoint,Tags=[{Key=atlas-pe:project,');
    expect(more).toEqual([]);
  });

  test('of groups that are given, from another region', () => {
    const wanted = readWanted({ securityGroup: ['sg-0123456789abcdef0'] });
    const [connect, ...more] = lines(there({ wanted, region: 'eu-west-1' }));
    expect(connect).toContain('--region eu-west-1');
    expect(connect).toContain('--service-region us-east-1');
    expect(connect).toContain('--security-group-ids sg-0123456789abcdef0');
    expect(more).toEqual([]);
  });

  test('of nothing that is known', () => {
    const blind = { identity: null, vpc: null, subnets: [], zones: null, service: undefined };
    expect(lines(there(blind)).at(-1)).toContain('--service-name SERVICE_NAME --vpc-id VPC_ID --subnet-ids SUBNET_ID');
  });

  test('none for an endpoint that exists', () => {
    expect(lines(there({ endpoints: [endpoint('vpce-1', 'available')] }))).toEqual([]);
  });
});
