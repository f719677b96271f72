import { describe, expect, test } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeAtlas, json, ownFolders, ownSandbox, runCli, vpce } from '../helpers/run-cli.js';

/* Every hinted command works unchanged where it was printed. */

const own = ownSandbox({ hints: true });
const { atlas, ends } = own;

function commandsIn(stderr: string): string[] {
  return [...stderr.matchAll(/\batlas-pe (.+)$/gm)].map(([, command = '']) => command);
}

/** Runs the hinted commands one after the other. `connect` only says what it would do, or that no cluster is there. */
async function follow(stderr: string): Promise<void> {
  for (const hinted of commandsIn(stderr)) {
    const isConnect = hinted.startsWith('connect ');
    const command = isConnect ? `${hinted} --dry-run` : hinted;
    const { exitCode, stderr: said } = await atlas(command);
    const isDone = exitCode === 0 || (isConnect && said.includes('No dedicated cluster of the project has nodes in'));
    expect([isDone, said], command).toEqual([true, expect.anything()]);
  }
}

async function created(line: string): Promise<string> {
  return (await atlas(`create ${line} --output id`)).stdout.trim();
}

const failing = [{ method: 'POST', path: '/endpointService', fate: { kind: 'failed', reason: 'Full' } }] as const;

describe('a failed endpoint can be deleted and created again', () => {
  test.each([
    ['--region us-east-1 --remote-region us-west-2', 'create us-east-1 --provider aws --remote-region us-west-2'],
    // It is created again with port mapping.
    ['--region us-central1 --provider gcp --no-port-mapping', 'create us-central1 --provider gcp'],
    ['--region eastus2 --provider azure', 'create eastus2 --provider azure'],
  ])('%s', async (line, again) => {
    own.faults = [...failing];
    const { exitCode, stderr } = await atlas(`create ${line} --wait`);
    const id = await created('--region us-west-1');
    own.faults = [];
    const [remove, create] = commandsIn(stderr);
    expect([exitCode, remove, create]).toEqual([6, expect.stringMatching(/^delete \w+ --wait --yes$/), again]);
    expect(stderr).toMatch(/Hint: Delete it, then create it again:\n {2}atlas-pe .+\n {2}atlas-pe .+\n$/);
    const second = await atlas(`create ${line}`);
    expect([second.exitCode, commandsIn(second.stderr)]).toEqual([5, [remove, create]]);
    await follow(stderr);
    own.sandbox.clock.advance(5000);
    // `get` gives the same hint.
    const shown = await atlas(`get ${id}`);
    expect(shown.stderr).toMatch(
      /^Hint: Delete it, then create it again:\n {2}atlas-pe delete .+\n {2}atlas-pe create .+\n$/,
    );
    await follow(shown.stderr);
    expect((await atlas('list --status initiating --output id')).stdout.trim().split('\n')).toHaveLength(1);
  });

  test('in the project of an import id', async () => {
    const other = '1'.repeat(24);
    await own.restart({ projects: [defaultProject, other] });
    own.faults = [...failing];
    const { stderr } = await atlas(`create --region us-east-1 --wait --project ${other}`);
    own.faults = [];
    const [, id] = /us-east-1 (\w{24}) failed/.exec(stderr) ?? [];
    const shown = await atlas(`get ${other}-${id}`);
    expect(commandsIn(shown.stderr)).toEqual([
      `delete ${other}-${id} --wait --yes`,
      `create us-east-1 --provider aws --project ${other}`,
    ]);
    await follow(shown.stderr);
  });
});

test('both hints can delete an endpoint in use', async () => {
  for (const which of [0, 1]) {
    await atlas('create us-east-1 --wait');
    await atlas(`interface add us-east-1 ${vpce('a')} --wait`);
    const { stderr } = await ends('delete us-east-1 --yes', 5);
    await ends(commandsIn(stderr)[which] ?? '', 0);
    await ends('delete us-east-1 --yes --wait --if-exists', 0);
  }
});

