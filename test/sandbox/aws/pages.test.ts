import {
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeTags,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

/* AWS's own paginators, with a page size. */

test('a paginator of the SDK gets all items, in pages of its size', async () => {
  const { ec2 } = await awsSandbox();
  const made: (string | undefined)[] = [];
  for (let number = 0; number < 12; number++) {
    const { Vpc } = await ec2.createVpc({ CidrBlock: `10.${number + 20}.0.0/16` });
    made.push(Vpc?.VpcId);
  }
  const sizes: (number | undefined)[] = [];
  const found: (string | undefined)[] = [];
  for await (const { Vpcs } of paginateDescribeVpcs({ client: ec2, pageSize: 5 }, {})) {
    sizes.push(Vpcs?.length);
    found.push(...(Vpcs ?? []).map(({ VpcId }) => VpcId));
  }
  expect(sizes.slice(0, 2)).toEqual([5, 5]);
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(made));
});

test.each([
  paginateDescribeSubnets,
  paginateDescribeSecurityGroups,
  paginateDescribeVpcEndpoints,
  paginateDescribeNetworkInterfaces,
  paginateDescribeTags,
])('%o takes a page size', async (paginate) => {
  const { ec2, network } = await awsSandbox();
  await network();
  let pages = 0;
  for await (const page of paginate({ client: ec2, pageSize: 5 }, {})) pages += page ? 1 : 0;
  expect(pages).toBeGreaterThan(0);
});

test('a page of less than five items, and a token that EC2 did not give, are refused', async () => {
  const { ec2 } = await awsSandbox();
  expect(await refusalOf(ec2.describeVpcs({ MaxResults: 4 }))).toEqual(['InvalidParameterValue', 400]);
  expect(await refusalOf(ec2.describeVpcs({ NextToken: 'made-up' }))).toEqual(['InvalidNextToken', 400]);
  expect((await ec2.describeVpcEndpoints({ MaxResults: 1 })).VpcEndpoints).toEqual([]);
});

test('regions are listed, all or by name', async () => {
  const { ec2 } = await awsSandbox();
  const names = (await ec2.describeRegions()).Regions?.map(({ RegionName }) => RegionName);
  expect(names).toEqual(expect.arrayContaining(['us-east-1', 'eu-west-1']));
  const { Regions } = await ec2.describeRegions({ RegionNames: ['eu-west-1'], AllRegions: true });
  expect(Regions).toMatchObject([{ RegionName: 'eu-west-1', Endpoint: 'ec2.eu-west-1.amazonaws.com' }]);
  const Filters = [{ Name: 'endpoint', Values: ['ec2.eu-west-1.amazonaws.com'] }];
  expect((await ec2.describeRegions({ Filters })).Regions).toEqual(Regions);
});
