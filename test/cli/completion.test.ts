import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnsBeside, endpointKeys } from '../../src/atlas/keys.js';
import { longName } from '../../src/base/shell.js';
import { topicNames, tree } from '../../src/cli/tree.js';
import { knownRegions } from '../../src/clouds/regions.js';
import { everywhere } from '../../src/command.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { formatNames } from '../../src/ui/formats.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { fakeKeychain } from '../helpers/fake-keychain.js';
import { type CliOptions, json, ownFolders, ownSandbox, runCli, startServer } from '../helpers/run-cli.js';
import { startSandbox } from '../helpers/sandbox.js';

/** Completes the end of a line. A · in it stands for a space inside a word. */
async function answer(line: string, options: CliOptions = {}) {
  const words = line.split(' ').map((word) => word.replaceAll('·', ' '));
  const { exitCode, stdout, stderr } = await runCli(['complete', '--', ...words], options);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.split('\n');
  expect(lines.pop()).toBe('');
  const directive = lines.pop();
  for (const each of lines) expect(each).toMatch(/^[\w./@+-][\w.:/@=+,-]*(\t[\w .:;/@=+,()|…-]+)?$/);
  return { lines, directive, values: lines.map((each) => each.split('\t')[0] ?? '') };
}

async function values(line: string, options: CliOptions = {}): Promise<string[]> {
  return (await answer(line, options)).values;
}

const globals = Object.keys(everywhere).map(longName);
const columns = Object.keys(columnsBeside(endpointKeys));
const statuses = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE', 'FAILED', 'DELETING'];

test.each<[line: string, expected: string[]]>([
  ['l', ['list', 'login', 'logout']],
  ['interface ', ['add', 'get', 'list', 'remove']],
  ['help in', ['interface']],
  ['help interface a', ['add']],
  ['completion --fields ', ['shell', 'script']],
  ['list ', []],
  ['nonsense --j', []],
  ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
  ['list --s', ['--status', '--sandbox', '--sort']],
  ['list --sort ', [...endpointKeys, ...columns]],
  ['list --sort -st', ['-status']],
  ['list --sort=-st', ['--sort=-status']],
  // Secrets can't be printed.
  ['config get p', ['project', 'provider', 'public-key']],
  ['config unset p', ['project', 'provider', 'public-key', 'private-key']],
  ['list --project --js', ['--json']],
  ['list --nonsense --js', ['--json']],
  ['--output=js', ['--output=json', '--output=jsonl']],
  ['interface add x y --provider gcp --reg', ['--region']],
  ['interface --', ['--help', ...globals]],
  ['list --provider ', ['aws', 'azure', 'gcp']],
  ['create --region us-e', ['us-east-1', 'us-east-2']],
  ['list --status ready,av', ['ready,available']],
  ['update x --add ', knownRegions('AWS')],
  ['list --provider gcp --region us-e', ['us-east1', 'us-east4', 'us-east5']],
  ['create --remote-region us-west-1,us-w', ['us-west-1,us-west-2']],
  ['create --remote-region us-west-1 --remote', ['--remote-region']],
  ['list --remote-region $(x),us-w', []],
  ['update x --remove=ca-', ['--remove=ca-central-1', '--remove=ca-west-1']],
  ['list --status ', ['ready', ...statuses]],
  ['create --until DEL', ['DELETING', 'DELETED']],
  ['wait until ', ['ready', ...statuses, 'DELETED']],
  ['connection-strings --endpoint x --cl', ['--cluster']],
  ['get -o ', [...formatNames, 'terraform']],
  ['list -o', []],
  ['list -ojs', ['-ojson', '-ojsonl']],
  ['config set secret-store ', ['keychain', 'file']],
  ['config set private-key ', []],
  ['create --dry-run --fields ', ['method', 'url', 'body']],
  [
    'get --fields=id,',
    [...endpointKeys, ...columns].filter((key) => key !== 'id').map((key) => `--fields=id,${key}`),
  ],
  ['interface add x y --endpoint ', []],
  ['list "', []],
  ['create --output ""', formatNames],
])('%s', async (line, expected) => {
  const { values: found, directive } = await answer(line);
  expect(new Set(found)).toEqual(new Set(expected));
  expect(directive).toBe(':4');
});

test('lists every command with its summary, and no internal commands', async () => {
  const { lines, values: found } = await answer('');
  const { stdout: help } = await runCli(['--help']);
  const commands = (/^Connect:$[\s\S]+(?=^Help topics:$)/m.exec(help)?.[0] ?? '')
    .split('\n')
    .flatMap((line) => /^ {2}([a-z-]+) /.exec(line)?.[1] ?? []);
  expect(found).toEqual(commands);
  expect(found).not.toContain('complete');
  expect(lines).toContain('interface\tAttach, show, list and remove interface endpoints');
});

