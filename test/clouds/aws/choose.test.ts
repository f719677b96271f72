import { expect, test } from 'vitest';
import { checkCloudOptions } from '../../../src/clouds/access.js';
import { readWanted } from '../../../src/clouds/aws/access.js';
import { checkVpc, chooseSubnets, onlyVpc } from '../../../src/clouds/aws/network.js';
import { subnet } from './existing.js';

const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id);

test.each([
  ['one a zone, first by id', [subnet('c', 'a'), subnet('b', 'a'), subnet('d', 'b')], null, ['subnet-b', 'subnet-d']],
  [
    'in the order of zones, whatever their order is',
    [subnet('d', 'b'), subnet('b', 'c'), subnet('c', 'a'), subnet('a', 'c')],
    null,
    ['subnet-c', 'subnet-d', 'subnet-a'],
  ],
  ['only zones of the service', [subnet('a'), subnet('b')], ['us-east-1b'], ['subnet-b']],
  ['none that is full', [subnet('a', 'a', { freeAddresses: 0 }), subnet('b', 'a')], null, ['subnet-b']],
  ['none without IPv4, or on an Outpost', [subnet('a', 'a', { isUsable: false }), subnet('b')], null, ['subnet-b']],
] as const)('chooses %s', (_, subnets, zones, chosen) => {
  expect(ids(chooseSubnets(subnets, 'vpc-1', zones))).toEqual(chosen);
});

test.each([
  ['a subnet of another VPC', () => checkVpc([subnet('a')], 'vpc-2'), /is in vpc-1, not in vpc-2/],
  [
    'what has no subnet in the zones of the service',
    () => chooseSubnets([subnet('a')], 'vpc-1', ['us-east-1b', 'us-east-1c']),
    /no subnet with free addresses in the zones that the Atlas service supports \(us-east-1b, us-east-1c\)/,
  ],
  ['no VPC', () => onlyVpc([], 'us-east-1', '1'), /has no VPC in us-east-1/],
])('refuses %s', (_, act, said) => {
  expect(act).toThrow(said);
});

test.each([
  ['10.0.0.0/16', '10.0.0.0/16'],
  ['10.1.2.3/16', '10.1.0.0/16'],
  ['10.1.2.255/25', '10.1.2.128/25'],
  ['10.1.2.3/32', '10.1.2.3/32'],
  ['1.2.3.4/0', '0.0.0.0/0'],
  ['255.255.255.255/9', '255.128.0.0/9'],
  ['sg-01234567', 'sg-01234567'],
  ['sg-0123456789abcdef0', 'sg-0123456789abcdef0'],
])('reads --from %s as AWS writes it', (given, written) => {
  expect(readWanted({ from: [given] }).from).toEqual([written]);
});

test.each([
  '10.0.0.0/33',
  '256.0.0.0/8',
  '10.0.0.256/8',
  '10.0.0.0',
  '10.0.0.0/8x',
  'x10.0.0.0/8',
  '::/0',
  'sg-0123456789abcdef',
  'sg-0123456789abcdef01',
  'xsg-01234567',
  'SG-01234567',
])('refuses --from %s', (given) => {
  expect(() => readWanted({ from: [given] })).toThrow(/is not valid for --from/);
});

test('reads tags, which may hold the sign between key and value', () => {
  expect(readWanted({ tag: ['team=data', 'q=a=b', 'empty='] }).tags).toEqual({
    team: 'data',
    q: 'a=b',
    empty: '',
  });
});

test.each([
  ['--vpc', 'vpc', (vpc: string) => ({ vpc })],
  ['--subnet', 'subnet', (id: string) => ({ subnet: [id] })],
  ['--security-group', 'sg', (id: string) => ({ securityGroup: [id] })],
])('%s takes ids of %s, as AWS writes them', (option, prefix, flags) => {
  for (const id of [`${prefix}-01234567`, `${prefix}-0123456789abcdef0`])
    expect(() => readWanted(flags(id))).not.toThrow();
  for (const id of [
    `x${prefix}-01234567`,
    `${prefix}-012345678`,
    `${prefix}-0123456789abcdef01`,
    `${prefix}-0123456g`,
    '',
  ])
    expect(() => readWanted(flags(id)), id).toThrow(`'${id}' is not valid for ${option}.`);
});

test.each([
  ['team', /is not a valid tag/],
  ['=x', /is not a valid tag/],
  [' =x', /is not a valid tag/],
  ['aws:x=y', /cannot start with aws:\./],
  ['AWS:x=y', /cannot start with AWS:\./],
  ['atlas-pe:x=y', /cannot start with atlas-pe:\./],
  [`${'k'.repeat(129)}=v`, /is too long/],
  [`k=${'v'.repeat(257)}`, /^The tag k is too long/],
])('refuses --tag %s', (tag, said) => {
  expect(() => readWanted({ tag: [tag] })).toThrow(said);
});

test('takes as many tags as AWS allows beside our own, and each key once', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`);
  expect(Object.keys(readWanted({ tag: tags(47) }).tags)).toHaveLength(47);
  expect(() => readWanted({ tag: tags(48) })).toThrow('There are more than 47 tags.');
  expect(() => readWanted({ tag: ['k=a', 'kk=b', 'k=c'] })).toThrow('The tag k is given twice.');
  expect(readWanted({ tag: [`${'k'.repeat(128)}=${'v'.repeat(256)}`, 'k=', 'K='] }).tags).toMatchObject({
    k: '',
    K: '',
  });
});

test('--adopt takes an id that Atlas can attach, and --vpc-region says where it is', () => {
  const adopt = 'vpce-0123456789abcdef0';
  expect(() => checkCloudOptions(['AWS'], { adopt, vpcRegion: 'us-west-2' })).not.toThrow();
  expect(() => checkCloudOptions(['AWS'], { adopt: `x${adopt}` })).toThrow(
    'is not a valid AWS interface endpoint id',
  );
});
