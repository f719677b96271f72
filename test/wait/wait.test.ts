import { describe, expect, test } from 'vitest';
import { type Endpoint, toEndpoint } from '../../src/atlas/model.js';
import { statusVerdict } from '../../src/endpoints/await.js';
import { createDeadline } from '../../src/wait/deadline.js';
import { waitFor } from '../../src/wait/wait.js';
import { fakeClock } from '../helpers/fake-clock.js';

const endpoint = (id: string, status: string): Endpoint =>
  toEndpoint('6a793f63c0eb9e7a177153f5', 'AWS', { id: id.repeat(24), status, regionName: 'EU_WEST_1' });

/** Waits for endpoints that have these statuses, one for each poll. The last status repeats. */
async function wait(
  scripts: Record<string, string[]>,
  until: string,
  { timeoutMs = 3_600_000, any = false, newMs = 0 } = {},
) {
  const clock = { ...fakeClock(), random: () => 1 };
  const started = clock.now();
  const [changes, settled, looks, times]: [string[], string[], string[], number[]] = [[], [], [], []];
  const outcomes = await waitFor(
    Object.entries(scripts).map(([id, [first = '']]) => endpoint(id, first)),
    {
      any,
      statusVerdict: ({ status }, before) => statusVerdict(until, status, before),
      gone: 'DELETED',
      leaving: 'DELETING',
      deadline: createDeadline({ timeoutMs, clock, signal: new AbortController().signal }),
      gapMs: (_, isDoubtful) => (isDoubtful ? 2500 : 3000),
      isNew: () => clock.now() - started < newMs,
      poll: async (endpoints) => {
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

describe('a missing item', () => {
  test('is not deleted while it is new, however often it is polled', async () => {
    const { times, results } = await wait({ a: ['INITIATING', 'DELETED'] }, 'ready', { newMs: 60_000 });
    expect([times.at(-2), times.at(-1), results]).toEqual([58_000, 60_500, ['failed DELETED']]);
    const lagging = { a: ['INITIATING', ...Array(20).fill('DELETED'), 'AVAILABLE'] };
    expect((await wait(lagging, 'ready', { newMs: 60_000 })).results).toEqual(['reached AVAILABLE']);
  });

  test.each([0, 60_000])('is deleted immediately after DELETING, otherwise after a second poll', async (newMs) => {
    const seen = await wait({ a: ['DELETING', 'DELETED'] }, 'DELETED', { newMs });
    expect(seen).toMatchObject({ times: [3000], results: ['reached DELETED'] });
    const failed = await wait({ a: ['INITIATING', 'DELETING', 'DELETED'] }, 'ready', { newMs });
    expect(failed).toMatchObject({ times: [3000], results: ['failed DELETING'] });
    const unseen = await wait({ a: ['AVAILABLE', 'DELETED'] }, 'DELETED', { newMs });
    expect(unseen).toMatchObject({ times: [3000, 5500], results: ['reached DELETED'] });
    const flapping = await wait({ a: ['AVAILABLE', 'DELETED', 'AVAILABLE', 'DELETED'] }, 'DELETED', { newMs });
    expect(flapping).toMatchObject({ times: [3000, 5500, 8500, 11_000], results: ['reached DELETED'] });
  });

  test('that was missing from the start is also polled twice', async () => {
    const late = await wait({ a: ['DELETED', 'INITIATING', 'AVAILABLE'] }, 'ready');
    expect(late).toMatchObject({ times: [2500, 5500], results: ['reached AVAILABLE'] });
    expect(await wait({ a: ['DELETED'] }, 'ready')).toMatchObject({ times: [2500], results: ['failed DELETED'] });
    expect(await wait({ a: ['DELETED'] }, 'DELETED')).toMatchObject({ looks: [], results: ['reached DELETED'] });
  });
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
  ])('for %s: %s', (until, verdicts) => {
    expect(statuses.map((status) => short[statusVerdict(until, status)]).join('')).toBe(verdicts);
  });

  test('FAILED after DELETING means that the deletion failed', () => {
    expect(statusVerdict('DELETED', 'FAILED', 'FAILED')).toBe('pending');
    expect(statusVerdict('DELETED', 'FAILED', 'DELETING')).toBe('failed');
  });
});
