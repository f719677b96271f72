import { Resolver } from 'node:dns/promises';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function own() {
  const env = ownFolders();
  const clock = fakeClock();
  const file = join(env.ATLAS_PE_DATA_DIR ?? '', 'sandbox.json');
  const run = (line: string, extra: Record<string, string> = {}) =>
    runCli(line.split(' '), { env: { ...env, ...extra }, clock });
  return { env, clock, file, run };
}

test('--sandbox keeps its state between commands, and needs no project or credentials', async () => {
  const { run, clock, file } = own();
  const { stdout } = await run('--sandbox create --region us-east-1 --output id');
  expect((await run('list --sandbox --output id')).stdout).toBe(stdout);
  clock.advance(5000);
  expect((await run('get --fields status --output tsv', { ATLAS_PE_PROFILE: 'sandbox' })).stdout).toBe(
    'WAITING_FOR_USER\n',
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('--sandbox accepts any project, and never connects to another host', async () => {
  const { run } = own();
  const elsewhere = { ATLAS_PE_BASE_URL: 'https://atlas.invalid', ATLAS_PE_PUBLIC_KEY: 'a', ATLAS_PE_PRIVATE_KEY: 'b' };
  const project = '6a793f63c0eb9e7a177153f5';
  const { exitCode, stdout } = await run(`--sandbox create --project ${project} --region us-east-1 --json`, elsewhere);
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
  const { exitCode, stderr } = await runCli(
    ['--sandbox', 'create', '--region', 'us-east-1', '--json', '--log-format', 'json'],
    { env },
  );
  expect(exitCode).toBe(1);
  expect(JSON.parse(stderr).error).toMatchObject({ status: null, hint: expect.stringContaining('ATLAS_PE_DATA_DIR') });
});

test('reset empties it and sets how endpoints become ready', async () => {
  const { run } = own();
  await run('--sandbox create --region us-east-1');
  const { exitCode, stdout } = await run('sandbox reset --ready-after 1m30s --ready-status available --json');
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({
      readyAfter: '1m30s',
      readyStatus: 'AVAILABLE',
      endpoints: 0,
      projects: [defaultProject],
    }),
  ]);
  const { stderr } = await run('--sandbox create --region us-east-1 --wait --until WAITING_FOR_USER');
  expect(stderr).toMatch(/: AVAILABLE after 1m(3|4)\ds\n/);
  expect(JSON.parse((await run('sandbox status --json')).stdout)).toMatchObject({ endpoints: 1 });
});

/** Sends these lines to a local port. Resolves with the response when the connection has ended. */
function send(port: string, lines: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(lines);
  // A promised body never arrives.
  if (lines.includes('Content-Length')) setTimeout(() => socket.destroy(), 50);
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

test('many commands at once lose nothing', async () => {
  const { run } = own();
  const regions =
    'us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-north-1 sa-east-1 ap-east-1';
  const runs = await Promise.all(regions.split(' ').map((region) => run(`--sandbox create --region ${region}`)));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual(runs.map(() => 0));
  const { stdout } = await run('--sandbox list --fields region --output tsv');
  expect(stdout.trim().split('\n').sort()).toEqual(regions.split(' ').sort());
});

test('of many parallel creates in a region exactly one succeeds', async () => {
  const { run } = own();
  const runs = await Promise.all(Array.from({ length: 6 }, () => run('--sandbox create --region us-east-1')));
  expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 5, 5, 5, 5, 5]);
});

test('a damaged state file is named and not changed, and reset repairs it', async () => {
  const { run, file, env } = own();
  await mkdir(env.ATLAS_PE_DATA_DIR ?? '', { recursive: true });
  writeFileSync(file, '{"options":');
  for (const line of ['--sandbox list', '--sandbox create --region us-east-1', '--sandbox doctor', 'sandbox status']) {
    const { exitCode, stderr } = await run(line);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(file)]);
    expect(stderr).toContain('atlas-pe sandbox reset');
  }
  expect(readFileSync(file, 'utf8')).toBe('{"options":');
  expect((await run('sandbox reset')).exitCode).toBe(0);
  expect((await run('--sandbox list')).exitCode).toBe(0);
});

