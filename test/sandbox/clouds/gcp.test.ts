import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../../src/sandbox/world.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { sharedSandbox } from '../../helpers/own-sandbox.js';
import { startSandbox } from '../../helpers/sandbox.js';

const base = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;
const shared = sharedSandbox();

const post = (path: string, body: unknown) => shared.sandbox.ask(path, { body: JSON.stringify(body) });

/** A GCP service that is ready, in a region that no other test has. */
async function gcp(region: string, portMappingEnabled: boolean) {
  const { body } = await post(`${base}/endpointService`, { providerName: 'GCP', region, portMappingEnabled });
  shared.sandbox.clock.advance(5000);
  const path = `${base}/GCP/endpointService/${body.id}`;
  return {
    read: async () => (await shared.sandbox.ask(path)).body,
    attach: (request: object) => post(`${path}/endpoint`, { gcpProjectId: 'my-project', ...request }),
  };
}

const rule = (endpointName: string) => ({ endpointName, ipAddress: '10.0.0.4' });

describe('a GCP service', () => {
  test('has one attachment with port mapping, else six, as recorded', async () => {
    const counts = [await gcp('us-east4', true), await gcp('us-west1', false)].map(async ({ read }) => {
      const { serviceAttachmentNames: names } = await read();
      return new Set(names).size;
    });
    expect(await Promise.all(counts)).toEqual([1, 6]);
  });

  test('with port mapping takes one rule with the name of the group, and says that it is mapped', async () => {
    const { attach } = await gcp('us-east1', true);
    for (const endpoints of [[rule('a'), rule('b')], [rule('b')], []]) {
      const { status, body } = await attach({ endpointGroupName: 'a', endpoints });
      expect([status, body.badRequestDetail.fields[0].field]).toEqual([400, 'endpoints']);
    }
    const { status, body } = await attach({ endpointGroupName: 'a', endpoints: [rule('a')] });
    expect([status, body.portMappingEnabled]).toEqual([201, true]);
  });

  test('of the older kind takes several rules, and says that it is not mapped', async () => {
    const { attach } = await gcp('us-central1', false);
    const { status, body } = await attach({ endpointGroupName: 'group', endpoints: [rule('a'), rule('b')] });
    expect([status, body.portMappingEnabled]).toEqual([201, false]);
  });

  test.each([
    ['gcpProjectId', { gcpProjectId: '' }],
    ['gcpProjectId', { gcpProjectId: undefined }],
    ['gcpProjectId', { gcpProjectId: 5 }],
    ['endpointGroupName', { endpointGroupName: undefined }],
    ['endpoints', { endpoints: undefined }],
    ['endpoints', { endpoints: 5 }],
    ['endpoints', { endpoints: [null] }],
    ['endpoints', { endpoints: [{ endpointName: 'a', ipAddress: 'b' }] }],
  ])('needs a proper %s: %j', async (field, change) => {
    const request = { gcpProjectId: 'my-project', endpointGroupName: 'group', endpoints: [rule('a')], ...change };
    const { status, body } = await post(`${base}/GCP/endpointService/${'a'.repeat(24)}/endpoint`, request);
    expect([status, body.badRequestDetail.fields.map((each: { field: string }) => each.field)]).toEqual([400, [field]]);
  });
});

