import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { createFaults } from '../../src/sandbox/faults.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { startSandbox } from '../helpers/sandbox.js';
import { Terminal } from '../helpers/terminal.js';

/* What a terminal shows while Atlas is slow. */

let slow: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  const faults = createFaults([{ method: 'GET', path: '/AWS/endpointService', delayMs: 2000 }]);
  slow = await startSandbox({ clock: { ...fakeClock(), ...systemClock }, faults });
});
afterEach(() => slow.close());

test('list shows a spinner after a second, and removes it completely', async () => {
  const terminal = new Terminal(['list'], slow.env, { columns: 80 });
  await terminal.shows(/^\S Waiting for a response {2}\ds$/m);
  expect(await terminal.exit).toBe(0);
  // A hint follows.
  const [first = '', hint] = terminal.lines();
  expect([first, hint]).toEqual(['No private endpoint services.', expect.stringMatching(/^Hint: Create one /)]);
  const raw = terminal.raw();
  expect(terminal.hasCursor()).toBe(true);
  expect(raw.indexOf(first)).toBeGreaterThan(raw.lastIndexOf('Waiting'));
});

test('Ctrl-C removes it', async () => {
  const terminal = new Terminal(['list'], slow.env, { columns: 80 });
  await terminal.shows(/Waiting for a response/);
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  expect(terminal.lines().join('\n')).not.toContain('Waiting');
  expect(terminal.hasCursor()).toBe(true);
});

test('shows no spinner with --quiet, nor if stderr is not a terminal', async () => {
  const shell = ['sh', '-c', '"$@" 2> /dev/null', 'sh'];
  const quiet = new Terminal(['list', '--quiet'], slow.env, { columns: 80 });
  for (const terminal of [quiet, new Terminal(['list'], slow.env, { columns: 80, shell })]) {
    expect(await terminal.exit).toBe(0);
    expect(terminal.raw()).toBe('No private endpoint services.\r\n');
  }
});
