import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../../src/sandbox/world.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { testSandbox } from '../../helpers/sandbox.js';

const base = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;
const rule = (endpointName: string) => ({ endpointName, ipAddress: '10.0.0.4' });
const group = (name: string) => ({ gcpProjectId: 'my-project', endpointGroupName: name, endpoints: [rule(name)] });

/** A sandbox with these clusters at a time, and requests to it. */
async function sandboxAt(start = Date.UTC(2026, 7, 1), clusters: readonly string[][] = [['GCP/US_EAST_4']]) {
  const places = (regions: readonly string[]) =>
    regions.map((region) => {
      const [provider = '', atlasRegion = ''] = region.split('/');
      return { provider: provider as 'GCP', atlasRegion };
    });
  const world = { clusters: clusters.map((regions, index) => ({ name: `C${index}`, regions: places(regions) })) };
  const { ask, clock } = await testSandbox({ clock: fakeClock(start), world });
  const send = (path: string, body: unknown, method = 'POST') =>
    ask(`${base}/${path}`, { body: JSON.stringify(body), method });
  return {
    clock,
    create: (portMappingEnabled: boolean, providerName = 'GCP', region = 'US_EAST_4') =>
      send('endpointService', { providerName, region, portMappingEnabled }),
    read: async (path: string) => (await ask(`${base}/GCP/endpointService/${path}`)).body,
    attach: (id: string, request: object, provider = 'GCP') =>
      send(`${provider}/endpointService/${id}/endpoint`, request),
    setRegionalMode: (enabled: boolean) => send('regionalMode', { enabled }, 'PATCH'),
    strings: async () => {
      const accept = 'application/vnd.atlas.2024-08-05+json';
      const { body } = await ask(`/api/atlas/v2/groups/${defaultProject}/clusters`, { accept });
      return body.results.map(
        ({ connectionStrings }: { connectionStrings: { privateEndpoint?: Record<string, string>[] } }) =>
          (connectionStrings.privateEndpoint ?? []).map(
            ({ srvConnectionString = '', connectionString = '', endpoints }) => [
              srvConnectionString.replace(/\..*/, ''),
              connectionString.replace(/\..*?(:\d+),.*/, '$1'),
              (endpoints as unknown as { endpointId: string }[]).map(({ endpointId }) => endpointId).join(),
            ],
          ),
      );
    },
  };
}

/** A service that is ready. */
async function ready(portMappingEnabled: boolean) {
  const atlas = await sandboxAt();
  const { id } = (await atlas.create(portMappingEnabled)).body;
  atlas.clock.advance(5000);
  return { read: () => atlas.read(id), attach: (request: object) => atlas.attach(id, { ...group('a'), ...request }) };
}

describe('a GCP service', () => {
  test.each([
    [true, 1],
    [false, 6],
  ])('with port mapping %j has %i service attachments, as recorded', async (portMapping, count) => {
    const { read } = await ready(portMapping);
    expect(new Set((await read()).serviceAttachmentNames).size).toBe(count);
  });

  test.each([
    ['gcpProjectId', { gcpProjectId: '' }],
    ['endpointGroupName', { endpointGroupName: undefined }],
    ['endpoints', { endpoints: [null] }],
    ['endpoints', { endpoints: [{ endpointName: 'a', ipAddress: 'b' }] }],
  ])('needs a proper %s: %j', async (field, change) => {
    const { attach } = await ready(true);
    const { status, body } = await attach(change);
    expect([status, body.badRequestDetail.fields.map((each: { field: string }) => each.field)]).toEqual([400, [field]]);
  });
});

const [before, from] = [Date.UTC(2027, 3, 29, 23, 59, 50), Date.UTC(2027, 3, 30)];

describe('the two kinds of services', () => {
  test('can be in one region, one of each, with different host names', async () => {
    const atlas = await sandboxAt();
    const [older, mapped] = [await atlas.create(false), await atlas.create(true)];
    expect([older.status, mapped.status]).toEqual([201, 201]);
    for (const kind of [false, true]) {
      expect(await atlas.create(kind)).toMatchObject({
        status: 409,
        body: { errorCode: 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION' },
      });
    }
    expect((await atlas.setRegionalMode(true)).status).toBe(202);
    expect((await atlas.setRegionalMode(false)).status).toBe(202);
    atlas.clock.advance(5000);
    await atlas.attach(older.body.id, group('group'));
    await atlas.attach(mapped.body.id, group('rule'));
    atlas.clock.advance(10_000);
    expect(await atlas.strings()).toEqual([
      [
        ['mongodb+srv://c0-pl-0', 'mongodb://pl-0-us-east-4-0:27015', 'group'],
        ['mongodb+srv://c0-psc-0', 'mongodb://psc-0-us-east-4:1024', 'rule'],
      ],
    ]);
  });
});

describe('from 30 April 2027 on', () => {
  test('the older kind is refused, and the newer is not', async () => {
    const atlas = await sandboxAt(before);
    const { status } = await atlas.create(false);
    atlas.clock.advance(from - atlas.clock.now());
    expect(status).toBe(201);
    const late = await atlas.create(false, 'GCP', 'CENTRAL_US');
    expect(late).toMatchObject({ status: 400, body: { errorCode: 'INVALID_ATTRIBUTE' } });
    expect(late.body.badRequestDetail.fields[0].field).toBe('portMappingEnabled');
    expect((await atlas.create(true)).status).toBe(201);
    expect((await atlas.create(false, 'AWS', 'US_EAST_1')).status).toBe(201);
  });

  test('the older kind no longer serves, and says why', async () => {
    const atlas = await sandboxAt(before - 60_000);
    const { id } = (await atlas.create(false)).body;
    atlas.clock.advance(5000);
    await atlas.attach(id, group('group'));
    atlas.clock.advance(10_000);
    expect([await atlas.read(id), await atlas.strings()]).toMatchObject([
      { status: 'AVAILABLE', errorMessage: null },
      [[['mongodb+srv://c0-pl-0', expect.anything(), 'group']]],
    ]);
    atlas.clock.advance(from - atlas.clock.now());
    const errorMessage = expect.stringContaining('30 April 2027');
    expect(await atlas.read(id)).toMatchObject({ status: 'FAILED', errorMessage, endpointGroupNames: ['group'] });
    expect(await atlas.read(`${id}/endpoint/group`)).toMatchObject({ status: 'FAILED', errorMessage });
    expect(await atlas.strings()).toEqual([[]]);
    expect((await atlas.attach(id, group('other'))).body.errorCode).toBe('PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS');
  });
});