/** A sandbox with these clusters at a time, and requests to it. */
async function sandboxAt(start: number, clusters: readonly string[][] = [['GCP/US_EAST_4']]) {
  const places = (regions: readonly string[]) =>
    regions.map((region) => {
      const [provider = '', atlasRegion = ''] = region.split('/');
      return { provider: provider as 'GCP', atlasRegion };
    });
  const world = { clusters: clusters.map((regions, index) => ({ name: `C${index}`, regions: places(regions) })) };
  const sandbox = await startSandbox({ clock: fakeClock(start), world });
  const send = (path: string, body: unknown, method = 'POST') =>
    sandbox.ask(`${base}/${path}`, { body: JSON.stringify(body), method });
  return {
    clock: sandbox.clock,
    close: sandbox.close,
    create: (portMappingEnabled: boolean, providerName = 'GCP', region = 'US_EAST_4') =>
      send('endpointService', { providerName, region, portMappingEnabled }),
    read: async (id: string) => (await sandbox.ask(`${base}/GCP/endpointService/${id}`)).body,
    attach: (id: string, name: string, provider = 'GCP') =>
      send(
        `${provider}/endpointService/${id}/endpoint`,
        provider === 'AWS'
          ? { id: name }
          : { endpointGroupName: name, gcpProjectId: 'my-project', endpoints: [rule(name)] },
      ),
    interfaceOf: async (id: string, name: string) =>
      (await sandbox.ask(`${base}/GCP/endpointService/${id}/endpoint/${name}`)).body,
    setRegionalMode: (enabled: boolean) => send('regionalMode', { enabled }, 'PATCH'),
    strings: async () => {
      const accept = 'application/vnd.atlas.2024-08-05+json';
      const { body } = await sandbox.ask(`/api/atlas/v2/groups/${defaultProject}/clusters`, { accept });
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

const [before, from] = [Date.UTC(2027, 3, 29, 23, 59, 50), Date.UTC(2027, 3, 30)];

describe('the two kinds of services', () => {
  test('can be in one region, one of each, with different host names', async () => {
    const atlas = await sandboxAt(Date.UTC(2026, 7, 1));
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
    await atlas.attach(older.body.id, 'group');
    await atlas.attach(mapped.body.id, 'rule');
    atlas.clock.advance(10_000);
    expect(await atlas.strings()).toEqual([
      [
        ['mongodb+srv://c0-pl-0', 'mongodb://pl-0-us-east-4-0:27015', 'group'],
        ['mongodb+srv://c0-psc-0', 'mongodb://psc-0-us-east-4:1024', 'rule'],
      ],
    ]);
    await atlas.close();
  });

  test('do not change the host names of a cluster on several clouds', async () => {
    const atlas = await sandboxAt(Date.UTC(2026, 7, 1), [['GCP/US_EAST_4', 'AWS/US_EAST_1']]);
    const [mapped, aws] = [await atlas.create(true), await atlas.create(false, 'AWS', 'US_EAST_1')];
    atlas.clock.advance(5000);
    await atlas.attach(mapped.body.id, 'rule');
    await atlas.attach(aws.body.id, `vpce-${'a'.repeat(17)}`, 'AWS');
    atlas.clock.advance(10_000);
    expect(await atlas.strings()).toEqual([
      [['mongodb+srv://c0-pl-0', 'mongodb://pl-0-us-east-4:1024', `rule,vpce-${'a'.repeat(17)}`]],
    ]);
    await atlas.close();
  });

  test('a string leads through services of one kind, which must cover every region', async () => {
    const atlas = await sandboxAt(Date.UTC(2026, 7, 1), [['GCP/US_EAST_4', 'GCP/CENTRAL_US']]);
    const [one, two] = [await atlas.create(false), await atlas.create(true, 'GCP', 'CENTRAL_US')];
    atlas.clock.advance(5000);
    await atlas.attach(one.body.id, 'one');
    await atlas.attach(two.body.id, 'two');
    atlas.clock.advance(10_000);
    expect(await atlas.strings()).toEqual([[]]);
    const other = await atlas.create(true);
    atlas.clock.advance(5000);
    await atlas.attach(other.body.id, 'three');
    atlas.clock.advance(10_000);
    expect(await atlas.strings()).toEqual([
      [['mongodb+srv://c0-psc-0', 'mongodb://psc-0-us-east-4:1024', 'three,two']],
    ]);
    await atlas.close();
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
    await atlas.close();
  });

  test('the older kind no longer serves, and says why', async () => {
    const atlas = await sandboxAt(before - 60_000);
    const { id } = (await atlas.create(false)).body;
    atlas.clock.advance(5000);
    await atlas.attach(id, 'group');
    atlas.clock.advance(10_000);
    expect([await atlas.read(id), await atlas.strings()]).toMatchObject([
      { status: 'AVAILABLE', errorMessage: null },
      [[['mongodb+srv://c0-pl-0', expect.anything(), 'group']]],
    ]);
    atlas.clock.advance(from - atlas.clock.now());
    const errorMessage = expect.stringContaining('30 April 2027');
    expect(await atlas.read(id)).toMatchObject({ status: 'FAILED', errorMessage, endpointGroupNames: ['group'] });
    expect(await atlas.interfaceOf(id, 'group')).toMatchObject({ status: 'FAILED', errorMessage });
    expect(await atlas.strings()).toEqual([[]]);
    expect((await atlas.attach(id, 'other')).body.errorCode).toBe('PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS');
    await atlas.close();
  });
});
