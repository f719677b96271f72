import { expect, test } from 'vitest';
import { commandFirst } from '../../src/command-first.js';
import type { Context } from '../../src/context.js';
import { allCommands } from '../../src/program/shared.js';
import { tree } from '../../src/program/tree.js';
import { createProgram } from '../../src/program.js';
import { runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

const screen = { width: 80, write: () => undefined };

class Dispatched extends Error {}

/** The options that a command line comes to, or the message of what is wrong with it. */
async function parse(line: string): Promise<unknown> {
  let options: unknown;
  const program = createProgram(screen, (given): Promise<Context> => {
    options = given;
    throw new Dispatched();
  });
  try {
    const { argv } = commandFirst(tree, line.split(' '));
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Dispatched)) return error instanceof Error ? error.message.split('\n')[0] : error;
  }
  return options;
}

const color = true;

test.each([
  ['create --region us-east-1', { region: 'us-east-1' }],
  [
    'create --region r --provider gcp --wait --until AVAILABLE --timeout 20m --if-not-exists --dry-run',
    {
      ...{ region: 'r', provider: 'gcp', wait: true, until: 'AVAILABLE', timeout: '20m' },
      ...{ ifNotExists: true, dryRun: true },
    },
  ],
  ['get', { endpoint: undefined }],
  ['get us-east-1 --provider aws --region r', { endpoint: 'us-east-1', provider: 'aws', region: 'r' }],
  ['list', {}],
  ['list --provider azure --region r --status ready', { provider: 'azure', region: 'r', status: 'ready' }],
  [
    'delete x -y --wait --timeout 1m --if-exists',
    { endpoint: 'x', yes: true, wait: true, timeout: '1m', ifExists: true },
  ],
  ['list --all-projects', { allProjects: true }],
  ['list --watch', { watch: true }],
  ['list --interval 10s', { interval: '10s' }],
  ['delete x --cascade', { endpoint: 'x', cascade: true }],
  [
    'create --region r --remote-region a,b --port-mapping',
    { region: 'r', remoteRegion: ['a', 'b'], portMapping: true },
  ],
  ['update x --remote-region a,b', { endpoint: 'x', remoteRegion: ['a', 'b'] }],
  ['update --remote-region a x', { endpoint: 'x', remoteRegion: ['a'] }],
  ['update --remote-region a --remote-region=b,c x', { endpoint: 'x', remoteRegion: ['a', 'b', 'c'] }],
  ['update x --add a --remove b', { endpoint: 'x', add: ['a'], remove: ['b'] }],
  ['interface add x vpce-1 --wait --if-not-exists', { endpoint: 'x', id: 'vpce-1', wait: true, ifNotExists: true }],
  ['interface add x y --ip 10.0.0.4', { endpoint: 'x', id: 'y', ip: '10.0.0.4' }],
  [
    'interface add x --group g --gcp-project p --endpoint a@1,b@2',
    { endpoint: 'x', id: undefined, group: 'g', gcpProject: 'p', rules: ['a@1', 'b@2'] },
  ],
  [
    'interface add --endpoint a@1 --endpoint b@2 --gcp-project p x y',
    { endpoint: 'x', id: 'y', gcpProject: 'p', rules: ['a@1', 'b@2'] },
  ],
  ['interface get x y', { args: ['x', 'y'] }],
  ['completion bash', { shell: 'bash', output: 'table', sandbox: true }],
  ['completion --json --profile p', { shell: undefined, json: true, output: 'json', profile: 'p', sandbox: false }],
  ['interface list', { endpoint: undefined }],
  ['interface remove y -y --wait --if-exists', { args: ['y'], yes: true, wait: true, ifExists: true }],
  ['connection-strings --cluster c --endpoint e --wait', { cluster: 'c', endpoint: 'e', wait: true }],
  ['regional-mode get', {}],
  ['regional-mode enable -y', { enabled: true, yes: true }],
  ['regional-mode disable', { enabled: false }],
  ['projects', {}],
  ['wait', { args: [] }],
  ['wait --all --any --interface', { args: [], all: true, any: true, interface: true }],
  ['wait a b --until DELETED', { args: ['a', 'b'], until: 'DELETED' }],
  ['wait until ready a b', { args: ['until', 'ready', 'a', 'b'] }],
  ['config set project p', { name: 'project', value: 'p' }],
  ['config set private-key', { name: 'private-key', value: undefined }],
  ['config get project', { name: 'project' }],
  ['config unset project', { name: 'project' }],
  ['config list --show-origin', { showOrigin: true }],
  ['config path', { toleratesConfig: true }],
  ['login', {}],
  ['login --with-key --project p', { withKey: true, project: 'p' }],
  ['login --with-service-account', { withServiceAccount: true }],
  ['logout', {}],
  ['whoami', {}],
  ['profile list', {}],
  ['profile use work', { name: 'work' }],
  ['profile create work', { name: 'work' }],
  ['profile delete work -y', { name: 'work', yes: true }],
  ['profile rename work home', { from: 'work', to: 'home' }],
  ['sandbox serve', { projectIds: undefined }],
  [
    'sandbox serve --port 1 --ready-after realistic --ready-status AVAILABLE --rate-limit 5/10s --project a,b',
    {
      ...{ port: '1', readyAfter: 'realistic', readyStatus: 'AVAILABLE', rateLimit: '5/10s' },
      projectIds: ['a', 'b'],
    },
  ],
  ['sandbox reset --cluster a:r,s --cluster b:r', { cluster: ['a:r', 's', 'b:r'] }],
  ['sandbox reset --ready-after 1s', { readyAfter: '1s' }],
  ['sandbox status', {}],
  // Options may stand before the command, its own ones too.
  ['--sandbox --json list', { sandbox: true, json: true }],
  ['--region us-east-1 --output yaml list --quiet', { region: 'us-east-1', output: 'yaml', quiet: true }],
  ['--project p config --fields name list', { project: 'p', fields: ['name'] }],
  ['--project a sandbox serve --project b', { projectIds: ['a', 'b'] }],
  ['--fields id list --fields status,region', { fields: ['id', 'status', 'region'] }],
  ['-v -q list', { verbose: true, quiet: true }],
  ['--profile list get', { profile: 'list', endpoint: undefined }],
  ['list -o=json', { output: 'json' }],
  ['list -vo=json', { verbose: true, output: 'json' }],
  ['-o=json list', { output: 'json' }],
  ['list --json --json -q -q', { json: true, quiet: true }],
  // A command may be called by another name, also below a noun.
  ['ls --status ready', { status: 'ready' }],
  ['rm x -y', { endpoint: 'x', yes: true }],
  ['show x', { endpoint: 'x' }],
  ['--json describe x', { endpoint: 'x', json: true }],
  ['interface ls x', { endpoint: 'x' }],
  ['interface rm x y', { args: ['x', 'y'] }],
  ['interface show x y', { args: ['x', 'y'] }],
  ['profile rm work', { name: 'work' }],
  ['config ls', {}],
  ['config show project', { name: 'project' }],
  ['-qv -oyaml --project=p list', { quiet: true, verbose: true, output: 'yaml', project: 'p' }],
])('%s', async (line, options) => {
  expect(await parse(line)).toEqual({ color, ...options });
});

