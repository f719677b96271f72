import { beforeEach, describe, expect, test } from 'vitest';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { vpce } from '../helpers/run-cli.js';
import { scenario } from '../helpers/scenario.js';

const { own, json, connect } = scenario('AWS');
const { atlas, ends } = own;

const host = 'k1.mongodb.net';
const app = {
  name: 'app',
  cluster: 'Cluster0',
  status: 'AVAILABLE',
  privateEndpointIds: [vpce('a')],
  srvConnectionString: `mongodb+srv://cluster0-cs-app.${host}`,
  connectionString: `mongodb://cs-app-us-east-1.${host}:1024,cs-app-us-east-1.${host}:1025/?ssl=true`,
};
const batch = { name: 'batch', cluster: 'Cluster0', status: 'PENDING', privateEndpointIds: [vpce('b')] };
/** The project uses named strings, and has these. */
const withNamed = (...namedStrings: NonNullable<WorldOptions['namedStrings']>) => own.change({ namedStrings });

async function attach(...ids: string[]) {
  await atlas('create us-east-1 --wait');
  for (const id of ids) await ends(`interface add us-east-1 ${id} --wait`, 0);
  own.sandbox.clock.advance(60_000);
}

const place = { provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' };
const noneByItself = 'no private connection string by itself, because its project uses named ones. It has';
const none = `Cluster0 gets ${noneByItself} none.`;

test('named connection strings are listed with their names and statuses', async () => {
  await withNamed(app, batch);
  await attach(vpce('a'));
  const { stdout, stderr } = await atlas('connection-strings --cluster Cluster0');
  expect(stdout).toMatch(
    /^Cluster0\tapp\tAVAILABLE\tmongodb\+srv:\/\/cluster0-cs-app\.\S+\nCluster0\tbatch\tPENDING\t\n$/,
  );
  expect(stderr).toBe('');
  const [first, second] = await json('connection-strings');
  expect(first).toEqual({
    cluster: 'Cluster0',
    endpoints: [{ id: vpce('a'), ...place }],
    name: 'app',
    status: 'AVAILABLE',
    type: null,
    srvConnectionString: app.srvConnectionString,
    connectionString: app.connectionString,
    srvShardOptimizedConnectionString: null,
  });
  const unknown = { id: vpce('b'), provider: null, region: null, atlasRegion: null };
  expect(second).toMatchObject({ name: 'batch', status: 'PENDING', srvConnectionString: null, endpoints: [unknown] });
  expect(await json(`connection-strings --endpoint ${vpce('a')}`)).toEqual([first]);
  expect((await atlas('connection-strings --output id')).stdout).toBe(`${first.srvConnectionString}\n`);
});

test('one that failed is listed with the reason', async () => {
  await withNamed(
    { ...app, name: 'old', status: 'FAILED', errorMessage: 'No such endpoint.' },
    { ...app, name: 'new', status: 'PENDING', privateEndpointIds: [vpce('c')] },
    { ...app, cluster: 'Cluster1' },
  );
  await attach(vpce('a'), vpce('b'));
  const { stdout, stderr } = await atlas('connection-strings');
  expect(stdout).toMatch(/^Cluster0\told\tFAILED\t\S+\nCluster0\tnew\tPENDING\t\S+\n$/);
  expect(stderr).toContain('To wait: atlas-pe connection-strings --wait\n');
  const line = `connection-strings --endpoint ${vpce('a')}`;
  const said = `${noneByItself} old (FAILED: No such endpoint.), new (PENDING). In Atlas, correct old.\n`;
  await ends(line, 0, said, /^Cluster0\told\tFAILED\t\S+\n$/);
  await ends(`${line} --wait`, 3, said, '');
  await ends(`${line} --output id`, 0, said, '');
});

test('a wait for one that must be made in Atlas ends at once', async () => {
  await withNamed();
  await attach(vpce('a'));
  const before = own.sandbox.clock.now();
  await ends(
    'connection-strings --wait --cluster Cluster0',
    3,
    `${none} Create one in Atlas for ${vpce('a')}.\n`,
    '',
  );
  expect(own.sandbox.clock.now() - before).toBeLessThan(1000);
  await withNamed(app, batch);
  const { stdout } = await ends('connection-strings --wait --cluster Cluster0 --output id', 0);
  expect(stdout).toMatch(/cluster0-cs-app/);
});

describe('clusters of several regions, of which one is connected', () => {
  const regions = [
    { provider: 'AWS', atlasRegion: 'US_EAST_1' },
    { provider: 'AZURE', atlasRegion: 'US_EAST_2' },
  ] as const;
  beforeEach(async () => {
    await own.restart({ clusters: ['app', 'shop'].map((name) => ({ name, regions })) });
    await attach(vpce('a'));
  });
  const ofApp = { ...app, cluster: 'app' };
  const ofShop = { ...app, cluster: 'shop' };

  test('work with named ones for doctor and list --check', async () => {
    await withNamed(ofApp, ofShop);
    await ends('list --check --fields check', 0, '', 'ok\n');
    const { stdout } = await atlas('doctor --no-network');
    expect(stdout).toMatch(/✔ Clusters .*app, shop: IDLE, have private connection strings/);
    await withNamed(ofApp);
    await ends('list --check --fields check', 6, /problems/, 'shop has no connection string\n');
  });

  test('are waited for while theirs is PENDING, and named if they have none', async () => {
    const line = 'connection-strings --wait --timeout 2m';
    await withNamed(ofApp, { ...ofShop, status: 'PENDING' });
    await ends(line, 8, 'Timed out after 2m: shop does not have', /^app\tapp\tAVAILABLE\t\S+\n$/);
    await withNamed(ofApp);
    await ends(line, 0, `shop gets ${noneByItself} none. Create one in Atlas for ${vpce('a')}.`, /^app\t/);
  });
});

test('connect says what is missing instead of waiting for it, and prints it once it is there', async () => {
  await withNamed();
  const before = own.sandbox.clock.now();
  const first = await own.atlas(`${connect} --json`);
  expect([first.exitCode, own.sandbox.clock.now() - before < 5 * 60_000], first.stderr).toEqual([0, true]);
  const made = JSON.parse(first.stdout);
  expect(made).toMatchObject({ interfaceEndpoint: { status: 'AVAILABLE' }, connectionStrings: [] });
  expect(made.steps.at(-1)).toMatchObject({ id: 'connection-strings', result: 'skipped' });
  const { id } = made.interfaceEndpoint;
  const notes = first.stderr.split('\n').filter((line) => line.includes(none));
  expect(notes[0]).toContain('Create one in Atlas for its private endpoints.');
  expect(notes.at(-1)).toContain(`Create one in Atlas for ${id}.`);

  own.sandbox.clock.advance(60_000);
  await withNamed({ ...app, privateEndpointIds: [id] }, batch);
  const second = await json(connect);
  expect(second.connectionStrings).toMatchObject([{ name: 'app', endpoints: [{ id }] }]);
  expect(second.steps.at(-1)).toMatchObject({ result: 'done' });
});

test('connect --cluster does the same', async () => {
  await withNamed();
  const { exitCode, stderr, stdout } = await own.atlas('connect --cluster Cluster0 --yes --json');
  expect([exitCode, JSON.parse(stdout).connectionStrings], stderr).toEqual([0, []]);
  expect(stderr).toContain(none);
});

test('doctor looks for one through the endpoint, and says what is missing', async () => {
  await withNamed();
  await attach(vpce('a'));
  const report = async () => {
    const { stdout } = await own.atlas('doctor us-east-1 --json');
    const { checks } = JSON.parse(stdout).categories.find(({ name }: { name: string }) => name === 'clusters');
    return checks.map(({ result, detail }: { result: string; detail: string }) => `${result}: ${detail}`).join('\n');
  };
  expect(await report()).toContain(`error: ${noneByItself} none. Create one in Atlas for ${vpce('a')}`);
  await withNamed(app, batch);
  expect(await report()).toMatch(/success: mongodb\+srv:\/\/cluster0-cs-app\./);
});

test('a removal names those that it breaks', async () => {
  await withNamed(app, batch);
  await attach(vpce('a'), vpce('b'));
  const { stderr } = await ends(`interface remove us-east-1 ${vpce('b')} --yes`, 0);
  expect(stderr).not.toContain('cluster0-cs-app');
  const { connectionString } = (await json('connection-strings'))[0];
  expect(connectionString).toContain('cs-app');
  expect(await json(`interface remove us-east-1 ${vpce('a')} --yes`)).toMatchObject({
    breaks: [{ cluster: 'Cluster0', connectionString: expect.stringContaining('cluster0-cs-app') }],
  });
});

test('a wait lasts until one that Atlas is creating is there, or failed', async () => {
  const pending = { ...app, status: 'PENDING' };
  const line = 'connection-strings --cluster Cluster0 --wait --timeout 20m';
  const during = async (after: object) => {
    await withNamed(pending);
    let polls = 0;
    own.sandbox.onRequest(({ url = '' }) => {
      if (/\/clusters\?/.test(url) && ++polls === 3) void withNamed({ ...pending, ...after });
    });
    return atlas(line);
  };
  await withNamed(pending);
  await attach(vpce('a'));
  const there = await during({ status: 'AVAILABLE' });
  expect([there.exitCode, there.stdout], there.stderr).toEqual([0, expect.stringContaining('cluster0-cs-app')]);
  const failed = await during({ status: 'FAILED', errorMessage: 'No such endpoint.' });
  expect([failed.exitCode, failed.stdout]).toEqual([6, '']);
  expect(failed.stderr).toContain(`Error: Cluster0 gets ${noneByItself} app (FAILED: No such endpoint.). In Atlas,`);
  expect(failed.stderr).not.toContain('Hint:');
});

test('doctor gives no command that cannot end well', async () => {
  await withNamed(app, batch);
  await attach(vpce('a'));
  const doctor = async () => (await own.atlas('doctor us-east-1 --output table')).stdout;
  await ends(`interface add us-east-1 ${vpce('b')} --wait`, 0);
  const updating = await doctor();
  expect(updating).toContain('UPDATING: new connection strings appear when it is IDLE');
  // The one through the second endpoint is being created.
  expect(updating.match(/--wait/g)).toHaveLength(1);
  await withNamed(app);
  own.sandbox.clock.advance(60_000);
  const idle = await doctor();
  expect(idle).toContain(`Create a named connection string in Atlas for ${vpce('b')}.`);
  await withNamed();
  const without = await doctor();
  expect(without).toContain(`${noneByItself} none. Create one in Atlas for`);
  for (const text of [idle, without]) expect(text).not.toMatch(/--wait|Cluster0: Cluster0/);
});

const settings = '*/settings';
const named = '*/privateEndpointConnectionStrings';

test.each([400, 404, 406])('without the setting (%i), no string has a name', async (status) => {
  await attach(vpce('a'));
  own.faults = [{ path: settings, status }];
  const { stdout, stderr } = await atlas('connection-strings --json');
  expect(JSON.parse(stdout)[0]).toMatchObject({ name: null, status: null, type: 'MONGOD' });
  expect(stderr).toBe('');
  expect(await json(`interface remove us-east-1 ${vpce('a')} --yes`)).toMatchObject({ breaks: [expect.anything()] });
});

test.each([403, 500, 503])(
  'settings that cannot be read (%i) are warned of, and the rest is shown',
  async (status) => {
    own.faults = [{ path: settings, status }];
    const made = await own.atlas(`${connect} --json`);
    expect([made.exitCode, JSON.parse(made.stdout).connectionStrings], made.stderr).toMatchObject([
      0,
      [{ name: null }],
    ]);
    const before = own.sandbox.clock.now();
    const { stdout, stderr } = await atlas('connection-strings --json');
    expect(JSON.parse(stdout)[0]).toMatchObject({ name: null, type: 'MONGOD' });
    for (const text of [made.stderr, stderr])
      expect(text).toMatch(/^Warning: The settings of the project could not be read: .*\d{3}\)\.$/m);
    expect(own.sandbox.clock.now() - before).toBeLessThan(300);
  },
);

