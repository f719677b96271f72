import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guessed } from '../../src/base/words.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeKeychain } from '../helpers/fake-keychain.js';
import { type CliOptions, endsOf, fakeAtlas, json, ownFolders, runCli, sharedSandbox } from '../helpers/run-cli.js';

const shared = sharedSandbox();

const { publicKey, privateKey, clientId, clientSecret } = sandboxKeys;
const keyLines = `${publicKey}\n${privateKey}\n`;
const accountJson = JSON.stringify({ clientId, clientSecret });

const none = { keychain: null };
const keyPair = { ATLAS_PE_PUBLIC_KEY: publicKey, ATLAS_PE_PRIVATE_KEY: privateKey };

/** A token of a browser or another program, which expires then. */
const tokenTo = (ms: number) => {
  const claims = { sub: 'ü', act: { exp: 1 }, exp: Math.floor(ms / 1000) };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
};

/** A user without any configuration except the address of the sandbox. */
function newcomer(keychain = fakeKeychain()) {
  const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: shared.sandbox.baseUrl };
  const file = join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json');
  const config = () => JSON.parse(readFileSync(file, 'utf8')) as { profiles: Record<string, Record<string, string>> };
  const run = (line: string, options: CliOptions = {}) =>
    runCli(line.split(' '), { env, clock: shared.sandbox.clock, keychain, ...options });
  return { env, file, config, run, ends: endsOf(run), keychain };
}

