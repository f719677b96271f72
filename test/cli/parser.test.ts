import { expect, test } from 'vitest';
import { version } from '../../package.json';
import { longName } from '../../src/base/shell.js';
import { LineError, type Problem } from '../../src/cli/line.js';
import { parse } from '../../src/cli/parser.js';
import { headings, tree } from '../../src/cli/tree.js';
import { everywhere, isGroup } from '../../src/command.js';
import { formatNames } from '../../src/ui/formats.js';
import { runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';
import { branches, commands } from '../helpers/tree.js';

/** Returns the parsed command and its given options. */
function read(line: string): [name: string, options: Record<string, unknown>] {
  const asked = parse(line.split(' '));
  if (asked.kind !== 'run') throw new Error(`${line} runs nothing.`);
  const given = Object.entries(asked.options).filter(([, value]) => value !== undefined);
  return [asked.line.path.join(' '), Object.fromEntries(given)];
}

/** Returns the problem with a command line. */
function problemOf(argv: readonly string[]): Problem | undefined {
  try {
    parse(argv);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof LineError) return thrown.problem;
    throw thrown;
  }
}

test.each([
  ['create --region us-east-1 --wait', 'create', { region: 'us-east-1', wait: true }],
  ['get us-east-1 --provider aws --region r', 'get', { endpoint: 'us-east-1', provider: 'aws', region: 'r' }],
  ['delete x -y --timeout 1m --if-exists', 'delete', { endpoint: 'x', yes: true, timeout: '1m', ifExists: true }],
  ['create --no-port-mapping', 'create', { noPortMapping: true }],
  ['update --remote-region a --remote-region=b,c x', 'update', { endpoint: 'x', remoteRegion: ['a', 'b', 'c'] }],
  ['interface add x --gcp-project p', 'interface add', { service: 'x', gcpProject: 'p' }],
  ['wait', 'wait', { endpoint: [] }],
  ['wait until ready a b', 'wait', { endpoint: ['until', 'ready', 'a', 'b'] }],
  [
    '--json sandbox exec --port 1 -- a --json -- -x --sandbox',
    'sandbox exec',
    { json: true, port: '1', command: 'a', arg: ['--json', '--', '-x', '--sandbox'] },
  ],
  // Global options may be before the command.
  ['--output yaml get --region us-east-1 --quiet', 'get', { output: 'yaml', quiet: true, region: 'us-east-1' }],
  ['list --region us-east-1,eastus2 --region us-east4', 'list', { region: ['us-east-1', 'eastus2', 'us-east4'] }],
  ['--project a sandbox serve --project b', 'sandbox serve', { project: ['a', 'b'] }],
  ['create --project --region us-east-1', 'create', { project: true, region: 'us-east-1' }],
  ['--project -o json list', 'list', { project: true, output: 'json' }],
  ['get us-east-1 --project', 'get', { endpoint: 'us-east-1', project: true }],
  ['--fields id list --fields status,region', 'list', { fields: ['id', 'status', 'region'] }],
  ['--profile list get', 'get', { profile: 'list' }],
  ['list -vo=json', 'list', { output: 'json', verbose: true }],
  ['-qv -oyaml --project=p list', 'list', { project: 'p', output: 'yaml', quiet: true, verbose: true }],
  // A command may have aliases, also inside a group.
  ['ls --status ready,failed', 'list', { status: ['ready', 'failed'] }],
  ['interface rm x y', 'interface remove', { endpoint: 'x', interface: 'y' }],
  ['get -- -x', 'get', { endpoint: '-x' }],
])('%s', (line, name, options) => {
  expect(read(line)).toEqual([name, options]);
});

test('every alias stands for its command, also in help', async () => {
  for (const [path, { aliases = [], args = {} }] of commands)
    for (const alias of aliases) {
      const [name, words] = [path.join(' '), [...path.slice(0, -1), alias]];
      expect(read([...words, ...Object.keys(args)].join(' '))[0], alias).toBe(name);
      const { stdout } = await runCli(['help', ...words]);
      expect(stdout).toMatch(new RegExp(`^Usage: atlas-pe ${name} [^]*\nAliases: .*\\b${alias}\\b`));
      expect((await runCli([...words, '--help'])).stdout).toBe(stdout);
    }
});

