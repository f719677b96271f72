import { beforeAll, describe, expect, test } from 'vitest';
import { fakeClock } from '../helpers/fake-clock.js';
import { messagesIn, ownFolders, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

const [env, clock] = [ownFolders(), fakeClock()];
const atlas = (argv: readonly string[], own = env) => runCli(['--sandbox', ...argv], { env: own, clock });
const list = (query: string, ...more: readonly string[]) =>
  atlas(['list', '--sort', 'region', '--query', query, ...more]);
beforeAll(async () => {
  await atlas(['sandbox', 'reset', '--ready-after', '0s']);
  for (const region of ['us-east-1', 'eu-west-1']) await atlas(['create', '--region', region]);
});

test('takes the place of the JSON, together with other output options', async () => {
  const line = '--query=[0] list --fields region,provider --sort -region -o jsonl';
  expect((await atlas(line.split(' '))).stdout).toBe('{"region":"us-east-1","provider":"AWS"}\n');
  expect((await list('length(@)', '--all-projects')).stdout).toBe('2\n');
  const name = "join('.', reverse(split(endpointServiceName, '.'))[0:1])";
  const get = await atlas(['get', 'us-east-1', '--quiet', '--query', name, '-o', 'tsv']);
  expect(get).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^vpce-svc-\w+\n$/) });
  expect((await atlas('completion bash --query shell'.split(' '))).stdout).toBe('"bash"\n');
});

test.each([
  ['json', '[].region', '[\n  "eu-west-1",\n  "us-east-1"\n]\n'],
  ['jsonl', '[].[region, status]', '["eu-west-1","WAITING_FOR_USER"]\n["us-east-1","WAITING_FOR_USER"]\n'],
  ['yaml', '[].region', '- eu-west-1\n- us-east-1\n'],
  ['tsv', '[].region', 'eu-west-1\nus-east-1\n'],
  ['tsv', '[].{r: region, p: provider, n: errorMessage}', 'eu-west-1\tAWS\t\nus-east-1\tAWS\t\n'],
  ['tsv', '[0].region', 'eu-west-1\n'],
  ['tsv', "[?status=='FAILED'].id", ''],
  ['tsv', '[0].errorMessage', ''],
  // Text between backticks, as aws and az take it.
  ['tsv', '[?region==`us-east-1`].provider', 'AWS\n'],
  ['json', '[?region==`"us-east-1"`].region | [0] == \'`x`\' || `1`', '1\n'],
  ['json', 'nope', 'null\n'],
  ['id', '[].{id: region}', 'eu-west-1\nus-east-1\n'],
  ['id', '[].region', 'eu-west-1\nus-east-1\n'],
  ...['[0].toString', '[0].__proto__', '`{}`.toString', '[0].id.length'].map((query) => ['json', query, 'null\n']),
])('%s prints %s', async (format = '', query = '', expected = '') => {
  expect((await list(query, '-o', format)).stdout).toBe(expected);
});

test('prints the same in a terminal, without colour', async () => {
  const screen = new Screen({ columns: 80, rows: 10 });
  await runCli(['--sandbox', 'list', '--sort', 'region', '--query', '[0].region'], { env, screen });
  await screen.written();
  expect(screen.raw).toBe('"eu-west-1"\n');
});

test.each(['table', 'yaml', 'json'])('takes the place of %s from the environment', async (format) => {
  const run = await atlas(['list', '--query', 'length(@)'], { ...env, ATLAS_PE_OUTPUT: format });
  expect(run.stdout).toBe('2\n');
});

