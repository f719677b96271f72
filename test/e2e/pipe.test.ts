import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { fakeClock } from '../helpers/fake-clock.js';
import { listen, tlsFile, tlsOptions } from '../helpers/listen.js';
import { prepare } from '../helpers/prepare-sandbox.js';
import { fakeAtlas, json, ownFolders, signedIn } from '../helpers/run-cli.js';
import { home, quotedProgram, runProgram, runShell, startProgram } from '../helpers/run-program.js';
import { testSandbox } from '../helpers/sandbox.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const dist = join(home, 'dist');

test('a command without WebAssembly says what is missing', async () => {
  const env = { ...ownFolders(), NODE_OPTIONS: '--jitless', ATLAS_PE_PROFILE: 'sandbox' };
  const { exitCode, stdout, stderr } = await runProgram(['list'], env);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain('atlas-pe needs WebAssembly');
  expect(stderr).toContain('--jitless');
});

test('a pipe that the command line names is read', () => {
  const script = `${quotedProgram} sandbox serve --faults <(echo 'nope: 1')`;
  const { status, stderr } = runShell(script, ownFolders(), 'bash');
  expect([status, stderr]).toEqual([2, expect.stringContaining('Unrecognized key: "nope"')]);
});

describe.runIf(process.platform === 'linux')('a machine that gives the program too little', () => {
  const limited = (limit: string, line: string) =>
    runShell(`ulimit ${limit} && exec ${quotedProgram} ${line}`, ownFolders(), 'bash');

  test('too many open files are no bug', () => {
    // With the lowest limits, Node.js itself does not start.
    for (let limit = 18; ; limit++) {
      const { status, stderr } = limited(`-n ${limit}`, 'list --sandbox');
      expect(status, stderr).not.toBe(0);
      expect(stderr).not.toContain('bug in atlas-pe');
      if (!stderr.includes('Too many files')) continue;
      const hint = 'Raise the limit, for example with ulimit -n 1024.';
      return expect([status, stderr]).toEqual([1, `Error: Too many files are open.\nHint: ${hint}\n`]);
    }
  });

  // Node.js 24 needs less.
  test('too little memory for WebAssembly is no bug', () => {
    const { status, stderr } = limited('-v 3000000', 'list --sandbox');
    const hint = 'Remove the limit (ulimit -v unlimited), or use Node.js 24.';
    const refused = [1, `Error: Not enough virtual memory for WebAssembly.\nHint: ${hint}\n`];
    expect([refused, [0, '']]).toContainEqual([status, stderr]);
  });
});

test('help --man prints the man page', async () => {
  const stdout = readFileSync(join(dist, 'atlas-pe.1'), 'utf8');
  expect(await runProgram(['help', '--man'], {})).toEqual({ exitCode: 0, stdout, stderr: '' });
});

test("a command is the same after pe, the name of the Atlas CLI's command", async () => {
  const run = await runProgram(['pe', 'list', '--sandbox', '--json'], ownFolders());
  expect(run).toMatchObject({ exitCode: 0, stdout: '[]\n' });
});

test('several processes can use the sandbox at once without losing changes', async () => {
  const env = ownFolders();
  const regions = ['us-east-1', 'us-east-2', 'us-west-1', 'us-east-1'];
  const runs = await Promise.all(
    regions.map((region) => runProgram(['--sandbox', 'create', '--region', region], env)),
  );
  expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 0, 0, 5]);
  const [stdout = ''] = await prepare(env, '--sandbox list --fields region --output tsv');
  expect(stdout.trim().split('\n').sort()).toEqual([...new Set(regions)].sort());
});

