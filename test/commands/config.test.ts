import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guessed } from '../../src/base/words.js';
import { formatNames } from '../../src/ui/formats.js';
import { endsOf, ownFolders, type Run, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const cliEnds = endsOf(runCli);

/** A profile of its own; `text` is what its file contains already. */
function profile(text?: string) {
  const env = ownFolders();
  const folder = env.ATLAS_PE_CONFIG_DIR ?? '';
  const file = join(folder, 'config.json');
  if (text !== undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
  }
  const config = (line: string, stdin = ''): Promise<Run> => runCli(line.split(' '), { env, stdin });
  return { env, folder, file, config, ends: endsOf((line: string) => config(line)) };
}

test('set stores a value for one profile, readable only by its owner', async () => {
  const { config, file, folder, ends } = profile();
  await ends('config set project 64f0c2a7e1b2c3d4e5f60718', 0, '', '');
  await config('--profile work config set project 6a793f63c0eb9e7a177153f5');
  await ends('config get project', 0, '', '64f0c2a7e1b2c3d4e5f60718\n');
  await ends('config get project --profile work', 0, '', '6a793f63c0eb9e7a177153f5\n');
  expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    profiles: { default: { project: '64f0c2a7e1b2c3d4e5f60718' }, work: { project: '6a793f63c0eb9e7a177153f5' } },
  });
});

test('set normalizes values and refuses invalid ones', async () => {
  const { config, ends } = profile();
  await config('config set output JSON');
  await config('config set provider AZURE');
  await config('config set base-url https://cloud.mongodbgov.com/');
  const { stdout } = await config('config list');
  expect(JSON.parse(stdout)).toEqual(
    expect.arrayContaining([
      { name: 'output', value: 'json' },
      { name: 'provider', value: 'azure' },
      { name: 'base-url', value: 'https://cloud.mongodbgov.com' },
    ]),
  );
  for (const line of [
    'set output xml',
    'set base-url http://x.example',
    'set nope x',
    'set project',
    'set project x --sandbox',
    'get nope',
    'unset nope',
  ]) {
    await ends(`config ${line}`, 2);
  }
});

test('a secret is read from a pipe, never from the command line, and is never printed', async () => {
  const { config, file, ends } = profile();
  const refused = await config('config set private-key hunter2');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).not.toContain('hunter2');
  expect((await config('config set private-key', 'hunter2\n')).exitCode).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('"private-key": "hunter2"');
  for (const line of ['get private-key', 'list', 'list --json --show-origin', 'list --output yaml']) {
    const { stdout, stderr } = await config(`config ${line}`);
    expect(stdout + stderr).not.toContain('hunter2');
  }
  await ends('config get private-key', 2);
  expect((await config('config set client-secret', '')).exitCode).toBe(2);
});

test('a signal ends the wait for a secret', async () => {
  const run = runCli(['config', 'set', 'private-key'], {
    stdin: null,
    onStart: (interrupt) => {
      // When it starts to listen depends on what earlier tests have loaded.
      const untilHeard = () => interrupt('SIGTERM') || setImmediate(untilHeard);
      setImmediate(untilHeard);
    },
  });
  expect(await run).toEqual({ exitCode: 143, stdout: '', stderr: 'Terminated.\n' });
});

test.each(['config set output table', 'config unset output'])(
  'an invalid value in the file is named, and corrected by %s',
  async (repair) => {
    const { config, ends } = profile('{"profiles": {"default": {"output": "foo"}}}');
    await ends('config list', 2, "profile default: 'foo' is not a valid output format.");
    await ends(repair, 0);
    expect(await config('config get output')).toMatchObject({ stdout: 'table\n' });
  },
);

test('one invalid value does not hide the others', async () => {
  const env = { ...ownFolders(), ATLAS_PE_BASE_URL: 'http://atlas.example', ATLAS_PE_PROJECT: 'mine' };
  const { exitCode, stdout, stderr } = await runCli(['config', 'list'], { env });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('project\tmine\n')]);
  expect(stderr).toBe('Warning: environment ATLAS_PE_BASE_URL: http://atlas.example does not use TLS.\n');
});

test('a folder that is not writable gives a clear error', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const env = { ATLAS_PE_CONFIG_DIR: join(folder, 'file', 'below') };
  const said = /Cannot write the configuration: .+ \(not a directory\)\.\nHint: .+ATLAS_PE_CONFIG_DIR/;
  await cliEnds(['config', 'set', 'project', 'p'], 1, said, undefined, { env });
});

test("the official client's profile variable may name an unknown profile, but never the sandbox", async () => {
  const get = (profile: string) =>
    runCli(['config', 'get', 'base-url'], { env: { ...ownFolders(), MONGODB_ATLAS_PROFILE: profile } });
  expect(await get('work')).toMatchObject({ exitCode: 0, stdout: 'https://cloud.mongodb.com\n' });
  expect(await get('sandbox')).toMatchObject({ exitCode: 0, stdout: 'https://cloud.mongodb.com\n' });
});

test('an unknown profile is an error that names the origin of its name', async () => {
  const [env, other] = [ownFolders(), ownFolders()];
  await runCli(['config', 'set', 'output', 'table', '--profile', 'work'], { env });
  for (const [variables, line, origin] of [
    [{ ATLAS_PE_PROFILE: 'wrk' }, 'list', 'environment ATLAS_PE_PROFILE'],
    [{ MONGODB_ATLAS_PROFILE: 'wrk' }, 'list', 'environment MONGODB_ATLAS_PROFILE'],
    [{ ATLAS_PE_PROFILE: 'work' }, 'list --profile wrk', 'flag --profile'],
  ] as const) {
    const said = `Error: Profile 'wrk' not found (${origin}).\nHint: ${guessed('work')}\n`;
    await cliEnds(line.split(' '), 3, said, undefined, { env: { ...env, ...variables } });
  }
  const theirs = { env: { ...env, MONGODB_ATLAS_PROFILE: 'work' } };
  await cliEnds(['list'], 4, 'Not signed in', undefined, theirs);
  expect((await runCli(['list'], { env: other })).stderr).toContain('Not signed in');
});

