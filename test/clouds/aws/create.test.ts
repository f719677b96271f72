import type { CreateVpcEndpointRequest } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { readWanted } from '../../../src/clouds/aws/access.js';
import type { VpcEndpoint } from '../../../src/clouds/aws/answers.js';
import { createOwnEndpoint } from '../../../src/clouds/aws/create.js';
import type { Ec2 } from '../../../src/clouds/aws/ec2.js';
import { RequestError } from '../../../src/http/request-error.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { endpoint, own, service, there } from './existing.js';

/* Answers to the create of a VPC endpoint that the sandbox does not give. */

const now = fakeClock().now();
const made = (id = 'vpce-new', more = {}, state = 'pending') =>
  endpoint(id, state, { createdAt: now, tags: own, ...more });
const gone = (state: string) => made('vpce-new', {}, state);
const refusal = (errorCode: string, message = 'No.') => new RequestError(message, { errorCode });
const lost = new RequestError('No response.', { mayHaveArrived: true });

/** Creates one. AWS gives these answers one after the other, and the last one for ever. `read`: what AWS shows. */
async function create(
  answers: readonly (VpcEndpoint | Error)[],
  { read = [] as VpcEndpoint[] | Error, existing = there(), to = service } = {},
) {
  const clock = fakeClock();
  const sent: CreateVpcEndpointRequest[] = [];
  const endpoints = async () => {
    if (read instanceof Error) throw read;
    return read;
  };
  const ec2 = {
    createEndpoint: async (request: CreateVpcEndpointRequest) => {
      sent.push(request);
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    endpoints,
    endpoint: async () => (await endpoints())[0] ?? null,
  } as unknown as Ec2;
  const io = { warn: () => undefined };
  const context = { clock, signal: new AbortController().signal, io };
  const work = { ec2, context, existing, service: to };
  const result = await createOwnEndpoint(work).catch((error: unknown) => error);
  return { result, sent, clock, tokens: new Set(sent.map(({ ClientToken }) => ClientToken)).size };
}

test('the token is the same for the same service, VPC and subnets, and another one for others', async () => {
  const tokenOf = async (existing = there(), to = service) =>
    (await create([made()], { existing, to })).sent[0]?.ClientToken ?? '';
  const usual = await tokenOf();
  expect(usual).toMatch(/^[!-~]{1,64}$/);
  const { subnets, vpc } = there();
  expect(await tokenOf(there({ subnets: subnets.toReversed() }))).toBe(usual);
  const others = [
    await tokenOf(there({ subnets: subnets.slice(1) })),
    await tokenOf(there({ vpc: vpc && { ...vpc, id: 'vpc-2' } })),
    await tokenOf(there(), { ...service, target: 'other' }),
    await tokenOf(there(), { ...service, id: '6a793f68c0eb9e7a17715836' }),
  ];
  expect(new Set([usual, ...others]).size).toBe(5);
});

test('a VPC endpoint that AWS returns deleted for each of ten tokens is given up', async () => {
  const { result, sent, tokens } = await create([gone('deleted')]);
  expect([sent.length, tokens]).toEqual([10, 10]);
  expect(result).toMatchObject({ exit: 'unexpected', hint: { text: expect.stringContaining('--subnet') } });
});

test.each([
  ['just created', now, new Error('Nothing is read.'), 1],
  ['some seconds old, and still there', now - 59_999, [made()], 1],
  ['some seconds old, and not shown yet', now - 59_999, [], 1],
  ['some seconds old, and deleted by now', now - 59_999, [gone('deleting')], 2],
  ['without a date', 0, new Error('Nothing is read.'), 1],
  ['older, and still there', now - 60_000, [made()], 1],
  ['older, and deleted by now', now - 60_000, [gone('deleted')], 2],
  ['older, and unknown by now', now - 60_000, [], 2],
])('one that is %s is taken, or another one is created', async (_, createdAt, read, count) => {
  const { result, tokens } = await create([made('vpce-1', { createdAt }), made('vpce-2')], { read });
  expect([result, tokens]).toEqual([expect.objectContaining({ id: `vpce-${count}` }), count]);
});

test('one that cannot be read is an error', async () => {
  const fault = new RequestError('No.', { exit: 'notAllowed' });
  expect((await create([made('vpce-old', { createdAt: 1 })], { read: fault })).result).toBe(fault);
});

test('one that Atlas has refused, or that is deleted, is not taken, nor after a lost answer', async () => {
  const to = { ...service, ended: ['vpce-1'] };
  expect((await create([made('vpce-1'), made()], { to })).result).toMatchObject({ id: 'vpce-new' });
  const read = [endpoint('vpce-1', 'available'), endpoint('vpce-2', 'deleted')];
  expect((await create([lost, made()], { to, read })).result).toMatchObject({ id: 'vpce-new' });
});

test('if AWS has something else for the token, another token is used', async () => {
  const { result, tokens } = await create([refusal('IdempotentParameterMismatch'), made()]);
  expect([result, tokens]).toEqual([expect.objectContaining({ id: 'vpce-new' }), 2]);
});

describe('if AWS names a subnet whose zone the service lacks', () => {
  const zone = (id: string) => refusal('InvalidParameter', `The service does not support the zone of (${id}).`);

  test('goes without that subnet', async () => {
    const { result, sent, tokens } = await create([zone('subnet-a'), made()]);
    expect(result).toMatchObject({ id: 'vpce-new' });
    expect([sent.map(({ SubnetIds }) => SubnetIds), tokens]).toEqual([[['subnet-a', 'subnet-b'], ['subnet-b']], 2]);
  });

  test('fails if the user named the subnets, or if there are no others', async () => {
    const wanted = readWanted({ subnet: ['subnet-0123456789abcdef0'] });
    for (const existing of [there({ wanted }), there({ subnets: there().subnets.slice(0, 1) })]) {
      const { result, sent } = await create([zone('subnet-a')], { existing });
      expect([result, sent.length]).toEqual([expect.objectContaining({ exit: 'usage' }), 1]);
      expect(String(result)).toMatch(/AWS refused subnet-a\. .* its zone us-east-1a\. The service does/);
    }
  });

  test('fails with the error of AWS if it is none of the subnets', async () => {
    const fault = zone('subnet-ab');
    expect((await create([fault])).result).toBe(fault);
  });
});