describe('login from a pipe', () => {
  test.each([
    ['--with-key', keyLines],
    ['--with-key', JSON.stringify({ publicKey, privateKey })],
    ['--with-service-account', `${clientId}\r\n${clientSecret}`],
    ['--with-service-account', accountJson],
  ])('%s reads two lines or JSON, and later commands use them', async (flag, stdin) => {
    const { keychain, env, file, ends } = newcomer();
    const { stderr } = await ends(`login ${flag} --project Sandbox`, 0, '1 project accessible', '', { stdin });
    expect(stderr).toContain(`The default project is Sandbox (${defaultProject})`);
    expect(Object.values(keychain.entries)).toEqual([stdin.includes(clientSecret) ? clientSecret : privateKey]);
    expect(readFileSync(file, 'utf8')).not.toContain(Object.values(keychain.entries)[0]);
    // The host is stored with the key, so no variable is needed.
    const { ATLAS_PE_BASE_URL: _, ...bare } = env;
    await ends('list --json', 0, '', '[]\n', { env: bare });
  });

  const orgId = '5f0c2a7e1b2c3d4e5f607180';
  const created = { clientId, name: 'ci', secrets: [{ id: orgId, secret: clientSecret, createdAt: '2026-01-01' }] };

  test.each<[tool: string, stdin: unknown]>([
    ['a decoded Secret of Kubernetes', { orgId, publicApiKey: publicKey, privateApiKey: privateKey }],
    ['a secret of Terraform', { public_key: publicKey, private_key: privateKey }],
    ['a new service account', created],
    ['two lines of a service account', `${clientId}\n${clientSecret}\n`],
    [
      '.env lines',
      `# Atlas\nexport MONGODB_ATLAS_PUBLIC_API_KEY=${publicKey}\r\nPRIVATE_KEY='${privateKey}' # x\nA=b`,
    ],
    ['PowerShell', `$env:ATLAS_PE_CLIENT_ID="${clientId}"\r\n\r\n$env:ATLAS_PE_CLIENT_SECRET="${clientSecret}"\r\n`],
    ['cmd.exe', `set MONGODB_ATLAS_CLIENT_ID=${clientId}\r\nset MONGODB_ATLAS_CLIENT_SECRET=${clientSecret}\r\n`],
    ['variables of Terraform', `public_key  = "${publicKey}"\nprivate_key = "${privateKey}"\n`],
  ])('--with-key reads %s', async (_, stdin) => {
    const { keychain, ends } = newcomer();
    const text = typeof stdin === 'string' ? stdin : JSON.stringify(stdin, null, 1);
    await ends('login --with-key --project Sandbox', 0, '', '', { stdin: text });
    expect(Object.values(keychain.entries)).toEqual([text.includes(clientId) ? clientSecret : privateKey]);
    await ends('list --json', 0, '', '[]\n');
  });

  const odd = { orgId, publicApiKey: publicKey, data: { privateKey }, 'x\u001b[2J': privateKey };
  const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * 7919) % 251));

  test.each<[what: string, stdin: string | Buffer, said: RegExp, flags?: string]>([
    ['JSON with other keys, which are named', JSON.stringify(odd), /It contains: orgId, publicApiKey, data, x/],
    ['lines with other names', `PUBLIC_KEY=${publicKey}\nTOKEN=${privateKey}`, /It contains: PUBLIC_KEY, TOKEN\./],
    ['empty JSON', '{\n}', /It contains: nothing/],
    ['half a key', '{"publicKey":"a"}', /It contains: publicKey\./],
    ['JSON that is cut off', `{"publicKey":"${privateKey}`, /stdin is not valid JSON/],
    ['JSON of 5,000 levels', `${'{"a":'.repeat(5000)}"${privateKey}"${'}'.repeat(5000)}`, /It contains: a\./],
    [
      'keys of objects',
      `{"constructor":"${privateKey}","__proto__":{"publicKey":"a","privateKey":"b"}}`,
      /It contains: constructor, __proto__\./,
    ],
    ['nothing', ' \n', /stdin is empty/],
    ['one line', privateKey, /stdin does not contain two lines/],
    ['three lines', `${publicKey}\n${privateKey}\nhere`, /stdin does not contain two lines/],
    ['YAML', `public_key: ${publicKey}\nprivate_key: ${privateKey}\n`, /public-key.*space/],
    ['bytes', bytes, /stdin does not contain two lines/],
    ['too much', 'x\n'.repeat(40_000), /larger than 65,536 bytes/],
    ['a key, with both options', keyLines, /cannot be combined/, '--with-key --with-service-account'],
    ['a key, without an option', keyLines, /Cannot prompt for credentials without a terminal/, ''],
  ])('%s: refused, and nothing is sent or saved', async (_, stdin, said, flags = '--with-key') => {
    const { file, ends } = newcomer();
    const { stderr } = await ends(`login ${flags}`.trim(), 2, said, '', { stdin });
    expect(stderr).toMatch(/^Error: [ -~…]+\nHint: [ -~…]+\n( {2}[ -~…]+\n)?$/);
    expect(stderr).not.toMatch(new RegExp(`${privateKey}|${publicKey}`));
    expect([shared.sandbox.exchanges, existsSync(file)]).toEqual([[], false]);
  });

  test('does not send credentials to another host than the lines name', async () => {
    const { file, ends } = newcomer();
    const lines = `MONGODB_ATLAS_PUBLIC_KEY=${publicKey}\nMONGODB_ATLAS_PRIVATE_KEY=${privateKey}\n`;
    const stdin = `${lines}MONGODB_ATLAS_SERVICE=cloudgov`;
    await ends('login --with-key', 2, 'config set base-url https://cloud.mongodbgov.com\n', undefined, { stdin });
    expect([shared.sandbox.exchanges, existsSync(file)]).toEqual([[], false]);
    const same = `${lines}MONGODB_ATLAS_BASE_URL=${shared.sandbox.baseUrl}/`;
    await ends('login --with-key', 0, '', undefined, { stdin: same });
  });

  test.each([
    ['a wrong key', `login --with-key`, `${publicKey}\nwrong\n`, 4],
    ['a wrong account', `login --with-service-account`, `${clientId}\nwrong\n`, 4],
    ['a wrong key that looks like NAME=value', `login --with-key`, `${publicKey}\nwrong=x\n`, 4],
    ['a project that it does not see', `login --with-key --project nobody`, keyLines, 2],
  ])('%s is not saved', async (_, line, stdin, exit) => {
    const { file, keychain, ends } = newcomer();
    const { stderr } = await ends(line, exit, 'Nothing was saved.', undefined, { stdin });
    expect(stderr).not.toMatch(/wrong|UNEXPECTED_ERROR/);
    expect(() => statSync(file)).toThrow();
    expect(keychain.entries).toEqual({});
  });

  test('a cached token of the right secret does not make a wrong one valid', async () => {
    const { run, keychain } = newcomer();
    await run('login --with-service-account --project Sandbox', { stdin: accountJson });
    await run('list');
    const wrong = await run('login --with-service-account', { stdin: `${clientId}\nwrong` });
    expect([wrong.exitCode, Object.values(keychain.entries)]).toEqual([4, [clientSecret]]);
  });

  test("swapped keys don't reveal the secret", async () => {
    const { run, env } = newcomer();
    await run('login --with-key', { stdin: `${privateKey}\n${publicKey}` });
    const swapped = { ...env, ATLAS_PE_PUBLIC_KEY: privateKey, ATLAS_PE_PRIVATE_KEY: publicKey };
    const { exitCode, stdout, stderr } = await run('whoami', { env: swapped });
    expect([exitCode, stdout + stderr]).toEqual([4, expect.not.stringContaining(privateKey)]);
  });

  test('replaces existing credentials, even of another kind', async () => {
    const { run, config, keychain } = newcomer();
    await run('login --with-key', { stdin: keyLines });
    await run('login --with-service-account', { stdin: accountJson });
    expect(Object.keys(config().profiles.default ?? {}).sort()).toEqual(['base-url', 'client-id', 'client-secret']);
    expect(Object.values(keychain.entries)).toEqual([clientSecret]);
  });
});