test('the output setting accepts only formats that every command has', async () => {
  const env = { ...ownFolders(), ATLAS_PE_OUTPUT: 'terraform' };
  const said = "Error: environment ATLAS_PE_OUTPUT: 'terraform' is not a valid output format.\nHint: Valid values: ";
  await cliEnds(['list'], 2, `${said}${formatNames.join(', ')}\n`, undefined, { env });
  expect((await runCli(['config', 'set', 'output', 'terraform', '--json'], { env })).exitCode).toBe(2);
});

test('unset removes a setting, an empty value does not, and get exits with 3 if it is not set', async () => {
  const { config, ends } = profile();
  await config('config set project 64f0c2a7e1b2c3d4e5f60718');
  const empty = 'Error: The value is empty.\nHint: To remove the setting: atlas-pe config unset project\n';
  expect(await config('config set project ')).toEqual({ exitCode: 2, stdout: '', stderr: empty });
  await ends('config unset project', 0);
  expect((await config('config unset project')).stderr).toContain('No change: project is not set');
  await ends('config get project', 3, 'Set it: atlas-pe config set project VALUE');
  await ends('config get project --sandbox', 3, "Error: The setting 'project' is not set.\n");
});

test('list --show-origin shows the source of each value', async () => {
  const { env } = profile();
  const { stdout } = await runCli(['config', 'list', '--show-origin', '--project', 'p'], {
    env: { ...env, MONGODB_ATLAS_PUBLIC_API_KEY: 'abc' },
  });
  const rows = stdout.split('\n');
  expect(rows).toEqual(expect.arrayContaining(['project\tp\tflag --project', 'output\ttable\tbuilt-in default']));
  expect(rows).toContain('public-key\tabc\tenvironment MONGODB_ATLAS_PUBLIC_API_KEY');
  expect(rows).toContain('private-key\t\t');
});

test('path prints the file name, and reading creates no file', async () => {
  const { config, file, folder, ends } = profile();
  await ends('config path', 0, '', `${file}\n`);
  await config('config list');
  expect(() => statSync(folder)).toThrow();
});

test.each([
  ['no JSON', '{'],
  ['a profile that has no name', '{"profile": "a/b", "profiles": {}}'],
  ['an output format that there is not', '{"profiles": {"default": {"output": "foo"}}}'],
  ['a folder', null],
])('path prints the file name even if the file is invalid: %s', async (_, text) => {
  const { config, file, ends } = profile(text ?? undefined);
  if (text === null) mkdirSync(file, { recursive: true, mode: 0o700 });
  const { exitCode, stdout, stderr } = await config('config path');
  expect([exitCode, stdout]).toEqual([0, `${file}\n`]);
  expect(stderr).toMatch(text === '{' || text === null ? /^Warning: Cannot read the configuration: .+\n$/ : /^$/);
  expect(JSON.parse((await config('config path --json')).stdout)).toEqual({ path: file });
  await ends('config path --output nope', 2, '', '');
  await ends('config path --profile a/b', 2, '', '');
});

test('path uses the output format of the profile in use', async () => {
  const { config, file } = profile();
  await config('--profile work config set output json');
  await config('profile use work');
  expect(JSON.parse((await config('config path')).stdout)).toEqual({ path: file });
});

test.each([
  ['no JSON', '{"profiles": {"default": {"private-key": "hunter2"', 'it is not valid JSON'],
  ['a wrong type', '{"profiles": {"default": {"project": 7}}}', 'project of profile default is not a string'],
  ['a profile of a wrong type', '{"profiles": {"default": []}}', 'profile default is not an object'],
  ['profiles of a wrong type', '{"profiles": []}', 'profiles is not an object'],
  ['a whole file of a wrong type', '[]', 'the file is not an object'],
])('a damaged file is named and not changed: %s', async (_, text, reason) => {
  const { file, ends } = profile(text);
  for (const line of ['list', 'config list', 'config set provider gcp']) {
    const { stderr } = await ends(line, 2, `${file} (${reason}`);
    expect(stderr).not.toContain('hunter2');
  }
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('keys of a later version are ignored, and kept by every change', async () => {
  const stored = {
    format: 2,
    profile: 'work',
    constructor: 'x',
    profiles: {
      default: { project: 'p', 'public-key': 'abcdefgh' },
      work: { theme: { dark: true }, output: 'json' },
    },
  };
  const { config, file, ends } = profile(JSON.stringify(stored));
  const { exitCode, stderr, stdout } = await config('config get project --profile default -o table');
  expect([exitCode, stdout, stderr]).toEqual([0, 'p\n', '']);
  for (const line of [
    'config set provider gcp',
    'config unset output',
    'profile use default',
    'profile delete new --yes',
  ]) {
    if (line.includes('new')) await config('--profile new config set output json');
    await ends(line, 0);
  }
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    ...stored,
    profile: 'default',
    profiles: { ...stored.profiles, work: { theme: { dark: true }, provider: 'gcp' } },
  });
  expect((await config('list --sandbox')).stderr).toBe('');
});
