import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { type ClusterSpec, stageOf } from '../../src/sandbox/world.js';
import { overlapping, standStill } from '../helpers/fake-clock.js';
import { ownSandbox } from '../helpers/run-cli.js';
import { only, results } from '../helpers/scenario.js';
import { Screen } from '../helpers/screen.js';
import { interruptedAt, isWholeSweep } from '../helpers/sweep.js';

/* All regions of clusters in one command: three on one cloud, and some on two and three clouds. */

const onAws = (atlasRegion: string) => ({ provider: 'AWS', atlasRegion }) as const;
const [east, oregon, ireland] = [onAws('US_EAST_1'), onAws('US_WEST_2'), onAws('EU_WEST_1')];
const azure = { provider: 'AZURE', atlasRegion: 'US_EAST_2' } as const;
const google = { provider: 'GCP', atlasRegion: 'US_EAST_4' } as const;
const clusters: ClusterSpec[] = [
  { name: 'wide', regions: [east, oregon, ireland] },
  { name: 'app', regions: [east, ireland, azure] },
  { name: 'reports', regions: [east, google] },
  { name: 'every', regions: [east, azure, google] },
  { name: 'single', regions: [oregon] },
  { name: 'both', regions: [onAws('US_EAST_2'), azure] },
  { name: 'asleep', regions: [oregon, east], paused: true },
  { name: 'free', regions: [east], tier: 'M0' },
];
const own = ownSandbox({ world: { clusters } });
const { json, ends, refused, succeeds } = own;

interface Region {
  region: string;
  interfaceEndpoint: { id: string } | null;
  cloud: Record<string, unknown>;
  steps: { result: string }[];
  notes?: string[];
  error: { message: string } | null;
}
const regionsOf = ({ regions }: { regions: Region[] }) => regions.map(({ region }) => region);

/** There is one of everything in each of this number of regions. */
async function has(number: number, what = ''): Promise<void> {
  const { world, now } = await own.save();
  const isThere = (each: Parameters<typeof stageOf>[0]) => !['deleting', null].includes(stageOf(each, now));
  const services = world.services.filter(isThere);
  const { AWS, AZURE, GCP } = world.clouds;
  const rules = GCP.resources.filter(({ path }) => path.includes('/forwardingRules/'));
  const inClouds = [...AWS.endpoints, ...AZURE.resources, ...rules].filter(({ goneAt }) => (goneAt ?? null) === null);
  const attached = services.flatMap(({ interfaces }) => interfaces.filter(isThere));
  expect([services.length, attached.length, inClouds.length], what).toEqual([number, number, number]);
}

function commandsIn(text: string): string[] {
  return [...text.matchAll(/atlas-pe (.*?)(?= && |$)/gm)].map(([, line = '']) => line.replaceAll("'", ''));
}

const signedOut = () =>
  Object.fromEntries(Object.entries(own.sandbox.env).filter(([name]) => !/^AWS_(?:ACCESS|SECRET)/.test(name)));

const failing = (number: number, path = '*/endpointService', kind: 'failed' | 'never-ready' = 'failed'): Fault => {
  return { path, method: 'POST', nth: only(number), fate: { kind, reason: 'Quota' } };
};