test('without a keychain, the file has the secret, for its owner only, and login says so once', async () => {
  const { run, file, config, ends } = newcomer();
  const first = await run('login --with-key', { stdin: keyLines, ...none });
  expect(first.stderr).toContain('readable only by you (no keychain is available)');
  expect(config().profiles.default).toMatchObject({ 'private-key': privateKey, 'secret-store': 'file' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await run('login --with-key', { stdin: keyLines, ...none })).stderr).not.toContain('keychain');
  await ends('config set secret-store keychain', 1, 'No usable keychain', undefined, none);
});

test('secret-store moves the secrets of the profile', async () => {
  const { run, config, keychain } = newcomer();
  await run('login --with-key', { stdin: keyLines });
  expect(config().profiles.default?.['private-key']).toBe('(in the keychain)');
  const { stdout } = await run('config list --show-origin');
  expect(stdout).toContain('private-key\t********\tprofile default (keychain)\n');
  await run('config set secret-store file');
  expect([config().profiles.default?.['private-key'], keychain.entries]).toEqual([privateKey, {}]);
  await run('config set secret-store keychain');
  expect(config().profiles.default?.['private-key']).toBe('(in the keychain)');
  expect(Object.values(keychain.entries)).toEqual([privateKey]);
  await run('config unset private-key');
  expect(keychain.entries).toEqual({});
});

test('stored credentials stay with their host', async () => {
  const { run, config, ends } = newcomer();
  await run('login --with-key', { stdin: keyLines });
  for (const line of ['config set base-url https://elsewhere.example', 'config unset base-url']) {
    await ends(line, 2, 'cannot be used with another host');
  }
  expect(config().profiles.default?.['base-url']).toBe(shared.sandbox.baseUrl);
  await run('logout');
  await ends('config unset base-url', 0);
});

test('if the keychain is not available, nothing counts as removed, and a hint helps', async () => {
  const { run, config, keychain, ends } = newcomer();
  await run('login --with-key --profile work', { stdin: keyLines });
  const hint = '  atlas-pe config set secret-store file --profile work\n  atlas-pe login --profile work\n';
  for (const line of ['logout', 'config unset private-key', 'profile delete work --yes']) {
    await ends(`${line} --profile work`, 1, hint, undefined, none);
  }
  expect(config().profiles.work?.['private-key']).toBe('(in the keychain)');
  expect(Object.values(keychain.entries)).toEqual([privateKey]);
  await ends('config set secret-store file --profile work', 0, '', undefined, none);
  await ends('login --with-key --profile work', 0, '', undefined, { ...none, stdin: keyLines });
  await ends('whoami --profile work', 0, '', undefined, none);
});

