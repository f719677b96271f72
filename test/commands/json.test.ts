import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../src/base/errors.js';
import { parse as parseLine } from '../../src/cli/parser.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { type CliOptions, type Line, linesIn, ownFolders, ownSandbox, type Run, runCli } from '../helpers/run-cli.js';
import { changed, closed, keysOf, resolved, schema, shipped } from '../helpers/schema.js';
import { Screen } from '../helpers/screen.js';
import { commands } from '../helpers/tree.js';
import { caseOf, names } from './cases.js';

/*
 * Every command prints exactly the JSON that output.schema.json describes. These tests treat an unknown key as an
 * error. The published schema allows unknown keys, because a later version may add some, but it refuses missing keys
 * and values of other types.
 */

/** The commands that print data. The others only write to stderr. */
const telling = commands.flatMap(([path, { fields }]) => (fields === undefined ? [] : [path.join(' ')]));

function definitionOf(line: string): string {
  const asked = parseLine(line.split(' '));
  const path = asked.kind === 'run' ? asked.line.path : [];
  const inRegions = /^(?:dis)?connect .*--cluster/.test(line) ? '-cluster' : '';
  return `${path.join('-')}${inRegions}${line.includes('--dry-run') ? '-dry-run' : ''}`;
}

const own = ownSandbox();
/** The definitions of everything printed so far. */
const used = new Set<string>();

/** Runs a command with its own output format, or with JSON, and validates everything it prints. Returns the data. */
async function look(line: string, options: CliOptions = {}, run = own.atlas): Promise<unknown> {
  const format = / --output (\w+)/.exec(line)?.[1] ?? 'json';
  const { exitCode, stdout, stderr } = await run(
    `${line}${line.includes(' --output') ? '' : ' --json'} --log-format json`,
    options,
  );
  expect([exitCode, stdout], `${line}\n${stderr}`).toEqual([0, expect.stringMatching(/\S/)]);
  if (format !== 'yaml') checkStderr(stderr, line);
  const whole = definitionOf(line);
  if (format !== 'jsonl') {
    const value = format === 'yaml' ? parse(stdout) : JSON.parse(stdout);
    check(whole, value, line);
    return value;
  }
  const values: unknown[] = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  for (const value of values) check(`${whole}-line` in schema.$defs ? `${whole}-line` : whole, value, line);
  return values;
}

/** Validates each line on stderr against the definition for its key. */
function checkStderr(stderr: string, line: string): Line[] {
  const lines = linesIn(stderr);
  for (const { kind, value } of lines) {
    check(kind, value, line);
    check('stderr-line', value, line);
  }
  return lines;
}

function check(definition: string, value: unknown, line: string): void {
  used.add(definition);
  const part = `#/$defs/${definition}`;
  expect(closed(part, value), line).toEqual([]);
  const shape = `${part} ${JSON.stringify(value, (_, each) => (Object(each) === each ? each : typeof each))}`;
  if (shapes.has(shape)) return;
  shapes.add(shape);
  expect([...shipped(part, value), ...shipped('#', value)], line).toEqual([]);
  const grown = changed(value, (object) => ({ ...object, added: 1 }));
  expect(shipped(part, grown), line).toEqual([]);
  for (const key of keysOf(value)) {
    const without = changed(value, ({ [key]: gone, ...rest }) => rest);
    if (!optional.has(key)) expect(shipped(part, without), `${line}, without ${key}`).not.toEqual([]);
    const wrong = changed(value, (object) => (key in object ? { ...object, [key]: [{}] } : object));
    expect(shipped(part, wrong), `${line}, with another ${key}`).not.toEqual([]);
  }
}

/** What was printed so far, with the type of each value in its place. Another one like it changes to nothing new. */
const shapes = new Set<string>();

/** Keys that some objects of a definition lack. */
const optional = new Set(
  Object.values(schema.$defs).flatMap(({ properties = {}, required = [] }) =>
    Object.keys(properties).filter((key) => !required.includes(key)),
  ),
);

/** Runs a command with both kinds of JSON. */
async function read(line: string): Promise<void> {
  expect(await look(`${line} --output jsonl`), line).toEqual([await look(line)].flat());
}

