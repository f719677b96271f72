import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/atlas/auth.js';
import { type Atlas, createAtlas } from '../../src/atlas/client.js';
import { RequestError } from '../../src/http/request-error.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { json, startServer } from '../helpers/run-cli.js';

/** A client with an access token, unless it has other credentials. */
function client(baseUrl: string, credentials: Partial<Credentials> = {}) {
  const { signal } = new AbortController();
  const token = { kind: 'access-token', accessToken: 't' } as const;
  return createAtlas({ ...token, ...credentials } as Credentials, {
    baseUrl,
    userAgent: 'test',
    clock: fakeClock(),
    signal,
  });
}

async function serve(...args: Parameters<typeof startServer>) {
  const server = await startServer(...args);
  return { server, atlas: client(server.baseUrl) };
}

test('an answer that is not a list is an error', async () => {
  const { atlas } = await serve((_, response) => json(response, 200, { results: {} }));
  await expect(atlas.listServices(defaultProject, 'AWS')).rejects.toThrow(RequestError);
  await expect(atlas.listProjects()).rejects.toThrow(RequestError);
});

describe('a paged list ends', () => {
  const page = (from: number, size = 500) =>
    Array.from({ length: size }, (_, index) => ({
      id: String(from + index).padStart(24, '0'),
      name: `p${from + index}`,
    }));

  const listing = (pageOf: (number: number) => unknown) =>
    serve((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      json(response, 200, pageOf(Number(searchParams.get('pageNum'))));
    });

  test('at a page that is not full', async () => {
    const { server, atlas } = await listing((number) => ({ results: page(number * 500, number < 3 ? 500 : 201) }));
    const [first, ...others] = await atlas.listProjects();
    expect([first, others.length]).toEqual([{ id: '500'.padStart(24, '0'), name: 'p500' }, 1200]);
    expect(server.count()).toBe(3);
  });

  test('at a page with nothing new', async () => {
    const { server, atlas } = await listing(() => ({ results: page(0) }));
    expect((await atlas.listProjects()).map(({ id }) => id)).toEqual(page(0).map(({ id }) => id));
    expect(server.count()).toBe(2);
    const clusters = await listing(() => ({ results: page(0) }));
    expect(await clusters.atlas.listClusters(defaultProject)).toHaveLength(500);
    expect(clusters.server.count()).toBe(2);
  });

  test('not at a page that is not full before the total', async () => {
    const { server, atlas } = await listing((number) => ({ results: page(number * 2, 2), totalCount: 6 }));
    expect(await atlas.listProjects()).toHaveLength(6);
    expect(server.count()).toBe(3);
  });

  test('at the total, even if it has more items', async () => {
    const { server, atlas } = await listing((number) => ({ results: page(number * 500), totalCount: 700 }));
    expect(await atlas.listProjects()).toHaveLength(1000);
    expect(server.count()).toBe(2);
  });

  test('after 100 pages, with an error', async () => {
    const { server, atlas } = await listing((number) => ({ results: page(number * 500) }));
    await expect(atlas.listProjects()).rejects.toThrow('Atlas returned more than 100 pages for one list.');
    expect(server.count()).toBe(100);
  });
});

test.each<[string, (atlas: Atlas) => Promise<unknown>, number]>([
  ['remote regions', (atlas) => atlas.updateService(defaultProject, 'a', ['US_EAST_1']), 2],
  ['the regional mode', (atlas) => atlas.setRegionalMode(defaultProject, true), 2],
  ['a delete', (atlas) => atlas.deleteService(defaultProject, 'AWS', 'a'), 2],
  ['a create', (atlas) => atlas.createService(defaultProject, { provider: 'AWS', atlasRegion: 'US_EAST_1' }), 1],
])('%s needs %3$i requests if the first response is lost', async (_, call, requests) => {
  const service = { cloudProvider: 'AWS', id: 'a', regionName: 'US_EAST_1', status: 'AVAILABLE', enabled: true };
  const { server, atlas } = await serve((__, response, count) =>
    count === 1 ? response.destroy() : json(response, 200, service),
  );
  await call(atlas).catch((error) => expect(error).toMatchObject({ mayHaveArrived: true }));
  expect(server.count()).toBe(requests);
});

test('the id and secret of a service account are sent as they are, to get one token and to revoke it', async () => {
  const seen: unknown[] = [];
  const { server } = await serve(async (request, response) => {
    const body = (await request.toArray()).join('');
    if (request.method === 'POST') seen.push([request.url, request.headers.authorization, body]);
    json(response, 200, request.url === '/api/oauth/token' ? { access_token: 'a' } : []);
  });
  const account = { kind: 'service-account', clientId: 'id', clientSecret: 's:é' } as const;
  const atlas = client(server.baseUrl, account);
  await Promise.all((['AWS', 'AZURE'] as const).map((provider) => atlas.listServices(defaultProject, provider)));
  await atlas.revokeToken('a');
  const authorization = `Basic ${Buffer.from('id:s:é').toString('base64')}`;
  expect(seen).toEqual([
    ['/api/oauth/token', authorization, 'grant_type=client_credentials'],
    ['/api/oauth/revoke', authorization, 'token=a&token_type_hint=access_token'],
  ]);
});

test("knows Atlas's time from the last response that has a plausible one", async () => {
  const dates = [
    'Sat, 01 Aug 2026 00:01:00 GMT',
    'Sat, 01 Aug 2026 00:00:30 GMT',
    'today',
    'Sat, 01 Aug 2020 00:00:00 GMT',
  ];
  const { atlas } = await serve((_, response, count) => json(response, 200, [], { date: dates[count - 1] ?? '' }));
  const known: number[] = [];
  for (const _ of dates) {
    await atlas.listServices(defaultProject, 'AWS');
    known.push(atlas.timeThere(0));
  }
  expect(known).toEqual([60_000, 30_000, 30_000, 0]);
});