test('a secret missing from the keychain is an error that says how to sign in again', async () => {
  const { run, keychain, ends } = newcomer();
  await run('login --with-key', { stdin: keyLines });
  for (const key of Object.keys(keychain.entries)) delete keychain.entries[key];
  await ends(`list --project ${defaultProject}`, 4, 'atlas-pe login --profile default');
});

test('login warns that credentials in the environment are used instead', async () => {
  const { run, env } = newcomer();
  const { exitCode, stderr } = await run('login --with-key --profile work', {
    stdin: keyLines,
    env: { ...env, ...keyPair },
  });
  expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^Warning: .*environment ATLAS_PE_PUBLIC_KEY/m)]);
  expect((await run('login --with-key --profile work', { stdin: keyLines })).stderr).not.toContain('Warning');
});

describe('logout', () => {
  test('removes the secrets and revokes the token of a service account', async () => {
    const { config, run, keychain, ends } = newcomer();
    await run('login --with-service-account', { stdin: accountJson });
    await run(`list --project ${defaultProject}`);
    await ends('logout', 0, /^Removed client-id and client-secret from profile default\.\n$/);
    expect(keychain.entries).toEqual({});
    expect(config().profiles.default).toEqual({ 'base-url': shared.sandbox.baseUrl });
    const [revoked] = shared.sandbox.exchanges.filter(({ url }) => url === '/api/oauth/revoke');
    const used = shared.sandbox.exchanges.findLast(({ url }) => url.includes('/groups'))?.requestHeaders
      .authorization;
    expect(`Bearer ${new URLSearchParams(revoked?.requestBody).get('token')}`).toBe(used);
    await ends(`list --project ${defaultProject}`, 4);
  });

  test('says nothing about a token if only half of a pair was saved', async () => {
    const { run } = newcomer();
    for (const line of ['logout', 'profile delete default --yes']) {
      await run('config set private-key', { stdin: privateKey });
      const { exitCode, stderr } = await run(line);
      expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('Warning')]);
    }
  });

  test('creates no folder if nothing was stored', async () => {
    const { env, ends } = newcomer();
    await ends('logout', 0);
    expect(existsSync(env.ATLAS_PE_CONFIG_DIR ?? '')).toBe(false);
  });

  test('says which credentials still sign in, and if there was nothing to remove', async () => {
    const { run, env } = newcomer();
    await run('login --with-key', { stdin: keyLines });
    const { stderr } = await run('logout', { env: { ...env, ATLAS_PE_ACCESS_TOKEN: 't' } });
    expect(stderr).toContain('You are still signed in with credentials from environment ATLAS_PE_ACCESS_TOKEN.');
    expect(await run('logout')).toMatchObject({ exitCode: 0, stderr: 'Profile default has no credentials.\n' });
  });
});

describe('whoami', () => {
  test('shows the credentials in use and the accessible projects', async () => {
    const { run, ends } = newcomer();
    await run('login --with-key --project Sandbox', { stdin: keyLines });
    const { stdout } = await ends('whoami --json', 0);
    expect(JSON.parse(stdout)).toEqual({
      profile: 'default',
      kind: 'api-key',
      id: publicKey,
      origin: 'profile default',
      onAccessList: true,
      baseUrl: shared.sandbox.baseUrl,
      projectId: defaultProject,
      projectName: 'Sandbox',
      projects: [{ id: defaultProject, name: 'Sandbox' }],
    });
    expect((await run('whoami')).stdout).toContain(`projects\t${defaultProject} Sandbox\n`);
  });

  test("reports if this address is not on the key's access list", async () => {
    const refusal = { errorCode: 'IP_ADDRESS_NOT_ON_ACCESS_LIST', detail: 'IP address 192.0.2.1 is not allowed.' };
    const { run } = await fakeAtlas((_, response) => json(response, 403, refusal));
    const { exitCode, stdout, stderr } = await run('whoami --json');
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { onAccessList: false, projects: null }]);
    expect(stderr).toMatch(/^Warning: IP address 192\.0\.2\.1.+access list/);
  });
});

