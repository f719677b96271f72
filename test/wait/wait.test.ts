import { describe, expect, test } from 'vitest';
import { type Endpoint, toEndpoint } from '../../src/atlas/model.js';
import type { Until } from '../../src/atlas/status.js';
import { judge, waitFor } from '../../src/wait/wait.js';
import { fakeClock } from '../helpers/fake-clock.js';

const endpoint = (id: string, status: string): Endpoint =>
  toEndpoint('6a793f63c0eb9e7a177153f5', 'AWS', { id: id.repeat(24), status, regionName: 'EU_WEST_1' });

/** Waits for endpoints that show these statuses, one a poll; the last one stays. */
async function wait(scripts: Record<string, string[]>, until: Until, timeoutMs = 3_600_000) {
  const clock = fakeClock();
  const changes: string[] = [];
  let polls = 0;
  const outcomes = await waitFor(
    Object.entries(scripts).map(([id, [first = '']]) => endpoint(id, first)),
    {
      until,
      timeoutMs,
      clock,
      signal: new AbortController().signal,
      poll: async ({ id }) => {
        polls++;
        const statuses = scripts[id.charAt(0)] ?? [];
        if (statuses.length > 1) statuses.shift();
        return endpoint(id.charAt(0), statuses[0] ?? '');
      },
      onChange: ({ id, status }) => changes.push(`${id.charAt(0)} ${status}`),
    },
  );
  return { clock, changes, polls, results: outcomes.map(({ result, endpoint: { status } }) => `${result} ${status}`) };
}

test('what is reached already is not asked for again', async () => {
  expect(await wait({ a: ['AVAILABLE'] }, 'ready')).toMatchObject({ polls: 0, results: ['reached AVAILABLE'] });
});

test('a change is told once, and ends the wait where it is the one', async () => {
  const { polls, changes, clock } = await wait({ a: ['INITIATING', 'INITIATING', 'WAITING_FOR_USER'] }, 'ready');
  expect({ polls, changes, sleeps: clock.sleeps }).toEqual({
    polls: 2,
    changes: ['a WAITING_FOR_USER'],
    sleeps: [3000, 3000],
  });
});

test('time that is up ends it after one last look', async () => {
  const late = await wait({ a: ['INITIATING'] }, 'ready', 7000);
  expect(late.clock.sleeps).toEqual([3000, 3000, 1000]);
  expect(late.results).toEqual(['timed-out INITIATING']);
  expect((await wait({ a: ['INITIATING', 'AVAILABLE'] }, 'ready', 1000)).results).toEqual(['reached AVAILABLE']);
  expect(await wait({ a: ['INITIATING'] }, 'ready', 0)).toMatchObject({ polls: 0, results: ['timed-out INITIATING'] });
});

test('of several each ends by itself, and the outcomes keep their order', async () => {
  const { results, polls } = await wait(
    { a: ['INITIATING', 'INITIATING', 'AVAILABLE'], b: ['INITIATING', 'FAILED'], c: ['AVAILABLE'] },
    'ready',
  );
  expect(results).toEqual(['reached AVAILABLE', 'failed FAILED', 'reached AVAILABLE']);
  expect(polls).toBe(3);
});

test('an abort ends it with its reason', async () => {
  const stop = new AbortController();
  const waiting = waitFor([endpoint('a', 'INITIATING')], {
    until: 'ready',
    timeoutMs: 60_000,
    clock: fakeClock(),
    signal: stop.signal,
    poll: async (before) => {
      stop.abort(new Error('enough'));
      return before;
    },
  });
  await expect(waiting).rejects.toThrow('enough');
});

test('an error of a look is passed on', async () => {
  const waiting = waitFor([endpoint('a', 'INITIATING')], {
    until: 'ready',
    timeoutMs: 60_000,
    clock: fakeClock(),
    signal: new AbortController().signal,
    poll: () => Promise.reject(new Error('forbidden')),
  });
  await expect(waiting).rejects.toThrow('forbidden');
});

describe('a status means', () => {
  const statuses = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE', 'FAILED', 'DELETING', 'DELETED', 'NEW'];
  const short = { reached: '+', failed: '!', pending: '.' };
  test.each([
    ['ready', '.++!!!.'],
    ['INITIATING', '+++!!!.'],
    ['WAITING_FOR_USER', '.++!!!.'],
    ['AVAILABLE', '..+!!!.'],
    ['FAILED', '...+!!.'],
    ['DELETING', '....++.'],
    ['DELETED', '.....+.'],
  ] as [Until, string][])('for %s: %s', (until, verdicts) => {
    expect(statuses.map((status) => short[judge(until, status)]).join('')).toBe(verdicts);
  });

  test('that a deletion failed, where a service is FAILED after it was DELETING', () => {
    expect(judge('DELETED', 'FAILED', 'FAILED')).toBe('pending');
    expect(judge('DELETED', 'FAILED', 'DELETING')).toBe('failed');
  });
});