test('completes help with all commands and topics, and with nothing more', async () => {
  const { values: found } = await answer('help ');
  expect(found).toEqual([...tree.map(({ name }) => name), ...Object.keys(topicNames)]);
});

test('completes files for options that take a file', async () => {
  expect(await answer('sandbox serve --faults x')).toMatchObject({ lines: [], directive: ':0' });
  expect(await answer('sandbox serve --faults=x')).toMatchObject({ lines: [], directive: ':0' });
});

test.each(['list', 'sandbox status', 'interface list', 'wait --interface', 'config get output'])(
  '--fields of %s completes all fields that it accepts',
  async (command) => {
    const env = ownFolders();
    const { stderr } = await runCli([...command.split(' '), '--sandbox', '--fields', 'nonsense'], { env });
    const known = /Valid fields: (.*)\n/.exec(stderr)?.[1]?.split(', ');
    expect(await values(`${command} --fields `, { env })).toEqual(known);
  },
);

describe('from local files', () => {
  const env = ownFolders();
  const folder = join(env.XDG_CONFIG_HOME ?? '', 'atlascli');
  beforeAll(async () => {
    await runCli(['config', 'set', 'provider', 'gcp', '--profile', 'work'], { env });
    await runCli(['config', 'set', 'output', 'json', '--profile', 'play'], { env });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.toml'), '[official]\nproject_id = "64f0c2a7e1b2c3d4e5f60718"\n');
  });

  test.each<[line: string, expected: string[]]>([
    ['--profile ', ['official', 'work', 'play', 'sandbox']],
    ['profile use ', ['official', 'work', 'play', 'sandbox']],
    ['profile delete ', ['work', 'play']],
    ['create --profile work --region us-c', ['us-central1']],
  ])('%s', async (line, expected) => {
    expect(await values(line, { env })).toEqual(expected);
  });

  test('profiles of the Atlas CLI are described', async () => {
    expect((await answer('--profile o', { env })).lines).toEqual(['official\tAtlas CLI profile']);
  });

  test('a broken configuration is reported by other commands, not here', async () => {
    const broken = ownFolders();
    mkdirSync(broken.ATLAS_PE_CONFIG_DIR ?? '', { recursive: true, mode: 0o755 });
    writeFileSync(join(broken.ATLAS_PE_CONFIG_DIR ?? '', 'config.json'), '{"profiles":');
    expect(await values('--profile ', { env: broken })).toEqual([]);
    expect(await values('get ', { env: broken })).toEqual([]);
    writeFileSync(join(broken.ATLAS_PE_CONFIG_DIR ?? '', 'config.json'), '{"profiles":{"work":{}}}');
    expect(await values('--profile w', { env: broken })).toEqual(['work']);
    expect(await values('--profile w', { env: { ...broken, ATLAS_PE_OUTPUT: 'nonsense' } })).toEqual(['work']);
  });
});

