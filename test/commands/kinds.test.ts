import { describe, expect, test } from 'vitest';
import { kinds } from '../../src/endpoints/kinds/all.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { azureId, requestFile } from '../helpers/kinds.js';
import { ownSandbox, runCli, vpce } from '../helpers/run-cli.js';
import { testSandbox } from '../helpers/sandbox.js';

const own = ownSandbox();
const { ends, json } = own;

const eventHub = {
  provider: 'Azure',
  region: 'eastus2',
  vendor: 'EVENTHUB',
  serviceEndpointId: '/ns',
  dnsDomain: 'n.net',
};

/** By kind: the options of create, the status after the wait, and how requests and answers end. */
const creations: Readonly<Record<string, Record<'options' | 'ready' | 'before', string>>> = {
  'data-federation': {
    options: `us-east-1 --endpoint ${vpce('a')} --dns-name a.vpce.amazonaws.com --comment note`,
    ready: 'OK',
    before: 'PENDING',
  },
  encryption: { options: 'us-east-1', ready: 'ACTIVE', before: 'INITIATING' },
  backup: { options: 'us-east-1 --vpc-region us-west-2', ready: 'ACTIVE', before: 'INITIATING' },
  stream: { options: `--file ${requestFile(eventHub)}`, ready: 'DONE', before: 'IDLE' },
};

