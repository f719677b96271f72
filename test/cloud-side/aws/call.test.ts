import { describe, expect, test } from 'vitest';
import { InterruptedError } from '../../../src/base/errors.js';
import { toRequestError } from '../../../src/cloud-side/aws/explain.js';
import { createCall } from '../../../src/cloud-side/call.js';
import type { CloudContext } from '../../../src/cloud-side/cloud-side.js';
import { RequestError } from '../../../src/http/request-error.js';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.js';

const refused = (status: number, name: string) =>
  Object.assign(new Error('No.'), { name, $metadata: { httpStatusCode: status } });
const busy = refused(503, 'RequestLimitExceeded');
const broken = refused(500, 'InternalError');
const unreachable = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Calls of which each sends the next of these; the last one repeats. An error is thrown. */
function start(answers: readonly unknown[], more: Partial<CloudContext> = {}) {
  const clock: FakeClock = fakeClock();
  const interruption = new AbortController();
  const lines: string[] = [];
  let sent = 0;
  const line: CloudContext = {
    ...{ clock, random: () => 0, signal: interruption.signal, io: { warn: () => undefined } },
    trace: (text) => lines.push(text),
    ...more,
  };
  const call = createCall(line, {
    name: 'AWS us-east-1',
    toFault: (error, about) => toRequestError(error, { ...about, region: 'us-east-1', profile: undefined }),
  });
  const send = async () => {
    const answer = answers[Math.min(sent++, answers.length - 1)];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return {
    call,
    send,
    clock,
    lines,
    sent: () => sent,
    interrupt: () => interruption.abort(new InterruptedError('SIGINT')),
  };
}

const read = { action: 'ec2:DescribeVpcs', isHarmless: true };
const create = { action: 'ec2:CreateVpcEndpoint', isHarmless: false, isChange: true };

describe('which requests are sent again', () => {
  test.each([
    ['a read after any fault that may pass', read, broken, 4],
    ['a create that AWS had no time for', create, busy, 4],
    ['a create that never arrived', create, unreachable, 4],
    ['no create that may have arrived', create, broken, 1],
    ['no request that AWS refuses', read, refused(400, 'InvalidParameter'), 1],
    ['a read within its limits', { ...read, limits: { tries: 2, timeoutMs: 1000 } }, broken, 2],
  ])('%s', async (_, request, fault, tries) => {
    const { call, send, sent } = start([fault]);
    await expect(call({ ...request, send })).rejects.toMatchObject({ cause: fault });
    expect(sent()).toBe(tries);
  });

  test('until there is an answer', async () => {
    const { call, send, sent } = start([busy, busy, 'fine']);
    expect([await call({ ...read, send }), sent()]).toEqual(['fine', 3]);
  });
});

test.each([
  [0, [300, 600, 1200]],
  [1, [600, 1200, 2400]],
])('the pauses between tries double, and half of each is random: with %i', async (random, sleeps) => {
  const { call, send, clock } = start([busy], { random: () => random });
  await expect(call({ ...read, send })).rejects.toThrow();
  expect(clock.sleeps).toEqual(sleeps);
});

describe('the deadline of the command', () => {
  test.each([
    [1, 1],
    [0, 0],
    [-1, 0],
  ])('with %i ms left sends %i changes', async (left, count) => {
    const { call, send, sent } = start(['fine'], { left: () => left });
    const asked = call({ ...create, send });
    if (count === 0)
      await expect(asked).rejects.toMatchObject({ exit: 'timedOut', message: 'ec2:CreateVpcEndpoint was not sent.' });
    else expect(await asked).toBe('fine');
    expect(sent()).toBe(count);
  });

  test('does not keep back a read', async () => {
    const { call, send } = start(['fine'], { left: () => 0 });
    expect(await call({ ...read, send })).toBe('fine');
  });

  test.each([
    [301, 2],
    [300, 1],
  ])('with %i ms left, a change that pauses for 300 ms is sent %i times', async (left, count) => {
    const { call, send, sent } = start([busy], { left: () => left });
    await expect(call({ ...create, send })).rejects.toThrow('RequestLimitExceeded');
    expect(sent()).toBe(count);
  });

  test.each([
    [Number.POSITIVE_INFINITY, undefined, 30_000],
    [20_000, undefined, 20_000],
    [10, undefined, 1000],
    [20_000, { tries: 1, timeoutMs: 5000 }, 5000],
  ])('with %s ms left and the limits %j, a request has %i ms', async (left, limits, limit) => {
    const { call, clock } = start([], { left: () => left });
    const never = () => new Promise<never>(() => undefined);
    const asked = call({ ...create, limits, send: never });
    const ended = expect(asked).rejects.toMatchObject({ message: 'No response from AWS to ec2:CreateVpcEndpoint.' });
    clock.advance(limit - 1);
    await new Promise((resolve) => setImmediate(resolve));
    const early = await Promise.race([asked.catch(() => 'ended'), Promise.resolve('pending')]);
    expect(early).toBe('pending');
    clock.advance(1);
    await ended;
  });
});

describe('an interruption', () => {
  test('before a request says that nothing was sent', async () => {
    const { call, send, sent, interrupt } = start(['fine']);
    interrupt();
    await expect(call({ ...create, send })).rejects.toMatchObject({ exitCode: 130, mayHaveArrived: false });
    expect(sent()).toBe(0);
  });

  test('during a request is the error, whatever the request ends with', async () => {
    const { call, interrupt } = start([]);
    const send = async () => {
      interrupt();
      throw broken;
    };
    await expect(call({ ...create, send })).rejects.toMatchObject({ exitCode: 130, mayHaveArrived: true });
  });

  test('between two tries ends the pause', async () => {
    const { call, send, sent, clock, interrupt } = start([busy]);
    const { sleep } = clock;
    clock.sleep = (ms, signal) => {
      interrupt();
      return sleep(ms, signal);
    };
    await expect(call({ ...read, send })).rejects.toMatchObject({ exitCode: 130 });
    expect(sent()).toBe(1);
  });
});

test('each try is traced, with the code of its error and its time', async () => {
  const { call, clock, lines } = start([]);
  const answers: unknown[] = [busy, unreachable, 'fine'];
  const send = async () => {
    clock.advance(12.4);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  await call({ ...read, send });
  expect(lines).toEqual([
    'AWS us-east-1 ec2:DescribeVpcs RequestLimitExceeded 12 ms',
    'AWS us-east-1 ec2:DescribeVpcs - 12 ms',
    'AWS us-east-1 ec2:DescribeVpcs OK 12 ms',
  ]);
});

test.each([[['fine']], [[refused(400, 'InvalidParameter')]]])(
  'a request to which %j comes is told at its start and its end, once',
  async (answers) => {
    const told: string[] = [];
    const onCall = () => {
      told.push('start');
      return () => void told.push('end');
    };
    const { call, send } = start([busy, ...answers], { onCall });
    await call({ ...read, send }).catch(() => undefined);
    expect(told).toEqual(['start', 'end']);
  },
);

describe('a cloud that asks to wait for minutes', () => {
  const later = () => new RequestError('No.', { mayPass: true, retryAfterMs: 120_000 });
  test.each<[string, object, Partial<CloudContext>]>([
    ['longer than a read has until the deadline', read, { left: () => 5000 }],
    ['longer than half a minute, without a deadline', read, {}],
    ['longer than the limit of a request', { ...read, limits: { tries: 3, timeoutMs: 10_000 } }, {}],
  ])('is not asked again: %s', async (_, request, line) => {
    const { call, send, sent, clock } = start([later()], line);
    await expect(call({ ...read, ...request, send })).rejects.toThrow('No.');
    expect([sent(), clock.sleeps]).toEqual([1, []]);
  });

  test('is asked again after that time if it is before the deadline', async () => {
    const { call, send, sent, clock } = start([later(), 'Yes.'], { left: () => 600_000 });
    expect(await call({ ...read, send })).toBe('Yes.');
    expect([sent(), clock.sleeps]).toEqual([2, [120_000]]);
  });
});
