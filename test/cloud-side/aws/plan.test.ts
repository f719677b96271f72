import { describe, expect, test } from 'vitest';
import type { Existing } from '../../../src/cloud-side/aws/model.js';
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

describe('the whole plan', () => {
  const bill = (zones: string) => `AWS bills the VPC endpoint per hour and zone${zones}, and per GB of data.`;
  const account = [
    { title: 'AWS account', detail: '123456789012' },
    { title: 'Signed in as', detail: 'arn:aws:iam::123456789012:user/me' },
    { title: 'VPC', detail: 'vpc-1 (10.0.0.0/16) in us-east-1' },
  ];

  test('of nothing', () => {
    const found = there({ ownGroup: group() });
    expect(planAws(found)).toEqual({
      ...{ there: found, account: '123456789012', role: 'arn:aws:iam::123456789012:user/me', region: 'us-east-1' },
      endpoint: null,
      own: [{ stepId: 'security-group', title: 'security group', id: 'sg-1' }],
      steps: [
        {
          ...{ id: 'security-group', title: 'Security group', action: 'create' },
          detail: 'TCP 1024-65535 from 10.0.0.0/16, added to sg-1',
        },
        { id: 'vpc-endpoint', title: 'VPC endpoint', action: 'create', detail: 'in vpc-1, 2 subnets' },
      ],
      places: [
        ...account,
        { title: 'Subnet', detail: 'subnet-a (us-east-1a)' },
        { title: 'Subnet', detail: 'subnet-b (us-east-1b)' },
      ],
      costs: [bill(' (2 zones)')],
      commands: [expect.stringContaining('create-vpc-endpoint')],
      notes: [],
    });
  });

  test('of an endpoint that is there', () => {
    const ours = endpoint('vpce-1', 'available', { tags: own });
    const found = there({ endpoints: [ours], subnets: [] });
    expect(planAws(found)).toEqual({
      ...{ there: found, account: '123456789012', role: 'arn:aws:iam::123456789012:user/me', region: 'us-east-1' },
      endpoint: ours,
      own: [{ stepId: 'vpc-endpoint', title: 'VPC endpoint', id: 'vpce-1' }],
      steps: [{ id: 'vpc-endpoint', title: 'VPC endpoint', action: 'done', detail: 'vpce-1 (available)' }],
      places: [...account, { title: 'Subnet', detail: 'subnet-a' }],
      costs: [bill(' (1 zone)')],
      commands: [],
      notes: [],
    });
  });

  test('of an account that could not be read', () => {
    const blind = { identity: null, vpc: null, subnets: [], zones: null, unread: 'Denied.' };
    const plan = planAws(there(blind));
    expect(plan).toMatchObject({ account: 'unknown', role: 'unknown', endpoint: null, own: [], costs: [bill('')] });
    expect(plan.places).toEqual([{ title: 'AWS account', detail: 'unknown' }]);
    expect(plan.notes).toEqual(['Cannot read the AWS resources. Denied.']);
    expect(plan.steps.map(({ detail }) => detail)).toEqual([
      "TCP 1024-65535 from the VPC's CIDR blocks",
      'in a VPC, one subnet per zone',
    ]);
    const adopted = endpoint('vpce-01234567', 'unknown', { subnets: [] });
    const wanted = readWanted({ adopt: 'vpce-01234567' });
    expect(planAws(there({ ...blind, wanted, endpoints: [adopted] }))).toMatchObject({
      steps: [{ action: 'adopt', detail: 'vpce-01234567' }],
      ...{ costs: [bill('')], endpoint: adopted, own: [] },
    });
  });
});

test.each([
  ['of a service whose zones are known', {}, 'in vpc-1, 2 subnets'],
  ['of one subnet', { subnets: there().subnets.slice(1) }, 'in vpc-1, 1 subnet'],
  ['of a service whose zones are not known', { zones: null }, 'in vpc-1, one subnet per zone'],
  [
    'of subnets that are given',
    { zones: null, wanted: readWanted({ subnet: ['subnet-01234567', 'subnet-01234568'] }), subnets: [] },
    'in vpc-1, 2 subnets',
  ],
  [
    'of a VPC that is given, but not read',
    { vpc: null, subnets: [], wanted: readWanted({ vpc: 'vpc-01234567' }) },
    'in vpc-01234567, one subnet per zone',
  ],
])('%s the plan says how many zones there will be', (_, more, detail) => {
  expect(planAws(there(more)).steps.at(-1)?.detail).toBe(detail);
});

test.each([
  [
    'the wanted groups',
    { wanted: readWanted({ securityGroup: ['sg-01234567', 'sg-01234568'] }) },
    'sg-01234567, sg-01234568',
  ],
  ['our group', { ownGroup: group({ rules: [rule] }) }, 'sg-1'],
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
  test('that an endpoint was rejected by Atlas', () => {
    const refused = { service: { ...service, refused: ['vpce-1'] }, endpoints: [endpoint('vpce-1', 'available')] };
    expect(planAws(there(refused)).notes).toEqual([
      'vpce-1 was rejected by Atlas. atlas-pe does not use or delete it.',
    ]);
  });

  test.each([
    [{ from: ['10.0.1.0/24'] }, '--from has no effect'],
    [{ tag: ['a=b'] }, '--tag has no effect'],
    [{ from: ['10.0.1.0/24'], tag: ['a=b'] }, '--from, --tag have no effect'],
  ])('that %j comes too late for an existing endpoint', (flags, said) => {
    const endpoints = [endpoint('vpce-1', 'available')];
    expect(planAws(there({ wanted: readWanted(flags), endpoints })).notes).toEqual([
      `${said}: vpce-1 already exists, and atlas-pe does not change it.`,
    ]);
  });

  test('that an existing endpoint lacks groups, and nothing if it lacks none', () => {
    const wanted = readWanted({ securityGroup: ['sg-01234567', 'sg-01234568'] });
    const notes = (groups: string[]) =>
      planAws(there({ wanted, endpoints: [endpoint('vpce-1', 'available', { groups })] })).notes;
    expect(notes(['sg-01234567'])).toEqual([
      'vpce-1 already exists, but does not use sg-01234568. atlas-pe does not change it.',
    ]);
    expect(notes(['sg-01234567', 'sg-01234568'])).toEqual([]);
  });

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