test('a state file that was changed by hand is damaged, for every command', async () => {
  const { run, file } = own();
  await run('--sandbox connect us-east-1 --yes');
  const saved = JSON.parse(readFileSync(file, 'utf8'));
  saved.world.services[0].atlasRegion = '';
  writeFileSync(file, JSON.stringify(saved));
  for (const line of ['--sandbox projects', '--sandbox doctor --cloud', '--sandbox delete us-east-1 --yes']) {
    const { exitCode, stderr } = await run(line);
    expect([exitCode, stderr], line).toEqual([1, expect.stringMatching(/is damaged.+\n.+atlas-pe sandbox reset/)]);
  }
});

test('serve prints the settings for programs, responds to them, and exits with 0 when interrupted', async () => {
  const { env, clock } = own();
  let listed: Promise<{ exitCode: number; stdout: string }> | undefined;
  const { exitCode, stdout } = await runCli(['sandbox', 'serve', '--project', '1'.repeat(24), '--json'], {
    env,
    clock,
    onStderr: (text, interrupt) => {
      const baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
      const keys = { ATLAS_PE_PUBLIC_KEY: 'sandboxx', ATLAS_PE_PRIVATE_KEY: '00000000-5a4d-4b0c-8a11-5a4db0c5a4db' };
      listed = runCli(['list', '--project', '1'.repeat(24), '--json'], {
        env: { ...ownFolders(), ...keys, ATLAS_PE_BASE_URL: baseUrl },
        clock,
      }).finally(() => interrupt('SIGINT'));
    },
  });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ projectIds: ['1'.repeat(24)], publicKey: 'sandboxx' });
  expect(await listed).toMatchObject({ exitCode: 0, stdout: '[]\n' });
});

test('serve accepts an uppercase project id, and serves each project once', async () => {
  const id = 'abcdef'.repeat(4);
  const line = `sandbox serve --project ${id.toUpperCase()} --project ${id} --json`;
  const { stdout } = await runCli(line.split(' '), {
    ...{ env: ownFolders(), onStderr: (_, interrupt) => interrupt('SIGTERM') },
  });
  expect(JSON.parse(stdout).projectIds).toEqual([id]);
});