describe.each(kinds.map(({ name }) => name))('the kind %s', (kind) => {
  const creation = creations[kind];
  if (!creation) throw new Error(`No row for ${kind}.`);
  const { options, ready, before } = creation;

  test('from create to gone', async () => {
    const created = await json(`create --kind ${kind} ${options}`);
    expect(created).toMatchObject({ kind, projectId: defaultProject, status: before, errorMessage: null });
    const unread = kind === 'data-federation' ? { privateEndpointHostnames: null } : {};
    expect(await json(`list --kind ${kind}`)).toEqual([{ ...created, ...unread }]);
    const waited = await json(`wait --kind ${kind} ${created.id} --timeout 20m`);
    expect(waited).toMatchObject({ id: created.id, status: ready });
    expect({ ...(await json(`get --kind ${kind}`)), ...unread }).toEqual(waited);
    expect({ ...(await json(`get --kind ${kind} ${created.region}`)), ...unread }).toEqual(waited);
    expect(await json(`list --kind ALL --status ready`)).toEqual([waited]);
    expect(await json(`delete --kind ${kind} ${created.id} --yes --wait`)).toEqual({ ...waited, status: 'DELETED' });
    await ends(`list --kind ${kind} --json`, 0, '', '[]\n');
    await ends(`get --kind ${kind} ${created.id}`, 3, 'found in project');
    expect(await json(`delete --kind ${kind} ${created.id} --yes --if-exists`)).toMatchObject({ status: 'DELETED' });
    expect(await json(`wait --kind ${kind} ${created.id} --until DELETED`)).toMatchObject({ status: 'DELETED' });
  });

  test('is created once, also if the answer is lost', async () => {
    own.faults = [{ method: 'POST', drop: 'after' }];
    await ends(`create --kind ${kind} ${options} -o id`, 0, 'was created');
    own.faults = [];
    await ends(`create --kind ${kind} ${options}`, 5, 'already exists');
    await ends(`create --kind ${kind} ${options} --if-not-exists -o id`, 0, 'already exists');
    expect(own.sandbox.exchanges.filter(({ method }) => method === 'POST')).toHaveLength(0);
    expect(await json(`list --kind ${kind}`)).toHaveLength(1);
  });

  test('ends a wait with 6 if it fails or goes away, 8 at the time-out, 130 at Ctrl-C', async () => {
    own.faults = [{ method: 'POST', fate: { kind: 'failed', reason: 'No capacity' } }];
    await ends(`create --kind ${kind} ${options} --wait`, 6, 'No capacity');
    const { id } = await json(`get --kind ${kind}`);
    await ends(`wait --kind ${kind}`, 6, `delete --kind ${kind} ${id} --wait --yes`);
    expect(await json(`list --kind ${kind} --status failed`)).toMatchObject([{ errorMessage: 'No capacity' }]);
    await own.restart();
    own.faults = [{ method: 'POST', fate: { kind: 'vanishes' } }];
    await ends(`create --kind ${kind} ${options} --wait`, 6, 'was deleted');
    await own.restart();
    own.faults = [{ method: 'POST', fate: { kind: 'never-ready' } }];
    await ends(`create --kind ${kind} ${options} --timeout 2s`, 8, `wait --kind ${kind}`);
    const run = await own.atlas(`wait --kind ${kind}`, { onStderr: (_, interrupt) => interrupt('SIGINT') });
    expect(run).toMatchObject({ exitCode: 130, stderr: expect.stringContaining(`wait --kind ${kind}`) });
  });

  test('is gone only when two answers say so', async () => {
    const { id } = await json(`create --kind ${kind} ${options}`);
    const path = `*/${encodeURIComponent(id)}`;
    own.faults = [
      {
        method: 'GET',
        path: kinds.find(({ name }) => name === kind)?.path.replace(/.*\//, '*/') ?? '',
        nth: [{ from: 2, to: 2 }],
        status: 200,
        body: '{"results":[]}',
      },
      { method: 'GET', path, nth: [{ from: 1, to: 1 }], status: 404, code: 'RESOURCE_NOT_FOUND' },
    ];
    expect(await json(`wait --kind ${kind}`)).toMatchObject({ status: ready });
  });
});

test.each([
  ['backup us-east-1', '/backup/AWS/privateEndpoints', { cloudProvider: 'AWS', regionName: 'US_EAST_1' }],
  ['encryption eastus2 --provider azure', '/encryptionAtRest/AZURE/privateEndpoints', { regionName: 'US_EAST_2' }],
  [
    `data-federation us-east-1 --endpoint ${vpce('a')} --dns-name a`,
    '/privateNetworkSettings/endpointIds',
    { endpointId: vpce('a'), provider: 'AWS', type: 'DATA_LAKE', region: 'US_EAST_1', customerEndpointDNSName: 'a' },
  ],
  [`stream --file ${requestFile(eventHub)}`, '/streams/privateLinkConnections', { ...eventHub, provider: 'AZURE' }],
])('create --dry-run --kind %s prints the request and sends nothing', async (options, path, body) => {
  const request = await json(`create --dry-run --kind ${options}`);
  expect(request).toEqual({
    method: 'POST',
    url: expect.stringMatching(`/api/atlas/v2/groups/${defaultProject}${path}$`),
    body,
  });
  expect(own.sandbox.exchanges).toEqual([]);
});

test('encryption at rest on Azure says once what to approve, and ends after the approval', async () => {
  const line = 'create --kind encryption --provider azure --region eastus2';
  const late = await own.atlas(`${line} --timeout 1m`);
  expect(late).toMatchObject({ exitCode: 8 });
  const az =
    /az keyvault private-endpoint-connection approve --vault-name VAULT --resource-group GROUP --name pe-\w{24}/;
  const [warning = '', ...others] = late.stderr.split('\n').filter((each) => each.startsWith('Warning:'));
  expect(warning).toMatch(az);
  expect(others).toEqual([]);
  expect(late.stderr.split('\n').find((each) => each.startsWith('Error:'))).toMatch(az);

  const waited = own.atlas('wait --kind encryption --json', {
    onStderr: (text) => {
      if (text.startsWith('Warning:')) void own.atlas('sandbox approve');
    },
  });
  expect(JSON.parse((await waited).stdout)).toMatchObject({ status: 'ACTIVE' });
});

test('what does not exist, or not there, is not found', async () => {
  expect(await json('wait --kind backup --until DELETED')).toMatchObject({ kind: 'backup', id: null });
  await ends('wait --kind backup', 3, 'create --kind backup');
  const { id } = await json('create --kind backup us-east-1');
  await ends(`get --kind backup us-west-2`, 3, `Existing ones: ${id} (AWS us-east-1, INITIATING)`);
  expect(await json('wait --kind backup us-west-2 --until DELETED')).toMatchObject({ id: null, region: 'us-west-2' });
  // Nothing says that it is deleted while it exists.
  for (const line of ['get', 'wait --until DELETED', 'delete --yes --if-exists'])
    await ends(`${line} --kind backup ${id} --region us-west-2`, 2, 'exists, but it does not match', '');
});

test('Data Federation has the host names some time after it is ready', async () => {
  const line = `create --kind data-federation us-east-1 --endpoint ${vpce('a')} --dns-name a.vpce.amazonaws.com`;
  expect(await json(line)).toMatchObject({ status: 'PENDING', privateEndpointHostnames: [] });
  const early = await own.atlas(`${line} --if-not-exists --wait --json`, { hints: true });
  expect(JSON.parse(early.stdout)).toMatchObject({ status: 'OK', privateEndpointHostnames: [] });
  expect(early.stderr).toContain('Atlas adds the host names some minutes later');
  await own.atlas(`create --kind data-federation --endpoint ${vpce('b')} us-east-1 --dns-name b --wait`);
  own.sandbox.clock.advance(60_000);
  const host = expect.stringMatching(/^instance0-\w+\.a\.query\.mongodb\.net$/);
  expect(await json(`get --kind data-federation ${vpce('a')}`)).toMatchObject({ privateEndpointHostnames: [host] });
  const { stdout } = await own.atlas(`get --kind data-federation ${vpce('a')}`);
  expect(stdout).toMatch(/instance0-\w+\.a\.query/);
  own.faults = [{ method: 'GET', path: '*/dataFederation', status: 403, code: 'USER_UNAUTHORIZED' }];
  expect(await json(`get --kind data-federation ${vpce('a')}`)).toMatchObject({ privateEndpointHostnames: null });
});

test.each([
  [403, 'OTHER', true],
  [400, 'USER_UNAUTHORIZED', true],
  [403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', false],
])(
  'a refusal says which roles the kind needs, unless it is because of the address: %i %s',
  async (status, code, isRole) => {
    own.faults = ['*/endpointIds', '*/encryptionAtRest/*'].map((path) => ({ method: 'GET', path, status, code }));
    const { stderr } = await own.atlas('list --kind data-federation');
    expect(stderr.includes('Creating and deleting require Project Owner.\n')).toBe(isRole);
    await ends('list --kind all --json', isRole ? 0 : 1);
  },
);

test('an id with slashes', async () => {
  await ends(`create --kind data-federation --endpoint ${azureId} --ip 10.0.0.4 --wait -o id`, 0, '', `${azureId}\n`);
  expect(await json(`get --kind data-federation ${azureId}`)).toMatchObject({
    provider: 'AZURE',
    region: null,
    customerEndpointIPAddress: '10.0.0.4',
  });
  await ends(`delete --kind data-federation ${azureId.toLowerCase()} --yes --wait -o id`, 0, 'DELETED');
});

test.each([
  ['create --kind data-federation us-east-1', 'com.amazonaws.vpce.us-east-1.vpce-svc-00e311695874992b4'],
  [
    `create --kind data-federation --service-name com.amazonaws.vpce.us-east-2.vpce-svc-${'1'.repeat(17)}`,
    `--region us-east-2 --service-name com.amazonaws.vpce.us-east-2.vpce-svc-${'1'.repeat(17)}`,
  ],
  ['create --kind data-federation --service-name vpce-svc-1;x', 'is not the name of a PrivateLink service'],
  ['create --kind data-federation us-east-1 --endpoint nope', "'nope'"],
  ['create --kind backup us-east-1 --region us-west-2', 'us-west-2'],
  ['create --kind backup us-east-1 --provider azure', 'Valid values: AWS'],
  ['create us-east4 --kind encryption --provider gcp', 'encryption, which does not exist on all clouds'],
  ['create us-east-1 --file x', '--file is only for --kind stream'],
  ['create --kind stream', '--file'],
  [`create --kind stream --file ${requestFile([])}`, 'Cannot read'],
  ['create --kind encryption us-east-1 --until DELETED', 'create cannot wait for DELETED'],
  ['create --kind nope us-east-1', 'Valid values: cluster, data-federation'],
  ['get --kind backups', 'Did you mean backup?'],
  ['list --kind backup --check', '--check cannot be combined with --kind'],
  ['delete --kind backup us-east-1', 'confirmation'],
])('%s is a usage error', async (line, text) => {
  await ends(line, 2, text, '');
});

test('a list of all kinds notes what may not be read', async () => {
  const sandbox = await testSandbox({ rights: { roles: ['GROUP_READ_ONLY'] } });
  const run = (line: string) => runCli(line.split(' '), { env: sandbox.env, clock: sandbox.clock });
  const { exitCode, stdout, stderr } = await run('list --kind all --json');
  expect([exitCode, stdout]).toEqual([0, '[]\n']);
  expect(stderr.match(/may not read the kind \w+/g)).toEqual([
    'may not read the kind encryption',
    'may not read the kind backup',
  ]);
  expect(await run('list --kind backup')).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('Project Owner role'),
  });
});

