import { expect, test } from 'vitest';
import { createWaitSign } from '../../src/ui/wait-sign.js';
import { fakeClock } from '../helpers/fake-clock.js';

/** A sign, and what it has done: `+` for each time that its row was put up, `-` for each that it was taken down. */
function setUp() {
  const clock = fakeClock();
  const done: string[] = [];
  const rows: (readonly string[])[] = [];
  const sign = createWaitSign(clock, async (live) => {
    rows.push(...live());
    done.push('+');
    return { stop: () => void done.push('-') };
  });
  const after = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
    return done.join('');
  };
  return { sign, after, rows };
}

test('shows after a second without an answer, and goes with it', async () => {
  const { sign, after, rows } = setUp();
  const end = sign.begin();
  expect(await after(999)).toBe('');
  expect(await after(1)).toBe('+');
  expect(rows).toEqual([['Waiting for Atlas', '1s']]);
  end();
  expect(await after(5000)).toBe('+-');
});

test('an answer within a second shows nothing, however many there are', async () => {
  const { sign, after } = setUp();
  for (let count = 0; count < 5; count++) {
    const end = sign.begin();
    expect(await after(900)).toBe('');
    end();
  }
  expect(await after(5000)).toBe('');
});

test('of several answers the last one ends it', async () => {
  const { sign, after } = setUp();
  const ends = [sign.begin(), sign.begin()];
  expect(await after(1000)).toBe('+');
  ends[0]?.();
  expect(await after(10)).toBe('+');
  ends[1]?.();
  expect(await after(10)).toBe('+-');
});

test('an answer that comes while it is being put up leaves nothing', async () => {
  const { sign, after } = setUp();
  const end = sign.begin();
  const shown = after(1000);
  end();
  expect(await shown).toBe('+-');
});

test('it gives way to what else is shown, and comes back after another second', async () => {
  const { sign, after } = setUp();
  sign.begin();
  expect(await after(1000)).toBe('+');
  const end = sign.giveWay();
  expect(await after(9000)).toBe('+-');
  end();
  expect(await after(999)).toBe('+-');
  expect(await after(1)).toBe('+-+');
});
