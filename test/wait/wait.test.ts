import { describe, expect, test } from 'vitest';
import { type Endpoint, toEndpoint } from '../../src/atlas/model.js';
import type { Until } from '../../src/atlas/status.js';
import { createPatience } from '../../src/wait/patience.js';
import { judge, waitFor } from '../../src/wait/wait.js';
import { fakeClock } from '../helpers/fake-clock.js';

const endpoint = (id: string, status: string): Endpoint =>
  toEndpoint('6a793f63c0eb9e7a177153f5', 'AWS', { id: id.repeat(24), status, regionName: 'EU_WEST_1' });

/** Waits for endpoints that show these statuses, one a look; the last one stays. */
async function wait(scripts: Record<string, string[]>, until: Until, { timeoutMs = 3_600_000, any = false } = {}) {
  const clock = fakeClock();
  const started = clock.now();
  const [changes, settled, looks, times]: [string[], string[], string[], number[]] = [[], [], [], []];
  const outcomes = await waitFor(
    Object.entries(scripts).map(([id, [first = '']]) => endpoint(id, first)),
    {
      ...{ any, judge: ({ status }, before) => judge(until, status, before) },
      patience: createPatience({ timeoutMs, clock, signal: new AbortController().signal, random: () => 1 }),
      gap: () => 3000,
      look: async (endpoints) => {
        looks.push(endpoints.map(({ id }) => id.charAt(0)).join(''));
        times.push(clock.now() - started);
        return endpoints.map(({ id }) => {
          const statuses = scripts[id.charAt(0)] ?? [];
          if (statuses.length > 1) statuses.shift();
          return endpoint(id.charAt(0), statuses[0] ?? '');
        });
      },
      onChange: ({ id, status }) => void changes.push(`${id.charAt(0)} ${status}`),
      onSettled: ({ item: { id, status }, result }) => settled.push(`${id.charAt(0)} ${result} ${status}`),
    },
  );
  const results = outcomes.map(({ result, item: { status } }) => `${result} ${status}`);
  return { changes, settled, looks, times, results };
}

test('what is reached already is not asked for again', async () => {
  expect(await wait({ a: ['AVAILABLE'] }, 'ready')).toMatchObject({
    ...{ looks: [], results: ['reached AVAILABLE'], settled: ['a reached AVAILABLE'] },
  });
});

test('a change is told once, and ends the wait where it is the one', async () => {
  const { times, changes } = await wait({ a: ['INITIATING', 'INITIATING', 'WAITING_FOR_USER'] }, 'ready');
  expect({ times, changes }).toEqual({ times: [3000, 6000], changes: ['a WAITING_FOR_USER'] });
});

test('time that is up ends it after one last look', async () => {
  const late = await wait({ a: ['INITIATING'] }, 'ready', { timeoutMs: 7000 });
  expect(late).toMatchObject({ times: [3000, 6000, 7000], results: ['timed-out INITIATING'] });
  const last = await wait({ a: ['INITIATING', 'AVAILABLE'] }, 'ready', { timeoutMs: 1000 });
  expect(last.results).toEqual(['reached AVAILABLE']);
  const none = await wait({ a: ['INITIATING'] }, 'ready', { timeoutMs: 0 });
  expect(none).toMatchObject({ looks: [], results: ['timed-out INITIATING'] });
});

test('of several each ends by itself, and the outcomes keep their order', async () => {
  const { results, looks, settled } = await wait(
    { a: ['INITIATING', 'INITIATING', 'AVAILABLE'], b: ['INITIATING', 'FAILED'], c: ['AVAILABLE'] },
    'ready',
  );
  expect(results).toEqual(['reached AVAILABLE', 'failed FAILED', 'reached AVAILABLE']);
  expect(looks).toEqual(['ab', 'a']);
  expect(settled).toEqual(['c reached AVAILABLE', 'b failed FAILED', 'a reached AVAILABLE']);
});

test('any is content with the first that gets there, whatever fails before', async () => {
  const scripts = { a: ['INITIATING'], b: ['INITIATING', 'FAILED'], c: ['INITIATING', 'INITIATING', 'AVAILABLE'] };
  const { results } = await wait(scripts, 'ready', { any: true });
  expect(results).toEqual(['failed FAILED', 'reached AVAILABLE']);
  const never = await wait({ a: ['INITIATING'], b: ['FAILED'] }, 'ready', { any: true, timeoutMs: 5000 });
  expect(never.results).toEqual(['timed-out INITIATING', 'failed FAILED']);
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
