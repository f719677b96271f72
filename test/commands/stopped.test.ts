import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { FakeClock } from '../helpers/fake-clock.js';
import { ownSandbox } from '../helpers/own-sandbox.js';

/* A wait whose process is stopped for a while (Ctrl-Z, kill -STOP), or whose machine has its clock set. */

const own = ownSandbox();
const { atlas } = own;

/**
 * The clock of the sandbox, on which something happens once, during a sleep like this: the third one unless said. Its
 * time-outs are as strict as real ones.
 */
function eventful(
  happen: (clock: FakeClock) => void,
  fits = (_: number, count: number): boolean => count === 3,
): FakeClock {
  const { clock } = own.sandbox;
  let [sleeps, isOver] = [0, false];
  return {
    ...clock,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      if (isOver || !fits(ms, ++sleeps)) return;
      isOver = true;
      happen(clock);
    },
    timeout: (ms) => {
      systemClock.timeout(ms);
      return clock.timeout(ms);
    },
  };
}

const looks = () => own.sandbox.exchanges.filter(({ method, status }) => method === 'GET' && status === 200).length;

async function create(fate?: 'never-ready') {
  own.faults = fate ? [{ method: 'POST', fate: { kind: fate } }] : [];
  await atlas('create --region us-east-1 --provider aws');
  own.sandbox.exchanges.length = 0;
}

describe.each([
  ['10 s', 10_000],
  ['an hour', 3_600_000],
])('stopped for %s', (_, ms) => {
  test.each(['15s', '32s'])('a wait of %s asks on, and times out after what is left of it', async (timeout) => {
    await create('never-ready');
    let before = 0;
    // What is left is no whole number of milliseconds then.
    const clock = eventful(
      (stopped) => {
        before = looks();
        stopped.advance(ms);
      },
      (slice) => !Number.isInteger(slice),
    );
    const { exitCode, stderr } = await atlas(`wait us-east-1 --timeout ${timeout}`, { clock });
    expect([exitCode, stderr]).toEqual([8, expect.stringContaining('is still INITIATING.')]);
    expect(stderr).not.toMatch(/Warning|did not answer/);
    // At once, and when time is up.
    expect(looks() - before).toBeGreaterThanOrEqual(2);
  });

  test.each(['15s', '32s', '1h'])('a wait of %s sees what has become ready meanwhile', async (timeout) => {
    await create();
    const clock = eventful((stopped) => stopped.advance(ms));
    const { exitCode, stderr } = await atlas(`wait us-east-1 --timeout ${timeout}`, { clock });
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('WAITING_FOR_USER after')]);
    expect(stderr).not.toContain('Warning');
  });
});

test.each([
  ['on', 315_000_000_000],
  ['back', -315_000_000_000],
])('a clock that is set %s by ten years changes neither the time that a wait has nor what it says', async (_, by) => {
  // The sandbox has another clock, which stays as it is.
  let setBy = 0;
  const clock = () => ({
    ...eventful(() => {
      setBy = by;
    }),
    now: () => own.sandbox.clock.now() + setBy,
  });
  await create();
  const ready = await atlas('wait us-east-1 --timeout 15s', { clock: clock() });
  expect([ready.exitCode, ready.stderr]).toEqual([0, expect.stringMatching(/WAITING_FOR_USER after [3-7]s\n/)]);

  setBy = 0;
  own.faults = [{ method: 'POST', fate: { kind: 'never-ready' } }];
  await atlas('create --region us-east-2');
  const { exitCode, stderr } = await atlas('wait us-east-2 --timeout 15s', { clock: clock() });
  expect([exitCode, stderr]).toEqual([8, expect.stringContaining('Timed out after 15s: ')]);
});
