import { expect, test } from 'vitest';
import { awsSandbox, refusalOf } from '../../helpers/aws.js';

const createGroup = { GroupName: 'app', Description: 'A group' };

test('a fault of an action affects only that action', async () => {
  const { ec2, sts } = await awsSandbox({ faults: [{ action: 'DescribeVpcs', status: 403 }] });
  expect(await refusalOf(ec2.describeVpcs())).toEqual(['UnauthorizedOperation', 403]);
  expect((await ec2.describeSubnets()).Subnets).toHaveLength(3);
  expect(await sts.getCallerIdentity()).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/atlas-pe-sandbox',
  });
});

test.each([
  [{ status: 403 }, ['UnauthorizedOperation', 403]],
  [{ status: 503 }, ['RequestLimitExceeded', 503]],
  [{ status: 500 }, ['InternalError', 500]],
  [{ status: 409 }, ['InvalidParameterValue', 409]],
  [{ status: 400, code: 'VpcEndpointLimitExceeded' }, ['VpcEndpointLimitExceeded', 400]],
  [{ auth: 'expired-token' }, ['RequestExpired', 400]],
] as const)('%j is written as EC2 writes it', async (fault, expected) => {
  const { ec2, store } = await awsSandbox({ faults: [{ action: 'CreateSecurityGroup', ...fault }] });
  expect(await refusalOf(ec2.createSecurityGroup(createGroup))).toEqual(expected);
  expect((await store.read()).clouds.AWS.groups).toEqual([]);
});

test('an expired token is written as STS writes it', async () => {
  const { sts } = await awsSandbox({ faults: [{ action: 'GetCallerIdentity', auth: 'expired-token' }] });
  expect(await refusalOf(sts.getCallerIdentity())).toEqual(['ExpiredToken', 400]);
});

test.each([
  [499, 'Sender'],
  [500, 'Receiver'],
])('STS blames the right side for status %i', async (status, Type) => {
  const { sts } = await awsSandbox({ faults: [{ action: 'GetCallerIdentity', status }] });
  await expect(sts.getCallerIdentity()).rejects.toMatchObject({ Type });
});

test('an error of the sandbox itself is answered in XML', async () => {
  const { ec2, store } = await awsSandbox();
  store.read = () => Promise.reject(new Error('broken'));
  await expect(ec2.describeVpcs()).rejects.toMatchObject({
    name: 'InternalError',
    $metadata: { httpStatusCode: 500 },
  });
});