test('--no-color is heard', async () => {
  expect(await parse('list --no-color')).toEqual({ color: false });
});

test.each([
  ['list extra', "error: too many arguments for 'list'. Expected 0 arguments but got 1."],
  ['list --nope', "Unknown option '--nope'."],
  ['--nope list', "Unknown option '--nope'."],
  ['list --provider', "error: option '--provider <provider>' argument missing"],
  ['config set', "error: missing required argument 'name'"],
])('%s: %s', async (line, message) => {
  expect(await parse(line)).toBe(message);
});

test.each([
  ['craete', "Unknown command 'craete'.", 'Did you mean create?'],
  ['craete --help', "Unknown command 'craete'.", 'Did you mean create?'],
  ['help lst', "There is no command or topic 'lst'.", 'Did you mean list?'],
  ['lss', "Unknown command 'lss'.", 'Did you mean ls?'],
  ['shwo', "Unknown command 'shwo'.", 'Did you mean show?'],
  ['config version', "Unknown command 'config version'.", 'Accepted: set, get, unset, list, path.'],
  ['version lst', "Unknown command 'lst'.", 'Did you mean list?'],
  ['ls us-east-1', "'list' takes no arguments.", 'Did you mean: atlas-pe get us-east-1'],
  ['-q=yes list', '-q takes no value.', 'See atlas-pe list --help'],
  ['list -o=', "'' is not an output format.", 'Accepted: table, json, jsonl, yaml, tsv, id, terraform.'],
  ['--project a list --project b', '--project is given twice.', 'Give it once; it takes a single value.'],
  ['list --project a --project=a', '--project is given twice.', 'Give it once; it takes a single value.'],
  ['list -o yaml --output=tsv', '--output is given twice.', 'Give it once; it takes a single value.'],
  ['create --region a --region b', '--region is given twice.', 'Give it once; it takes a single value.'],
  ['--json list --profile a --profile b', '--profile is given twice.', 'Give it once; it takes a single value.'],
  ['help list get', "There is no command or topic 'list get'.", 'See atlas-pe help list'],
  ['help statuses x --json', "There is no command or topic 'statuses x'.", 'See atlas-pe help statuses'],
  ['config nope', "Unknown command 'config nope'.", 'Accepted: set, get, unset, list, path.'],
  ['--json config lst', "Unknown command 'config lst'.", 'Did you mean list?'],
  ['--regoin us-east-1 create', "Unknown option '--regoin'.", 'Did you mean --region?'],
  ['--nope', "Unknown option '--nope'.", 'See atlas-pe --help'],
  ['config --nope', "Unknown option '--nope'.", 'See atlas-pe config --help'],
  ['create --regoin us-east-1', "Unknown option '--regoin'.", 'Did you mean --region?'],
  ['create us-east-1', "'create' takes no arguments.", 'Did you mean: atlas-pe create --region us-east-1'],
  ['--sandbox list us-east-1', "'list' takes no arguments.", 'Did you mean: atlas-pe get us-east-1 --sandbox'],
  [`list ${'6'.repeat(24)} -q`, "'list' takes no arguments.", `Did you mean: atlas-pe get ${'6'.repeat(24)} -q`],
  ['list us-east-1 --watch', "'list' takes no arguments.", 'See atlas-pe list --help'],
  ['list nonsense', "'list' takes no arguments.", 'See atlas-pe list --help'],
  ['create us-east-1 us-east-2', "'create' takes no arguments.", 'See atlas-pe create --help'],
  [
    'connection-strings us-east-1',
    "'connection-strings' takes no arguments.",
    'Did you mean: atlas-pe connection-strings --endpoint us-east-1',
  ],
  ['get a b c', "'get' takes one argument at most. 'b', 'c' are too much.", 'See atlas-pe get --help'],
  [
    'interface add a b c',
    "'interface add' takes two arguments at most. 'c' is too much.",
    'See atlas-pe interface add --help',
  ],
  [
    'update us-east-1 --remote-region us-west-2 eu-west-1',
    "'update' takes one argument at most. 'eu-west-1' is too much.",
    'Separate the values of --remote-region with commas: a,b',
  ],
  [
    'sandbox serve --project=a b',
    "'sandbox serve' takes no arguments.",
    'Separate the values of --project with commas: a,b',
  ],
  ['profile rename a', "'profile rename' needs <to>.", 'See atlas-pe profile rename --help'],
  ['list --provider', '--provider needs a value.', 'See atlas-pe list --help'],
  ['get -o', '--output needs a value.', 'See atlas-pe get --help'],
  ['list --watch=yes', '--watch takes no value.', 'See atlas-pe list --help'],
  ['list -x', "Unknown option '-x'.", 'See atlas-pe list --help'],
  ['wait untill ready', "'untill' is not an endpoint.", 'Did you mean until?'],
  ['--sandbox wait until', 'wait until what?', 'For example: atlas-pe --sandbox wait until ready'],
  ['create', 'The region is missing.', 'For example: atlas-pe create --region us-east-1'],
  ['create --sandbox', 'The region is missing.', 'For example: atlas-pe create --sandbox --region us-east-1'],
  [
    '--provider gcp create',
    'The region is missing.',
    'For example: atlas-pe --provider gcp create --region us-central1',
  ],
  [
    'delete x --sandbox',
    'Nothing was deleted: there is no terminal to ask in.',
    'To go ahead without being asked: atlas-pe delete x --sandbox --yes',
  ],
  [
    'delete --sandbox -- x',
    'Nothing was deleted: there is no terminal to ask in.',
    'To go ahead without being asked: atlas-pe delete --sandbox --yes -- x',
  ],
  [
    'create --region foo --sandbox',
    "'foo' is not an AWS region.",
    'AWS regions are written us-east-1 or US_EAST_1. TAB lists them: atlas-pe completion --help',
  ],
  ['--json config get --nope', "Unknown option '--nope'.", 'See atlas-pe config get --help'],
])('%s: %s %s', async (line, message, hint) => {
  const { exitCode, stdout, stderr } = await runCli(line.split(' '));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  const expected = line.includes('--json')
    ? `${JSON.stringify({ error: { code: 'usage', message, hint, exitCode: 2, status: null, errorCode: null } })}\n`
    : `Error: ${message}\nHint: ${hint}\n`;
  expect(stderr).toBe(expected);
});

