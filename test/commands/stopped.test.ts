import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { FakeClock } from '../helpers/fake-clock.js';
import { ownSandbox } from '../helpers/run-cli.js';

/* A wait whose process is stopped for a while (Ctrl-Z, kill -STOP), or during which the machine's clock is changed. */

const own = ownSandbox({ world: { readyAfter: 5000 } });
const { atlas } = own;

/**
 * The sandbox's clock, on which something happens once: during the first sleep that `fits`, by default the third. Its
 * time-outs are as exact as real ones.
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
  await atlas('create us-east-1 --provider aws');
  own.sandbox.exchanges.length = 0;
}

describe.each([
  ['10 s', 10_000],
  ['an hour', 3_600_000],
])('stopped for %s', (_, ms) => {
  test.each(['15s', '32s'])(
    'a wait of %s goes on to poll, and times out after its remaining time',
    async (timeout) => {
      await create('never-ready');
      let before = 0;
      // So that the remaining time is not a whole number of milliseconds.
      const clock = eventful(
        (stopped) => {
          before = looks();
          stopped.advance(ms);
        },
        (slice) => !Number.isInteger(slice),
      );
      const line = `wait us-east-1 --timeout ${timeout}`;
      const { stderr } = await own.ends(line, 8, 'is still INITIATING.', undefined, { clock });
      expect(stderr).not.toMatch(/Warning|did not respond/);
      // At once, and at the time-out.
      expect(looks() - before).toBeGreaterThanOrEqual(2);
    },
  );
});

test.each([
  ['on', 315_000_000_000],
  ['back', -315_000_000_000],
])('a clock change %s by ten years affects neither the time-out nor the messages', async (_, by) => {
  // The sandbox has a different clock, which doesn't change.
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
  await atlas('create us-east-2');
  await own.ends('wait us-east-2 --timeout 15s', 8, 'Timed out after 15s: ', undefined, { clock: clock() });
});
