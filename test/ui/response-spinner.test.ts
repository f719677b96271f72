import { expect, test } from 'vitest';
import { createResponseSpinner } from '../../src/ui/io.js';
import { fakeClock } from '../helpers/fake-clock.js';

/** A spinner and its history: `+` when its row is shown, `-` when it is removed. */
function setUp() {
  const clock = fakeClock();
  const done: string[] = [];
  const rows: (readonly string[])[] = [];
  const spinner = createResponseSpinner(clock, async (live) => {
    rows.push(...live());
    done.push('+');
    return { stop: () => void done.push('-') };
  });
  const after = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
    return done.join('');
  };
  return { spinner, after, rows };
}

test('is shown after a second without a response, and removed when the response arrives', async () => {
  const { spinner, after, rows } = setUp();
  const end = spinner.begin();
  expect(await after(999)).toBe('');
  expect(await after(1)).toBe('+');
  expect(rows).toEqual([['Waiting for a response', '1s']]);
  end();
  expect(await after(5000)).toBe('+-');
});

test('is not shown for responses within a second, however many there are', async () => {
  const { spinner, after } = setUp();
  for (let count = 0; count < 5; count++) {
    const end = spinner.begin();
    expect(await after(900)).toBe('');
    end();
  }
  expect(await after(5000)).toBe('');
});

test('is removed after the last of several responses', async () => {
  const { spinner, after } = setUp();
  const ends = [spinner.begin(), spinner.begin()];
  expect(await after(1000)).toBe('+');
  ends[0]?.();
  expect(await after(10)).toBe('+');
  ends[1]?.();
  expect(await after(10)).toBe('+-');
});

test('leaves nothing if a response arrives while it is being shown', async () => {
  const { spinner, after } = setUp();
  const end = spinner.begin();
  const shown = after(1000);
  end();
  expect(await shown).toBe('+-');
});

test('gives way to other output, and comes back a second later', async () => {
  const { spinner, after } = setUp();
  spinner.begin();
  expect(await after(1000)).toBe('+');
  const end = spinner.yieldTerminal();
  expect(await after(9000)).toBe('+-');
  end();
  expect(await after(999)).toBe('+-');
  expect(await after(1)).toBe('+-+');
});
