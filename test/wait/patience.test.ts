import { describe, expect, test } from 'vitest';
import { AnswerError, ApiError, NetworkError, SignInError } from '../../src/atlas/errors.js';
import { faults } from '../../src/atlas/retry.js';
import type { Clock } from '../../src/base/clock.js';
import { CliError } from '../../src/base/errors.js';
import { createPatience, type PatienceOptions } from '../../src/wait/patience.js';
import { fakeClock } from '../helpers/fake-clock.js';

const broken = (mayHaveArrived = true) =>
  new NetworkError('h broke off.', { hint: '', cause: undefined, mayHaveArrived });
const unavailable = (retryAfter: number | null = null) => new ApiError(503, {}, retryAfter);

function start(options: Partial<PatienceOptions> = {}, clock: Clock = fakeClock()) {
  const said: string[] = [];
  const started = clock.monotonic();
  const patience = createPatience({
    ...{ timeoutMs: 3_600_000, clock, signal: new AbortController().signal, random: () => 1, faults },
    onFault: (error) => said.push(error.message),
    onRecovery: () => said.push('again'),
    ...options,
  });
  return { patience, said, clock, elapsed: () => clock.monotonic() - started };
}

/** Answers each request with the next of these, errors by throwing them. */
function answers(...all: unknown[]) {
  return async () => {
    const next = all.length > 1 ? all.shift() : all[0];
    if (next instanceof Error) throw next;
    return next;
  };
}

test('faults are told once, ridden out with growing pauses, and their end is told', async () => {
  const { patience, said, elapsed } = start();
  const request = answers(broken(), unavailable(), new ApiError(500, {}), broken(false), 'fine');
  expect(await patience.insist(request)).toBe('fine');
  expect(said).toEqual(['h broke off.', 'again']);
  expect(elapsed()).toBe(300 + 600 + 1200 + 2400);
  expect(patience.fault()).toBeUndefined();
});

test('Retry-After is obeyed, also where time is up before', async () => {
  const { patience, elapsed } = start();
  expect(await patience.insist(answers(unavailable(42), 'fine'))).toBe('fine');
  expect(elapsed()).toBe(42_000);

  let count = 0;
  const short = start({ timeoutMs: 10_000 });
  const request = async () => {
    count++;
    throw unavailable(42);
  };
  expect(await short.patience.insist(request)).toBeUndefined();
  expect([count, short.elapsed(), short.patience.fault()?.message]).toEqual([
    1,
    10_000,
    expect.stringContaining('503'),
  ]);
});

test('five minutes without an answer end it, and a rate limit is an answer', async () => {
  const silent = start();
  await expect(silent.patience.insist(answers(broken()))).rejects.toThrow('broke off');
  expect(silent.elapsed()).toBeGreaterThanOrEqual(300_000);
  expect(silent.elapsed()).toBeLessThan(345_000);
  expect(silent.said).toHaveLength(1);

  const busy = start();
  expect(await busy.patience.insist(answers(new ApiError(429, {}, 30)))).toBeUndefined();
  expect(busy.elapsed()).toBe(3_600_000);
});

test('silence is counted from the first question that gets no answer', async () => {
  const { patience, elapsed } = start();
  await patience.pause(218_000);
  await expect(patience.insist(answers(broken()))).rejects.toThrow('broke off');
  expect(elapsed()).toBeGreaterThanOrEqual(518_000);
});

test('who is told to come back at once still does not hurry', async () => {
  const { patience, elapsed } = start({ timeoutMs: 60_000 });
  let count = 0;
  const hurried = async () => {
    count++;
    throw new ApiError(429, {}, 0);
  };
  expect(await patience.insist(hurried)).toBeUndefined();
  expect([elapsed(), count]).toEqual([60_000, 8]);
});

test('faults that come and go are told once a minute', async () => {
  const { patience, said, clock } = start();
  for (let round = 0; round < 90; round++) {
    expect(await patience.insist(answers(broken(), 'fine'))).toBe('fine');
    await clock.sleep(1000);
  }
  expect(said.filter((text) => text === 'again')).toHaveLength(2);
  expect(said).toHaveLength(4);
});

test.each([
  [59_999, 1],
  [60_000, 2],
])('a fault %i ms after one that was told makes %i of them', async (ms, count) => {
  const { patience, said, clock } = start();
  await patience.ask(answers(broken()));
  await clock.sleep(300);
  await patience.ask(answers('fine'));
  await clock.sleep(ms - 300);
  await patience.ask(answers(broken()));
  expect(said.filter((text) => text !== 'again')).toHaveLength(count);
});

test.each([
  [9999, 1],
  [10_000, 0],
])('a fault after %i of 10000 ms is told %i times: at the end the error of the wait says so', async (ms, count) => {
  const { patience, said, clock } = start({ timeoutMs: 10_000 });
  await clock.sleep(ms);
  await patience.ask(answers(broken()));
  expect(said).toHaveLength(count);
});

test.each([
  [299_999, false],
  [300_000, true],
])('silence of %i ms ends it: %s', async (ms, isEnd) => {
  const { patience, clock } = start();
  await patience.ask(answers(broken()));
  await clock.sleep(ms);
  const last = patience.ask(answers(broken()));
  if (isEnd) await expect(last).rejects.toThrow('broke off');
  else expect(await last).toBeUndefined();
});

