import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { creation, media, openWire, services } from '../helpers/wire.js';

const { atlas, baseUrl, post } = openWire();

const send = (method: string, path: string, body: unknown) =>
  atlas(path, { method, headers: { 'content-type': media }, body: JSON.stringify(body) });

const none = 'f'.repeat(24);
const group = `/api/atlas/v2/groups/${defaultProject}`;
const usEast = { providerName: 'AWS', region: 'us-east-1' };

const fieldsOf = (body: { badRequestDetail: { fields: { field: string }[] } }) =>
  body.badRequestDetail.fields.map(({ field }) => field);

describe('the API', () => {
  test('answers a create with 201, a delete with 202 and {}', async () => {
    const supportedRemoteRegions = ['US_EAST_1'];
    const created = await post({ providerName: 'AWS', region: 'us-west-2', supportedRemoteRegions });
    expect(created.status).toBe(201);
    expect(created.headers.get('content-type')).toBe(`${media};charset=utf-8`);
    expect(created.body).toEqual({
      cloudProvider: 'AWS',
      endpointServiceName: null,
      errorMessage: null,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      interfaceEndpoints: [],
      regionName: 'US_WEST_2',
      status: 'INITIATING',
      supportedRemoteRegions,
    });
    const removed = await atlas(`${services}/${created.body.id}`, { method: 'DELETE' });
    expect([removed.status, removed.body]).toEqual([202, {}]);
  });

  test.each([
    [{ providerName: 'IBM' }, ['providerName', 'region']],
    [[], ['providerName', 'region']],
    [{ ...usEast, providerName: { toString: 1 } }, ['providerName']],
    [{ ...usEast, region: { toString: 1 } }, ['region']],
    [{ ...usEast, supportedRemoteRegions: [{ toString: 1 }] }, ['supportedRemoteRegions']],
  ])('says what is wrong with the create %j, field by field', async (request, fields) => {
    const { status, body } = await post(request);
    expect([status, fieldsOf(body)]).toEqual([400, fields]);
  });

  test('refuses a body that is not JSON', async () => {
    const { status, body } = await atlas(creation, { method: 'POST', headers: { 'content-type': media }, body: '{' });
    expect([status, body.errorCode]).toEqual([400, 'INVALID_JSON']);
  });

  test.each([
    [{ supportedRemoteRegions: 'US_EAST_1' }, ['supportedRemoteRegions']],
    [{ supportedRemoteRegions: [1] }, ['supportedRemoteRegions']],
    [{ supportedRemoteRegions: Array(36).fill('US_EAST_1') }, ['supportedRemoteRegions']],
    [{ cloudProvider: 'IBM' }, ['cloudProvider']],
  ])('says what is wrong with the change %j, field by field', async (change, fields) => {
    const body = { cloudProvider: 'AWS', supportedRemoteRegions: null, ...change };
    const answer = await send('PATCH', `${creation}/${none}`, body);
    expect([answer.status, answer.body.errorCode]).toEqual([400, 'INVALID_ATTRIBUTE']);
    expect(fieldsOf(answer.body)).toEqual(fields);
    expect(answer.body.parameters).toEqual(fields);
  });

  test('accepts only a regional mode that is on or off, and with replica sets only the latter', async () => {
    const path = `${group}/privateEndpoint/regionalMode`;
    const change = (enabled: unknown) => send('PATCH', path, { enabled });
    for (const odd of ['true', 1, null, undefined]) expect(fieldsOf((await change(odd)).body)).toEqual(['enabled']);
    const off = { enabled: false };
    expect([await change(true), await change(false)]).toMatchObject([{ status: 409 }, { status: 202, body: off }]);
    expect((await atlas(path)).body).toEqual(off);
  });

  test.each<[path: string, status: number, errorCode: string, parameters: unknown[]]>([
    [services.replace(defaultProject, 'abc'), 400, 'PATH_PARAM_PARSE_ERROR', ['groupId', 'abc']],
    [services.replace('AWS', 'IBM'), 400, 'PATH_PARAM_PARSE_ERROR', ['cloudProvider', 'IBM']],
    [`${services}/abc`, 400, 'PATH_PARAM_PARSE_ERROR', ['endpointServiceId', 'abc']],
    [`${services}/${none}`, 404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', [none]],
    [services.replace(defaultProject, none), 404, 'GROUP_NOT_FOUND', [none]],
    ['/api/atlas/v2/groups/byName/%E0%A4%A', 400, 'PATH_PARAM_PARSE_ERROR', ['%E0%A4%A']],
    ['/api/atlas/v2/groups/byName/Sandbo', 404, 'GROUP_NOT_FOUND', ['Sandbo']],
    [`/api/atlas/v2/groups/${none}`, 404, 'GROUP_NOT_FOUND', [none]],
    [`${group}/clusters/nope`, 404, 'CLUSTER_NOT_FOUND', ['nope', defaultProject]],
    [`${group}/clusters/constructor`, 404, 'CLUSTER_NOT_FOUND', ['constructor', defaultProject]],
    [`${group}/containers?providerName=IBM`, 400, 'PATH_PARAM_PARSE_ERROR', ['cloudProvider', 'IBM']],
  ])('answers %s with %i %s, and says what it is about', async (path, status, errorCode, parameters) => {
    const answer = await atlas(path);
    const reason = status === 404 ? 'Not Found' : 'Bad Request';
    expect(answer.body).toMatchObject({ error: status, errorCode, reason, parameters });
    if (errorCode === 'CLUSTER_NOT_FOUND') {
      expect(answer.body.detail).toBe(`No cluster named ${parameters[0]} exists in group ${defaultProject}.`);
    }
    expect([answer.status, answer.headers.get('x-error-code')]).toEqual([status, errorCode]);
  });

  test.each([
    ['nowhere', 400, 'INVALID_REGION', 'Bad Request', ['nowhere', 'AWS']],
    ['ap-south-1', 409, 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', 'Conflict', ['AWS AP_SOUTH_1']],
  ])('answers a create in %s with %i %s', async (region, error, errorCode, reason, parameters) => {
    await post({ providerName: 'AWS', region });
    const { status, body } = await post({ providerName: 'AWS', region });
    expect([status, body]).toEqual([error, expect.objectContaining({ error, errorCode, reason, parameters })]);
  });

  test('answers 501 to unsupported requests, and says so', async () => {
    for (const [method, path] of [
      ['GET', `${group}/users`],
      ['PATCH', creation],
      ['GET', '/'],
    ] as const) {
      const { status, body } = await atlas(path, { method });
      expect([status, body.detail]).toEqual([501, expect.stringContaining('The sandbox does not support')]);
    }
  });

  test('requires a versioned media type, of its version or later', async () => {
    const status = async (accept: string) => (await atlas(services, { headers: { accept } })).status;
    expect(await status('application/vnd.atlas.2025-03-12+json')).toBe(200);
    expect(await status('application/vnd.atlas.2022-01-01+json')).toBe(406);
    expect(await status('application/json')).toBe(406);
    for (const [type, expected] of Object.entries({ 'text/plain': 415, 'application/json': 201 })) {
      const request = { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(usEast) };
      expect((await atlas(creation, request)).status).toBe(expected);
    }
  });

  test('answers the older API with the body of the newer one, as Terraform’s import asks for it', async () => {
    const { body: created } = await post({ providerName: 'AZURE', region: 'eastus2' });
    const path = `/groups/${defaultProject}/privateEndpoint/AZURE/endpointService/${created.id}`;
    const older = await atlas(`/api/atlas/v1.0${path}`, { headers: { accept: 'application/json' } });
    expect([older.status, older.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(older.body).toEqual((await atlas(`/api/atlas/v2${path}`)).body);
    expect((await atlas(`/api/atlas/v1x0${path}`)).status).toBe(501);
    expect((await atlas(`/api/atlas/v1.0/groups/${defaultProject}`)).status).toBe(501);
  });

  test('writes a cluster in the requested version', async () => {
    const typeOf = (date: string) => `application/vnd.atlas.${date}+json;charset=utf-8`;
    const cluster = async (date: string) => {
      const accept = `application/vnd.atlas.${date}+json`;
      const one = await atlas(`${group}/clusters/Cluster0`, { headers: { accept } });
      const all = await atlas(`${group}/clusters`, { headers: { accept } });
      expect(all.body.results).toEqual([one.body]);
      expect(all.headers.get('content-type')).toBe(one.headers.get('content-type'));
      expect(one.body.connectionStrings.standard).toMatch(
        /-00\.[^/]+:27017,[^/]+-01\.[^/]+:27017,[^/]+-02\.[^/]+:27017\/\?/,
      );
      const [spec] = one.body.replicationSpecs;
      const { diskSizeGB } = spec.regionConfigs[0].electableSpecs;
      return [one.headers.get('content-type'), spec.numShards, one.body.diskSizeGB, spec.zoneId, diskSizeGB];
    };
    const old = [typeOf('2023-02-01'), 1, 10, undefined, undefined];
    expect(await cluster('2023-01-01')).toEqual([typeOf('2023-01-01'), ...old.slice(1)]);
    expect(await cluster('2023-02-01')).toEqual(old);
    expect(await cluster('2024-08-04')).toEqual(old);
    const newer = [typeOf('2024-08-05'), undefined, undefined, expect.any(String), 10];
    expect(await cluster('2024-08-05')).toEqual(newer);
    expect(await cluster('2025-03-12')).toEqual(newer);
  });

  test('answers the older API about clusters with the oldest body', async () => {
    for (const path of ['clusters', 'clusters/Cluster0', 'clusters/nope']) {
      const [older, oldest] = await Promise.all([
        atlas(`/api/atlas/v1.0/groups/${defaultProject}/${path}`, { headers: { accept: 'application/json' } }),
        atlas(`${group}/${path}`),
      ]);
      expect([older.status, older.body]).toEqual([path.endsWith('nope') ? 404 : 200, oldest.body]);
      expect(older.headers.get('content-type')).toBe('application/json');
    }
  });

  test('has the limits of a project', async () => {
    const limits = await atlas(`${group}/limits`);
    const [nodes, connections] = ['nodesPerPrivateLinkRegion', 'privateServiceConnectionsPerRegionGroup'].map(
      (name) => ({ name: `atlas.project.deployment.${name}`, value: 50, defaultLimit: 50 }),
    );
    expect(limits.body).toEqual([
      { ...nodes, currentUsage: 3, maximumLimit: 90 },
      { ...connections, currentUsage: 0, maximumLimit: 100 },
    ]);
  });

  test('puts any answer into an envelope if asked', async () => {
    for (const path of [services, `${services}/${none}`, `${group}/limits`]) {
      const plain = await atlas(path);
      const wrapped = await atlas(`${path}?pretty=true&envelope=true`);
      expect([wrapped.status, wrapped.body]).toEqual([plain.status, { status: plain.status, content: plain.body }]);
      expect((await atlas(`${path}?envelope=false`)).body).toEqual(plain.body);
    }
  });

  test('writes an answer over lines if asked, and refuses page 0 and pages of none', async () => {
    expect((await atlas(`${group}?pretty=true`)).text).toMatch(/^\{\n {2}"/);
    for (const query of ['pageNum=0', 'itemsPerPage=0', 'pageNum=x'])
      expect((await atlas(`/api/atlas/v2/groups?${query}`)).status, query).toBe(400);
  });

  test('writes clusters and projects in full', async () => {
    const headers = { accept: 'application/vnd.atlas.2024-08-05+json' };
    const cluster = await atlas(`${group}/clusters/Cluster0`, { headers });
    const id = expect.stringMatching(/^[0-9a-f]{24}$/);
    const electableSpecs = { instanceSize: 'M10', nodeCount: 3, diskSizeGB: 10 };
    const ports = [0, 1, 2].map((node) => `cluster0-shard-00-0${node}\\.\\w{5}\\.mongodb\\.net:27017`);
    const query = 'ssl=true&authSource=admin&replicaSet=atlas-[0-9a-f]{6}-shard-0';
    expect(cluster.body).toEqual({
      id,
      name: 'Cluster0',
      groupId: defaultProject,
      stateName: 'IDLE',
      clusterType: 'REPLICASET',
      paused: false,
      links: [],
      mongoDBMajorVersion: '8.0',
      mongoDBVersion: '8.0.12',
      versionReleaseSystem: 'LTS',
      connectionStrings: {
        standard: expect.stringMatching(new RegExp(`^mongodb://${ports.join()}/\\?${query}$`)),
        standardSrv: expect.stringMatching(/^mongodb\+srv:\/\/cluster0\.\w{5}\.mongodb\.net$/),
      },
      replicationSpecs: [
        {
          id,
          zoneId: id,
          zoneName: 'Zone 1',
          regionConfigs: [{ providerName: 'AWS', regionName: 'US_EAST_1', priority: 7, electableSpecs }],
        },
      ],
    });
    const args = await atlas(`${group}/clusters/Cluster0/processArgs`);
    expect([args.status, args.body]).toEqual([200, { minimumEnabledTlsProtocol: 'TLS1_2' }]);
    const project = await atlas(group);
    expect(project.body).toEqual({
      id: defaultProject,
      name: 'Sandbox',
      orgId: id,
      clusterCount: 1,
      tags: [],
      created: '2023-08-31T16:41:11Z',
      links: [{ href: `${baseUrl()}${group}`, rel: 'self' }],
      withDefaultAlertsSettings: true,
    });
    const page = { links: [], results: [project.body], totalCount: 1 };
    expect((await atlas('/api/atlas/v2/groups')).body).toEqual(page);
    const { totalCount, ...uncounted } = page;
    expect((await atlas('/api/atlas/v2/groups?includeCount=false')).body).toEqual(uncounted);
    expect((await atlas('/api/atlas/v2/groups/byName/Sandbox')).body).toEqual(project.body);
  });
});

test.each([
  ['localhost:80', services, 401],
  ['127.0.0.1.evil.example', services, 400],
  ['localhost', '//evil.example/', 400],
])('a request to the Host %s and the target %s gets %i', async (host, path, status) => {
  const answered = new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(baseUrl());
    const request = httpRequest({ host: '127.0.0.1', port, path, setHost: false, headers: { host } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    request.on('error', reject).end();
  });
  expect(await answered).toBe(status);
});