describe('sandbox serve', () => {
  let serving: ReturnType<typeof startProgram>;
  let script = '';
  beforeAll(async () => {
    serving = startProgram(['sandbox', 'serve', '--ready-after', '0s'], ownFolders());
    [script] = (await once(serving.child.stdout.setEncoding('utf8'), 'data')) as [string];
  });
  afterAll(() => serving.child.kill());

  const variables = (lines: string) =>
    Object.fromEntries(
      [...lines.matchAll(/^(?:# )?export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );

  test.each([
    ['our key pair', /^ATLAS_PE_(?!CLIENT)/],
    ['our service account', /^ATLAS_PE_(?!PUBLIC|PRIVATE)/],
    ['the Atlas CLI’s names', /^MONGODB_ATLAS_(OPS|PROJECT|\w+_API_KEY)/],
    ['Terraform’s names', /^(MONGODB_ATLAS_(BASE_URL|PUBLIC_KEY|PRIVATE_KEY)|ATLAS_PE_PROJECT)$/],
  ])('works for a program that uses %s', async (_, names) => {
    const chosen = Object.entries(variables(script)).filter(([name]) => names.test(name));
    const env = { ...ownFolders(), ...Object.fromEntries(chosen) };
    expect(await prepare(env, 'list --json')).toEqual(['[]\n']);
  });

  const shells = ['sh', 'zsh'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);
  test.each(shells)('its lines override a real account and profile in %s', async (shell) => {
    const names = [
      ...'ACCESS_TOKEN CLIENT_ID CLIENT_SECRET BASE_URL PROFILE PROJECT PUBLIC_KEY PRIVATE_KEY'
        .split(' ')
        .map((name) => `ATLAS_PE_${name}`),
      ...`ACCESS_TOKEN REFRESH_TOKEN CLIENT_ID CLIENT_SECRET PUBLIC_API_KEY PRIVATE_API_KEY PUBLIC_KEY PRIVATE_KEY
        PROFILE ORG_ID PROJECT_ID BASE_URL OPS_MANAGER_URL SERVICE AUTH_TYPE`
        .split(/\s+/)
        .map((name) => `MONGODB_ATLAS_${name}`),
      'MCLI_PROJECT_ID',
      'ASSUME_ROLE_ARN',
      'TF_VAR_ASSUME_ROLE_ARN',
      'MONGODB_REALM_BASE_URL',
    ];
    const env = { ...ownFolders(), ...Object.fromEntries(names.map((name) => [name, 'SOMEBODYS'])) };
    await prepare({ ...env, ATLAS_PE_PROFILE: 'default' }, 'profile use sandbox');
    const lines = `set -eu\n${script}\nenv | grep SOMEBODYS || true\n${quotedProgram} whoami --json`;
    const { stdout } = runShell(lines, env, shell);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'sandbox1',
      profile: 'default',
      baseUrl: variables(script).ATLAS_PE_BASE_URL,
    });
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a wait at once with exit code %i', async (signal, exitCode) => {
  const env = ownFolders();
  const { child, ended } = startProgram(['--sandbox', 'create', '--region', 'us-east-1', '--wait'], env);
  await once(child.stderr, 'data');
  const before = performance.now();
  child.kill(signal);
  expect(await ended).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(': atlas-pe wait') });
  // It takes about 20 ms on an idle machine. The limit allows for a busy one.
  expect(performance.now() - before).toBeLessThan(5000);
});

test('wait --output jsonl prints a line at once, and ends quietly if its reader is gone', async () => {
  const env = { ...ownFolders(), ATLAS_PE_PROFILE: 'sandbox' };
  const create = ['us-east-1', 'us-east-2'].map((region) => `create --region ${region} --output id`);
  const [, id = ''] = await prepare(env, 'sandbox reset --ready-after 1h', ...create);
  const { child, ended } = startProgram(['wait', '--all', '--output', 'jsonl', '--fields', 'id,status'], env);
  const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  // The line appears long before the end.
  expect(JSON.parse(first.split('\n')[0] ?? '')).toEqual({ id: id.trim(), status: 'INITIATING' });
  const gone = ended.catch(() => 'reader gone');
  child.stdout.destroy();
  // The next line finds no reader.
  await prepare(env, 'delete us-east-1 --yes');
  expect(await gone).toBe('reader gone');
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
});

test('ends quietly if the reader is gone', () => {
  const list = `${quotedProgram} --sandbox list --json; echo "exit $?" >&2`;
  const { stdout, stderr } = runShell(`(${list}) | true`, ownFolders());
  expect([stdout, stderr]).toEqual(['', 'exit 0\n']);
});

test('reports a full disk, and still names what was changed', () => {
  const env = ownFolders();
  const run = (line: string) => runShell(`${quotedProgram} ${line} > /dev/full`, env);
  expect(run('--version')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /Cannot write the output \(no space left on device\)\.[\s\S]*\nHint: .*disk is full/,
    ),
  });
  const created = run('--sandbox create --region us-east-1');
  expect(created).toMatchObject({ status: 1, stderr: expect.stringMatching(/The change was made: [0-9a-f]{24}\n$/) });
  // These commands change nothing.
  for (const line of ['list --json', 'wait --timeout 30s --quiet']) {
    const { status, stderr } = run(`--sandbox ${line}`);
    expect([status, stderr]).toEqual([1, expect.stringContaining('no space left on device')]);
    expect(stderr).not.toContain('The change was made');
  }
});

