import { expect, test } from 'vitest';
import { checkSubnets, chooseSubnets, onlyVpc, vpcOf } from '../../../src/cloud-side/aws/choose.js';
import { readWanted } from '../../../src/cloud-side/aws/wanted.js';
import { subnet } from './existing.js';

const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id);

test.each([
  [
    'one a zone, the first by id',
    [subnet('c', 'a'), subnet('b', 'a'), subnet('d', 'b')],
    null,
    ['subnet-b', 'subnet-d'],
  ],
  ['only zones of the service', [subnet('a'), subnet('b')], ['us-east-1b'], ['subnet-b']],
  ['none that is full', [subnet('a', 'a', { freeAddresses: 0 }), subnet('b', 'a')], null, ['subnet-b']],
  ['none without IPv4, or on an Outpost', [subnet('a', 'a', { isUsable: false }), subnet('b')], null, ['subnet-b']],
] as const)('chooses %s', (_, subnets, zones, chosen) => {
  expect(ids(chooseSubnets(subnets, 'vpc-1', zones))).toEqual(chosen);
});

test('chooses the same whatever their order is', () => {
  const all = [subnet('a'), subnet('b', 'a'), subnet('c', 'b'), subnet('d', 'c')];
  expect(chooseSubnets(all.toReversed(), 'vpc-1', null)).toEqual(chooseSubnets(all, 'vpc-1', null));
});

test.each([
  [
    'no subnet fits',
    () => chooseSubnets([subnet('a')], 'vpc-1', ['us-east-1z']),
    /no subnet with free addresses in the zones/,
  ],
  ['two in a zone', () => checkSubnets([subnet('a'), subnet('b', 'a')], 'vpc-1', null), /are both in us-east-1a/],
  ['another VPC', () => checkSubnets([subnet('a')], 'vpc-2', null), /is in vpc-1, not in vpc-2/],
  ['a zone that the service lacks', () => checkSubnets([subnet('a')], 'vpc-1', ['us-east-1b']), /does not support/],
  ['no IPv4', () => checkSubnets([subnet('a', 'a', { isUsable: false })], 'vpc-1', null), /is IPv6-only/],
  ['two VPCs', () => vpcOf([subnet('a'), subnet('b', 'b', { vpc: 'vpc-2' })]), /are in different VPCs/],
  ['no VPC', () => onlyVpc([], 'us-east-1'), /has no VPC in us-east-1/],
  [
    'several VPCs',
    () =>
      onlyVpc(
        ['vpc-1', 'vpc-2'].map((id) => ({ id, isDefault: false, cidrs: ['10.0.0.0/16'] })),
        'us-east-1',
      ),
    /There are 2 VPCs/,
  ],
] as const)('refuses %s', (_, act, said) => {
  expect(act).toThrow(said);
});

test.each([
  ['10.0.0.0/16', '10.0.0.0/16'],
  ['10.1.2.3/16', '10.1.0.0/16'],
  ['10.1.2.255/25', '10.1.2.128/25'],
  ['10.1.2.3/32', '10.1.2.3/32'],
  ['1.2.3.4/0', '0.0.0.0/0'],
])('reads --from %s as AWS writes it', (given, written) => {
  expect(readWanted({ from: [given] }).from).toEqual([written]);
});

test.each(['10.0.0/8', '10.0.0.0/33', '256.0.0.0/8', '10.0.0.0', '::/0', 'sg-', ''])('refuses --from %s', (given) => {
  expect(() => readWanted({ from: [given] })).toThrow(/is not valid for --from/);
});

test('reads tags, which may hold the sign between key and value', () => {
  expect(readWanted({ tag: ['team=data', 'query=a=b', 'empty='] }).tags).toEqual({
    team: 'data',
    query: 'a=b',
    empty: '',
  });
});