test.each([
  ['[].{', [], 2, /^Invalid --query expression: syntax error: expecting an identifier token, got: EOF\.$/],
  ['nope(@)', [], 2, /^Invalid --query expression: unknown function nope\(\)\.$/],
  [`${'!'.repeat(50_000)}@`, [], 2, /^Invalid --query expression: maximum call stack size exceeded\.$/],
  ['@', ['--output', 'table'], 2, /^--query and --output table cannot be combined\.$/],
  ['@', ['--output', 'yaml', '--json'], 2, /^--json and --output yaml cannot be combined\.$/],
  ["abs('x')", [], 1, /^The --query expression failed: invalid type: abs\(\) expected .+\.$/],
  ['sum([].id)', [], 1, /^The --query expression failed: .+\.$/],
  ['[].{r: region}', ['-o', 'id'], 1, /^The result of --query has no id\.$/],
] as const)('%j with %j fails with exit code %i', async (query, more, exitCode, message) => {
  const run = await list(query, ...more);
  expect(run).toMatchObject({ exitCode, stdout: '' });
  expect(/^Error: (.*)/.exec(run.stderr)?.[1]).toMatch(message);
});

describe('a key that no item has', () => {
  const near = (key: string, meant: string) => `--query: no item has the key '${key}'. Did you mean ${meant}?`;
  const text = (key: string) => `--query: no item has the key '${key}'. Write a text in quotes: '${key}'`;
  const warnings = async (line: string, query: string) => {
    const run = await atlas([...line.split(' '), '--query', query, '--log-format', 'json']);
    return [run.exitCode, ...messagesIn(run.stderr, 'warning')];
  };

  test.each([
    ['get us-east-1', 'endpointServicName', near('endpointServicName', 'endpointServiceName')],
    ['list', '[].{x: regoin}', near('regoin', 'region')],
    ['list', '[?status==AVAILABLE]', text('AVAILABLE')],
    ['list', "[?staus=='AVAILABLE'].id", near('staus', 'status')],
    ['list', "[?nam=='x']", "--query: no item has the key 'nam'."],
    ['list', 'sort_by(@, &nam)', "--query: no item has the key 'nam'."],
    ['doctor --no-network', 'categories[].checks[].detial', near('detial', 'detail')],
    ['doctor --no-network', 'categories[].checks[?result==error]', text('error')],
    ['connect us-east-1 --dry-run', 'cloud.acount', near('acount', 'account')],
  ])('%s --query %s warns', async (line, query, warning) => {
    expect((await warnings(line, query)).slice(1)).toEqual([warning]);
  });

  test.each([
    ['list --status failed', '[].nope'],
    ['list', '[].[errorMessage, interfaceEndpoints[].x, serviceAttachmentNames]'],
    ['list', "[?status=='AVAILABLE'].{nope: id, b: to_string(@)} | [0].nope"],
    ['list', '[].supportedRemoteRegions[0] || `1`'],
    ['connect us-east-1 --dry-run', 'endpoint.privateLinkServiceName || cloud.gcpProjectId'],
    ['create us-west-2 --dry-run', 'body.anything'],
    ['list', 'merge([0], `{"nope": 1}`).nope'],
  ])('%s --query %s does not warn', async (line, query) => {
    expect(await warnings(line, query)).toEqual([0]);
  });
});

test('a command without data is refused', async () => {
  const { exitCode, stderr } = await atlas(['logout', '--query', '@']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('This command has no JSON output to query.')]);
});

test('if the expression fails after a change, the error says what was changed', async () => {
  // In a separate sandbox: tests run in any order, and others count the endpoints.
  const own = ownFolders();
  await atlas(['sandbox', 'reset', '--ready-after', '0s'], own);
  const failing = async (line: string, query: string) => {
    const { exitCode, stderr } = await atlas([...line.split(' '), '--query', query], own);
    expect(exitCode).toBe(1);
    return stderr.trim().split('\n').at(-1);
  };
  expect(await failing('create --region us-west-2', 'abs(id)')).toMatch(/^Hint: The change was made: [0-9a-f]{24}$/);
  const connect = () => failing('connect us-east-1 --yes', 'abs(endpoint.id)');
  expect(await connect()).toMatch(/^Hint: Connected: AWS us-east-1 \(vpce-\w+\)\.$/);
  expect(await connect()).not.toMatch(/was set up|was made/);
});