describe('from the project', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  const ids: Record<string, string> = {};
  const options = () => ({ env: sandbox.env, clock: sandbox.clock });
  beforeAll(async () => {
    const near = { provider: 'AWS', atlasRegion: 'US_EAST_1' } as const;
    const far = { provider: 'AZURE', atlasRegion: 'US_EAST_2' } as const;
    const clusters = [
      { name: 'app', sharded: true, regions: [near, far] },
      { name: 'Cluster0', sharded: true, regions: [near] },
    ];
    sandbox = await startSandbox({ world: { clusters } });
    const run = (line: string) => {
      sandbox.clock.advance(1);
      return runCli(line.split(' '), options());
    };
    await run('regional-mode enable --yes');
    for (const [name, line] of Object.entries({
      east: '--region us-east-1',
      west: '--region us-west-2',
      second: '--region us-west-2',
      azure: '--region eastus2 --provider azure',
    })) {
      ids[name] = (await run(`create ${line} --output id`)).stdout.trim();
    }
    sandbox.clock.advance(6000);
    await run('interface add us-east-1 vpce-0123456789abcdef0');
    sandbox.clock.advance(60_000);
  });
  afterAll(() => sandbox.close());

  test.each<[line: string, expected: () => (string | undefined)[]]>([
    ['get ', () => ['us-east-1', ids.east, ids.west, ids.second, 'eastus2', ids.azure]],
    ['get --provider azure ', () => ['eastus2', ids.azure]],
    ['wait us-east-1 ', () => [ids.west, ids.second, 'eastus2', ids.azure]],
    ['wait until ready us', () => ['us-east-1']],
    ['interface get us-east-1 ', () => ['vpce-0123456789abcdef0']],
    ['interface remove eastus2 ', () => []],
    ['connection-strings --endpoint=us', () => ['--endpoint=us-east-1']],
    ['connect --cluster ', () => ['app', 'Cluster0']],
    ['connect --provider azure ', () => ['eastus2', ids.azure]],
    ['connect us-e', () => ['us-east-1']],
    ['connect --cluster app,', () => ['app,Cluster0']],
    ['disconnect --cluster app --cluster ', () => ['Cluster0']],
    ['get --project=San', () => ['--project=Sandbox']],
    ['config set project S', () => ['Sandbox']],
    ['get --project 64f0c2a7e1b2c3d4e5f60719 ', () => []],
    ['get --sandbox ', () => []],
  ])('%s', async (line, expected) => {
    expect((await values(line, options())).sort()).toEqual(expected().sort());
  });

  test.each<[line: string, described: () => string[]]>([
    ['get us', () => ['us-east-1\tAWS AVAILABLE']],
    ['get eas', () => ['eastus2\tAZURE WAITING_FOR_USER']],
    ['get --region us-east-1 6', () => [`${ids.east}\tAWS us-east-1 AVAILABLE`]],
    ['interface get vp', () => ['vpce-0123456789abcdef0\tinterface endpoint, AWS us-east-1']],
    ['connect --cluster a', () => ['app\tAWS us-east-1, Azure eastus2']],
    ['list --project ', () => [`Sandbox\t${defaultProject}`, `${defaultProject}\tSandbox`]],
    ['--profile sa', () => ['sandbox\tbuilt-in Atlas sandbox']],
  ])('%s with a description', async (line, described) => {
    const { lines } = await answer(line, options());
    expect(lines.sort()).toEqual(described().sort());
  });

  test('only if the word needs it', async () => {
    await sandbox.idle();
    const before = sandbox.requests();
    for (const line of ['', 'get --', 'list --region ', 'get --output ', 'wait unt', 'wait until ', 'profile use ']) {
      await answer(line, options());
    }
    expect(sandbox.requests()).toBe(before);
  });

  test('with GET requests only', async () => {
    await sandbox.idle();
    sandbox.exchanges.length = 0;
    await answer('delete ', options());
    await answer('interface remove us-east-1 ', options());
    await sandbox.idle();
    expect(new Set(sandbox.exchanges.map(({ method }) => method))).toEqual(new Set(['GET']));
  });
});

test('--sandbox completes its endpoints without creating state', async () => {
  const [env, clock] = [ownFolders(), fakeClock()];
  expect(await values('get --sandbox ', { env, clock })).toEqual([]);
  expect(existsSync(env.ATLAS_PE_DATA_DIR ?? '')).toBe(false);
  expect(existsSync(env.ATLAS_PE_CONFIG_DIR ?? '')).toBe(false);
  await runCli(['--sandbox', 'create', '--region', 'us-east-1'], { env, clock });
  const file = join(env.ATLAS_PE_DATA_DIR ?? '', 'sandbox.json');
  const state = readFileSync(file, 'utf8');
  expect(await values('--sandbox get us', { env, clock })).toEqual(['us-east-1']);
  expect(await values('get us', { env: { ...env, ATLAS_PE_PROFILE: 'sandbox' }, clock })).toEqual(['us-east-1']);
  expect(readFileSync(file, 'utf8')).toBe(state);
  expect(readdirSync(env.ATLAS_PE_DATA_DIR ?? '')).toEqual(['sandbox.json']);
});

