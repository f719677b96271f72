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

test('filters the JSON, together with other output options', async () => {
  expect((await atlas('list', '--sort', 'region', '--jq', '.[].region')).stdout).toBe('eu-west-1\nus-east-1\n');
  const { stdout } = await atlas('--jq=.[0]', 'list', '--fields', 'region,provider', '--sort', '-region', '--json');
  expect(stdout).toBe('{"region":"us-east-1","provider":"AWS"}\n');
  expect((await atlas('list', '--all-projects', '--jq', 'length')).stdout).toBe('2\n');
  const get = await atlas('get', 'us-east-1', '--quiet', '--jq', '.endpointServiceName | ltrimstr("com.amazonaws.")');
  expect(get).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/^vpce\.us-east-1\.vpce-svc-\w+\n$/) });
  expect((await atlas('completion', 'bash', '--jq', '.shell')).stdout).toBe('bash\n');
});

test('prints the same in a terminal, without colour', async () => {
  const terminal = new Terminal(['--sandbox', 'list', '--sort', 'region', '--jq', '.[] | {region}'], env);
  expect(await terminal.exit).toBe(0);
  expect(terminal.raw()).toBe('{"region":"eu-west-1"}\r\n{"region":"us-east-1"}\r\n');
});

test('output of debug goes to stderr', async () => {
  const { stdout, stderr } = await atlas('list', '--jq', 'length | debug');
  expect([stdout, JSON.parse(stderr)]).toEqual(['2\n', { note: { message: '["DEBUG:",2]' } }]);
});

test("a result can't send control codes", async () => {
  expect((await atlas('list', '--jq', '"\\u001b[31m\\u202ex"')).stdout).toBe('\\u001b[31m\\u202ex\n');
});

test.each([
  [['list', '--jq', '.['], 2, 'Invalid --jq expression: syntax error, unexpected end of file, line 1, column 2.'],
  [['list', '--jq', '.', '--output', 'table', '--json'], 2, '--jq and --output table cannot be combined.'],
  [['list', '--jq', '.', '--header'], 2, '--header cannot be combined with --output json.'],
  [['list', '--jq', '.', '--watch'], 2, '--watch cannot be combined with --output json.'],
  [['logout', '--jq', '.'], 2, 'This command has no JSON output to filter.'],
  [['list', '--jq', '.nope'], 1, 'The --jq expression failed: Cannot index array with string ("nope").'],
] as const)('%j fails with exit code %i', async (argv, exitCode, message) => {
  const run = await atlas(...argv);
  expect(run).toMatchObject({ exitCode, stdout: '' });
  expect(JSON.parse(run.stderr)).toMatchObject({ error: { message, exitCode } });
});

test('if the expression fails after a create, the error says that the change was made', async () => {
  // In a separate sandbox: tests run in any order, and others count the endpoints.
  const { exitCode, stderr } = await runProgram(
    ['--sandbox', 'create', '--region', 'us-west-2', '--jq', '.id.x'],
    ownFolders(),
  );
  const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  expect([exitCode, error.hint]).toEqual([1, expect.stringMatching(/^The change was made: [0-9a-f]{24}$/)]);
});

test('if the expression fails after a connect, the error names the VPC endpoint, unless nothing was left to do', async () => {
  const own = ownFolders();
  await runProgram(['--sandbox', 'sandbox', 'reset', '--ready-after', '0s'], own);
  const connect = async (jq: string) => {
    const run = await runProgram(['--sandbox', 'connect', 'us-east-1', '--yes', '--jq', jq], own);
    return { ...run, hint: JSON.parse(run.stderr.trim().split('\n').at(-1) ?? '').error?.hint };
  };
  const first = await connect('.endpoint.id.x');
  expect([first.exitCode, first.hint]).toEqual([
    1,
    expect.stringMatching(/^The connection was set up\. Its VPC endpoint is vpce-\w+\.$/),
  ]);
  const second = await connect('.endpoint.id.x');
  expect([second.exitCode, second.hint ?? '']).toEqual([1, expect.not.stringMatching(/was set up|was made/)]);
});
