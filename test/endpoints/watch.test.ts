import { describe, expect, test } from 'vitest';
import { toRefusal } from '../../src/atlas/errors.js';
import type { Endpoint } from '../../src/atlas/model.js';
import { InterruptedError } from '../../src/base/errors.js';
import { services } from '../../src/endpoints/services.js';
import { createPoller } from '../../src/endpoints/watch.js';
import type { RequestError } from '../../src/http/request-error.js';
import { endpointOf } from '../helpers/endpoint-of.js';
import { fakeSession } from '../helpers/fake-session.js';

const endpoint = (id: string, status = 'AVAILABLE') => endpointOf({ id, projectId: 'project', status });
const limit = (seconds: number | null = null) => toRefusal(429, { errorCode: 'RATE_LIMITED' }, seconds);
const broken = toRefusal(500, {});
const gone = toRefusal(404, { errorCode: 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND' });
const limits = { tries: 1, timeoutMs: 1000 };

type Answers = Record<string, readonly Endpoint[] | Error>;

/** Polls projects of one endpoint list each. Lists and single reads are given by project and id. */
function start(projects: readonly string[], lists: Answers, singles: Record<string, Endpoint | Error> = {}) {
  const asked: string[] = [];
  let scopesAsked = 0;
  const { session } = fakeSession({
    atlas: {
      listServices: async (project) => {
        asked.push(project);
        const answer = lists[project] ?? [];
        if (answer instanceof Error) throw answer;
        return [...answer];
      },
      getService: async (_project, _provider, id) => {
        asked.push(id);
        const answer = singles[id] ?? gone;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
  });
  const scopesOf = async () => {
    scopesAsked++;
    return projects.map((projectId) => ({ projectId, provider: 'AWS' as const, family: services }));
  };
  const { poll, requests } = createPoller(session, { scopesOf });
  const seen = async () => {
    asked.length = 0;
    const { all, failures } = await poll(limits);
    return {
      ids: all.map(({ id, status }) => `${id} ${status}`),
      failures: failures.map(({ what, error }) => `${what}: ${(error as RequestError).status}`),
      asked: [...asked],
    };
  };
  return { seen, requests, lists, scopesAsked: () => scopesAsked };
}

test('all scopes are read in each poll, and asked for once', async () => {
  const { seen, requests, scopesAsked } = start(['a', 'b'], { a: [endpoint('1')], b: [endpoint('2', 'FAILED')] });
  expect(requests()).toBe(1);
  for (let poll = 0; poll < 2; poll++) {
    expect(await seen()).toEqual({ ids: ['1 AVAILABLE', '2 FAILED'], failures: [], asked: ['a', 'b'] });
  }
  expect([requests(), scopesAsked()]).toEqual([2, 1]);
});

test('what could not be read stays as it was, and is told', async () => {
  const { seen, lists } = start(['a', 'b'], { a: [endpoint('1')], b: [endpoint('2')] });
  await seen();
  lists.a = broken;
  lists.b = [endpoint('2', 'DELETING')];
  expect(await seen()).toEqual({
    ids: ['1 AVAILABLE', '2 DELETING'],
    ...{ failures: ['AWS in project a: 500'], asked: ['a', 'b'] },
  });
  // Those that failed come first.
  lists.a = [];
  expect((await seen()).asked.slice(0, 2)).toEqual(['a', 'b']);
});

test('if nothing could be read, the error with the longest pause is thrown', async () => {
  const { seen } = start(['a', 'b'], { a: limit(3), b: limit(7) });
  await expect(seen()).rejects.toMatchObject({ status: 429, retryAfterMs: 7000 });
  await expect(start(['a'], { a: new InterruptedError('SIGINT') }).seen()).rejects.toBeInstanceOf(InterruptedError);
});

describe('an endpoint that is missing from its list', () => {
  const missing = async (single: Endpoint | Error | undefined) => {
    const { seen, lists } = start(['a'], { a: [endpoint('1'), endpoint('2')] }, single && { 1: single });
    await seen();
    lists.a = [endpoint('2')];
    return seen();
  };

  test('is read by its id, and is gone only if that says so', async () => {
    expect(await missing(undefined)).toEqual({ ids: ['2 AVAILABLE'], failures: [], asked: ['a', '1'] });
    expect((await missing(endpoint('1', 'DELETING'))).ids).toEqual(['2 AVAILABLE', '1 DELETING']);
  });
});

test('missing endpoints are read eight at a time', async () => {
  const all = Array.from({ length: 12 }, (_, index) => endpoint(`${index}`));
  let [lists, reading, most] = [0, 0, 0];
  const { session } = fakeSession({
    atlas: {
      listServices: async () => (lists++ === 0 ? all : []),
      getService: async (_project, _provider, id) => {
        most = Math.max(most, ++reading);
        await new Promise((resolve) => setImmediate(resolve));
        reading--;
        return endpoint(id);
      },
    },
  });
  const scopesOf = async () => [{ projectId: 'a', provider: 'AWS' as const, family: services }];
  const { poll } = createPoller(session, { scopesOf });
  await poll(limits);
  expect([(await poll(limits)).all, most]).toEqual([all, 8]);
});

describe('at the rate limit', () => {
  test('the lists are told as one', async () => {
    const one = start(['a', 'b'], { a: [endpoint('1')], b: limit() });
    expect((await one.seen()).failures).toEqual(['some lists: 429']);
    const many = start(['a', 'b', 'c', 'd'], { a: [endpoint('1')], b: limit(3), c: limit(9), d: broken });
    const { failures } = await many.seen();
    expect(failures).toEqual(['AWS in project d: 500', 'some lists: 429']);
  });

  test('missing endpoints are not read either', async () => {
    const { seen, lists } = start(['a', 'b'], { a: [endpoint('1')], b: [] });
    await seen();
    [lists.a, lists.b] = [[], limit()];
    expect(await seen()).toMatchObject({ ids: ['1 AVAILABLE'], asked: ['a', 'b'] });
  });
});
