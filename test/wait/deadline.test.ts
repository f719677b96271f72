import { describe, expect, test } from 'vitest';
import { toRefusal, unusable } from '../../src/atlas/errors.js';
import type { Clock } from '../../src/base/clock.js';
import { createDeadline, type DeadlineOptions, retryUntil } from '../../src/wait/deadline.js';
import { fakeClock } from '../helpers/fake-clock.js';

const broken = (mayHaveArrived = true) => unusable('h broke off.', { mayPass: true, mayHaveArrived });
const unavailable = (retryAfterMs = 0) => toRefusal(503, {}, retryAfterMs);

function start(options: Partial<DeadlineOptions> = {}, given: Clock = fakeClock()) {
  const clock = { ...given, random: () => 1 };
  const said: string[] = [];
  const started = clock.monotonic();
  const deadline = createDeadline({
    timeoutMs: 3_600_000,
    clock,
    signal: new AbortController().signal,
    onFault: (error) => said.push(error.message),
    onRecovery: () => said.push('again'),
    ...options,
  });
  return { deadline, said, clock, elapsed: () => clock.monotonic() - started };
}

/** Responds to each request with the next item (thrown if it is an error). The last item repeats. */
function answers(...all: unknown[]) {
  return async () => {
    const next = all.length > 1 ? all.shift() : all[0];
    if (next instanceof Error) throw next;
    return next;
  };
}

test('obeys Retry-After, even if the time is up earlier', async () => {
  const { deadline, elapsed } = start();
  expect(await retryUntil(deadline, answers(unavailable(42_000), 'fine'))).toBe('fine');
  expect(elapsed()).toBe(42_000);

  let count = 0;
  const short = start({ timeoutMs: 10_000 });
  const request = async () => {
    count++;
    throw unavailable(42_000);
  };
  expect(await retryUntil(short.deadline, request)).toBeUndefined();
  expect([count, short.elapsed(), short.deadline.fault()?.message]).toEqual([
    1,
    10_000,
    expect.stringContaining('503'),
  ]);
});

test('gives up after five minutes without a response; 429 counts as a response', async () => {
  const silent = start();
  await expect(retryUntil(silent.deadline, answers(broken()))).rejects.toThrow('broke off');
  expect(silent.elapsed()).toBeGreaterThanOrEqual(300_000);
  expect(silent.elapsed()).toBeLessThan(345_000);
  expect(silent.said).toHaveLength(1);

  const busy = start();
  expect(await retryUntil(busy.deadline, answers(toRefusal(429, {}, 30_000)))).toBeUndefined();
  expect(busy.elapsed()).toBe(3_600_000);
});

test('Retry-After: 0 does not cause a burst of requests', async () => {
  const { deadline, elapsed } = start({ timeoutMs: 60_000 });
  let count = 0;
  const hurried = async () => {
    count++;
    throw toRefusal(429, {}, 0);
  };
  expect(await retryUntil(deadline, hurried)).toBeUndefined();
  expect([elapsed(), count]).toEqual([60_000, 8]);
});

describe('a clock jump', () => {
  /** A clock that jumps during its third sleep: its time advances, or the wall clock is changed. */
  function jumping({ time = 0, wall = 0 }): Clock {
    const clock = fakeClock();
    let [sleeps, setBy] = [0, 0];
    return {
      ...clock,
      now: () => clock.now() + setBy,
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        if (++sleeps !== 3) return;
        clock.advance(time);
        setBy = wall;
      },
    };
  }

  // More than five seconds end a pause at once, and the lost time is not used up.
  test.each([
    ['time, as after a stop of the process', { time: 7_200_000 }, 3000 + 7_200_000, 597_000],
    ['the wall clock alone, as after a sleep of the machine', { wall: 7_200_000 }, 3000, 597_000],
    ['the wall clock, which was set back', { wall: -7_200_000 }, 3000, 597_000],
    ['time for 5.001 s', { time: 5001 }, 3000 + 5001, 597_000],
    ['the wall clock for 5.001 s', { wall: 5001 }, 3000, 597_000],
    ['the wall clock back for 5.001 s', { wall: -5001 }, 3000, 597_000],
    ['time for 5 s', { time: 5000 }, 60_000, 540_000],
    ['the wall clock for 5 s', { wall: 5000 }, 60_000, 540_000],
  ])('of %s, in a pause of a minute', async (_, jump, took, left) => {
    const { deadline, elapsed } = start({ timeoutMs: 600_000 }, jumping(jump));
    await deadline.pause(60_000);
    expect([elapsed(), deadline.remainingMs()]).toEqual([took, left]);
  });

  test.each([6, 60, 480])(
    'of %i minutes during a request is no silence and does not use up time',
    async (minutes) => {
      const { deadline, clock } = start({ timeoutMs: 600_000 });
      const sleepThrough = (result: unknown) => async () => {
        (clock as ReturnType<typeof fakeClock>).advance(minutes * 60_000);
        if (result instanceof Error) throw result;
        return result;
      };
      expect(await deadline.ask(sleepThrough(broken()))).toBeUndefined();
      expect(deadline.remainingMs()).toBe(570_000);
      await deadline.pause(0);
      expect(await deadline.ask(sleepThrough('fine'))).toBe('fine');
      expect(deadline.remainingMs()).toBeGreaterThan(500_000);
    },
  );

  test.each([
    [150_000, 450_000],
    [150_001, 570_000],
  ])('during a request means that it takes over five times its time-out: %i ms', async (ms, left) => {
    const { deadline, clock } = start({ timeoutMs: 600_000 });
    await deadline.ask(async () => (clock as ReturnType<typeof fakeClock>).advance(ms));
    expect(deadline.remainingMs()).toBe(left);
  });

  test('back of the wall clock does not delay the next try', async () => {
    const { deadline, elapsed } = start({ timeoutMs: 600_000 }, jumping({ wall: -1_800_000 }));
    expect(await retryUntil(deadline, answers(...Array(6).fill(broken()), 'fine'))).toBe('fine');
    expect(elapsed()).toBe(300 + 600 + 1200 + 2400 + 4800 + 9600);
  });

  test.each([{ time: 7_200_000 }, { wall: 7_200_000 }])('is not silence: %j', async (jump) => {
    const { deadline } = start({ timeoutMs: 600_000 }, jumping(jump));
    await deadline.pause(60_000);
    expect(await retryUntil(deadline, answers(broken(), 'fine'))).toBe('fine');
  });
});