describe('with credentials of the Atlas CLI', () => {
  function atlasCli(toml: string) {
    const user = newcomer();
    // The folder of its file on this platform.
    const folder =
      process.platform === 'darwin'
        ? join(user.env.HOME ?? '', 'Library', 'Application Support', 'atlascli')
        : join(user.env.XDG_CONFIG_HOME ?? '', 'atlascli');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.toml'), toml);
    const { ATLAS_PE_BASE_URL: _, ...env } = user.env;
    const run = (line: string, options: CliOptions = {}) => user.run(line, { env, ...options });
    return { ...user, run, ends: endsOf(run), env };
  }
  const tomlKey = `public_api_key = "${publicKey}"\nprivate_api_key = "${privateKey}"\n`;
  const tomlAccount = `client_id = "${clientId}"\nclient_secret = "${clientSecret}"\n`;
  const where = () => `project_id = "${defaultProject}"\nops_manager_url = "${shared.sandbox.baseUrl}/"\n`;

  test('keys in its file sign in', async () => {
    // The token has expired, and the type is not one of the three.
    const { run, ends } = atlasCli(
      `[default]\nauth_type = "no_auth"\naccess_token = "expired"\n${tomlKey}${where()}`,
    );
    await ends('list --json', 0, '', '[]\n');
    await ends('whoami --fields origin --output tsv', 0, '', 'Atlas CLI profile default\n');
    const { stdout } = await run('config list --show-origin');
    expect(stdout).toContain('private-key\t********\tAtlas CLI profile default\n');
    expect(stdout).toContain(`base-url\t${shared.sandbox.baseUrl}\tAtlas CLI profile default\n`);
  });

  test('keys in its keychain sign in', async () => {
    const { keychain, ends } = atlasCli(`[default]\n${where()}`);
    keychain.entries['atlascli_default public_api_key'] = publicKey;
    keychain.entries['atlascli_default private_api_key'] =
      `go-keyring-base64:${Buffer.from(privateKey).toString('base64')}`;
    await ends('list --json', 0, '', '[]\n');
  });

  test('keys in its keychain are named where no keychain can be opened', async () => {
    const { run, ends } = atlasCli(`[default]\n${where()}`);
    await ends('list', 4, /^Error: Not signed in to Atlas\.\nHint: .*login in the keychain/, undefined, none);
    expect((await run('list')).stderr).not.toContain('keychain');
  });

  test('logout says that they are used from now on', async () => {
    const { run, ends } = atlasCli(`[default]\n${tomlKey}${where()}`);
    await run('login --with-key', { stdin: keyLines });
    await ends('whoami --fields origin --output tsv', 0, '', 'profile default\n');
    expect((await run('logout')).stderr).toContain('You are still signed in with credentials from Atlas CLI profile');
  });

  test('its profiles can be used, and are never changed', async () => {
    const { env, ends } = atlasCli(`[work]\n${tomlAccount}${where()}`);
    await ends('list --json --profile work', 0, '', '[]\n');
    await ends('list --json', 0, '', '[]\n', { env: { ...env, MONGODB_ATLAS_PROFILE: 'work' } });
    const listed = 'work\tAtlas CLI\ndefault\tbuilt in\nsandbox\tbuilt in\n';
    await ends('profile list --fields name,from --output tsv', 0, '', listed);
    await ends('profile delete work --yes', 2, 'belongs to the Atlas CLI');
    await ends('list --profile wrok', 3, guessed('work'));
  });

  test('service = "cloudgov" means the government host', async () => {
    const { ends } = atlasCli('[default]\npublic_api_key = "p"\nprivate_api_key = "q"\nservice = "cloudgov"\n');
    await ends('config get base-url', 0, '', 'https://cloud.mongodbgov.com\n');
  });

  test.each([
    ['default', 'atlas auth login'],
    ['work', 'atlas auth login --profile work'],
  ])('an expired browser login of profile %s is reported without a request', async (name, command) => {
    const now = shared.sandbox.clock.now();
    const file = (token: string) =>
      atlasCli(`[${name}]\nauth_type = "user_account"\naccess_token = "${token}"\n${where()}`);
    const said = new RegExp(`^Error: .+ expired.\nHint: .+: ${command}\n$`);
    await file(tokenTo(now - 1000)).ends(`list --profile ${name}`, 4, said);
    expect(shared.sandbox.exchanges).toEqual([]);
    // Whether a token is valid otherwise is for Atlas to say.
    for (const token of [tokenTo(now + 60_000), 'opaque']) {
      const { run } = file(token);
      expect((await run(`list --profile ${name}`)).stderr).not.toContain('expired.');
    }
    expect(shared.sandbox.exchanges.length).toBeGreaterThan(1);
  });

  test('MONGODB_ATLAS_AUTH_TYPE is stronger than auth_type', async () => {
    const wrong = 'public_api_key = "p"\nprivate_api_key = "q"\n';
    const { env, ends } = atlasCli(`[default]\nauth_type = "api_keys"\n${wrong}${tomlAccount}${where()}`);
    await ends('list --json', 0, '', undefined, { env: { ...env, MONGODB_ATLAS_AUTH_TYPE: 'service_account' } });
    await ends('list --json', 4);
  });

  test('an invalid TOML file is reported without its content', async () => {
    const { env, ends } = atlasCli('[default]\nprivate_api_key = hunter2\n');
    const { stderr } = await ends('list', 2, /config\.toml \(line 2 is not valid TOML\)/);
    expect(stderr).not.toContain('hunter2');
    // It doesn't matter to users who sign in another way, now or later.
    const there = { ...env, ATLAS_PE_BASE_URL: shared.sandbox.baseUrl };
    await ends('whoami', 0, '', undefined, { env: { ...there, ...keyPair } });
    await ends('login --with-key', 0, '', undefined, { stdin: keyLines, env: there });
  });
});