test.each([
  ['craete', "Unknown command 'craete'.", 'Did you mean create? Usage: atlas-pe create [options] [region]'],
  ['config version', "Unknown command 'config version'.", 'Commands: set, get, unset, list, path'],
  ['waiting', "'waiting' is a help topic, not a command.", 'See atlas-pe help waiting'],
  ['-q=yes list', 'The option before = does not take a value.', 'See atlas-pe --help'],
  ['list -o=', '--output has an empty value.', 'Check for an unset variable or a stray comma.'],
  ['list -o xml', "'xml' is not a valid output format.", `Valid values: ${formatNames.join(', ')}, terraform`],
  ['--project a list --project b', '--project was specified more than once.', 'Specify it only once.'],
  ['help statuses x --json', "Unknown command or topic 'statuses x'.", 'Did you mean help statuses?'],
  ['--regoin us-east-1 create', "Unknown option '--regoin'.", 'See atlas-pe --help'],
  ['--cascade', '--cascade must come after the command.', 'See atlas-pe --help'],
  ['list --out json', "Unknown option '--out'.", 'Did you mean --output? Usage: atlas-pe list [options]'],
  // --sort, --status and --sandbox begin like this.
  ['list --s x', "Unknown option '--s'.", 'See atlas-pe list --help'],
  ['get a b c', 'Unexpected arguments: b, c.', 'See atlas-pe get --help'],
  // Its prefix may hold a password.
  [
    'doctor a.b --via kubectl exec -i deploy/app --',
    'Unexpected words after --via.',
    "Put it in quotes: --via 'kubectl exec -i POD --'",
  ],
  ['doctor --nope --via ssh', "Unknown option '--nope'.", 'See atlas-pe doctor --help'],
  [
    'doctr mongodb://a --via=X=y',
    "Unknown command 'doctr'.",
    'Did you mean doctor? Usage: atlas-pe doctor [options] [endpoint]',
  ],
  ['profile use', "Missing argument: 'profile use' requires <name>.", 'See atlas-pe profile use --help'],
  ['create --region --wait', '--region requires a value.', 'See atlas-pe create --help'],
  ['list --check=yes', '--check does not take a value.', 'See atlas-pe list --help'],
  ['wait untill ready', "'untill' is not an endpoint.", 'Did you mean until?'],
  ['--sandbox wait until', "Missing status after 'until'.", 'Example: atlas-pe --sandbox wait until ready'],
  ['create', 'Missing region.', 'Example: atlas-pe create us-east-1'],
  ['--project list', '--project requires a value.', 'See atlas-pe --help'],
  [
    'delete --sandbox -- us-east-1',
    'Nothing was deleted: confirmation requires a terminal.',
    'To skip confirmation: atlas-pe delete --sandbox --yes -- us-east-1',
  ],
  [
    'create --region foo --sandbox',
    "'foo' is not a valid AWS region.",
    'AWS regions look like us-east-1 or US_EAST_1. To list them: atlas-pe regions --provider aws',
  ],
  [
    'sandbox exec a -- b',
    "'sandbox exec' requires -- and a command after its options.",
    'Example: atlas-pe sandbox exec -- ./my-script.sh',
  ],
])('%s: %s %s', async (line, message, hint) => {
  const { exitCode, stdout, stderr } = await runCli(line.split(' '));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(`Error: ${message}\nHint: ${hint}\n`);
});

test.each([
  ['--remote-region', 'create --region us-east-1 --remote-region us-west-2,,eu-west-1'],
  ['--region', 'create --region='],
  ['--project', '--project= list'],
  ['--add', 'update x --add us-west-2,'],
  ['--project', 'sandbox serve --project='],
])('%s does not accept an empty value: %s', async (option, line) => {
  expect(await runCli(line.split(' '))).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `Error: ${option} has an empty value.\nHint: Check for an unset variable or a stray comma.\n`,
  });
});

test('no option consumes the arguments after it', () => {
  for (const [path, { flags = {} }] of commands) {
    for (const [name, { kind }] of Object.entries({ ...flags, ...everywhere })) {
      const option = kind === 'flag' ? [longName(name)] : [longName(name), 'a'];
      const before = problemOf([...path, ...Array(5).fill('x')]);
      expect(problemOf([...path, ...option, ...Array(5).fill('x')]), `${path.join(' ')} ${option}`).toEqual(before);
    }
  }
});

test.each([[], ['config', '-ojson'], ['--help'], ['help'], ['help', 'wait']])(
  'prints help: %j %j',
  async (...argv) => {
    const { exitCode, stdout, stderr } = await runCli(argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: atlas-pe/);
  },
);