describe('for a missing endpoint', () => {
  const gone = `${defaultProject}-${'6'.repeat(24)}-AWS-eu-west-1`;

  test.each([
    ['get us-east-1', 'create us-east-1'],
    ['wait US_EAST_2 --provider azure', 'create eastus2 --provider azure'],
    [`update ${gone} --add us-west-2`, 'create eu-west-1'],
    [`update ${gone} --add us-west-2 --project ${defaultProject}`, `create eu-west-1 --project ${defaultProject}`],
    [`interface add us-east-1 ${vpce('a')}`, 'create us-east-1'],
  ])('%s hints at creating it there', async (line, command) => {
    const { exitCode, stderr } = await atlas(line);
    expect([exitCode, commandsIn(stderr)]).toEqual([3, [command.replace('create', 'connect'), command]]);
    await follow(stderr);
  });

  test('in another project, the hint names the project', async () => {
    const project = '1'.repeat(24);
    await own.restart({ projects: [defaultProject, project] });
    const { stderr } = await atlas(`get ${project}-${'6'.repeat(24)}-AWS-eu-west-1`);
    const where = `--project ${project}`;
    expect(commandsIn(stderr)).toEqual([`connect eu-west-1 ${where}`, `create eu-west-1 ${where}`]);
    await follow(stderr);
  });

  test('without a known region, the hint has a placeholder', async () => {
    expect((await atlas(`get ${'6'.repeat(24)}`)).stderr).toContain('atlas-pe create REGION\n');
  });

  test.each([
    ['list', ['connect REGION', 'create REGION']],
    ['list --provider azure', ['connect REGION --provider azure', 'create REGION --provider azure']],
    // There may be others.
    ['list --status failed', []],
    ['list --all-projects', []],
  ])('%s hints at the first one', async (line, commands) => {
    const { stdout, stderr } = await atlas(line);
    expect([commandsIn(stderr), stdout]).toEqual([commands, line.includes('--json') ? '[]\n' : '']);
    expect((await atlas(line, { hints: false })).stderr).toBe('');
  });

  test('list without hints if there is one, or a list could not be read', async () => {
    own.faults = [{ path: '*/AZURE/endpointService', status: 500 }];
    expect((await atlas('list')).stderr).not.toContain('atlas-pe connect');
    own.faults = [];
    await created('--region us-east-1');
    expect((await atlas('list')).stderr).toBe('');
  });
});

describe('a ready service', () => {
  /** Where no cluster has nodes, create does not hint at connect. */
  const places = [
    ['AWS', 'US_EAST_1'],
    ['AZURE', 'US_EAST_2'],
    ['GCP', 'US_EAST_4'],
  ] as const;
  const clusters = places.map(([provider, atlasRegion], index) => ({
    name: `Cluster${index}`,
    regions: [{ provider, atlasRegion }],
  }));

  test.each([
    ['us-east-1', 'connect us-east-1'],
    ['eastus2 --provider azure', 'connect eastus2 --provider azure'],
    ['us-east4 --provider gcp --no-port-mapping', undefined],
    // No cluster can use it.
    ['us-west-2', undefined],
  ])('%s is connected by this program, or with the lines for the CLI of its cloud', async (line, connect) => {
    await own.restart({ clusters });
    const { stderr } = await atlas(`create ${line} --wait`);
    const { id } = (await own.json('list'))[0];
    const attach = `interface add ${id} INTERFACE`;
    expect(commandsIn(stderr)).toEqual(connect ? [connect, `${connect} --dry-run`, attach] : [attach]);
    if (connect) await follow(stderr.replace(/.*interface add.*\n/, '').replace(' --dry-run', ''));
  });

  test('can be connected to another network', async () => {
    const azure = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network';
    await atlas('create --provider azure --region eastus2 --wait');
    await atlas(`interface add eastus2 ${azure}/privateEndpoints/p --ip 10.0.0.4 --wait`);
    const { exitCode, stderr } = await atlas('create --provider azure --region eastus2');
    expect([exitCode, commandsIn(stderr)]).toEqual([
      5,
      ['connect eastus2 --provider azure', 'create --provider azure --region eastus2 --if-not-exists'],
    ]);
  });
});