test('nothing is asked before it is worth trying again, and then at once', async () => {
  const { patience, clock } = start();
  let count = 0;
  const counted = async () => {
    count++;
    throw broken();
  };
  await patience.ask(counted);
  expect(patience.gap(5000)).toBe(300);
  await clock.sleep(299);
  expect([await patience.ask(counted), count, patience.gap(5000)]).toEqual([undefined, 1, 1]);
  await clock.sleep(1);
  expect([patience.gap(5000), await patience.ask(counted), count]).toEqual([0, undefined, 2]);
});

test('the pauses between tries grow to some 40 s at most', async () => {
  const { patience } = start();
  const gaps: number[] = [];
  // Told to come back later is an answer, so that this is no silence.
  for (let round = 0; round < 10; round++) {
    await patience.ask(answers(new ApiError(429, {})));
    gaps.push(patience.gap(0));
    await patience.pause(0);
  }
  expect(gaps).toEqual([300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 38_400, 38_400]);
});

describe('ends it at once', () => {
  test.each([
    ['401', new ApiError(401, {})],
    ['403', new ApiError(403, {})],
    ['404', new ApiError(404, {})],
    ['a page of HTML from what never was Atlas', new AnswerError('HTML')],
    ['a wrong secret', new SignInError(new ApiError(401, {}))],
    ['an error of our own', new CliError('unexpected', 'x')],
  ])('%s', async (_, error) => {
    const { patience, said } = start();
    await expect(patience.insist(answers(error))).rejects.toBe(error);
    expect(said).toEqual([]);
  });
});

test.each([
  ['a page of HTML, once Atlas has answered', new AnswerError('HTML')],
  ['a cut answer', new AnswerError('cut', { transient: true })],
  ['a token endpoint in trouble', new SignInError(new ApiError(503, {}))],
])('%s is ridden out', async (_, error) => {
  const { patience } = start({ isKnown: true });
  expect(await patience.insist(answers(error, 'fine'))).toBe('fine');
});

test('a request may take what is left, and the last one a little more', async () => {
  const { patience, clock } = start({ timeoutMs: 60_000 });
  const limits: number[] = [];
  const request = async ({ tries, timeoutMs }: { tries: number; timeoutMs: number }) => {
    expect(tries).toBe(1);
    limits.push(timeoutMs);
  };
  for (const pause of [0, 40_000, 20_000]) {
    await clock.sleep(pause);
    await patience.ask(request);
  }
  expect(limits).toEqual([30_000, 20_000, 5000]);
});

describe('a jump', () => {
  /** A clock that jumps during its third sleep: time goes on unseen, or the wall clock is set. */
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

  test.each([
    ['of time, as after a stop of the process', { time: 7_200_000, wall: 0 }],
    ['of the wall clock alone, as after a sleep of the machine', { time: 0, wall: 7_200_000 }],
    ['back of the wall clock', { time: 0, wall: -7_200_000 }],
  ])('%s, ends a pause at once, and costs no time', async (_, jump) => {
    const { patience, elapsed } = start({ timeoutMs: 600_000 }, jumping(jump));
    await patience.pause(60_000);
    expect(elapsed()).toBe(3000 + jump.time);
    expect(patience.left()).toBe(597_000);
  });

  test.each([6, 60, 480])(
    'of %i minutes while a request was under way is no silence, and costs no time',
    async (minutes) => {
      const { patience, clock } = start({ timeoutMs: 600_000 });
      const sleepThrough = (result: unknown) => async () => {
        (clock as ReturnType<typeof fakeClock>).advance(minutes * 60_000);
        if (result instanceof Error) throw result;
        return result;
      };
      expect(await patience.ask(sleepThrough(broken()))).toBeUndefined();
      expect(patience.left()).toBe(570_000);
      await patience.pause(0);
      expect(await patience.ask(sleepThrough('fine'))).toBe('fine');
      expect(patience.left()).toBeGreaterThan(500_000);
    },
  );

  test.each([
    [{ time: 5000 }, 60_000],
    [{ wall: 5000 }, 60_000],
    [{ time: 5001 }, 3000 + 5001],
    [{ wall: 5001 }, 3000],
    [{ wall: -5001 }, 3000],
  ])('of a few seconds is none: %j', async (jump, took) => {
    const { patience, elapsed } = start({ timeoutMs: 600_000 }, jumping(jump));
    await patience.pause(60_000);
    expect(elapsed()).toBe(took);
  });

  test.each([
    [150_000, 450_000],
    [150_001, 570_000],
  ])('while a request was under way is what takes over five times as long as it may: %i ms', async (ms, left) => {
    const { patience, clock } = start({ timeoutMs: 600_000 });
    await patience.ask(async () => (clock as ReturnType<typeof fakeClock>).advance(ms));
    expect(patience.left()).toBe(left);
  });

  test('back of the wall clock does not put the next try off', async () => {
    const { patience, elapsed } = start({ timeoutMs: 600_000 }, jumping({ wall: -1_800_000 }));
    expect(await patience.insist(answers(...Array(6).fill(broken()), 'fine'))).toBe('fine');
    expect(elapsed()).toBe(300 + 600 + 1200 + 2400 + 4800 + 9600);
  });

  test.each([{ time: 7_200_000 }, { wall: 7_200_000 }])('is no silence of Atlas: %j', async (jump) => {
    const { patience } = start({ timeoutMs: 600_000 }, jumping(jump));
    await patience.pause(60_000);
    expect(await patience.insist(answers(broken(), 'fine'))).toBe('fine');
  });
});

test('an abort ends a pause with its reason', async () => {
  const stop = new AbortController();
  const { patience } = start({ signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(patience.pause(1000)).rejects.toThrow('enough');
});