test('serve ends its line after Ctrl-C in a terminal', async () => {
  for (const [signal, end] of [
    ['SIGINT', 'Press Ctrl-C to stop it.\n\n'],
    ['SIGTERM', 'Press Ctrl-C to stop it.\n'],
  ] as const) {
    const screen = new Screen({ columns: 100, rows: 40, convertEol: true });
    let interrupt = (_: 'SIGINT' | 'SIGTERM') => {};
    const ended = runCli(['sandbox', 'serve'], {
      ...{ env: ownFolders(), screen },
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
  }
});

test('serve prints lines that a shell can read', async () => {
  const { env } = own();
  const { stdout } = await runCli(['sandbox', 'serve'], { env, onStderr: (_, interrupt) => interrupt('SIGTERM') });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => !/^(# |export [A-Z0-9_]+=[\w:./-]+$|unset( [A-Z0-9_]+)+$)/.test(line))).toEqual([]);
  for (const name of [
    'ATLAS_PE_BASE_URL',
    'MONGODB_ATLAS_OPS_MANAGER_URL',
    'MONGODB_ATLAS_PUBLIC_KEY',
    'AWS_ENDPOINT_URL_EC2',
    'AWS_SECRET_ACCESS_KEY',
    '# export ATLAS_PE_CLIENT_ID',
  ]) {
    expect(stdout).toContain(`${name}=`);
  }
});

test.each([
  ['', 'AVAILABLE after 5s'],
  [' --ready-status waiting-for-user --ready-after 1m30s', 'WAITING_FOR_USER after 1m30s'],
  [' --ready-after realistic', 'AVAILABLE after a realistic time'],
])('serve%s says that endpoints become %s, and they do', async (options, how) => {
  const { env, clock } = own();
  let created: Promise<{ stdout: string }> | undefined;
  let said = '';
  const serving = (line: string) =>
    runCli(line.split(' '), {
      ...{ env, clock },
      onStderr: (text, interrupt) => {
        const ATLAS_PE_BASE_URL = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
        const { publicKey: ATLAS_PE_PUBLIC_KEY, privateKey: ATLAS_PE_PRIVATE_KEY } = sandboxKeys;
        const pointed = { ...ownFolders(), ATLAS_PE_BASE_URL, ATLAS_PE_PUBLIC_KEY, ATLAS_PE_PRIVATE_KEY };
        created = runCli(`create --project ${defaultProject} --region us-east-1 --wait --json`.split(' '), {
          ...{ env: pointed, clock },
        }).finally(() => interrupt('SIGINT'));
      },
    });
  said = (await serving(`sandbox serve${options}`)).stdout;
  expect(said).toContain(`# Endpoints become ${how} (`);
  const [status] = how.split(' ');
  expect(JSON.parse((await created)?.stdout ?? '')).toMatchObject({ status });
  expect(JSON.parse((await serving(`sandbox serve${options} --json`)).stdout)).toMatchObject({ readyStatus: status });
});

test('the help of serve and reset shows their different default statuses', async () => {
  const { run } = own();
  expect((await run('sandbox serve --help')).stdout).toMatch(/--ready-status[^()]+\(default:\s+AVAILABLE\)/);
  expect((await run('sandbox reset --help')).stdout).toMatch(/--ready-status[^()]+\(default:\s+WAITING_FOR_USER\)/);
});

test.each(['table', 'tsv', 'json', 'jsonl', 'yaml'])('serve prints --fields as %s', async (format) => {
  const { env } = own();
  const line = `sandbox serve --fields readyStatus,environment --output ${format}`;
  const { stdout } = await runCli(line.split(' '), { env, onStderr: (_, interrupt) => interrupt('SIGTERM') });
  expect(stdout).toMatch(/^[^#]*AVAILABLE/);
  expect(stdout).toContain('ATLAS_PE_PROFILE');
  expect(stdout).not.toContain('export');
});

test('serve prints the same environment as JSON and for a shell', async () => {
  const { env } = own();
  const serve = async (options: string) =>
    (await runCli(`sandbox serve${options}`.split(' '), { env, onStderr: (_, stop) => stop('SIGTERM') })).stdout;
  const port = (text: string) => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
  const { environment } = JSON.parse(port(await serve(' --json')));
  const lines = port(await serve(''));
  const found = [...lines.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  const gone = [...lines.matchAll(/^unset (.*)$/gm)].flatMap(([, names = '']) => names.split(' '));
  const all = [...found, ...gone.map((name) => [name, null])].map(([name, value]) => ({ name, value }));
  expect(environment).toHaveLength(all.length);
  expect(environment).toEqual(expect.arrayContaining(all));
});

test('serve unsets older variables of the Atlas CLI, because any of them hides the newer ones', async () => {
  const { env } = own();
  const { stdout } = await runCli(['sandbox', 'serve', '--json'], { env, onStderr: (_, stop) => stop('SIGTERM') });
  const environment: { name: string; value: string | null }[] = JSON.parse(stdout).environment;
  const older = environment.filter(({ name }) => name.startsWith('MCLI_'));
  expect(older.filter(({ value }) => value !== null)).toEqual([]);
  expect(older.map(({ name }) => name.slice('MCLI_'.length)).sort()).toEqual([
    ...['ACCESS_TOKEN', 'AUTH_TYPE', 'BASE_URL', 'CLIENT_ID', 'CLIENT_SECRET', 'MONGOSH_PATH'],
    ...['OPS_MANAGER_CA_CERTIFICATE', 'OPS_MANAGER_SKIP_VERIFY', 'OPS_MANAGER_URL', 'ORG_ID', 'OUTPUT'],
    ...['PRIVATE_API_KEY', 'PRIVATE_KEY', 'PROJECT_ID', 'PUBLIC_API_KEY', 'PUBLIC_KEY', 'REFRESH_TOKEN', 'SERVICE'],
    ...['SKIP_UPDATE_CHECK', 'TELEMETRY_ENABLED'],
  ]);
});

test.each([
  'serve --fields nope',
  'serve --port abc',
  'serve --port 70000',
  'serve --ready-after soon',
  'serve --ready-status REDY',
  'serve --aws-lag soon',
  'serve --rate-limit 0',
  'serve --rate-limit 5/x',
  'serve --project abc',
  'serve --projects 2001',
  'serve --projects few',
  'serve --cluster app',
  'serve --cluster app:us-eest-1',
  'serve --cluster a/b:us-east-1',
  'serve --cluster app:paused',
  'serve --cluster app:M0',
  'serve --cluster app:us-east-1,us-east-2,M0',
  'serve --cluster app:us-east-1,M0,flex',
  'serve --key-role GROUP',
  'serve --key-access-list localhost',
  'serve --key-access-list 10.0.0.0/33',
  'serve --key-access-list 10.0.0.0/8/8',
  'serve --key-access-list ::/129',
  'serve --dns-port 65536',
  'serve --dns-port dns',
  'serve --dns-port 0 --network-fault closed-port',
  'serve --mongo-ports --network-fault no-srv',
  'serve --dns-port 0 --mongo-ports --network-fault nope',
  'reset --cluster app:',
  'reset --ready-after soon',
  'reset --fields nope',
])('sandbox %s is a usage error', async (line) => {
  const { run, file } = own();
  expect((await run(`sandbox ${line}`)).exitCode).toBe(2);
  expect(() => statSync(file)).toThrow();
});

test.each(['--cluster a:us-east-1,eu-west-1,b:us-west-2', '--cluster a:us-east-1,eu-west-1 --cluster b:us-west-2'])(
  '%s creates two clusters, one with two regions',
  async (flags) => {
    const { run, file } = own();
    expect(await run(`sandbox reset ${flags}`)).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(readFileSync(file, 'utf8')).world.options.clusters).toMatchObject([
      { name: 'a', regions: [{ atlasRegion: 'US_EAST_1' }, { atlasRegion: 'EU_WEST_1' }] },
      { name: 'b', regions: [{ atlasRegion: 'US_WEST_2' }] },
    ]);
  },
);

test('a cluster is paused, M0 or flex if one of its parts says so', async () => {
  const { run, file } = own();
  const clusters = 'old:us-east-1,eu-west-1,PAUSED,free:us-east-1,m0,small:gcp/us-central1,flex,app:us-east-1';
  expect((await run(`sandbox reset --cluster ${clusters}`)).exitCode).toBe(0);
  const of = (provider: string, atlasRegion: string) => ({ provider, atlasRegion });
  expect(JSON.parse(readFileSync(file, 'utf8')).world.options.clusters).toEqual([
    { name: 'old', regions: [of('AWS', 'US_EAST_1'), of('AWS', 'EU_WEST_1')], paused: true },
    { name: 'free', regions: [of('AWS', 'US_EAST_1')], tier: 'M0' },
    { name: 'small', regions: [of('GCP', 'CENTRAL_US')], tier: 'FLEX' },
    { name: 'app', regions: [of('AWS', 'US_EAST_1')] },
  ]);
});

test.each([
  ['--cluster a:us-east-1,pausd', 'paused'],
  ['--cluster a:us-east-1,flexx', 'flex'],
  ['--key-role group_read_onl', 'GROUP_READ_ONLY'],
  ['--dns-port 0 --network-fault no-adress', 'no-address'],
  ['--network-fault no-srv', '--dns-port'],
  ['--network-fault certificate', '--mongo-ports'],
])('serve %s is refused with the suggestion %s', async (options, meant) => {
  const { exitCode, stderr } = await own().run(`sandbox serve ${options}`);
  const hint = stderr.split('\n').find((line) => line.startsWith('Hint: '));
  expect([exitCode, hint]).toEqual([2, expect.stringContaining(meant)]);
});

test("a cluster's region is on the given cloud, otherwise on AWS if AWS has it", async () => {
  const { run, file } = own();
  await run('sandbox reset --cluster a:azure/US_EAST_2,US_EAST_2,eastus2,us-central1');
  expect(JSON.parse(readFileSync(file, 'utf8')).world.options.clusters).toEqual([
    {
      name: 'a',
      regions: [
        { provider: 'AZURE', atlasRegion: 'US_EAST_2' },
        { provider: 'AWS', atlasRegion: 'US_EAST_2' },
        { provider: 'AZURE', atlasRegion: 'US_EAST_2' },
        { provider: 'GCP', atlasRegion: 'CENTRAL_US' },
      ],
    },
  ]);
});

test.each([
  ['a:azure/eastuss', 'eastus'],
  ['a:gcp/us-centrl1', 'us-central1'],
  ['a:aws/eastus2', '--provider azure'],
])("a region that doesn't exist on the cloud of %s is refused with a suggestion", async (cluster, meant) => {
  const { exitCode, stderr } = await own().run(`sandbox reset --cluster ${cluster}`);
  const hint = stderr.split('\n').find((line) => line.startsWith('Hint: '));
  expect([exitCode, hint]).toEqual([2, expect.stringContaining(meant)]);
});

test.each([
  ['serve --port 65535x', 'serve --port 65536'],
  ['serve --projects 2001', 'serve --projects 20000'],
  [`reset --cluster ${'a'.repeat(65)}:us-east-1`, 'reset --cluster -a:us-east-1'],
  ['reset --cluster a:us-east-1:b', 'reset --cluster :us-east-1'],
])('sandbox %s and %s are usage errors too', async (...lines) => {
  for (const line of lines) expect((await own().run(`sandbox ${line}`)).exitCode, line).toBe(2);
});

test('the longest cluster name is accepted', async () => {
  const { run, file } = own();
  const name = `a${'-'.repeat(62)}b`;
  expect((await run(`sandbox reset --cluster ${name}:us-east-1`)).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8')).world.options.clusters[0].name).toBe(name);
});

test("--aws-lag sets how long EC2 doesn't find a new resource", async () => {
  const { run, file } = own();
  await run('sandbox reset --aws-lag 3s');
  expect(JSON.parse(readFileSync(file, 'utf8')).world.options.awsLag).toBe(3000);
});

test('a port in use gives a clear error', async () => {
  const { env } = own();
  let second: Promise<{ exitCode: number; stderr: string }> | undefined;
  await runCli(['sandbox', 'serve'], {
    env,
    onStderr: (text, interrupt) => {
      const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? '';
      second = runCli(['sandbox', 'serve', '--port', port], { env }).finally(() => interrupt('SIGINT'));
    },
  });
  expect(await second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is already in use') });
});

/** Runs `sandbox serve` with these options, and `during` while it runs. */
async function serving<T>(options: string, during: (said: string) => Promise<T>, format = '') {
  const { env, clock } = own();
  let said = '';
  let done: Promise<T> | undefined;
  const run = await runCli(`sandbox serve ${options}${format}`.split(' '), {
    ...{ env, clock },
    onStderr: (text, interrupt) => {
      said += text;
      if (!said.includes('Press Ctrl-C')) return;
      done ??= during(said).finally(() => interrupt('SIGINT'));
    },
  });
  return { ...run, result: await done };
}

test('serve with --dns-port and --mongo-ports says where they are, and how to check a connection', async () => {
  const { exitCode, stdout, stderr, result } = await serving('--dns-port 0 --mongo-ports', async (said) => {
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
  vi.stubEnv('TMPDIR', '/nonexistent');
  const { exitCode, stderr } = await run('sandbox serve --mongo-ports');
  vi.unstubAllEnvs();
  const said = "Error: Cannot write the sandbox's CA certificate to /nonexistent (no such file or directory).\n";
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(said)]);
});

test('serve prints the DNS server and the CA file as JSON, or null', async () => {
  const { stdout } = await serving('--dns-port 0 --mongo-ports', async () => undefined, ' --json');
  expect(JSON.parse(stdout)).toMatchObject({
    dnsServer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    tlsCaFile: expect.stringMatching(/ca\.pem$/),
  });
  const without = await serving('--mongo-ports', async () => undefined, ' --json');
  expect(JSON.parse(without.stdout)).toMatchObject({ dnsServer: null, tlsCaFile: expect.any(String) });
  const none = await serving('', async () => undefined, '--json');
  expect(JSON.parse(none.stdout)).toMatchObject({ dnsServer: null, tlsCaFile: null });
});

test('a DNS port in use gives a clear error', async () => {
  const { result } = await serving('--dns-port 0', async (said) => {
    const port = /127\.0\.0\.1:(\d+) \(UDP\)/.exec(said)?.[1] ?? '';
    return runCli(['sandbox', 'serve', '--dns-port', port], { env: ownFolders() });
  });
  expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('It is already in use') });
});

test('serve with roles and an access list refuses what they do not allow', async () => {
  const from = (said: string, line: string) => {
    const ATLAS_PE_BASE_URL = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
    const { publicKey: ATLAS_PE_PUBLIC_KEY, privateKey: ATLAS_PE_PRIVATE_KEY } = sandboxKeys;
    const env = { ...ownFolders(), ATLAS_PE_BASE_URL, ATLAS_PE_PUBLIC_KEY, ATLAS_PE_PRIVATE_KEY };
    return runCli(`${line} --project ${defaultProject} --json --log-format json`.split(' '), {
      env,
      clock: fakeClock(),
    });
  };
  const reading = await serving('--key-role group-read-only --key-access-list 127.0.0.1', async (said) => [
    await from(said, 'list'),
    await from(said, 'create --region us-east-1'),
  ]);
  expect(reading.result?.map(({ exitCode }) => exitCode)).toEqual([0, 4]);
  const { result } = await serving('--key-access-list 203.0.113.0/24', (said) => from(said, 'list'));
  expect([result?.exitCode, JSON.parse(result?.stderr ?? '').error.errorCode]).toEqual([
    4,
    'IP_ADDRESS_NOT_ON_ACCESS_LIST',
  ]);
});