const clouds = {
  aws: { region: 'us-east-1', add: 'vpce-0123456789abcdef0' },
  azure: {
    region: 'eastus2',
    add: '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p --ip 10.0.0.4',
  },
  gcp: { region: 'us-central1', add: 'rule --gcp-project my-project-1 --ip 10.0.0.1' },
};

// In this order: the last test checks all others.
describe('output matches the schema', { shuffle: false }, () => {
  test.each(names)('of %s', async (command) => {
    const { world, before = [], good, options } = caseOf(command, own.sandbox.env);
    if (world) await own.restart(world);
    for (const line of before) await own.ends(line, 0);
    if (!telling.includes(command))
      expect(await own.atlas(`${good} --json`, options)).toMatchObject({ exitCode: 0, stdout: '' });
    else if (schema.$defs[definitionOf(good)]?.type === 'array') await read(good);
    else await look(good, options);
  });

  test.each(Object.entries(clouds))('from create to an empty list on %s', async (provider, { region, add }) => {
    for (const line of ['list', 'interface list', 'connection-strings']) {
      expect(await look(line)).toEqual([]);
      await own.ends(`${line} --output jsonl`, 0, '', '');
    }
    const on = `${region} --provider ${provider}`;
    await look(`create ${on} --dry-run`);
    await look(`create ${on}`);
    const everything = async () => {
      for (const line of ['list', 'get', 'interface list', 'connection-strings']) {
        const { stdout } = await own.atlas(`${line} --output jsonl`);
        if (stdout !== '') await read(line);
      }
    };
    // While it is being created, ready, in use, and being deleted.
    await everything();
    await look(`create ${on} --if-not-exists --output jsonl`);
    await look('wait --until ready');
    await everything();
    await look(`interface add ${region} ${add}`);
    await everything();
    await look(`interface add ${region} ${add} --if-not-exists --wait --output jsonl`);
    await look('wait --interface');
    await look('wait --interface --any');
    await look('wait --interface --output jsonl');
    await look('interface get');
    await read(`list --status available ${provider === 'aws' ? '--region us-east-1' : `--provider ${provider}`}`);
    expect(parse(JSON.stringify(await look('list --output yaml')))).toEqual(await look('list'));
    await everything();
    await look(`interface remove ${region} ${add.split(' ')[0]} --yes`);
    await everything();
    await look('wait --interface --until DELETED');
    await look(`delete ${region} --yes`);
    await everything();
    expect(await look(`delete ${region} --yes --wait`)).toMatchObject({ status: 'DELETED' });
    expect(await look('list')).toEqual([]);
  });

  test('of failed endpoints, rejected interface endpoints, and missing ones', async () => {
    const fails: Fault = { method: 'POST', fate: { kind: 'failed', reason: 'No capacity' } };
    for (const [provider, { region, add }] of Object.entries(clouds)) {
      own.faults = [{ ...fails, path: '/endpoint' }];
      await own.atlas(`create ${region} --provider ${provider} --wait`);
      await own.atlas(`interface add ${region} ${add}`);
      own.sandbox.clock.advance(60_000);
      own.faults = [{ ...fails, path: '/endpointService' }];
      const other = { aws: 'us-west-2', azure: 'westus', gcp: 'us-east1' }[provider];
      await own.atlas(`create ${other} --provider ${provider}`);
      own.sandbox.clock.advance(60_000);
    }
    expect(await look('list --status failed')).toHaveLength(3);
    await read('list');
    await read('interface list');
    const gone = '6a793f68c0eb9e7a17715835';
    await look(`delete ${gone} --yes --if-exists`);
    await look('delete eu-west-1 --yes --if-exists');
    await look('wait eu-west-1 --until DELETED');
    await look(`wait ${gone} eu-west-1 --until DELETED`);
    await look(`wait ${gone} eu-west-1 --until DELETED --output jsonl`);
    await look('interface remove us-east-1 vpce-0123456789abcdef9 --yes --if-exists');
    await look('interface remove eu-west-1 vpce-0123456789abcdef9 --yes --if-exists');
    await look('delete us-east-1 --yes --cascade');
  });

  test('of the plans of connect and disconnect', async () => {
    await look('connect us-east-1 --dry-run');
    await look('connect us-east-1 --yes');
    await look('connect us-east-1 --dry-run');
    await read('list --check');
    await look('connect --cluster Cluster0 --dry-run');
    await look('connect --cluster Cluster0 --yes');
    await look('disconnect us-east-1 --dry-run --output jsonl');
    await look('disconnect --cluster Cluster0 --dry-run');
    await look('disconnect us-east-1 --keep-service --yes --output yaml');
    await look('disconnect --cluster Cluster0 --yes');
  });

  test('of a line of doctor', async () => {
    await own.atlas('connect us-east-1 --yes --sandbox');
    await look('doctor us-east-1 --sandbox --output jsonl');
  });

  test('of several endpoints, remote regions, port mapping, and project-wide commands', async () => {
    await look('create us-east-1 --remote-region us-west-2 --dry-run');
    await look('create us-central1 --provider gcp --port-mapping --dry-run --output jsonl');
    await look('create us-central1 --provider gcp --no-port-mapping --dry-run');
    await look('create us-east-1 --remote-region us-west-2');
    await look('update us-east-1 --add eu-west-1');
    await look('update us-east-1 --add eu-west-1 --output jsonl');
    await look('create us-central1 --provider gcp --wait');
    await look('create us-east4 --provider gcp --no-port-mapping --wait');
    await look('interface add us-east4 grp --gcp-project my-project-1 --endpoint a@10.0.0.1,b@10.0.0.2 --wait');
    await look('wait --all');
    await look('wait --any');
    await look('wait us-east-1 us-central1');
    await look('wait --all --output jsonl');
    await read('list --all-projects');
    await look('interface add us-east-1 vpce-0123456789abcdef0 --wait');
    expect(await look('connection-strings --wait')).toHaveLength(1);
    await read('connection-strings');
    await read('regional-mode get');
    await read('whoami');
  });

  test('of a conversion to port mapping, at each step', async () => {
    await own.restart({ clusters: [{ name: 'app', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' }] }] });
    await look('create us-east4 --provider gcp --no-port-mapping --wait');
    await look('interface add us-east4 grp --gcp-project my-project-1 --endpoint a@10.0.0.1 --wait');
    await read('convert us-east4');
    await look('interface add us-east4 rule --gcp-project my-project-1 --ip 10.0.0.4');
    await read('convert us-east4');
    await look('convert us-east4 --finish --yes');
    await look('convert us-east4');
  });

  test('of credentials, profiles and settings', async () => {
    const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: own.sandbox.baseUrl };
    const folder = join(env.XDG_CONFIG_HOME ?? '', 'atlascli');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.toml'), '[theirs]\nproject_id = "64f0c2a7e1b2c3d4e5f60718"\n');
    const { ATLAS_PE_PUBLIC_KEY = '', ATLAS_PE_PRIVATE_KEY = '' } = own.sandbox.env;
    const stdin = `${ATLAS_PE_PUBLIC_KEY}\n${ATLAS_PE_PRIVATE_KEY}\n`;
    await runCli(['login', '--with-key'], { env, stdin });
    const account = '{"clientId":"mdb_sa_id_5a4db0c5a4db0c5a4db0c5a4","clientSecret":"a"}';
    expect(await runCli(['login', '--with-service-account'], { env, stdin: account })).toMatchObject({ exitCode: 4 });
    const run = (line: string) => runCli(line.split(' '), { env });
    for (const line of [
      'config list',
      'config list --show-origin',
      'config list --profile sandbox',
      'config get base-url',
      'config path',
      'profile list',
      'whoami',
      'completion fish',
      'version',
    ]) {
      expect(await look(`${line} --output jsonl`, {}, run), line).toEqual([await look(line, {}, run)].flat());
    }
    await look('whoami', {}, (line) => runCli(line.split(' '), { env: { ...env, ATLAS_PE_PROJECT: 'Sandbox' } }));
    own.faults = [{ status: 403, body: '{"error":403,"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST"}' }];
    expect(await look('whoami', {}, run)).toMatchObject({ onAccessList: false, projects: null });
  });

  test('of the sandbox', async () => {
    const env = ownFolders();
    const run = (line: string) => runCli(line.split(' '), { env });
    await look('sandbox status', {}, run);
    await look('sandbox reset --ready-after 10s --output jsonl', {}, run);
    await look('sandbox reset --ready-after 1m30s --ready-status AVAILABLE', {}, run);
    await look('--sandbox create us-east-1', {}, run);
    await look('sandbox status --output jsonl', {}, run);
    const serve = (line: string): Promise<Run> =>
      runCli(line.split(' '), { env, onStderr: (_, interrupt) => interrupt('SIGINT') });
    await look('sandbox serve', {}, serve);
    await look(`sandbox serve --output jsonl --project ${'1'.repeat(24)},${'2'.repeat(24)}`, {}, serve);
  });

  test('of errors, with every code', async () => {
    const wrong = { env: { ...own.sandbox.env, ATLAS_PE_PRIVATE_KEY: 'wrong' } };
    const failing: Fault = { method: 'POST', path: '/endpointService', fate: { kind: 'failed', reason: 'Full' } };
    const interrupted = (signal: 'SIGINT' | 'SIGTERM'): CliOptions => ({ onStderr: (_, stop) => stop(signal) });
    const codes = [];
    for (const [line, options, faults] of [
      ['nope', {}, []],
      ['list --status nope', {}, []],
      ['get', {}, []],
      ['list', wrong, []],
      ['list', { env: ownFolders() }, []],
      ['list', {}, [{ status: 500 }]],
      ['list', {}, [{ drop: 'before' }]],
      ['list', {}, [{ path: '/AWS/endpointService', status: 500 }]],
      ['create eu-west-1 --wait', {}, [failing]],
      ['create us-east-1 --wait --timeout 1s', {}, []],
      ['create us-east-1', {}, []],
      ['wait us-east-1 --until DELETED', interrupted('SIGINT'), []],
      ['wait us-east-1 --until DELETED', interrupted('SIGTERM'), []],
      ['sandbox exec -- no-such-program', { env: { ATLAS_PE_LOG_FORMAT: 'json' } }, []],
      ['sandbox exec -- /etc/passwd', { env: { ATLAS_PE_LOG_FORMAT: 'json' } }, []],
    ] as [string, CliOptions, Fault[]][]) {
      own.faults = faults;
      for (const flag of ['--json --log-format json', '--output jsonl --log-format json']) {
        const { exitCode, stderr } = await own.atlas(`${line} ${flag}`, options);
        const lines = checkStderr(stderr, line);
        expect(
          lines.filter(({ kind }) => kind === 'error'),
          line,
        ).toEqual([lines.at(-1)]);
        expect(lines.at(-1)?.said.exitCode).toBe(exitCode);
        codes.push(lines.at(-1)?.said);
      }
    }
    own.faults = [];
    const screen = new Screen({ columns: 200, rows: 40 });
    const { exitCode: declined } = await own.atlas('delete us-east-1 --json --log-format json', {
      screen,
      stdin: 'n\r',
    });
    await screen.written();
    const [said] = checkStderr(screen.raw.slice(screen.raw.lastIndexOf('{"error"')), 'delete');
    expect(said?.said.exitCode).toBe(declined);
    codes.push(said?.said);
    const { code, exitCode } = resolved(schema.$defs.ErrorDetails ?? {}).properties ?? {};
    expect([...new Set(codes.map((each) => each?.code))].sort()).toEqual([...(code?.enum ?? [])].sort());
    expect(exitCode?.enum).toEqual([...new Set(Object.values(exitCodes))].filter((each) => each !== exitCodes.done));
  });

  test('and every definition was used', ({ task, skip }) => {
    const others = task.suite?.tasks.filter((each) => each !== task) ?? [];
    skip(
      others.some(({ result }) => result?.state !== 'pass'),
      'not all others were run, or not well',
    );
    const unused = schema.anyOf
      .map(({ $ref }) => String($ref).split('/').at(-1) ?? '')
      .filter((name) => !used.has(name));
    expect(unused, 'definitions of what nothing prints').toEqual([]);
  });
});
