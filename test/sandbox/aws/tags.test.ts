import { expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

async function withVpc() {
  const { ec2, network } = await awsSandbox();
  const { vpc, subnets } = await network();
  const tags = async () => (await ec2.describeVpcs()).Vpcs?.[0]?.Tags?.map(({ Key, Value }) => `${Key}=${Value}`);
  return { ec2, vpc, subnets, tags };
}

test('tags are put on several things, replaced and taken off', async () => {
  const { ec2, vpc, subnets, tags } = await withVpc();
  const Resources = [vpc, subnets[0] ?? ''];
  await ec2.createTags({
    Resources,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '<&>' },
    ],
  });
  await ec2.createTags({
    Resources: [vpc],
    Tags: [
      { Key: 'a', Value: '2' },
      { Key: '__proto__', Value: '' },
    ],
  });
  expect(await tags()).toEqual(['a=2', 'b=<&>', '__proto__=']);
  const Filters = [{ Name: 'tag:b', Values: ['<&>'] }];
  expect((await ec2.describeSubnets({ Filters })).Subnets).toHaveLength(1);
  await ec2.deleteTags({ Resources: [vpc], Tags: [{ Key: 'b' }, { Key: 'none' }] });
  expect(await tags()).toEqual(['a=2', '__proto__=']);
  await ec2.deleteTags({ Resources: [vpc] });
  expect(await tags()).toEqual([]);
});

test.each([
  ['InvalidID', { Resources: ['constructor-1'] }],
  ['InvalidVpcID.NotFound', { Resources: ['vpc-0123456789abcdef0'] }],
  ['MissingParameter', { Resources: [] }],
  ['MissingParameter', { Tags: [] }],
])('%s: %j', async (code, more) => {
  const { ec2, vpc, tags } = await withVpc();
  const call = ec2.createTags({ Resources: [vpc], Tags: [{ Key: 'a', Value: 'b' }], ...more });
  expect(await refusalOf(call)).toEqual([code, 400]);
  expect(await tags()).toEqual([]);
});

test('tags are listed with what has them, and with a filter', async () => {
  const { ec2, vpc, subnets } = await withVpc();
  await ec2.createTags({ Resources: [vpc, subnets[0] ?? ''], Tags: [{ Key: 'a', Value: '1' }] });
  const all = (await ec2.describeTags()).Tags?.map(({ ResourceId, ResourceType }) => `${ResourceType} ${ResourceId}`);
  expect(all).toEqual([`vpc ${vpc}`, `subnet ${subnets[0]}`]);
  const Filters = [{ Name: 'resource-type', Values: ['subnet'] }];
  expect((await ec2.describeTags({ Filters })).Tags).toMatchObject([
    { ResourceId: subnets[0], Key: 'a', Value: '1' },
  ]);
});