describe('credentials that do not work are named', () => {
  test.each<[kind: string, credentials: Record<string, string>, said: RegExp]>([
    ['API key', { ...keyPair, ATLAS_PE_PRIVATE_KEY: 'wrong' }, /Check both keys\. .*deleted, or it is not for http:/],
    ['service account', { MONGODB_ATLAS_CLIENT_ID: clientId, MONGODB_ATLAS_CLIENT_SECRET: 'wrong' }, /may have ex/],
    ['access token', { ATLAS_PE_ACCESS_TOKEN: 'wrong' }, /\.\nHint: The token may have expired/],
    ['access token', { MONGODB_ATLAS_ACCESS_TOKEN: tokenTo(0) }, / has expired\.\nHint: Get a new one/],
  ])('%s %j', async (kind, credentials, said) => {
    const { run, env, ends } = newcomer();
    for (const line of ['whoami', `list --project ${defaultProject}`]) {
      const { stderr } = await ends(line, 4, said, undefined, { env: { ...env, ...credentials } });
      expect(stderr).toMatch(new RegExp(`^Error: .*[Tt]he ${kind} from environment ${Object.keys(credentials)[0]}`));
      expect(stderr).not.toMatch(/wrong|\b401\b/);
    }
    const json = await run('whoami --log-format json', { env: { ...env, ...credentials } });
    expect(JSON.parse(json.stderr).error.exitCode).toBe(4);
  });

  test.each([{}, { MONGODB_ATLAS_SERVICE: 'cloudgov' }, { ATLAS_PE_PROJECT: defaultProject }])(
    'no credentials, with %j: the error names login, the sandbox and the variables, and no address',
    async (more) => {
      const { env, ends } = newcomer();
      const named =
        /Sign in, .*ATLAS_PE_PRIVATE_KEY: atlas-pe help environment\):\n {2}atlas-pe login\n {2}atlas-pe connect us-east-1 --sandbox\n$/;
      const { stderr } = await ends('whoami', 4, named, undefined, {
        env: { ...env, ATLAS_PE_BASE_URL: '', ...more },
      });
      expect(stderr).not.toContain('http');
    },
  );

  test('a sandbox that has ended says so', async () => {
    const { env, run, ends } = newcomer();
    // Nothing listens on port 1.
    const gone = { ...env, ATLAS_PE_BASE_URL: 'http://127.0.0.1:1' };
    const key = { ...gone, ...keyPair };
    const ended = /^Error: The sandbox at http:\/\/127\.0\.0\.1:1 has ended\.\nHint: .*sandbox serve.*unset/;
    await ends('whoami', 1, ended, undefined, { env: key });
    const account = { ...gone, ATLAS_PE_CLIENT_ID: clientId, ATLAS_PE_CLIENT_SECRET: clientSecret };
    expect((await run('whoami', { env: account })).stderr).toContain('The sandbox at http://127.0.0.1:1 has ended.');
    const saved = { ...env, ATLAS_PE_BASE_URL: '' };
    await run('config set base-url http://127.0.0.1:1', { env: saved });
    await run(`config set public-key ${publicKey}`, { env: saved });
    await run('config set private-key', { env: saved, stdin: privateKey });
    expect((await run('whoami', { env: saved })).stderr).toMatch(/has ended\.\nHint: .* another profile\.\n$/);
    // Other keys are not for a sandbox.
    const other = await run('whoami', { env: { ...key, ATLAS_PE_PUBLIC_KEY: 'abcdefgh' } });
    expect(other.stderr).toMatch(/^Error: 127\.0\.0\.1:1 refused the connection\.\nHint: Check the network/);
  });
});

