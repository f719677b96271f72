import { Resolver } from 'node:dns/promises';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { endsOf, ownFolders, type Run, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function own() {
  const env = ownFolders();
  const clock = fakeClock();
  const file = join(env.ATLAS_PE_DATA_DIR ?? '', 'sandbox.json');
  const run = (line: string, extra: Record<string, string> = {}) =>
    runCli(line.split(' '), { env: { ...env, ...extra }, clock });
  const clusters = () => JSON.parse(readFileSync(file, 'utf8')).world.options.clusters;
  return { env, clock, file, run, ends: endsOf((line: string) => run(line)), clusters };
}

interface Serving {
  said: string;
  run: (line: string) => Promise<Run>;
}

/** Runs `sandbox serve` with these options, and `during` until it is interrupted. */
async function serving<T>(options: string, during: (served: Serving) => Promise<T>) {
  const [env, clock] = [ownFolders(), fakeClock()];
  let said = '';
  let result: Promise<T> | undefined;
  const ended = await runCli(`sandbox serve ${options}`.trim().split(/ +/), {
    env,
    clock,
    onStderr: (text, interrupt) => {
      said += text;
      if (!said.includes('Press Ctrl-C') || result) return;
      const { publicKey, privateKey } = sandboxKeys;
      const pointed = {
        ...ownFolders(),
        ATLAS_PE_BASE_URL: /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '',
        ATLAS_PE_PROJECT: defaultProject,
        ATLAS_PE_PUBLIC_KEY: publicKey,
        ATLAS_PE_PRIVATE_KEY: privateKey,
      };
      const run = (line: string) => runCli(line.split(' '), { env: pointed, clock });
      result = during({ said, run }).finally(() => interrupt('SIGINT'));
    },
  });
  return { ...ended, result: await result };
}

const printed = async (options = '') => (await serving(options, async () => {})).stdout;

test('--sandbox keeps its state between commands, and needs no project or credentials', async () => {
  const { run, clock, file } = own();
  const { stdout } = await run('--sandbox create us-east-1 --output id');
  expect((await run('list --sandbox --output id')).stdout).toBe(stdout);
  clock.advance(5000);
  const shown = await run('get --fields status --output tsv', { ATLAS_PE_PROFILE: 'sandbox' });
  expect(shown.stdout).toBe('WAITING_FOR_USER\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('ATLAS_PE_SANDBOX is --sandbox, unless --profile names another profile', async () => {
  const { run } = own();
  const on = { ATLAS_PE_SANDBOX: '1', ATLAS_PE_PROFILE: 'missing' };
  const codes = async (line: string, ...values: string[]) => {
    const runs = values.map(async (ATLAS_PE_SANDBOX) => (await run(line, { ATLAS_PE_SANDBOX })).exitCode);
    return Promise.all(runs);
  };
  expect((await run('list', on)).exitCode).toBe(0);
  expect(await codes('list', 'true', '0', 'false', '', 'yes')).toEqual([0, 4, 4, 4, 2]);
  const missing = await run('get us-east-1', on);
  expect([missing.exitCode, missing.stderr]).toEqual([3, expect.stringContaining('connect us-east-1 --sandbox')]);
  expect((await run('config set project p', on)).exitCode).toBe(2);
  expect((await run('config set project p --profile work', on)).stderr).toMatch(/ profile work /);
  expect((await run('list --profile work', on)).stderr).toContain('login --profile work');
});

test('a variable with our prefix that does not exist is named, with the one that was meant', async () => {
  const { run } = own();
  const wrong = { ATLAS_PE_PROJET: 'p', ATLAS_PE_PROVIDER: 'aws', ATLAS_PE_TEST_X: '1' };
  const { stderr } = await run('list --sandbox', wrong);
  expect(stderr).toBe(
    'Warning: Unknown environment variable ATLAS_PE_PROJET. Did you mean ATLAS_PE_PROJECT?\n' +
      'Warning: Unknown environment variable ATLAS_PE_PROVIDER.\n',
  );
  expect((await run('version', wrong)).stderr).toBe('');
  expect((await run('list --sandbox', { ATLAS_PE_SANDBOX_DNS_SERVER: '127.0.0.1:1' })).stderr).toBe('');
});

test('--sandbox accepts any project, and never connects to another host', async () => {
  const { run } = own();
  const elsewhere = { ATLAS_PE_BASE_URL: 'https://a.invalid', ATLAS_PE_PUBLIC_KEY: 'a', ATLAS_PE_PRIVATE_KEY: 'b' };
  const project = '6a793f63c0eb9e7a177153f5';
  const { exitCode, stdout } = await run(
    `--sandbox create --project ${project} --region us-east-1 --json`,
    elsewhere,
  );
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ projectId: project })]);
  expect((await run('--sandbox list --json')).stdout).toBe('[]\n');
});