test.each([['--version'], ['-v'], ['list', '--version'], ['version']])('shows its version: %j', async (...argv) => {
  const { exitCode, stdout } = await runCli(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test.each(['version --json', '--version --json', 'list --version -o json', 'version -o jsonl'])(
  'prints the version as JSON: %s',
  async (line) => {
    const { exitCode, stdout } = await runCli(line.split(' '), { env: { ATLAS_PE_OUTPUT: 'nope' } });
    expect({ exitCode, ...JSON.parse(stdout) }).toEqual({ exitCode: 0, version });
  },
);

test.each([60, 40])('help, except examples, fits %i columns without losing a word', async (width) => {
  const words = (text: string) => text.split(/\s+/).join(' ');
  for (const path of [[], ...branches.map(([each]) => each)]) {
    const { stdout: wide } = await runCli(['help', ...path]);
    const narrow = new Screen({ columns: width, rows: 10 });
    await runCli(['help', ...path], { screen: narrow });
    const lines = narrow.raw.replaceAll('\r', '').split('\n');
    expect(lines.filter((line) => line.length > width && !line.startsWith('  $ atlas-pe '))).toEqual([]);
    expect(words(lines.join('\n'))).toBe(words(wide));
  }
});

test('help of every group and command fits a screen, with summary, examples and a link to the global options', async () => {
  for (const [path, branch] of branches) {
    const { stdout } = await runCli([...path, '--help']);
    expect(stdout.split(/\s+/).join(' ')).toContain(branch.summary);
    const examples = /\nExamples:\n((?: {2}\$ .*\n)+)/.exec(stdout)?.[1]?.trimEnd().split('\n') ?? [];
    expect(examples.length, path.join(' ')).toBeGreaterThan(0);
    for (const example of examples) {
      const words = example.replace('  $ atlas-pe ', '').split(/ [|>&]| <| \(/)[0] ?? '';
      expect(words, example).toMatch(new RegExp(`^${path.join(' ')}(?![\\w-])`));
      if (isGroup(branch)) expect(words.split(' ').length).toBeGreaterThan(path.length);
    }
    const named = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name);
    expect(new Set(named).size, path.join(' ')).toBe(named.length);
    expect(stdout).toMatch(/\n\nMore: atlas-pe --help \(global options\), https:\/\/\S+\n$/);
    expect(stdout.split('\n').length - 1, path.join(' ')).toBeLessThanOrEqual(40);
  }
});

test('help of the program lists the groups and global options, one line each, and begins with connect', async () => {
  const { stdout } = await runCli(['--help']);
  const blocks = stdout.split('\n\n').map((block) => block.split('\n'));
  const namesIn = (heading: string) =>
    blocks
      .find(([first]) => first === `${heading}:`)
      ?.map((line) => line.slice(2).split(/ {2}/)[0] ?? '')
      .slice(1);
  expect(Object.keys(headings).map((heading) => [heading, namesIn(heading)])).toEqual([
    ['Connect', ['connect', 'disconnect', 'doctor', 'connection-strings', 'convert']],
    ['Private endpoint services', ['create', 'get', 'list', 'delete', 'wait', 'update', 'regions']],
    ['Interface endpoints', ['interface', 'regional-mode']],
    ['Account', ['login', 'logout', 'whoami', 'projects', 'config', 'profile']],
    ['Sandbox', ['sandbox']],
    ['Help', ['help', 'completion', 'version']],
  ]);
  for (const each of tree)
    expect(stdout).toMatch(new RegExp(`^ {2}${each.name} +${each.summary.replace(/[()]/g, '.')}$`, 'm'));
  for (const name of Object.keys(everywhere)) expect(stdout).toContain(longName(name));
  expect(stdout).toMatch(/Examples:\n {2}\$ atlas-pe connect us-east-1\n/);
  expect(stdout).toContain('connect creates both');
});

test('help names the output formats that only this command has', async () => {
  expect((await runCli(['help', 'list'])).stdout).toMatch(
    /^ {2}-o, --output <format> +output format; also terraform$/m,
  );
  expect((await runCli(['help', 'delete'])).stdout).not.toContain('--output <format>');
});

test('every example in help can be parsed', () => {
  for (const example of commands.flatMap(([, { examples }]) => examples)) {
    const words = example.replace(/ [|<>&].*/, '').split(' ');
    expect(problemOf(words), example).toBeUndefined();
  }
});

test('--help wins over other errors', async () => {
  for (const line of ['list --help --foo', 'list --foo -h', 'list extra --help'])
    expect(await runCli(line.split(' ')), line).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Usage/),
    });
});