test('a list of all kinds is incomplete without those of clusters', async () => {
  own.faults = [{ method: 'GET', path: '*/endpointService', status: 403, code: 'USER_UNAUTHORIZED' }];
  await ends('list --kind all --json', 1, 'AWS: ', '[]\n');
});

test('all kinds over 50 projects are at most 8 requests at once, and one note each', async () => {
  const projects = Array.from({ length: 50 }, (_, index) => index.toString(16).padStart(24, '0'));
  const sandbox = await testSandbox({ world: { projects }, rights: { roles: ['GROUP_READ_ONLY'] } });
  const { ATLAS_PE_PROJECT: _, ...env } = sandbox.env;
  const run = await runCli('list --kind all --all-projects --output tsv'.split(' '), { env, clock: sandbox.clock });
  expect(run).toMatchObject({ exitCode: 0, stdout: '' });
  expect(run.stderr.match(/in 50 of 50 projects/g)).toHaveLength(2);
  expect(sandbox.mostAtOnce()).toBeLessThanOrEqual(8);
  expect(sandbox.requests()).toBeGreaterThan(50 * 8);
});

test('a status that is ready only for another kind is not ready', async () => {
  await json('create us-east-1 --wait');
  const service = { id: 'a'.repeat(24), regionName: 'US_EAST_1', cloudProvider: 'AWS', status: 'ACTIVE' };
  own.faults = [{ path: '*/AWS/endpointService', status: 200, body: JSON.stringify([service]) }];
  expect(await json('list --kind all')).toMatchObject([{ status: 'ACTIVE' }]);
  expect(await json('list --kind all --status ready')).toEqual([]);
  expect(await json('list --kind all --status active')).toHaveLength(1);
});