describe('from nothing to the connection strings', () => {
  test.each([
    ['wide', 3],
    ['app,reports', 4],
    ['single', 1],
  ])('of %s, in %i regions; run again, nothing is left to do', async (names, number) => {
    const { stdout, stderr } = await succeeds(`connect --cluster ${names} --yes`);
    const rows = names.split(',').map((name) => `${name}\tmongodb\\+srv://${name}-pl-0\\.\\S+\n`);
    expect(stdout).toMatch(new RegExp(`^${rows.join('')}$`));
    await has(number);
    const [last, waiting, ...lines] = stderr.slice(stderr.lastIndexOf('\n\n')).trim().split('\n').toReversed();
    expect(last).toMatch(/^Connection strings: \S.*, after \d+s$/);
    expect(waiting).toMatch(/^Connection strings: waiting \(estimated \d+ to \d+ minutes\)$/);
    // A single region needs no name.
    const named = number > 1 ? '(?:AWS|Azure|GCP) [-\\w]+: ' : '';
    const created = new RegExp(`^${named}[A-Z][a-zA-Z ]+: (?:creating \\(|\\S+.*, created)`);
    for (const line of lines) expect(line).toMatch(created);
    const { world } = await own.save();
    // It neither asks nor needs --yes.
    expect(await own.atlas(`connect --cluster ${names}`)).toMatchObject({ exitCode: 0, stdout });
    expect((await own.atlas(`connect --cluster ${names} -o id`)).stdout).toBe(stdout.replaceAll(/^\w+\t/gm, ''));
    expect((await own.save()).world).toEqual(world);
  });

  test('half connected, connects the rest, and takes what is there', async () => {
    await succeeds('connect eu-west-1 --yes');
    const made = await json('connect --cluster app --yes');
    expect(regionsOf(made)).toEqual(['us-east-1', 'eu-west-1', 'eastus2']);
    expect([...made.regions, made].map((each) => results(each).join())).toEqual([
      'created,created,created,created',
      'done,done,done',
      'created,created,created',
      'created',
    ]);
    await has(3);
    const ids = made.regions.map(({ interfaceEndpoint }: Region) => interfaceEndpoint?.id);
    const created = [[expect.stringMatching(/^sg-/), ids[0]], [], [ids[2]]];
    expect(made.regions.map(({ cloud }: Region) => cloud.created)).toEqual(created);
    const first = { provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1', error: null };
    const endpoint = { status: 'AVAILABLE', interfaceEndpoints: [ids[0]] };
    expect(made.regions[0]).toMatchObject({ ...first, endpoint });
    const endpoints = ids.map((id: string) => ({ id }));
    expect(made.connectionStrings).toMatchObject([{ cluster: 'app', endpoints }]);
    // Of two clusters that share a region, nothing is left to do for the other one.
    await succeeds('connect us-east4 --provider gcp --yes');
    expect(results(await json('connect --cluster reports'))).toEqual(['done']);
  });

  test('three regions take as long as the slowest one', async () => {
    const took = async (line: string) => {
      await own.restart({ readyAfter: 5000 });
      const clock = overlapping(own.sandbox.clock);
      const started = clock.now();
      await succeeds(`connect ${line} --yes`, { clock });
      return clock.now() - started;
    };
    const slowest = Math.max(await took('us-east-1'), await took('eastus2 --provider azure'));
    for (const name of ['wide', 'app']) expect(await took(`--cluster ${name}`)).toBeLessThanOrEqual(1.3 * slowest);
  });

  test('in regional mode, each region has a string of its own', async () => {
    await own.enableRegionalMode();
    const { notes } = await json('connect --cluster wide --dry-run');
    expect(notes.join()).not.toContain('networks');
    const { stdout } = await succeeds('connect --cluster app --yes --output id');
    expect(stdout.match(/app-pl-\d/g)).toEqual(['app-pl-0', 'app-pl-1', 'app-pl-2']);
    const { connectionStrings } = await json('connect --cluster app');
    const regions = ['us-east-1', 'eu-west-1', 'eastus2'];
    expect(connectionStrings).toMatchObject(regions.map((region) => ({ endpoints: [{ region }] })));
  });
});

describe('the plan', () => {
  test('has a part for each region, then what they have in common', async () => {
    const line = 'connect --cluster app,reports,asleep';
    const { stdout } = await succeeds(`${line} --dry-run`);
    expect(stdout).toMatchSnapshot();
    const plan = await json(`${line} --dry-run`);
    expect(regionsOf(plan)).toEqual(['us-east-1', 'eu-west-1', 'eastus2', 'us-east4']);
    expect(results(plan)).toEqual(['create']);
    for (const text of [...plan.costs, ...plan.notes]) expect(stdout).toContain(text);
    await has(0);
    expect(commandsIn((await ends(line, 2, 'requires a terminal', '')).stderr)).toEqual([`${line} --yes`]);
  });

  test.each([
    ['app --region us-east-1,US_EAST_1', 'us-east-1', 'It has nodes in AWS eu-west-1, Azure eastus2, but'],
    ['app --region us-east-1 --region eastus2', 'us-east-1,eastus2', 'It has nodes in AWS eu-west-1, but'],
    ['app --provider azure', 'eastus2', 'It has nodes in AWS us-east-1, AWS eu-west-1, but'],
    ['app --region US_EAST_2', 'eastus2', 'It has nodes in AWS us-east-1, AWS eu-west-1, but'],
    ['both --region US_EAST_2 --provider aws', 'us-east-2', 'It has nodes in Azure eastus2, but'],
    ['app,reports --provider gcp', 'us-east4', 'app gets no private connection string yet.'],
    ['both,both', 'us-east-2,eastus2', ' in 2 networks. A client must reach all of them: connect the networks.'],
    ['single,reports', 'us-west-2,us-east-1,us-east4', 'connection string of reports leads to nodes in 2 networks.'],
    ['single,asleep', 'us-west-2', 'asleep is paused, and skipped.'],
    ['wide', 'us-east-1,us-west-2,eu-west-1', ' connect the networks, or use --vpc-region.'],
    ['app', 'us-east-1,eu-west-1,eastus2', ' in 3 networks. A client must reach all of them: connect the networks.'],
    [
      'app --vpc-region us-east-1',
      'us-east-1,eu-west-1,eastus2',
      ' in 2 networks. A client must reach all of them: connect the networks.',
    ],
    ['wide', 'us-east-1,us-west-2,eu-west-1', ' have the same range 10.0.0.0/16, so they cannot be connected.'],
  ])('of %s is for %s', async (chosen, regions, note) => {
    const plan = await json(`connect --cluster ${chosen} --dry-run`);
    expect([regionsOf(plan).join(), plan.notes.join('\n')]).toEqual([regions, expect.stringContaining(note)]);
  });

  test('without some regions, the end says once what lacks, and how to connect the others', async () => {
    const line = 'connect --cluster app --region us-east-1 --tag a=b --yes';
    const { stderr } = await ends(line, 0, 'Connection strings: skipped for app\n', '', { hints: true });
    expect(stderr.split('app gets no private connection string yet.')).toHaveLength(2);
    const commands = commandsIn(stderr);
    expect(commands).toEqual(['connect --cluster app --tag a=b --yes']);
    // In a pipe and on another run too.
    expect(commandsIn((await succeeds(line)).stderr)).toEqual(expect.arrayContaining(commands));
    for (const command of commands) await succeeds(command);
    await has(3);
  });
});

describe('what is refused before anything is created', () => {
  const failed = async () => {
    own.faults = [failing(1)];
    await succeeds('create eu-west-1');
    own.sandbox.clock.advance(10_000);
  };
  const worlds = {
    'signed out': async () => {},
    'with a failed service': failed,
    'signed out, with a failed service': failed,
    'without a permission': async () => {
      own.faults = [{ action: 'CreateSecurityGroup', status: 403, code: 'UnauthorizedOperation' }];
    },
    'with a service for Ireland alone': async () => void (await succeeds('create eu-west-1 --wait')),
  };

  test.each<[keyof typeof worlds, string, number, RegExp, string[]]>([
    ['signed out', 'app', 4, /^Warning: AWS us-east-1, AWS eu-west-1: No AWS cred/, ['--region eastus2']],
    ['signed out', 'app,reports', 4, / 2 of the 4 regions cannot be connected/, ['--region eastus2,us-east4']],
    ['signed out', 'app --region us-east-1 --region=eastus2', 4, /us-east-1: No AWS/, ['--region eastus2']],
    ['signed out', 'wide,reports', 4, /AWS us-west-2, AWS eu-west-1: No/, ['--region us-east4']],
    ['signed out', 'app --vpc-region us-east-1', 4, /AWS us-east-1, AWS eu-west-1: No/, ['--region eastus2']],
    ['signed out', 'wide', 4, /\nError: Nothing was created: no region can be connected\.\n$/, []],
    ['signed out', 'single', 4, /^Error: AWS us-west-2: No AWS credentials found/, []],
    ['with a failed service', 'app', 6, /^Warning: AWS eu-west-1: .*: Quota/, ['--region us-east-1,eastus2']],
    [
      'signed out, with a failed service',
      'app',
      4,
      /^Warning: .*1: No AWS.*\nWarning: .*: Quota/,
      ['--region eastus2'],
    ],
    ['without a permission', 'app', 4, /^Warning: .*, AWS eu-west-1: AWS denied ec2:/, ['--region eastus2']],
    ['with a service for Ireland alone', 'app --vpc-region us-east-1', 2, / --add /, ['--region us-east-1,eastus2']],
  ])('%s: %s', async (world, chosen, exitCode, said, others) => {
    await worlds[world]();
    const options = world.includes('signed out') ? { env: signedOut() } : {};
    const stderr = await refused(`connect --cluster ${chosen} --yes --json`, exitCode, said, options);
    const [, ...only] = stderr.split('To connect only the others: ');
    expect(only.flatMap(commandsIn).map((line) => line.replace(/.* (?=--\w+ \S+$)/, ''))).toEqual(others);
    // Of the lines for the same regions, one connects them.
    const isFirst = world !== 'signed out' || chosen === 'app,reports';
    for (const line of only.flatMap(commandsIn))
      await succeeds(isFirst ? line : line.replace('--yes', '--dry-run'), options);
  });

  test.each([
    ['nope', 3, "Cluster 'nope' not found in the project."],
    ['apps', 3, 'Did you mean app?'],
    ['free', 2, / type M0, which does not support private endpoints\.\nHint: Valid values: wide, app, /],
    ['asleep', 5, /^Error: asleep is paused, so nothing was connected\.\nHint: .* connect --cluster asleep --yes\n/],
    ['asleep,app --region us-west-2', 5, 'asleep is paused, so nothing was connected.'],
    ['app --region us-west-2', 2, /no nodes in 'us-west-2'\.\n.* AWS us-east-1, AWS eu-west-1, Azure eastus2\.\n/],
    ['app --provider gcp', 2, 'app has no nodes in the chosen regions.'],
    ['both --region US_EAST_2', 2, / on AWS and eastus2 on Azure\.\n.*\n.* --provider aws\n.* --provider azure\n/],
    ['app us-east-1', 2, 'To choose some of its regions, use --region.'],
    ['app --adopt vpce-0123456789abcdef0', 2, '--adopt is for one region, without --cluster.'],
    ['app --network default', 2, '--network is not an option for AWS or Azure.'],
    ['app --subnet subnet-0123456789abcdef0', 2, /: subnet-\w+ not found in AWS us-east-1, AWS eu-west-1, Azure/],
    ['single --security-group sg-0123456789abcdef0', 3, "security group 'sg-0123456789abcdef0' does not exist"],
  ])('%s', async (chosen, exitCode, said) => {
    await refused(`connect --cluster ${chosen} --yes`, exitCode, said);
    await has(0);
  });

  test('a failed service, and the others are connected: no command is left for them', async () => {
    await failed();
    await succeeds('connect --cluster app --region us-east-1,eastus2 --yes');
    const stderr = await refused('connect --cluster app --yes', 6, '1 of the 3 regions cannot be connected');
    expect(stderr).not.toContain('only the others');
  });

  test('a cluster that is being deleted', async () => {
    const results = [{ id: 'a', name: 'old', stateName: 'DELETING', replicationSpecs: [] }];
    own.faults = [{ path: '*/clusters', status: 200, body: JSON.stringify({ results, totalCount: 1 }) }];
    const said = 'Cluster old is being deleted.\nHint: The project has no dedicated cluster.';
    await refused('connect --cluster old --yes', 3, said);
  });
});

describe('if a region fails after the question', () => {
  test('its interface endpoint is removed while the others wait: it is not connected', async () => {
    const { sandbox } = own;
    const { sleep } = sandbox.clock;
    const meanwhile = 4321;
    // The list of clusters that is read when all regions are connected.
    own.faults = [{ path: '*/clusters', method: 'GET', nth: only(2), delayMs: meanwhile }];
    sandbox.clock.sleep = async (ms, signal) => {
      if (ms === meanwhile) {
        const [{ id }] = (await json('interface list --region eu-west-1')) as [{ id: string }];
        await succeeds(`interface remove eu-west-1 ${id} --yes --wait`);
      }
      return sleep(ms, signal);
    };
    await ends('connect --cluster app --yes', 6, /eu-west-1/, '');
  });

  test.each([
    ['the service', failing(2), ['delete', 'create', 'connect']],
    ['the attachment', failing(2, '*/endpoint'), ['disconnect', 'connect']],
  ])('%s, the others go on, and the commands that it names complete it', async (_, fault, verbs) => {
    own.faults = [fault];
    const { exitCode, stdout, stderr } = await own.atlas('connect --cluster wide,single,reports --yes --json');
    const made = JSON.parse(stdout);
    const [bad, ...more] = made.regions.filter(({ error }: Region) => error) as Region[];
    const where = regionsOf(made).indexOf(`${bad?.region}`);
    expect([exitCode, more, bad?.error]).toMatchObject([6, [], { code: 'endpoint_failed', exitCode: 6 }]);
    expect(regionsOf(made)).toEqual(['us-east-1', 'us-west-2', 'eu-west-1', 'us-east4']);
    const complete = [['single'], ['reports'], ['single', 'reports'], ['single']][where];
    expect(made.connectionStrings.map(({ cluster }: { cluster: string }) => cluster)).toEqual(complete);
    const lines = stderr.trim().split('\n').slice(-3);
    const name = `${where === 3 ? 'GCP' : 'AWS'} ${bad?.region}`;
    expect(lines).toEqual([
      expect.stringContaining(`Warning: ${name}: ${bad?.error?.message} `),
      `Error: ${name} is not connected.`,
      "Hint: Then, to continue: atlas-pe connect --cluster 'wide,single,reports' --yes --json",
    ]);
    // The clusters that lack the region are not waited for.
    expect(stderr.match(/^Warning: /gm)).toHaveLength(1);
    expect(lines[0]).not.toContain('continue');
    expect(lines[0]).toContain('Existing resources: Atlas service');
    // At that time, while the others go on.
    expect(stderr).toMatch(new RegExp(`^${name}: failed after \\d+s$`, 'm'));
    expect(stderr.indexOf(`${name}: failed`)).toBeLessThan(stderr.lastIndexOf(': Attachment: '));
    const todo = lines.flatMap(commandsIn);
    expect(todo.map((line) => line.split(' ')[0])).toEqual(verbs);
    for (const line of todo) await succeeds(line);
    await has(4);
  });

  test.each([
    ['all fail', [{ ...failing(1), nth: only(1, 9) }], 6, /for app\n(?:Warning: .*Quota.*\n){3}Error: .*1 and Azure/],
    ['one is late', [failing(1, undefined, 'never-ready')], 8, /\nWarning: .*: Timed out after 1m: .*\nError: /],
    ['one fails, one is late', [failing(1), failing(2, undefined, 'never-ready')], 6, /\nError: .* and .* are not/],
  ])('%s: the exit code is that of the worst', async (_, faults, exitCode, said) => {
    own.faults = faults;
    const { stderr } = await ends('connect --cluster app --yes --timeout 1m', exitCode, said, '');
    expect(stderr).toMatch(/\nHint: (?:Then, t|T)o continue: atlas-pe connect --cluster app --yes --timeout 1m\n$/);
  });

  test('Ctrl-C is worse than that, and is said once, with what exists', async () => {
    own.faults = [failing(1), failing(2, undefined, 'never-ready')];
    const { stderr } = await ends('connect --cluster app --yes', 130, /\nInterrupted\.\nHint: /, '', {
      onStderr: (text, interrupt) => {
        if (/: (?:VPC|Private) endpoint: /.test(text)) interrupt('SIGINT');
      },
    });
    const [failedOne, ...last] = stderr.trim().split('\n').slice(-5);
    expect(failedOne).toMatch(/^Warning: \w+ [-\w]+: .* failed: Quota\. Existing resources: .*: atlas-pe delete /);
    const exists = expect.stringMatching(/^Warning: \w+ [-\w]+: Existing resources: Atlas service [^:]+\.$/);
    expect(last).toEqual([exists, exists, 'Interrupted.', expect.stringMatching(/^Hint: Then, to continue: \S+ c/)]);
  });

  test.each([
    ['when it prepares', { method: 'GET', path: '*/AWS/endpointService' }, /^Interrupted\.\n$/],
    [
      'when all start',
      { path: '*/endpointService', method: 'POST' },
      // Creates are sent one after the other.
      /Warning: AWS us-east-1: The Atlas service may or .*\nWarning: GCP us-east4: .* nothing was created/,
    ],
    [
      'when strings are awaited',
      { path: '*/clusters', nth: only(3) },
      /^GCP us-east4: Attachment: .*\nConnection strings: waiting .*\nInterrupted\.\nHint: To continue/m,
    ],
  ])('Ctrl-C %s', async (_, request, said) => {
    const { exitCode, stdout, stderr } = await interruptedAt(own, 'connect --cluster reports --yes', request);
    expect([exitCode, stdout, stderr]).toEqual([130, '', expect.stringMatching(said)]);
    await succeeds('connect --cluster reports --yes');
    await has(2);
  });

  test('if the strings cannot be read, the regions are in JSON', async () => {
    own.faults = [{ path: '*/clusters', method: 'GET', status: 503, nth: only(2, 99) }];
    const said = 'All regions are connected. To continue: atlas-pe connect';
    const { stdout } = await ends('connect --cluster reports --yes --json', 1, said);
    expect(JSON.parse(stdout)).toMatchObject({ regions: [{ error: null }, { error: null }], connectionStrings: [] });
  });

  test('Atlas is said once to have a problem, and to respond again', async () => {
    own.faults = [{ path: '*/endpointService/*', method: 'GET', status: 503, nth: only(2, 9) }];
    const { stderr } = await succeeds('connect --cluster app --yes');
    const said = [expect.stringMatching(/ Still waiting\. /), 'Atlas is responding again.'];
    expect(stderr.match(/^Warning.*|.*responding again.*/gm)).toEqual(said);
  });
});

describe('whatever becomes of one request, the next run goes on', { timeout: 240_000 }, () => {
  const line = 'connect --cluster every --yes';

  // Of AWS, the first one is a dry run.
  const changes: [string, Fault][] = [
    ['the service', { path: '*/endpointService', method: 'POST', nth: only(2) }],
    ['the VPC endpoint', { action: 'CreateVpcEndpoint', nth: only(2) }],
    ['the private endpoint', { path: '*/privateEndpoints/*', method: 'PUT', nth: only(1) }],
    ['the forwarding rule', { action: 'compute.forwardingRules.create', nth: only(1) }],
    ['the security group', { action: 'CreateSecurityGroup', nth: only(2) }],
    ['its rule', { action: 'AuthorizeSecurityGroupIngress', nth: only(2) }],
    ['the address', { action: 'compute.addresses.createInternal', nth: only(1) }],
    ['the attachment', { path: '*/endpoint', method: 'POST', nth: only(2) }],
  ];

  // connect-resume.test.ts loses each change of a region alone.
  test.each(isWholeSweep ? changes : changes.slice(0, 4))('%s', async (_, change) => {
    const losses = [{ drop: 'after' }, { drop: 'before' }, { status: 503 }, 'killed'] as const;
    for (const loss of isWholeSweep ? losses : losses.slice(0, 1)) {
      await own.restart();
      if (loss !== 'killed') own.faults = [{ ...change, ...loss }];
      const first = loss === 'killed' ? await interruptedAt(own, line, change) : await own.atlas(line);
      const what = `${JSON.stringify(loss)}\n${first.stderr}`;
      if (loss === 'killed') expect([first.exitCode, first.stdout], what).toEqual([130, '']);
      if (first.exitCode !== 0) await succeeds(line);
      await has(3, what);
    }
  });

  test.each([
    ['app', 3],
    ['reports', 4],
  ])('two runs at once: app and %s', async (other, number) => {
    const runs = ['app', other].map((name) => own.atlas(`connect --cluster ${name} --yes`));
    for (const { exitCode, stdout, stderr } of await Promise.all(runs))
      expect([exitCode, stdout.split('\n').length], stderr).toEqual([0, 2]);
    await has(number);
  });
});

test('--vpc-region puts all endpoints of AWS into one', async () => {
  const { regions, notes } = await json('connect --cluster wide --vpc-region us-east-1 --dry-run');
  expect(new Set(regions.map(({ cloud }: Region) => `${cloud.region} ${cloud.network}`)).size).toBe(1);
  expect(notes).toEqual([]);
  const clock = overlapping(own.sandbox.clock);
  await succeeds('connect --cluster wide --vpc-region us-east-1 --yes', { clock });
  await succeeds('connect --cluster wide --vpc-region us-east-1');
  await has(3);
  // Without the option, a second endpoint would be created in each of the other regions.
  const stderr = await refused('connect --cluster wide --yes', 5, /us-west-2 is already connected .* through vpce-/);
  const alone = 'connect us-west-2';
  expect(commandsIn(stderr)).toEqual(['connect --cluster wide --yes --vpc-region us-east-1', alone]);
  await has(3);
});

describe('on a screen of 60 × 7', () => {
  const size = { columns: 60, rows: 7, convertEol: true };
  /** The rows after two seconds, and the lines after Ctrl-C then. */
  async function stopped(name: string, pattern: RegExp) {
    await own.restart({ readyAfter: 5000 });
    const screen = new Screen(size);
    const clock = overlapping(own.sandbox.clock);
    const ended = own.atlas(`connect --cluster ${name} --yes`, {
      screen,
      stdin: null,
      clock: standStill(clock, clock.now() + 2000),
      onStart: (interrupt) => {
        void screen.shows(pattern, new Promise(() => {})).then(() => {
          rows = screen.lines().flatMap((line) => /(?<=^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ).*/.exec(line) ?? []);
          interrupt('SIGINT');
        });
      },
    });
    let rows: string[] = [];
    expect((await ended).exitCode).toBe(130);
    await screen.written();
    return { rows, lines: screen.lines() };
  }

  test('each region has a row with its step, status and time, which does not repeat the region', async () => {
    const { rows, lines } = await stopped('app', /Azure eastus2 .* 2s/);
    const regions = ['AWS us-east-1', 'AWS eu-west-1', 'Azure eastus2'];
    expect(rows).toEqual(regions.map((region) => `${region}  Atlas service  INITIATING  2s`));
    const ended = lines.filter((line) => line.startsWith('○'));
    expect(ended.toSorted()).toEqual(regions.map((region) => `○ ${region}  interrupted after 2s`).toSorted());
  });

  test('rows that do not fit are counted', async () => {
    const { rows } = await stopped('wide,app,reports,both', /2s\n.*more/);
    expect(rows.slice(3)).toEqual([expect.stringMatching(/ INITIATING {2}\ds$/), '… and 2 more']);
  });

  test('the end has a line for each region, and the strings', async () => {
    const screen = new Screen(size);
    await own.atlas('connect --cluster reports --yes', { screen, stdin: null });
    await screen.written();
    const text = screen.lines().join('\n');
    expect(text).toMatch(/\n✔ AWS us-east-1 {2}connected, vpce-\w+ after \d+s\n/);
    expect(text).toMatch(/\n✔ GCP us-east4 {3}connected,\n +atlas-pe-\w+-\w+\s+after \d+s\n/);
    expect(text).toMatch(/\n✔ Connection strings {2}reports, after \d+s\n\nCLUSTER .*\nreports {2}mongodb/);
  });
});