test('four writers and four readers at once lose no write and break no file', async () => {
  const { env } = await testSandbox({ clock: { ...fakeClock(), now: Date.now } });
  await prepare(env, 'list');
  const names = Array.from({ length: 4 }, (_, index) => `p${index}`);
  const runs = await Promise.all(
    names.flatMap((name) => [
      runProgram(['config', 'set', 'project', name, '--profile', name], env),
      runProgram(['list', '--provider', 'aws', '--json'], env),
    ]),
  );
  expect(runs.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  const read = (folder: string, file: string) => JSON.parse(readFileSync(join(env[folder] ?? '', file), 'utf8'));
  const kept = read('ATLAS_PE_CONFIG_DIR', 'config.json').profiles;
  expect(Object.keys(kept).sort()).toEqual([...names].sort());
  // Commands that run at the same time hand over a nonce each.
  expect(read('ATLAS_PE_CACHE_DIR', 'nonces.json').nonces).not.toEqual([]);
});

test('a full disk leaves the configuration unchanged', async () => {
  const env = ownFolders();
  await prepare(env, 'config set project before');
  const file = join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json');
  const before = readFileSync(file, 'utf8');
  // No file may grow. Whether this gives an error or a signal depends on which comes first.
  const line = `ulimit -f 0; ${quotedProgram} config set project after`;
  expect(runShell(line, env, 'bash').status).not.toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

describe('HTTPS', () => {
  const server = createServer(tlsOptions(), (_, response) => json(response, 200, []));
  let env: Record<string, string> = {};
  beforeAll(async () => {
    env = signedIn(`https://localhost:${(await listen(server)).port}`);
  });
  afterAll(() => void server.close());

  test('an unknown certificate authority is refused, with a hint how to trust it', async () => {
    const { exitCode, stderr } = await runProgram(['list'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Error: The certificate of localhost:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\./,
    );
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('NODE_EXTRA_CA_CERTS trusts it, and the first packet leaves before TLS is loaded', async () => {
    const script = join(temporaryFolder(), 'events.cjs');
    writeFileSync(
      script,
      `const { Socket } = require('node:net');
      const { emit } = Socket.prototype;
      Socket.prototype.emit = function (event, ...rest) {
        if (event === 'lookup') console.error(process.moduleLoadList.includes('NativeModule tls'));
        return emit.call(this, event, ...rest);
      };`,
    );
    const variables = { NODE_EXTRA_CA_CERTS: tlsFile('cert'), NODE_OPTIONS: `--require ${script}` };
    expect(await runProgram(['list', '--provider', 'aws', '--json'], { ...env, ...variables })).toEqual({
      exitCode: 0,
      stdout: '[]\n',
      stderr: 'false\n',
    });
  });
});

/** The files in dist that a command loads, according to V8's coverage, without the one for the compile cache. */
async function loadedBy(argv: readonly string[], env: Record<string, string>): Promise<string[]> {
  const folder = temporaryFolder();
  await runProgram(argv, { ...env, NODE_V8_COVERAGE: folder });
  const covered = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const files = new Set(covered.join().match(/(?<=dist\/)[\w-]+\.cjs/g));
  files.delete('load.cjs');
  return [...files];
}

const codeOf = (files: readonly string[]) => files.map((file) => readFileSync(join(dist, file), 'utf8')).join();

/** The libraries in these files, recognized by names that only they use. Finding undici shows that the search works. */
function librariesIn(files: readonly string[]): string[] {
  const marks = {
    undici: 'UND_ERR_SOCKET',
    commander: 'enablePositionalOptions',
    ora: 'prefixText',
    chalk: 'ansi256',
    'string-width': String.raw`\uDB40\uDC67`,
    conf: 'beforeEachMigration',
    yaml: 'YAMLMap',
  };
  const code = codeOf(files);
  return Object.entries(marks).flatMap(([name, mark]) => (code.includes(mark) ? [name] : []));
}

test('--version and help load almost nothing, and a mistyped command only the parser', async () => {
  expect(await runProgram(['--version'], {})).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  expect(await loadedBy(['--version'], {})).toEqual([]);
  for (const line of ['--help', 'help interface add']) {
    const files = await loadedBy(line.split(' '), {});
    expect(codeOf(files).length, `${line}: ${files}`).toBeLessThan(20_000);
    expect(librariesIn(files)).toEqual([]);
  }
  for (const line of ['lst', 'list --nope']) {
    expect(librariesIn(await loadedBy(line.split(' '), {})), line).toEqual(['commander']);
  }
});

test('a command that prints JSON loads no spinner, colours, table or configuration store', async () => {
  const { env } = await fakeAtlas((_request, response) => json(response, 200, []));
  const files = await loadedBy(['list', '--json'], env);
  expect(codeOf(files).length).toBeLessThan(520_000);
  expect(librariesIn(files)).toEqual(['undici', 'commander']);
  // The words of other programs are only for usage errors.
  expect(codeOf(files)).not.toContain('troubleshoot');
  expect(codeOf(await loadedBy(['auth', 'login'], {}))).toContain('troubleshoot');
});
