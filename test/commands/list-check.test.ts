import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { clusterWith, service } from '../helpers/doctor-world.js';
import { fakeAtlas, json, ownSandbox, vpce } from '../helpers/run-cli.js';

const own = ownSandbox();
const { atlas, ends } = own;
const attached = 'vpce-0123456789abcdef0';

async function run(...lines: readonly string[]): Promise<void> {
  for (const line of lines) await ends(line, 0);
}

const connected = [
  'create us-east-1 --wait',
  `interface add us-east-1 ${attached} --wait`,
  'connection-strings --wait',
];

describe('the column CHECK', () => {
  test('is ok for an endpoint that works', async () => {
    await run(...connected);
    await ends('list --check', 0, /^$/, /\tAVAILABLE\t1\t\d+s\t[0-9a-f]{24}\tok\n$/);
  });

  test('says what is wrong, and the exit code is 6', async () => {
    await run(...connected, 'create eu-west-1 --wait');
    const said = /^Error: One private endpoint service has problems\.\nHint: .*: atlas-pe doctor \w{24}\n$/;
    const rows = 'us-east-1\tok\neu-west-1\tno cluster nodes in its region\n';
    await ends('list --check --fields region,check', 6, said, rows);
  });

  test('of a warning does not change the exit code', async () => {
    await own.restart({ clusters: [{ name: 'Cluster0', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' }] }] });
    await run(
      'create --provider gcp --region us-east4 --no-port-mapping --wait',
      `interface add us-east4 --gcp-project my-project-1 --group g ${endpoints()} --wait`,
      'connection-strings --wait',
    );
    await ends('list --check --fields check', 0, '', 'no port mapping (ends 30 April 2027)\n');
  });

  test('counts the endpoints of other regions that a filter leaves out', async () => {
    const regions = ['US_EAST_1', 'EU_WEST_1'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
    await own.restart({ clusters: [{ name: 'Cluster0', regions }] });
    await run('create us-east-1 --wait', `interface add us-east-1 ${attached} --wait`);
    own.sandbox.clock.advance(60_000);
    const one = await atlas('list --check --region us-east-1 --fields check');
    expect(one.stdout).toBe('Cluster0: no interface endpoint in AWS eu-west-1\n');
    await own.enableRegionalMode();
    await run('create eu-west-1 --wait');
    await run('interface add eu-west-1 vpce-0fedcba9876543210 --wait', 'connection-strings --wait');
    const both = await atlas('list --check --region us-east-1 --fields region,check');
    expect(both.stdout).toBe('us-east-1\tok\n');
  });

  test('is empty if the clusters cannot be read, and the list is incomplete', async () => {
    await run('create us-east-1 --wait');
    own.faults = [{ path: '/clusters', status: 403 }];
    const { stdout, stderr, exitCode } = await atlas('list --check --json');
    expect(JSON.parse(stdout)).toMatchObject([{ region: 'us-east-1', check: null }]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/The list is incomplete\. Clusters of project/);
    const { text } = await own.inTerminal('list --check --all-projects', { columns: 80 });
    expect(text).toMatch(/ not checked +Sandbox$/m);
  });
});

function endpoints(): string {
  return `--endpoint ${Array.from({ length: 6 }, (_, index) => `rule-${index}@10.0.0.${index + 4}`).join()}`;
}

test('a FAILED endpoint shows its reason', async () => {
  own.faults = [{ method: 'POST', fate: { kind: 'failed', reason: 'No capacity.' } }];
  await atlas('create us-east-1');
  await atlas('wait us-east-1');
  const { stdout } = await atlas('list --check --fields status,check');
  expect(stdout).toMatch(/^FAILED\tFAILED: No capacity\./);
});

/** A project whose service has these interface endpoints, with these statuses; strings lead through some. */
async function checkWith(interfaces: Record<string, string>, used: readonly string[]) {
  const { run, count } = await fakeAtlas(({ url = '' }, response) => {
    const list = /\/privateEndpoint\/(\w+)\/endpointService$/.exec(url)?.[1];
    const interfaceEndpoints = Object.keys(interfaces);
    if (list !== undefined) return json(response, 200, list === 'AWS' ? [{ ...service, interfaceEndpoints }] : []);
    const [id = ''] = /vpce-\w+$/.exec(url) ?? [];
    if (id !== '') return json(response, 200, { connectionStatus: interfaces[id] });
    const privateEndpoint = used.map((endpointId) => ({
      srvConnectionString: 'mongodb+srv://a.b',
      endpoints: [{ endpointId }],
    }));
    json(response, 200, { results: [clusterWith({}, { privateEndpoint })], totalCount: 1 });
  });
  return { ...(await run('list --check --fields check')), requests: count() };
}

test('a project needs at most three requests beside the lists, whatever the interface endpoints', async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `vpce-${String(index).padStart(17, '0')}`);
  const rejected = Object.fromEntries(ids.map((id) => [id, 'REJECTED']));
  const { stdout, exitCode, requests } = await checkWith(rejected, []);
  expect([exitCode, requests]).toEqual([6, 3 + 3]);
  expect(stdout).toMatch(new RegExp(`^${ids[0]} REJECTED; ${ids[1]} REJECTED; .*connection string`));
});

describe('interface endpoints', () => {
  const [a, b, c] = [vpce('a'), vpce('b'), vpce('c')];

  const three = { [a]: 'AVAILABLE', [b]: 'AVAILABLE', [c]: 'FAILED' };

  test.each<[what: string, interfaces: Record<string, string>, used: string[], said: string]>([
    ['that were rejected are found, even if a string leads through them', { [a]: 'REJECTED' }, [a], `${a} REJECTED`],
    ['that no connection string leads through are read first', three, [a, b], `${c} FAILED\n`],
    ['that are not read and in no connection string are not ok', three, [], 'Cluster0 has no connection string\n'],
  ])('%s', async (_, interfaces, used, said) => {
    const { stdout, exitCode, requests } = await checkWith(interfaces, used);
    expect(stdout.slice(0, said.length)).toBe(said);
    expect(exitCode).toBe(6);
    expect(requests).toBeLessThanOrEqual(3 + 3);
  });
});

describe('a cloud that cannot be read', () => {
  const azure = [{ path: '/AZURE/endpointService', status: 403 }] as const;

  test('does not keep the endpoints on other clouds from being checked', async () => {
    await run(...connected, 'create us-east-2 --wait');
    own.faults = [...azure];
    const rows = 'us-east-1\tok\nus-east-2\tno cluster nodes in its region\n';
    await ends('list --check --fields region,check', 1, /The list is incomplete\. AZURE/, rows);
  });

  test('is not asked if --provider leaves it out', async () => {
    await run(...connected);
    own.faults = [...azure];
    const before = own.sandbox.exchanges.length;
    await ends('list --check --provider aws --fields check', 0, '', 'ok\n');
    // The list, the clusters and the interface endpoint.
    expect(own.sandbox.exchanges.length - before).toBe(3);
  });

  test.each<[line: string, faults: readonly Fault[], exit: number, stderr: string, stdout: string]>([
    ['list --check --provider aws', [], 6, '', 'Cluster0: no interface endpoint in Azure eastus2\n'],
    ['list --check', azure, 1, 'The list is incomplete. AZURE', 'Cluster0 has no connection string\n'],
    ['list --check --provider aws', azure, 1, 'The list is incomplete. AZURE', 'Cluster0 has no connection string\n'],
  ])('with cluster nodes on it is asked by %s, and lacks endpoints only if it answers: %j', async (line, ...more) => {
    const [faults, exit, stderr, stdout] = more;
    const onAzure = { provider: 'AZURE', atlasRegion: 'US_EAST_2' } as const;
    await own.restart({
      clusters: [{ name: 'Cluster0', regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }, onAzure] }],
    });
    await run('create us-east-1 --wait', `interface add us-east-1 ${attached} --wait`);
    own.sandbox.clock.advance(60_000);
    own.faults = faults;
    await ends(`${line} --fields check`, exit, stderr, stdout);
  });
});
