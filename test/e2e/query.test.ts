import { beforeAll, expect, test } from 'vitest';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { Terminal } from '../helpers/terminal.js';

const env = ownFolders();
const atlas = (...argv: string[]) => runProgram(['--sandbox', ...argv], env);
beforeAll(async () => {
  await atlas('sandbox', 'reset', '--ready-after', '0s');
  for (const region of ['us-east-1', 'eu-west-1']) await atlas('create', '--region', region);
});

test('takes the place of the JSON, together with other output options', async () => {
  const regions = '["eu-west-1","us-east-1"]';
  const { stdout: sorted } = await atlas('list', '--sort', 'region', '--query', '[].region');
  expect(JSON.stringify(JSON.parse(sorted))).toBe(regions);
  const { stdout } = await atlas(
    '--query=[0]',
    'list',
    '--fields',
    'region,provider',
    '--sort',
    '-region',
    '-o',
    'jsonl',
  );
  expect(stdout).toBe('{"region":"us-east-1","provider":"AWS"}\n');
  expect((await atlas('list', '--all-projects', '--query', 'length(@)')).stdout).toBe('2\n');
  const name = "join('.', reverse(split(endpointServiceName, '.'))[0:1])";
  const get = await atlas('get', 'us-east-1', '--quiet', '--query', name, '-o', 'tsv');
  expect(get).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^vpce-svc-\w+\n$/) });
  expect((await atlas('completion', 'bash', '--query', 'shell')).stdout).toBe('"bash"\n');
});

test.each([
  ['json', '[].region', '[\n  "eu-west-1",\n  "us-east-1"\n]\n'],
  ['jsonl', '[].[region, status]', '["eu-west-1","WAITING_FOR_USER"]\n["us-east-1","WAITING_FOR_USER"]\n'],
  ['yaml', '[].region', '- eu-west-1\n- us-east-1\n'],
  ['tsv', '[].region', 'eu-west-1\nus-east-1\n'],
  [
    'tsv',
    '[].{r: region, s: status, n: errorMessage}',
    'eu-west-1\tWAITING_FOR_USER\t\nus-east-1\tWAITING_FOR_USER\t\n',
  ],
  ['tsv', '[0].region', 'eu-west-1\n'],
  ['tsv', "[?status=='FAILED'].id", ''],
  ['tsv', '[0].errorMessage', ''],
  ['json', 'nope', 'null\n'],
  ['id', '[].{id: region}', 'eu-west-1\nus-east-1\n'],
  ['id', '[].region', 'eu-west-1\nus-east-1\n'],
])('%s prints %s', async (format, query, expected) => {
  expect((await atlas('list', '--sort', 'region', '-o', format, '--query', query)).stdout).toBe(expected);
});

test('prints the same in a terminal, without colour', async () => {
  const terminal = new Terminal(['--sandbox', 'list', '--sort', 'region', '--query', '[0].region'], env);
  expect(await terminal.exit).toBe(0);
  expect(terminal.raw()).toBe('"eu-west-1"\r\n');
});

test('JSON takes the place of a table from the environment, but not of other formats', async () => {
  const run = async (format: string) =>
    (await runProgram(['--sandbox', 'list', '--query', 'length(@)'], { ...env, ATLAS_PE_OUTPUT: format })).stdout;
  expect([await run('table'), await run('yaml'), await run('json')]).toEqual(['2\n', '2\n', '2\n']);
});

test.each(['[0].toString', '[0].__proto__', '`{}`.toString', '[0].id.length'])('%s is nothing', async (query) => {
  expect((await atlas('list', '--query', query)).stdout).toBe('null\n');
});

test("a result can't send control codes", async () => {
  expect((await atlas('list', '--query', '`"\\u001b[31m\\u202ex"`')).stdout).toBe('"\\u001b[31m\\u202ex"\n');
});

test.each([
  [
    ['list', '--query', '[].{'],
    2,
    /^Invalid --query expression: syntax error: expecting an identifier token, got: EOF\.$/,
  ],
  [['list', '--query', 'nope(@)'], 2, /^Invalid --query expression: unknown function nope\(\)\.$/],
  [
    ['list', '--query', `${'!'.repeat(50_000)}@`],
    2,
    /^Invalid --query expression: maximum call stack size exceeded\.$/,
  ],
  [['list', '--query', '@', '--output', 'table'], 2, /^--query and --output table cannot be combined\.$/],
  [['list', '--query', '@', '--output', 'mermaid'], 2, /^--query and --output mermaid cannot be combined\.$/],
  [['list', '--query', '@', '--output', 'yaml', '--json'], 2, /^--json and --output yaml cannot be combined\.$/],
  [['list', '--query', '@', '--watch'], 2, /^--watch cannot be combined with --output json\.$/],
  [['logout', '--query', '@'], 2, /^This command has no JSON output to query\.$/],
  [['list', '--query', "abs('x')"], 1, /^The --query expression failed: invalid type: abs\(\) expected .+\.$/],
  [['list', '--query', 'sum([].id)'], 1, /^The --query expression failed: .+\.$/],
  [['list', '--query', '[].{r: region}', '-o', 'id'], 1, /^The result of --query has no id\.$/],
] as const)('%j fails with exit code %i', async (argv, exitCode, message) => {
  const run = await atlas(...argv);
  expect(run).toMatchObject({ exitCode, stdout: '' });
  expect(/^Error: (.*)/.exec(run.stderr)?.[1]).toMatch(message);
});

test('if the expression fails after a create, the error says that the change was made', async () => {
  // In a separate sandbox: tests run in any order, and others count the endpoints.
  const { exitCode, stderr } = await runProgram(
    ['--sandbox', 'create', '--region', 'us-west-2', '--query', 'abs(id)', '--log-format', 'json'],
    ownFolders(),
  );
  const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  expect([exitCode, error.hint]).toEqual([1, expect.stringMatching(/^The change was made: [0-9a-f]{24}$/)]);
});

test('if the expression fails after a connect, the error names the VPC endpoint, unless nothing was left to do', async () => {
  const own = ownFolders();
  await runProgram(['--sandbox', 'sandbox', 'reset', '--ready-after', '0s'], own);
  const connect = async (query: string) => {
    const run = await runProgram(
      ['--sandbox', 'connect', 'us-east-1', '--yes', '--query', query, '--log-format', 'json'],
      own,
    );
    return { ...run, hint: JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '').error?.hint };
  };
  const first = await connect('abs(endpoint.id)');
  expect([first.exitCode, first.hint]).toEqual([
    1,
    expect.stringMatching(/^The connection was set up\. Its interface endpoint is vpce-\w+\.$/),
  ]);
  const second = await connect('abs(endpoint.id)');
  expect([second.exitCode, second.hint ?? '']).toEqual([1, expect.not.stringMatching(/was set up|was made/)]);
});