test('settings are asked for once in a command', async () => {
  await withNamed(app);
  let asked = 0;
  own.sandbox.onRequest(({ url = '' }) => {
    if (url.endsWith('/settings')) asked++;
  });
  await json(connect);
  expect(asked).toBe(1);
});

test('connect says why it waits if the settings cannot be read, and ends when they can', async () => {
  await withNamed();
  own.faults = [{ path: settings, status: 500 }];
  const late = await own.atlas(`${connect} --timeout 20m`);
  expect([late.exitCode, late.stderr]).toEqual([
    8,
    expect.stringContaining('The settings of the project could not be'),
  ]);
  let asked = 0;
  own.sandbox.onRequest(({ url = '' }) => {
    if (url.endsWith('/settings') && ++asked === 3) own.faults = [];
  });
  await ends('connection-strings --wait --timeout 20m', 6, none, '');
});

test('what cannot be read of one cloud or cluster leaves the rest', async () => {
  await withNamed(app);
  await attach(vpce('a'));
  own.faults = [{ path: '*/privateEndpoint/GCP/endpointService', status: 403 }];
  expect(await ends('connection-strings --cluster Cluster0', 0, '')).toMatchObject({ stderr: '' });
  own.faults = [{ path: '*/privateEndpoint/AWS/endpointService', status: 403 }];
  const unread = await ends(
    'connection-strings',
    0,
    'Warning: The private endpoint services on AWS could not be read',
  );
  expect(unread.stdout).toContain('cluster0-cs-app');
  own.faults = [{ path: named, status: 403 }];
  await ends('connection-strings', 0, 'Warning: The named connection strings of Cluster0 could not be read', '');
});

test.each([
  [settings, 403],
  [settings, 500],
  [named, 500],
  [named, 406],
])('a removal says so if it cannot read what it breaks: %s %i', async (path, status) => {
  await withNamed(app);
  await attach(vpce('a'));
  own.faults = [{ path, status }];
  const said = 'Warning: Cannot read which connection strings stop working.';
  const { stdout } = await ends(`interface remove us-east-1 ${vpce('a')} --yes --json`, 0, said);
  expect(JSON.parse(stdout).breaks).toBeNull();
});

test('disconnect --cluster warns of it too', async () => {
  await json(connect);
  own.faults = [{ path: settings, status: 403 }];
  await ends('disconnect --cluster Cluster0 --yes', 0, 'Warning: The settings of the project could not be read: ');
});

test('a wait finds named ones at each poll', async () => {
  await withNamed(app);
  await attach(vpce('a'));
  await ends(`interface add us-east-1 ${vpce('b')} --wait`, 0);
  const line = 'connection-strings --cluster Cluster0 --wait --timeout 20m';
  expect((await ends(line, 0)).stdout).toContain('cluster0-cs-app');
});