test.each([
  ['--remote-region', 'create --region us-east-1 --remote-region us-west-2,,eu-west-1'],
  ['--remote-region', 'update x --remote-region='],
  ['--add', 'update x --add us-west-2,'],
  ['--remove', 'update x --remove ,'],
  ['--endpoint', 'interface add x --gcp-project my-project --endpoint='],
  ['--cluster', 'sandbox reset --cluster a:us-east-1,'],
  ['--project', 'sandbox serve --project='],
  ['--fields', 'list --fields id,,status'],
])('%s takes no empty value: %s', async (option, line) => {
  expect(await runCli(line.split(' '))).toEqual({
    ...{ exitCode: 2, stdout: '' },
    stderr: `Error: ${option} has an empty value.\nHint: Check for an unset variable or a stray comma.\n`,
  });
});

test('no option takes more than the word behind it', () => {
  const program = createProgram(screen, () => Promise.reject(new Error('not dispatched')));
  const options = allCommands(program).flatMap((command) => command.options);
  expect(options.filter(({ variadic, optional }) => variadic || optional)).toEqual([]);
});

test('help for a command inside a group is that of the command', async () => {
  const { stdout } = await runCli(['help', 'config', 'set']);
  expect(stdout).toMatch(/^Usage: atlas-pe config set/);
});

