import { beforeEach, describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { messagesIn, ownSandbox, vpce } from '../helpers/run-cli.js';
import { sharded } from '../helpers/sandbox.js';

const own = ownSandbox({ hints: true });
const { atlas, ends, json } = own;
const services = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;
const other = '64f0c2a7e1b2c3d400000001';

describe('remote regions', () => {
  const remote = async () => (await json('get')).supportedRemoteRegions;

  test("are accepted in either spelling, sent in Atlas's, and shown in the cloud's", async () => {
    await atlas('create us-east-1 --remote-region us-west-2,EU_WEST_1 --remote-region us-west-2');
    const post = own.sandbox.exchanges.find(({ method, status }) => method === 'POST' && status === 201);
    expect(JSON.parse(post?.requestBody ?? '')).toMatchObject({ supportedRemoteRegions: ['US_WEST_2', 'EU_WEST_1'] });
    expect(await remote()).toEqual(['us-west-2', 'eu-west-1']);
  });

  test('can be replaced, added and removed', async () => {
    await atlas('create us-east-1 --wait');
    for (const [line, expected] of [
      ['--remote-region us-west-2,eu-west-1', ['us-west-2', 'eu-west-1']],
      ['--add ap-south-1 --remove us-west-2', ['eu-west-1', 'ap-south-1']],
      ['--add eu-west-1 --remove us-west-2', ['eu-west-1', 'ap-south-1']],
      ['--remove eu-west-1,ap-south-1', []],
      ['--remove eu-west-1', []],
    ] as const) {
      await ends(`update us-east-1 ${line}`, 0);
      expect(await remote()).toEqual(expected);
    }
  });

  test.each(['update us-east-1 --add eastus2', 'create --region us-east-1 --remote-region eastus2'])(
    '%s does not suggest another cloud',
    async (line) => {
      await ends(line, 2, "'eastus2' belongs to Azure: use a region of AWS.");
    },
  );

  test('that do not change are listed, and nothing is sent', async () => {
    await atlas('create us-east-1');
    expect((await atlas('update us-east-1 --remove eu-west-1')).stderr).toBe('No change. Remote regions: none.\n');
    await atlas('update us-east-1 --add eu-west-1');
    const { stderr } = await atlas('update us-east-1 --add EU_WEST_1');
    expect(stderr).toBe('No change. Remote regions: eu-west-1.\n');
    expect(own.sandbox.exchanges.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  test('that change later are waited for', async () => {
    await atlas('create us-east-1 --wait');
    const before = (await own.sandbox.ask(`${services}/AWS/endpointService`)).body[0];
    // Atlas shows the change only after two polls.
    const stale = { method: 'GET', path: '/endpointService/*', status: 200, body: JSON.stringify(before) };
    const late = { method: 'PATCH', status: 200, effect: true, body: JSON.stringify(before) };
    own.faults = [late, { ...stale, nth: [{ from: 1, to: 2 }] }];
    const { exitCode, stdout } = await atlas('update us-east-1 --add us-west-2 --wait --json');
    expect([exitCode, JSON.parse(stdout).supportedRemoteRegions]).toEqual([0, ['us-west-2']]);
    own.faults = [late, stale];
    const line = 'update us-east-1 --add eu-west-1 --timeout 30s';
    const slow = await atlas(line);
    expect([slow.exitCode, slow.stdout]).toEqual([8, '']);
    expect(slow.stderr).toMatch(/Timed out after 30s: .* Its remote regions have not changed yet\.$/m);
    expect(slow.stderr).toMatch(`To continue waiting: atlas-pe ${line}\n`);
    own.faults = [];
    expect((await atlas(line)).stderr).toMatch(/^No change\./);
  });

  test('of an endpoint that is not ready are waited for until it is', async () => {
    await atlas('create us-east-1');
    for (const line of ['update us-east-1 --add us-west-2', 'update us-east-1 --add us-west-2 --wait']) {
      expect((await json(line)).status).toBe(line.endsWith('--wait') ? 'WAITING_FOR_USER' : 'INITIATING');
    }
  });

  test('that an existing endpoint lacks are named by create --if-not-exists', async () => {
    await atlas('create us-east-1 --remote-region us-west-2');
    const again = (remote: string) => atlas(`create --region us-east-1 --if-not-exists --remote-region ${remote}`);
    expect((await again('us-west-2')).stderr).not.toContain('Warning');
    const { exitCode, stderr } = await again('us-west-1,us-west-2');
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^Warning: .*: us-west-1\.$/m)]);
    const [, ...words] = /(atlas-pe update .*)/.exec(stderr)?.[1]?.split(' ') ?? [];
    await ends(words.join(' '), 0);
    expect(await remote()).toEqual(['us-west-2', 'us-west-1']);
  });

  test("can't be the endpoint's own region or those of another cloud", async () => {
    await atlas('create us-east-1');
    await atlas('create eastus2 --provider azure');
    await ends('update us-east-1 --add US_EAST_1', 2);
    await ends('update eastus2 --add us-west-2', 2);
    expect(own.sandbox.exchanges.some(({ method }) => method === 'PATCH')).toBe(false);
  });
});

describe('regional mode', () => {
  beforeEach(() => own.change(sharded));

  test('is shown, and changed after confirmation', async () => {
    expect((await atlas('regional-mode get --json --log-format json')).stdout).toContain('"enabled": false');
    const enabled = await atlas('regional-mode enable --yes --json --log-format json');
    expect(JSON.parse(enabled.stdout)).toEqual({ projectId: defaultProject, enabled: true });
    expect(messagesIn(enabled.stderr, 'warning')).toEqual([expect.stringMatching(/^In regional mode/)]);
    expect((await atlas('regional-mode enable --yes')).stderr).toBe('Regional mode is already enabled.\n');
    await ends('regional-mode disable --yes --fields enabled --output tsv', 0, '', 'false\n');
  });

  test('allows several endpoints in a region, and --if-not-exists returns one of them', async () => {
    await own.enableRegionalMode();
    const first = await atlas('create us-east-1 --output id');
    const second = await atlas('create us-east-1 --output id');
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    const taken = await atlas('create us-east-1 --if-not-exists --output id');
    expect([first.stdout, second.stdout]).toContain(taken.stdout);
    // One that stays is preferred to one that is being deleted.
    await atlas(`delete ${first.stdout.trim()} --yes`);
    expect((await atlas('create --region us-east-1 --if-not-exists --output id')).stdout).toBe(second.stdout);
    // The other endpoints are not the result of a lost create, and not a conflict.
    own.sandbox.clock.advance(10_000);
    await atlas('create us-east-1');
    own.sandbox.clock.advance(10_000);
    own.faults = [{ method: 'POST', drop: 'before' }];
    await ends('create us-east-1', 1, '', '');
    own.faults = [];
    const disabled = await atlas('regional-mode disable --yes');
    expect([disabled.exitCode, disabled.stdout]).toEqual([5, '']);
    expect(disabled.stderr).toMatch(
      /delete private endpoints until no region has more than one\. .*: atlas-pe list\n/,
    );
  });
});

describe('connection strings', () => {
  const attach = async (region = 'us-east-1', id = vpce('a')) => {
    await atlas(`create ${region} --wait`);
    await ends(`interface add ${region} ${id} --wait`, 0);
  };

  test('are waited for, and printed with their endpoints', async () => {
    await attach();
    const early = await atlas('connection-strings --json --log-format json');
    expect([early.exitCode, early.stdout, messagesIn(early.stderr, 'note')]).toEqual([
      0,
      '[]\n',
      [expect.stringMatching(/^Cluster0 is UPDATING\. .+: atlas-pe connection-strings --json .* --wait$/)],
    ]);
    const { stdout } = await ends('connection-strings --endpoint us-east-1 --wait --json', 0);
    expect(JSON.parse(stdout)).toEqual([
      {
        cluster: 'Cluster0',
        endpoints: [{ id: vpce('a'), provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' }],
        type: 'MONGOD',
        srvConnectionString: expect.stringMatching(/^mongodb\+srv:\/\/cluster0-pl-0\.\w+\.mongodb\.net$/),
        connectionString: expect.stringMatching(/^mongodb:\/\/pl-0-us-east-1\.\w+\.mongodb\.net:1024,/),
        srvShardOptimizedConnectionString: null,
      },
    ]);
    const narrowed = [`--endpoint ${vpce('a')}`, '--cluster Cluster0', ''].map((flags) =>
      atlas(`connection-strings ${flags} --output id`.replace('  ', ' ')),
    );
    for (const run of await Promise.all(narrowed)) expect(run.stdout).toMatch(/^mongodb\+srv:/);
    await ends(`connection-strings --endpoint ${vpce('b')} --json`, 3);
  });

  test('of a cluster in several regions need an endpoint in each region', async () => {
    const regions = ['US_EAST_1', 'EU_WEST_1'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
    await own.restart({
      clusters: [
        { name: 'app', regions },
        { name: 'small', regions: regions.slice(0, 1) },
        { name: 'wide', regions },
        { name: 'old', regions, paused: true },
      ],
    });
    await attach();
    // Waits only for clusters that can get connection strings.
    const one = await atlas('connection-strings --wait --fields cluster --output tsv');
    expect(one).toMatchObject({ exitCode: 0, stdout: 'small\n' });
    const missing = await atlas('connection-strings --cluster app');
    expect(missing.stderr).toContain('It has nodes in AWS eu-west-1, but no connected interface endpoint there.');
    const all = await atlas('connection-strings', { hints: true });
    expect(all.stderr).toMatch(
      /^Hint: Connect all regions of these clusters: atlas-pe connect --cluster app --cluster wide$/m,
    );
    await ends('connection-strings --cluster app --wait', 3, / atlas-pe connect --cluster app$/m);
    await attach('eu-west-1', vpce('b'));
    const both = await json('connection-strings --cluster app --wait');
    expect(both[0].endpoints.map(({ id }: { id: string }) => id)).toEqual([vpce('a'), vpce('b')]);
  });

  test('are not waited for if none can appear, and the reason is shown', async () => {
    await atlas('create us-east-1 --wait');
    own.faults = [{ method: 'POST', path: '/endpoint', fate: { kind: 'failed', reason: 'Wrong account' } }];
    await atlas(`interface add us-east-1 ${vpce('a')} --wait`);
    own.faults = [];
    await attach('eu-west-1', vpce('b'));
    for (const [flags, why] of [
      ['--cluster Cluster0', 'It has nodes in AWS us-east-1, but no connected interface endpoint there.'],
      ['--endpoint eu-west-1', 'because it has no nodes in AWS eu-west-1'],
      [`--endpoint ${vpce('c')}`, `'${vpce('c')}' not found`],
    ]) {
      await ends(`connection-strings ${flags} --wait`, 3, why ?? '', '');
    }
  });

  test('of a cluster without regions may be in any region', async () => {
    await attach();
    const unknown = {
      name: 'free',
      stateName: 'IDLE',
      replicationSpecs: [{ regionConfigs: [{ providerName: 'ANOTHER' }] }],
    };
    own.faults = [{ path: '/clusters', status: 200, body: JSON.stringify({ results: [unknown], totalCount: 1 }) }];
    await ends(
      'connection-strings --endpoint us-east-1',
      0,
      /^free does not have a private connection string .*: atlas-pe connection-strings .+ --wait\n$/,
    );
  });

  test.each([
    ['M0', /free is a cluster of type M0, which does not support private endpoints/],
    ['FLEX', /free is a cluster of type Flex, which/],
  ] as const)('of a cluster of type %s are not waited for', async (tier, why) => {
    await own.restart({
      clusters: [{ name: 'free', tier, regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] }],
    });
    await attach();
    await ends('connection-strings --wait', 3, why);
    own.sandbox.clock.advance(60_000);
    await ends('connection-strings --json', 0, '', '[]\n');
  });

  test('of another project are read from that project', async () => {
    await own.restart({ projects: [defaultProject, other] });
    const { stdout } = await atlas(`create us-east-1 --project ${other} --wait --output id`);
    const name = `${other}-${stdout.trim()}`;
    const added = await atlas(`interface add ${name} ${vpce('a')} --wait`);
    expect(added.stderr).toContain(`connection-strings --endpoint ${name} --wait`);
    await ends(`connection-strings --endpoint ${name} --wait --output id`, 0, '', /^mongodb/);
    expect((await atlas(`delete ${name} --yes`)).stderr).toContain(`atlas-pe delete ${name} --cascade`);
  });

  test('do not send requests to clouds that are not involved', async () => {
    await attach();
    own.faults = [{ path: '/GCP/endpointService', status: 403 }];
    await ends('connection-strings --wait --output id', 0);
    await ends(`connection-strings --endpoint ${vpce('a')} --output id`, 0);
  });
});

test('list --all-projects shows the endpoints of each project, with a few requests at once', async () => {
  await own.restart({ projects: [defaultProject, other] });
  await atlas('create us-east-1');
  await atlas(`create eastus2 --provider azure --project ${other}`);
  const rows = `us-east-1\t${defaultProject}\neastus2\t${other}\n`;
  await ends('list --all-projects --fields region,projectId', 0, '', rows);
  await ends('list --all-projects --provider azure', 0, '', /^eastus2\t.*\tSandbox-000001\n$/);
  await ends(`list --project ${other} --fields project`, 0, '', `${other}\n`);
});

describe('a change that is interrupted may have been made, and a command checks it', () => {
  const interrupted = (line: string) =>
    atlas(line, {
      onStart: (interrupt) => own.sandbox.onRequest(({ method }) => void (method === 'PATCH' && interrupt('SIGINT'))),
    });

  test.each(['enable', 'disable'])('regional-mode %s', async (verb) => {
    if (verb === 'disable') await own.enableRegionalMode();
    const { exitCode, stdout, stderr } = await interrupted(`regional-mode ${verb} --yes`);
    expect([exitCode, stdout, stderr]).toEqual([130, '', expect.stringMatching(/: atlas-pe regional-mode get\n$/)]);
  });

  test('update', async () => {
    const id = (await atlas('create --region us-east-1 --output id')).stdout.trim();
    const { exitCode, stdout, stderr } = await interrupted('update us-east-1 --add us-west-2');
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(stderr).toMatch(new RegExp(`: atlas-pe get ${id}\n$`));
  });
});

describe('partial read errors', () => {
  test('if everything fails, the error itself is shown', async () => {
    own.faults = [{ method: 'GET', status: 403 }];
    await ends('list --json', 4, '', '');
  });

  test('of many failures three are shown, and the others counted', async () => {
    const third = '64f0c2a7e1b2c3d400000002';
    await own.restart({ projects: [defaultProject, other, third] });
    own.faults = [other, third].map((project) => ({ path: `/groups/${project}/*`, status: 403 }));
    const { exitCode, stderr } = await atlas('list --all-projects');
    expect([exitCode, stderr.match(/\b[A-Z]+ in project /g)?.length]).toEqual([1, 3]);
    expect(stderr).toMatch(/ 3 more failed\.\nHint: .*Project Read Only/);
  });

  test('one failing project leaves the others', async () => {
    await own.restart({ projects: [defaultProject, other] });
    await atlas('create us-east-1');
    own.faults = [{ path: `/groups/${other}/*`, status: 403 }];
    const { exitCode, stdout, stderr } = await atlas('list --all-projects --output id');
    expect([exitCode, stdout.trim()]).toEqual([1, expect.stringMatching(/^[0-9a-f]{24}$/)]);
    expect(stderr).toMatch(new RegExp(`^Error: The list is incomplete\\. AWS \\w+ .*${other}: `, 'm'));
    const json = await atlas('list --all-projects --json');
    expect([json.exitCode, JSON.parse(json.stdout).map(({ id }: { id: string }) => id)]).toEqual([
      1,
      [stdout.trim()],
    ]);
    // Three lists failed, one of each cloud.
    expect([stderr.match(/\b[A-Z]+ in project /g)?.length, /more failed/.test(stderr)]).toEqual([3, false]);
  });
});

describe('--output terraform', () => {
  test('omits what is being deleted', async () => {
    await atlas('create us-east-1');
    await atlas('delete us-east-1 --yes');
    expect((await atlas('list --output terraform')).stdout).not.toContain('us_east_1');
  });

  test('writes a rule without port mapping as a block, even if it is named like its group', async () => {
    await atlas('create us-central1 --provider gcp --no-port-mapping --wait');
    await atlas('create us-east4 --provider gcp');
    await atlas('interface add us-central1 --gcp-project my-project-1 --endpoint rule@10.0.0.5');
    const { stdout } = await atlas('list --output terraform');
    expect(stdout).toContain('  endpoints {\n    endpoint_name = "rule"\n    ip_address    = "10.0.0.5"\n  }\n');
    expect(stdout).not.toContain('private_endpoint_ip_address');
    expect(stdout.match(/^ {2}port_mapping_enabled = true$/gm)).toHaveLength(1);
  });

  test('of a list omits what could not be read, and says so; of one endpoint, it is the error', async () => {
    await atlas('create us-east-1 --wait');
    await atlas(`interface add us-east-1 ${vpce('a')} --wait`);
    own.faults = [{ path: '/endpoint/*', status: 403 }];
    const said = `The list is incomplete. ${vpce('a')} (us-east-1`;
    await ends('list --output terraform', 1, said, /resource "mongodbatlas_privatelink_endpoint" "us_east_1"/);
    await ends('get us-east-1 --output terraform', 4, '', '');
  });

  test("has the user's end on AWS, and regional mode with the whole project", async () => {
    await atlas('connect --region us-east-1 --yes');
    await own.enableRegionalMode();
    const types = async (line: string) =>
      [...(await atlas(`${line} --output terraform`)).stdout.matchAll(/^resource "(\w+)"/gm)].map(([, type]) => type);
    const [service, attached] = ['mongodbatlas_privatelink_endpoint', 'mongodbatlas_privatelink_endpoint_service'];
    const [end, mode] = ['aws_vpc_endpoint', 'mongodbatlas_private_endpoint_regional_mode'];
    expect(await types('list')).toEqual([mode, service, 'aws_security_group', end, attached]);
    expect(await types('get us-east-1')).toEqual([service, 'aws_security_group', end, attached]);

    own.faults = [{ action: 'DescribeVpcEndpoints', status: 403 }];
    await ends('list --output terraform', 0, '', /^# vpce-\w+ could not be read: AWS denied /m);
    expect(await types('list')).toEqual([mode, service, attached]);

    own.faults = [{ path: '/regionalMode', status: 403 }];
    expect(await atlas('list --output terraform')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(`resource "${end}"`),
      stderr: expect.stringContaining(`The list is incomplete. Regional mode of project ${defaultProject}`),
    });
  });
});