test('--sandbox ignores a project name in the environment, which belongs to a real project', async () => {
  const env = { ...ownFolders(), ATLAS_PE_PROJECT: 'payments' };
  expect(await runCli(['--sandbox', 'list', '--json'], { env })).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  const named = await runCli(['--sandbox', 'list', '--project', 'payments'], { env });
  expect([named.exitCode, named.stderr]).toEqual([2, expect.stringContaining("Project 'payments' not found")]);
});

test('a folder that is not writable gives a clear error, not an API error', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const env = { ATLAS_PE_CONFIG_DIR: folder, ATLAS_PE_DATA_DIR: join(folder, 'file', 'below') };
  const line = '--sandbox create --region us-east-1 --json --log-format json';
  const { exitCode, stderr } = await runCli(line.split(' '), { env });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stderr).error).toMatchObject({
    status: null,
    hint: expect.stringContaining('ATLAS_PE_DATA_DIR'),
  });
});

test('reset empties it and sets how endpoints become ready', async () => {
  const { run, ends } = own();
  await run('--sandbox create us-east-1');
  const { stdout } = await ends('sandbox reset --ready-after 1m30s --ready-status available --json', 0);
  const empty = { readyAfter: '1m30s', readyStatus: 'AVAILABLE', endpointCount: 0, projectCount: 1 };
  expect(JSON.parse(stdout)).toMatchObject(empty);
  const { stderr } = await run('--sandbox create --region us-east-1 --wait --until WAITING_FOR_USER');
  expect(stderr).toMatch(/: AVAILABLE after 1m(3|4)\ds\n/);
  expect(JSON.parse((await run('sandbox status --json')).stdout)).toMatchObject({ endpointCount: 1 });
});

/** Sends these lines to a local port. Resolves with the response when the connection has ended. */
function send(port: string, lines: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  // A promised body never arrives.
  socket.write(lines, () => lines.includes('Content-Length') && socket.destroy());
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  return new Promise((resolve) => socket.on('close', () => resolve(answer)));
}

test('other traffic to the port of its sandbox does not disturb a command', async () => {
  const [env, clock] = [ownFolders(), fakeClock()];
  let disturbed: Promise<string[]> | undefined;
  const { exitCode, stderr } = await runCli('--sandbox create --region us-east-1 --wait --verbose'.split(' '), {
    env,
    // Wait until all of it is sent.
    clock: {
      ...clock,
      sleep: async (ms, signal) => {
        await disturbed;
        await clock.sleep(ms, signal);
      },
    },
    onStderr: (text) => {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      disturbed ??= Promise.all(
        [
          'GET // HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
          'GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n',
          'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
          'POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant',
        ].map((lines) => send(port, lines)),
      );
    },
  });
  const answers = (await disturbed) ?? [];
  expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['400', '400', '400', undefined]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('WAITING_FOR_USER after')]);
});