test.each([
  [],
  ['--json'],
  ['--project', 'p', '--output', 'yaml'],
  ['config'],
  ['config', '-ojson'],
  ['sandbox', '--json'],
  ['--help'],
  ['help'],
  ['create', '--help'],
  ['help', 'wait'],
])('help is data, on stdout: %j %j', async (...argv) => {
  const { exitCode, stdout, stderr } = await runCli(argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: atlas-pe/);
});

test.each([
  ['help', 'ls', 'list'],
  ['help', 'describe', 'get'],
  ['rm', '--help', 'delete'],
  ['help', 'interface', 'rm', 'interface remove'],
])('help of another name is that of the command: %s %s', async (...words) => {
  const name = words.pop();
  const { stdout } = await runCli(words);
  expect(stdout).toMatch(new RegExp(`^Usage: atlas-pe ${name} `));
  expect(stdout).toMatch(new RegExp(`^Aliases: .*\\b${words.filter((word) => !/help|interface/.test(word))}\\b`, 'm'));
});

test('help lists the other names', async () => {
  const { stdout } = await runCli(['--help']);
  expect(stdout.split(/\s+/).join(' ')).toContain(
    'Aliases: show, describe (get); ls (list); rm (delete); version (--version) ',
  );
});

test.each([['--version'], ['list', '--version'], ['--version', 'list'], ['version'], ['--json', 'version']])(
  'the version is printed: %j %j',
  async (...argv) => {
    const { exitCode, stdout } = await runCli(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  },
);

test.each([60, 40])('no line of help but an example is wider than %i columns, and none lacks a word', async (width) => {
  const program = createProgram(screen, () => Promise.reject(new Error('not dispatched')));
  const words = (text: string) => text.split(/\s+/).join(' ');
  const paths = program.commands.flatMap((each) => [
    [each.name()],
    ...each.commands.map((verb) => [each.name(), verb.name()]),
  ]);
  for (const path of [[], ...paths]) {
    const { stdout: wide } = await runCli(['help', ...path]);
    const narrow = new Screen({ columns: width, rows: 10 });
    await runCli(['help', ...path], { screen: narrow });
    const lines = narrow.raw.replaceAll('\r', '').split('\n');
    expect(lines.filter((line) => line.length > width && !line.startsWith('  $ atlas-pe '))).toEqual([]);
    expect(words(lines.join('\n'))).toBe(words(wide));
  }
});

test('every group shows examples of its verbs', async () => {
  const program = createProgram(screen, () => Promise.reject(new Error('not dispatched')));
  const groups = program.commands.filter(({ commands }) => commands.length > 0).map((each) => each.name());
  expect(groups).toHaveLength(5);
  for (const name of groups) {
    const { stdout } = await runCli([name]);
    const examples = /\nExamples:\n([\s\S]+)$/.exec(stdout)?.[1]?.trimEnd().split('\n') ?? [];
    expect(examples).toHaveLength(2);
    for (const example of examples) expect(example).toMatch(new RegExp(`^ {2}\\$ atlas-pe ${name} \\w+`));
  }
});

test('every command says what it does, shows an example, and has the options that all have', async () => {
  const program = createProgram(screen, () => Promise.reject(new Error('not dispatched')));
  const leaves = program.commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
  expect(leaves).toHaveLength(32);
  for (const command of leaves) {
    const path = command.parent === program ? [command.name()] : [command.parent?.name() ?? '', command.name()];
    const { stdout } = await runCli([...path, '--help']);
    expect(stdout).toContain('Examples:');
    for (const option of [
      '--profile',
      '--sandbox',
      '--output',
      '--json',
      '--fields',
      '--quiet',
      '--verbose',
      '--no-color',
    ]) {
      expect(stdout).toContain(option);
    }
  }
});

test('who asks for help gets it, whatever else is wrong', async () => {
  for (const line of ['list --help --foo', 'list --foo -h', 'list extra --help'])
    expect(await runCli(line.split(' ')), line).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage/) });
});

test('a topic of help that is taken for a command is told where it is', async () => {
  const { exitCode, stderr } = await runCli(['waiting']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Hint: See atlas-pe help waiting\n')]);
});

test.each([
  ['list -ojson --nope', true],
  ['list -o=json --nope', true],
  ['list -qo=jsonl --nope', true],
  ['list --output json --nope', true],
  ['list --output=jsonl --nope', true],
  ['list --json --output yaml --nope', false],
  ['list --output json -o yaml --nope', false],
])('%s: the last output decides whether an error is JSON (%s)', async (line, isJson) => {
  const { stderr } = await runCli(line.split(' '));
  expect(stderr.startsWith('{"error"')).toBe(isJson);
});