describe('within the time limit', () => {
  const own = ownSandbox();
  const ask = () => values('get us', { env: own.sandbox.env, clock: own.sandbox.clock });

  test('uses a response that takes 200 ms', async () => {
    await own.atlas('create us-east-1');
    own.faults = [{ method: 'GET', path: '/AWS/endpointService', delayMs: 200 }];
    expect(await ask()).toEqual(['us-east-1']);
  });

  test.each([
    ['an answer that takes 301 ms', { delayMs: 301 }],
    ['no answer', { delayMs: 3_600_000 }],
    ['429, to be tried again in a second', { status: 429, headers: { 'Retry-After': '1' } }],
    ['503', { status: 503 }],
    ['a connection that breaks off', { drop: 'before' as const }],
  ])('%s gives no values', async (_, fault) => {
    await own.atlas('create us-east-1');
    own.faults = [{ method: 'GET', nth: [{ from: 1, to: Number.POSITIVE_INFINITY }], ...fault }];
    const started = own.sandbox.clock.now();
    expect(await ask()).toEqual([]);
    // A delay of the sandbox advances this clock too.
    if (!('delayMs' in fault)) expect(own.sandbox.clock.now() - started).toBeLessThan(2000);
  });

  test("a process that started slowly still completes what doesn't need Atlas", async () => {
    await own.atlas('create us-east-1');
    const options = { env: own.sandbox.env, clock: own.sandbox.clock, startMs: 310 };
    expect(await values('create --region us-east-', options)).toEqual(['us-east-1', 'us-east-2']);
    expect(await values('--profile s', options)).toEqual(['sandbox']);
    own.faults = [{ method: 'GET', delayMs: 1 }];
    expect(await values('get us', options)).toEqual([]);
  });

  test('a process that hangs is killed a little later', async () => {
    const { env, clock } = own.sandbox;
    const kills: number[] = [];
    const options = { env, clock, onKillAfter: (ms: number) => kills.push(ms) };
    await values('get ', { ...options, startMs: 120 });
    expect(kills).toEqual([280]);
    await values('list --s', options);
    expect(kills).toHaveLength(1);
  });

  test('wrong or missing credentials and an unreachable host give no values', async () => {
    const { env, clock } = own.sandbox;
    expect(await values('get ', { env: { ...env, ATLAS_PE_PRIVATE_KEY: 'wrong' }, clock })).toEqual([]);
    expect(await values('get ', { env: { ...env, ATLAS_PE_BASE_URL: 'http://127.0.0.1:1' }, clock })).toEqual([]);
    expect(await values('get ', { env: ownFolders(), clock })).toEqual([]);
  });

  test("a keychain that doesn't respond gives no values", async () => {
    const [env, clock] = [ownFolders(), fakeClock()];
    const keychain = fakeKeychain();
    await runCli(['config', 'set', 'public-key', 'abcdefgh'], { env, keychain });
    await runCli(['config', 'set', 'private-key'], { env, keychain, stdin: '11111111-2222-3333-4444-555555555555' });
    await runCli(['config', 'set', 'project', defaultProject], { env, keychain });
    const silent = {
      ...keychain,
      get: () => {
        clock.advance(300);
        return new Promise<null>(() => undefined);
      },
    };
    expect(await values('get ', { env, clock, keychain: silent })).toEqual([]);
  });
});

describe('only values that the shell reads back unchanged are offered', () => {
  const evil = [
    '$(touch x)',
    '`touch x`',
    "it's",
    '"',
    'two words',
    'tab\there',
    'new\nline',
    ':0',
    '\u001b[31m',
    'a;b',
    '~',
    '*',
    '\\',
    '‘',
    '',
  ];

  const idOf = (index: number) => String(index).padStart(24, '0');

  test('from names and statuses of Atlas', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.includes('endpointService') !== true) {
        const results = [...evil, 'good'].map((name, index) => ({ id: idOf(index), name }));
        return json(response, 200, { results, totalCount: results.length });
      }
      if (!request.url.includes('AWS')) return json(response, 200, []);
      json(
        response,
        200,
        evil.map((text, index) => ({
          id: idOf(index),
          cloudProvider: 'AWS',
          regionName: text,
          status: text,
          interfaceEndpoints: [text],
        })),
      );
    });
    const env = { ...ownFolders(), ATLAS_PE_BASE_URL: server.baseUrl, ATLAS_PE_ACCESS_TOKEN: 'token' };
    const names = (await values('get --project ', { env })).filter((name) => !/^\d{24}$/.test(name));
    expect(names).toEqual(['good']);
    const found = await answer('interface get ', { env: { ...env, ATLAS_PE_PROJECT: defaultProject } });
    expect(found.values).toEqual(evil.map((_, index) => idOf(index)));
    expect(found.lines[0]).toMatch(/^0{24}\tAWS .*touch x/);
    // A shortened description doesn't end with a space.
    expect(found.lines).toEqual(found.lines.map((line) => line.trimEnd()));
    await server.close();
  });

  test('from names of profiles', async () => {
    const env = ownFolders();
    mkdirSync(env.ATLAS_PE_CONFIG_DIR ?? '', { recursive: true, mode: 0o700 });
    const profiles = Object.fromEntries([...evil, 'good'].map((name) => [name, {}]));
    writeFileSync(join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
    expect(await values('--profile ', { env })).toEqual(['good', 'sandbox']);
  });
});

test('for any words', async () => {
  const known = 'list interface add help wait until config set --output --json -- - -o'.split(' ');
  const word = fc.oneof(
    fc.constantFrom(...known, '--fields=id,', '--remote-region', 'aws', '$(touch x)', "it's", '"', '~', ':0'),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
      const { exitCode, stdout, stderr } = await runCli(['complete', '--', ...words]);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^([\w./@+-][\w.:/@=+,-]*(\t[\w .:;/@=+,()|…-]+)?\n)*:[04]\n$/);
    }),
    { numRuns: 100 },
  );
});

test('without words, and without --', async () => {
  expect((await runCli(['complete', '--'])).stdout).toContain('create\t');
  expect(await runCli(['complete', 'list'])).toMatchObject({ exitCode: 2, stdout: '' });
});