test.each([
  ['delete us-east-1', 'delete us-east-1 --yes'],
  [`interface remove us-east-1 ${vpce('a')}`, `interface remove us-east-1 ${vpce('a')} --yes`],
  ['interface remove us-east-1', 'interface remove us-east-1 INTERFACE --yes'],
  ['--project Sandbox regional-mode enable', '--project Sandbox regional-mode enable --yes'],
])('%s in a pipe sends nothing, and hints how to skip confirmation', async (line, command) => {
  await atlas('create us-east-1 --wait');
  await atlas(`interface add us-east-1 ${vpce('a')}`);
  own.sandbox.exchanges.length = 0;
  const { exitCode, stderr } = await atlas(line);
  expect([exitCode, commandsIn(stderr), own.sandbox.exchanges]).toEqual([2, [command], []]);
});

describe('a project', () => {
  const { publicKey, privateKey } = sandboxKeys;
  const run = (line: string, env: Record<string, string>, stdin = '') =>
    runCli(line.split(' '), { env, stdin, hints: true });

  test('is checked only after sign-in, or for a dry run', async () => {
    const { exitCode, stderr } = await run('list --profile default', ownFolders());
    expect([exitCode, stderr]).toEqual([
      4,
      expect.stringContaining('\n  atlas-pe login\n  atlas-pe connect us-east-1 --sandbox\n'),
    ]);
    const dry = await run('create us-east-1 --dry-run', ownFolders());
    expect([dry.exitCode, dry.stderr]).toEqual([2, expect.stringContaining('No project specified.')]);
    const env = ownFolders();
    await run('config set output table --profile work', env);
    expect((await run('list --profile work', env)).stderr).toContain('\n  atlas-pe login --profile work\n');
  });

  test.each([
    [[defaultProject], ['list --profile work', 'connect REGION --profile work']],
    [[defaultProject, '1'.repeat(24)], ['projects --profile work']],
  ])('is the next step after login, if there are several: %j', async (projects, commands) => {
    await own.restart({ projects });
    const env = { ...ownFolders(), ATLAS_PE_BASE_URL: own.sandbox.baseUrl };
    const login = await run('login --with-key --profile work', env, `${publicKey}\n${privateKey}\n`);
    expect([login.exitCode, commandsIn(login.stderr)]).toEqual([0, commands]);
    expect((await run(commands[0] ?? '', env)).exitCode).toBe(0);
    // If the user has chosen one, the next step is to use it.
    await run(`config set project ${defaultProject} --profile work`, env);
    const again = await run('login --with-key --profile work', env, `${publicKey}\n${privateKey}\n`);
    expect(commandsIn(again.stderr)).toEqual(['list --profile work', 'connect REGION --profile work']);
  });
});

describe("text from Atlas is quoted in a command and can't start a line", () => {
  const service = {
    id: '6'.repeat(24),
    cloudProvider: 'AWS',
    errorMessage: null,
    interfaceEndpoints: [],
    supportedRemoteRegions: ['US_WEST_2 $(touch y)', 'US_WEST_1\n  $(touch y)'],
  };
  test.each([
    ['AVAILABLE', "atlas-pe connect 'us-east-1; touch z' --dry-run", 'US_EAST_1; touch z'],
    ['AVAILABLE', 'atlas-pe connect VALUE --dry-run', "US_EAST_1\\'; touch z; '"],
    ['AVAILABLE', 'atlas-pe connect VALUE --dry-run', 'US_EAST_1\n  rm -rf ~'],
    [
      'FAILED',
      "atlas-pe create 'us-east-1\\$\\(touch z\\)' --provider aws --remote-region VALUE",
      'US_EAST_1$(touch z)',
    ],
  ])('%s', async (status, command, regionName) => {
    const body = [{ ...service, status, regionName, endpointServiceName: 'com.x' }];
    const { run } = await fakeAtlas(({ url }, response) => json(response, 200, url?.includes('/AWS/') ? body : []));
    const { stderr } = await run('get', { hints: true });
    expect(stderr.split('\n')).toContainEqual(expect.stringMatching(new RegExp(`^ {2}${command}$`)));
    expect(stderr).not.toMatch(/^ *(rm|\$)/m);
  });
});