test.each<[string, (text: string) => string]>([
  ['cut off', () => '{"options":'],
  ['edited', (text) => text.replace('US_EAST_1', 'US_EAST_2')],
  ['of another version', (text) => text.replace(/"version": \d+/, '"version": 1')],
])('a state file that was %s is damaged: it is named and not changed, and reset repairs it', async (_, damage) => {
  const { run, file, ends } = own();
  await run('--sandbox create us-east-1');
  const damaged = damage(readFileSync(file, 'utf8'));
  writeFileSync(file, damaged);
  for (const line of ['list', 'create --region us-east-1', 'doctor', 'delete us-east-1 --yes', 'sandbox status']) {
    const { exitCode, stdout, stderr } = await run(`--sandbox ${line}`);
    // doctor has the hint in its report.
    const shown = line === 'doctor' ? stdout : stderr;
    expect([exitCode, shown], line).toEqual([
      1,
      expect.stringMatching(/is damaged or edited.+\n.+(?:\n.+)?atlas-pe sandbox reset/),
    ]);
    expect(stderr).toContain(file);
  }
  expect(readFileSync(file, 'utf8')).toBe(damaged);
  await ends('sandbox reset', 0);
  await ends('--sandbox list', 0);
});

test('serve prints the settings for programs, responds to them, and exits with 0 when interrupted', async () => {
  const project = 'abcdef'.repeat(4);
  const line = `--project ${project.toUpperCase()} --project ${project} --json`;
  const { exitCode, stdout, result } = await serving(line, ({ run }) => run(`list --project ${project} --json`));
  expect(exitCode).toBe(0);
  // An id in upper case is the same project.
  expect(JSON.parse(stdout)).toMatchObject({
    projectIds: [project],
    publicKey: 'sandbox1',
    dnsServer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    tlsCaFile: expect.stringMatching(/ca\.pem$/),
    tlsBaseUrl: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(result).toMatchObject({ exitCode: 0, stdout: '[]\n' });
});

test.each([
  ['SIGINT', 'Press Ctrl-C to stop it.\n\n'],
  ['SIGTERM', 'Press Ctrl-C to stop it.\n'],
] as const)('in a terminal, serve ends its line after %s', async (signal, end) => {
  const screen = new Screen({ columns: 100, rows: 40, convertEol: true });
  let interrupt = (_: 'SIGINT' | 'SIGTERM') => {};
  const ended = runCli(['sandbox', 'serve'], {
    env: ownFolders(),
    screen,
    onStart: (given) => {
      interrupt = given;
    },
  });
  await screen.shows(/Press Ctrl-C to stop it\./, ended);
  interrupt(signal);
  expect((await ended).exitCode).toBe(0);
  await screen.written();
  expect(screen.raw.endsWith(end)).toBe(true);
  expect(screen.raw.endsWith(`\n${end}`)).toBe(false);
});

const olderVariables =
  'MCLI_ACCESS_TOKEN MCLI_AUTH_TYPE MCLI_BASE_URL MCLI_CLIENT_ID MCLI_CLIENT_SECRET MCLI_MONGOSH_PATH ' +
  'MCLI_OPS_MANAGER_CA_CERTIFICATE MCLI_OPS_MANAGER_SKIP_VERIFY MCLI_OPS_MANAGER_URL MCLI_ORG_ID MCLI_OUTPUT ' +
  'MCLI_PRIVATE_API_KEY MCLI_PRIVATE_KEY MCLI_PROJECT_ID MCLI_PUBLIC_API_KEY MCLI_PUBLIC_KEY MCLI_REFRESH_TOKEN ' +
  'MCLI_SERVICE MCLI_SKIP_UPDATE_CHECK MCLI_TELEMETRY_ENABLED';

test('serve prints the same environment as JSON and as lines that a shell can read', async () => {
  const withoutPort = (text: string) =>
    text
      .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
      .replaceAll(/[^\s"=]+atlas-pe-sandbox-\w+/g, '/FOLDER')
      .replace(/[^\s"=]+(?=\/data\/azure\b)/, '');
  const lines = withoutPort(await printed());
  expect(lines).toMatch(/^((# .*|export [A-Z0-9_]+=[\w:./-]+|unset( [A-Z0-9_]+)+)\n)+$/);
  const found = [...lines.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  const gone = [...lines.matchAll(/^unset (.*)$/gm)].flatMap(([, names = '']) => names.split(' '));
  const all = [...found, ...gone.map((name) => [name, null])].map(([name, value]) => ({ name, value }));
  const { environment } = JSON.parse(withoutPort(await printed('--json')));
  expect(environment).toHaveLength(all.length);
  expect(environment).toEqual(expect.arrayContaining(all));
  const given = found.map(([name]) => name);
  expect(given).toEqual(
    expect.arrayContaining(['ATLAS_PE_BASE_URL', 'MONGODB_ATLAS_OPS_MANAGER_URL', 'MONGODB_ATLAS_PUBLIC_KEY']),
  );
  expect(given).toEqual(expect.arrayContaining(['AWS_ENDPOINT_URL_EC2', 'AWS_SECRET_ACCESS_KEY']));
  expect(lines).toContain('# export ATLAS_PE_CLIENT_ID=');
  // Any of the older variables of the Atlas CLI hides the newer ones, so all of them are unset.
  expect(found.filter(([name]) => name?.startsWith('MCLI_'))).toEqual([]);
  expect(gone.filter((name) => name.startsWith('MCLI_')).sort()).toEqual(olderVariables.split(' '));
});

test.each([
  ['', 'AVAILABLE after 2s'],
  ['--ready-status waiting-for-user --ready-after 1m30s', 'WAITING_FOR_USER after 1m30s'],
])('serve %s says that endpoints become %s, and they do', async (options, how) => {
  const create = ({ run }: Serving) => run('create --region us-east-1 --wait --json');
  const { stdout, result } = await serving(options, create);
  expect(stdout).toContain(`# Endpoints become ${how} (`);
  const [status] = how.split(' ');
  expect(JSON.parse(result?.stdout ?? '')).toMatchObject({ status });
  expect(JSON.parse(await printed(`${options} --json`))).toMatchObject({ readyStatus: status });
});

test.each(['table', 'json'])('serve prints --fields as %s', async (format) => {
  const stdout = await printed(`--fields readyStatus,environment --output ${format}`);
  expect(stdout).toMatch(/^[^#]*AVAILABLE/);
  expect(stdout).toContain('ATLAS_PE_PROFILE');
  expect(stdout).not.toContain('export');
});

test.each([
  ['serve --fields nope', ''],
  ['serve --port 65536', ''],
  ['serve --ready-after soon', ''],
  ['serve --ready-status REDY', ''],
  ['serve --cluster app', ''],
  ['serve --cluster a/b:us-east-1', ''],
  ['serve --cluster app:us-east-1,us-east-2,M0', ''],
  ['reset --cluster app:', ''],
  [`reset --cluster ${'a'.repeat(65)}:us-east-1`, ''],
  ['reset --cluster a:azure/eastuss', 'eastus'],
  ['reset --cluster a:aws/eastus2', '--provider azure'],
])('sandbox %s is a usage error, with the hint %j', async (line, hint) => {
  const { file, ends } = own();
  await ends(`sandbox ${line}`, 2, new RegExp(`\nHint: .*${hint}`));
  expect(existsSync(file)).toBe(false);
});

const aws = (atlasRegion: string) => ({ provider: 'AWS', atlasRegion });
const azure = (atlasRegion: string) => ({ provider: 'AZURE', atlasRegion });
const gcp = (atlasRegion: string) => ({ provider: 'GCP', atlasRegion });
const longest = `a${'-'.repeat(62)}b`;
const two = [
  { name: 'a', regions: [aws('US_EAST_1'), aws('EU_WEST_1')] },
  { name: 'b', regions: [aws('US_WEST_2')] },
];

test.each([
  ['a:us-east-1,eu-west-1,b:us-west-2', two],
  ['old:us-east-1,PAUSED', [{ name: 'old', regions: [aws('US_EAST_1')], paused: true }]],
  ['free:us-east-1,m0', [{ name: 'free', regions: [aws('US_EAST_1')], tier: 'M0' }]],
  ['small:gcp/us-central1,flex', [{ name: 'small', regions: [gcp('CENTRAL_US')], tier: 'FLEX' }]],
  // A region is on the given cloud, otherwise on AWS if AWS has it.
  ['a:azure/US_EAST_2,US_EAST_2', [{ name: 'a', regions: [azure('US_EAST_2'), aws('US_EAST_2')] }]],
  ['a:eastus2,us-central1', [{ name: 'a', regions: [azure('US_EAST_2'), gcp('CENTRAL_US')] }]],
  [`${longest}:us-east-1`, [{ name: longest, regions: [aws('US_EAST_1')] }]],
])('reset --cluster %s sets these clusters', async (value, expected) => {
  const { clusters, ends } = own();
  await ends(`sandbox reset --cluster ${value}`, 0);
  expect(clusters()).toEqual(expected);
});

test.each([
  ['--port', /http:\/\/127\.0\.0\.1:(\d+)/],
  ['--dns-port', /127\.0\.0\.1:(\d+) \(UDP\)/],
])('serve: a port in use gives a clear error for another %s', async (option, port) => {
  const { result } = await serving('', ({ said }) => own().run(`sandbox serve ${option} ${port.exec(said)?.[1]}`));
  expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already in use') });
});

test('serve says where names and ports of its strings are, and how to check a connection', async () => {
  const { exitCode, stdout, stderr, result } = await serving('', async ({ said }) => {
    const [, server = '', file = ''] = /doctor --dns-server (\S+) --tls-ca-file (\S+)/.exec(said) ?? [];
    const dns = new Resolver({ timeout: 2000, tries: 1 });
    dns.setServers([server]);
    const code = await dns.resolve4('example.com').catch((error: { code: string }) => error.code);
    return { code, file, pem: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 };
  });
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({ code: 'ENOTFOUND', mode: 0o600 });
  expect(result?.pem).toMatch(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n$/);
  // It is removed at the end.
  expect(existsSync(result?.file ?? '')).toBe(false);
  expect(stderr).toContain('(UDP)');
  expect(stdout).toContain(`export ATLAS_PE_SANDBOX_TLS_CA_FILE=${result?.file}\n`);
  expect(stdout).toMatch(/^export ATLAS_PE_SANDBOX_DNS_SERVER=127\.0\.0\.1:\d+$/m);
});

test('serve says where it cannot write the CA file', async () => {
  const { run } = own();
  const folder = join(temporaryFolder(), 'none');
  vi.stubEnv('TMPDIR', folder);
  const { exitCode, stderr } = await run('sandbox serve');
  vi.unstubAllEnvs();
  const said = `Error: Cannot write the sandbox's CA certificate to ${folder} (no such file or directory).\n`;
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(said)]);
});

test.each([
  ['keyRole: GROUP_READ_ONLY\nkeyAccessList: 127.0.0.1\n', [0, 4], 'USER_UNAUTHORIZED', 'Project Owner'],
  ['keyAccessList: [203.0.113.0/24]\n', [4, 4], 'IP_ADDRESS_NOT_ON_ACCESS_LIST', 'access list'],
])('serve with %j in its faults file refuses what that does not allow', async (text, exitCodes, errorCode, hint) => {
  const faults = join(temporaryFolder(), 'faults.yaml');
  writeFileSync(faults, text);
  const { result = [] } = await serving(`--faults ${faults}`, async ({ run }) => [
    await run('list'),
    await run('create us-east-1 --log-format json'),
  ]);
  expect(result.map(({ exitCode }) => exitCode)).toEqual(exitCodes);
  expect(JSON.parse(result[1]?.stderr ?? '').error).toMatchObject({ errorCode, hint: expect.stringContaining(hint) });
});