describe('profiles', () => {
  test('can be created, used and deleted, with their secrets', async () => {
    const { run, keychain, config, ends } = newcomer();
    await run('login --with-key --project Sandbox --profile work', { stdin: keyLines });
    await ends('whoami', 4);
    await run('profile use work');
    await ends('whoami --fields profile --output tsv', 0, '', 'work\n');
    expect(keychain.entries).toEqual({ 'atlas-pe work/private-key': privateKey });
    await ends('list --json', 0, '', '[]\n');
    expect((await run('profile list --output json')).stdout).toContain('"current": true');
    await ends('profile delete work', 2);
    await run('profile delete work --yes');
    expect([keychain.entries, config()]).toEqual([{}, { profiles: {} }]);
    await ends('profile list --output id', 0, '', 'default\nsandbox\n');
  });

  test('are listed with where their secrets are', async () => {
    const { run } = newcomer();
    await run('login --with-key --project Sandbox --profile work', { stdin: keyLines });
    await run('login --with-key --project Sandbox --profile home', { stdin: keyLines, keychain: null });
    await run('config set output table --profile none');
    const rows = JSON.parse((await run('profile list --json')).stdout);
    const unset = ['credentials', 'projectId', 'projectName', 'secrets', 'baseUrl'].map((name) => [name, null]);
    const none = { from: 'atlas-pe', current: false, ...Object.fromEntries(unset) };
    const key = { ...none, credentials: 'api-key', projectId: defaultProject };
    expect(rows).toEqual(
      expect.arrayContaining([
        { name: 'work', ...key, secrets: 'keychain', baseUrl: shared.sandbox.baseUrl },
        { name: 'home', ...key, secrets: 'file', baseUrl: shared.sandbox.baseUrl },
        { ...none, name: 'none' },
        { ...none, name: 'default', from: 'built in', current: true },
        { ...none, name: 'sandbox', from: 'built in' },
      ]),
    );
    expect(rows).toHaveLength(5);
  });

  test('sandbox can be set as the profile in use', async () => {
    const { run, ends } = newcomer();
    await run('profile use sandbox');
    await ends('list --json', 0, '', '[]\n');
    expect(shared.sandbox.exchanges).toEqual([]);
  });

  test.each([
    ['profile use nope', 3],
    ['profile delete toString --yes', 3],
    ['list --profile constructor', 3],
    ['profile use a/b', 2],
    ['profile use -- -x', 2],
    ['profile use ..', 2],
    ['profile use .', 2],
    ['profile delete sandbox --yes', 2],
    ['profile delete nope --yes', 3],
    ['login --with-key --profile sandbox', 2],
    ['logout --sandbox', 2],
  ])('%s exits with %i', async (line, exitCode) => {
    const { run, ends } = newcomer();
    for (const name of ['work', 'home']) await run(`config set output table --profile ${name}`);
    await ends(line, exitCode, '', '', { stdin: keyLines });
  });
});
