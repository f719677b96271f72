import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/atlas/auth.js';
import type { AtlasCli } from '../../src/config/atlas-cli.js';
import { resolve, resolveSignIn, type Sources } from '../../src/config/precedence.js';
import type { ProfileValues } from '../../src/config/store.js';

/** An Atlas CLI with this file and these keychain entries. */
const atlasCli = (values: ProfileValues = {}, secrets: ProfileValues = {}, kind?: Credentials['kind']): AtlasCli => ({
  file: () => 'config.toml',
  kind: async () => kind,
  profiles: async () => ['default'],
  values: async () => values,
  secrets: async () => secrets,
});

const from = (
  env: Record<string, string>,
  values: ProfileValues = {},
  flags: ProfileValues = {},
  theirs: AtlasCli = atlasCli(),
): Sources => ({
  env,
  flags,
  profile: { name: 'default', values: async () => values },
  atlasCli: theirs,
  keychain: async () => null,
});

test.each([
  ['a flag', { ATLAS_PE_PROJECT: 'ours' }, { project: 'flag' }, { kind: 'flag', name: '--project' }],
  ['our variables', { ATLAS_PE_PROJECT: 'ours', MONGODB_ATLAS_PROJECT_ID: 'official' }, {}, 'ATLAS_PE_PROJECT'],
  ['official ones', { ATLAS_PE_PROJECT: '', MONGODB_ATLAS_PROJECT_ID: 'official' }, {}, 'MONGODB_ATLAS_PROJECT_ID'],
  ['the profile', {}, {}, { kind: 'profile', name: 'default' }],
])('precedence: %s', async (_, env: Record<string, string>, flags, origin) => {
  const expected = typeof origin === 'string' ? { kind: 'environment', name: origin } : origin;
  expect((await resolve('project', from(env, { project: 'stored' }, flags)))?.origin).toEqual(expected);
});

test.each([
  ['base-url', 'MONGODB_ATLAS_OPS_MANAGER_URL', 'https://a.example/', 'https://a.example'],
  ['base-url', 'MONGODB_ATLAS_BASE_URL', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['base-url', 'MONGODB_ATLAS_SERVICE', 'cloudgov', 'https://cloud.mongodbgov.com'],
  ['base-url', 'MONGODB_ATLAS_SERVICE', 'cloud', 'https://cloud.mongodb.com'],
  ['output', 'ATLAS_PE_OUTPUT', 'JSON', 'json'],
] as const)('%s is read from %s', async (name, variable, text, value) => {
  expect(await resolve(name, from({ [variable]: text }))).toEqual({
    value,
    origin: { kind: 'environment', name: variable },
  });
});

test.each([
  ['base-url', 'http://atlas.example'],
  ['base-url', 'https://user:pass@atlas.example'],
  ['base-url', 'ftp://x'],
  ['base-url', 'atlas'],
  ['base-url', 'https://atlas.example/api'],
  ['output', 'xml'],
  ['provider', 'ibm'],
] as const)('an invalid %s (%s) is an error that names its origin', async (name, value) => {
  await expect(resolve(name, from({}, { [name]: value }))).rejects.toThrow(/^profile default: /);
});

describe('credentials', () => {
  const key = { ATLAS_PE_PUBLIC_KEY: 'pub', ATLAS_PE_PRIVATE_KEY: 'priv' };

  const account = { ATLAS_PE_CLIENT_ID: 'id', ATLAS_PE_CLIENT_SECRET: 's' };
  const officialKey = { MONGODB_ATLAS_PUBLIC_KEY: 'pub', MONGODB_ATLAS_PRIVATE_KEY: 'priv' };
  const officialAccount = { MONGODB_ATLAS_CLIENT_ID: 'id', MONGODB_ATLAS_CLIENT_SECRET: 's' };
  const officialToken = { MONGODB_ATLAS_ACCESS_TOKEN: 't' };
  const used = {
    'api-key': { kind: 'api-key', publicKey: 'pub', privateKey: 'priv' },
    'service-account': { kind: 'service-account', clientId: 'id', clientSecret: 's' },
    'access-token': { kind: 'access-token', accessToken: 't' },
  };

  test.each<[Record<string, string>, Credentials['kind']]>([
    [key, 'api-key'],
    [{ MONGODB_ATLAS_PUBLIC_API_KEY: 'pub', MONGODB_ATLAS_PRIVATE_API_KEY: 'priv' }, 'api-key'],
    [officialKey, 'api-key'],
    [officialAccount, 'service-account'],
    [officialToken, 'access-token'],
    [{ ...key, ATLAS_PE_ACCESS_TOKEN: 't' }, 'access-token'],
    [{ ...officialToken, ...officialKey, ...officialAccount }, 'service-account'],
    [{ ...officialToken, ...officialKey }, 'api-key'],
    [{ ...key, ...account }, 'service-account'],
    [{ ...key, ...officialToken }, 'api-key'],
    [{ ...officialKey, ...officialAccount, MONGODB_ATLAS_AUTH_TYPE: 'api_keys' }, 'api-key'],
  ])('%j', async (env, kind) => {
    expect((await resolveSignIn(from(env))).credentials).toEqual(used[kind]);
  });

  const stored = { 'public-key': 'p', 'private-key': 'q' };
  const elsewhere = { ATLAS_PE_BASE_URL: 'https://evil.example' };
  const host = 'https://cloud.mongodb.com';

  test('of the environment are used before those of the profile, and those of the Atlas CLI last', async () => {
    const theirs = atlasCli({ ...stored, 'public-key': 'theirs' });
    expect(await resolveSignIn(from({}, stored, {}, theirs))).toEqual({
      credentials: { kind: 'api-key', publicKey: 'p', privateKey: 'q' },
      origin: { kind: 'profile', name: 'default' },
      baseUrl: host,
    });
    expect((await resolveSignIn(from(key, stored, {}, theirs))).origin).toEqual({
      kind: 'environment',
      name: 'ATLAS_PE_PUBLIC_KEY',
    });
    expect(await resolveSignIn(from({}, {}, {}, theirs))).toEqual({
      credentials: { kind: 'api-key', publicKey: 'theirs', privateKey: 'q' },
      origin: { kind: 'atlasCli', name: 'default' },
      baseUrl: host,
    });
  });

  const theirAccount = { 'client-id': 'id', 'client-secret': 's' };
  const cached = { 'access-token': 'expired' };

  test.each<
    [kind: Credentials['kind'] | undefined, file: ProfileValues, keychain: ProfileValues, kind: Credentials['kind']]
  >([
    [undefined, { ...cached, ...stored, ...theirAccount }, {}, 'service-account'],
    [undefined, { ...cached, ...stored }, {}, 'api-key'],
    [undefined, cached, stored, 'api-key'],
    [undefined, { 'public-key': 'p' }, { 'private-key': 'q' }, 'api-key'],
    [undefined, cached, {}, 'access-token'],
    ['api-key', { ...cached, ...stored, ...theirAccount }, {}, 'api-key'],
    ['api-key', { 'client-id': 'half', ...stored }, {}, 'api-key'],
    ['service-account', { ...cached, ...stored }, theirAccount, 'service-account'],
    ['access-token', { ...cached, ...stored, ...theirAccount }, {}, 'access-token'],
  ])('of the Atlas CLI with auth_type %s: file %j and keychain %j give %s', async (kind, file, keychain, used) => {
    const theirs = atlasCli(file, keychain, kind);
    expect((await resolveSignIn(from({}, {}, {}, theirs))).credentials.kind).toBe(used);
  });

  test('of the Atlas CLI are ignored if they are of a different kind than its auth_type', async () => {
    const theirs = atlasCli(cached, {}, 'api-key');
    await expect(resolveSignIn(from({}, {}, {}, theirs))).rejects.toMatchObject({ exitCode: 4 });
  });

  test('are never combined from two sources', async () => {
    const message = 'Missing private-key. The public-key comes from environment ATLAS_PE_PUBLIC_KEY.';
    await expect(resolveSignIn(from({ ATLAS_PE_PUBLIC_KEY: 'pub' }, { 'private-key': 'q' }))).rejects.toThrow(
      message,
    );
    const theirs = atlasCli({ 'private-key': 'q' });
    await expect(resolveSignIn(from({ ATLAS_PE_PUBLIC_KEY: 'pub' }, {}, {}, theirs))).rejects.toThrow(message);
    await expect(resolveSignIn(from({}, {}, {}, theirs))).rejects.toThrow(
      'Missing public-key. The private-key comes from Atlas CLI profile default.',
    );
  });

  test('are sent only to the host they were saved for', async () => {
    const foreign = /are for https:\/\/cloud\.mongodb\.com, not for https:\/\/evil\.example/;
    await expect(resolveSignIn(from(elsewhere, stored))).rejects.toThrow(foreign);
    await expect(resolveSignIn(from(elsewhere, {}, {}, atlasCli(stored)))).rejects.toThrow(foreign);
    await expect(
      resolveSignIn(from({}, { 'base-url': 'https://evil.example' }, {}, atlasCli(stored))),
    ).rejects.toThrow(foreign);
    const own = await resolveSignIn(from({}, { ...stored, 'base-url': 'https://own.example' }));
    expect(own.baseUrl).toBe('https://own.example');
    expect((await resolveSignIn(from({ ...elsewhere, ...key }, stored))).baseUrl).toBe('https://evil.example');
  });

  test('of the environment are sent to the host of the environment', async () => {
    const newer = { MONGODB_ATLAS_PUBLIC_API_KEY: 'p', MONGODB_ATLAS_PRIVATE_API_KEY: 'q' };
    const government = 'https://cloud.mongodbgov.com';
    const commercial = { MONGODB_ATLAS_BASE_URL: host };
    const baseUrl = async (env: Record<string, string>) => (await resolveSignIn(from(env))).baseUrl;
    expect(await baseUrl({ ...newer, MONGODB_ATLAS_SERVICE: 'cloudgov' })).toBe(government);
    expect(await baseUrl({ ...key, MONGODB_ATLAS_SERVICE: 'cloudgov' })).toBe(government);
    expect(await baseUrl({ ...newer, MONGODB_ATLAS_SERVICE: 'cloudgov', ...commercial })).toBe(host);
    await expect(resolveSignIn(from({ MONGODB_ATLAS_SERVICE: 'cloudgov' }, stored))).rejects.toThrow(
      /not for https:\/\/cloud\.mongodbgov\.com \(environment MONGODB_ATLAS_SERVICE\)/,
    );
  });

  test("from elsewhere are not sent to the Atlas CLI's host", async () => {
    const theirs = atlasCli({ ...stored, 'base-url': 'https://gov.example', project: 'x' });
    expect((await resolveSignIn(from({}, {}, {}, theirs))).baseUrl).toBe('https://gov.example');
    expect((await resolveSignIn(from(key, {}, {}, theirs))).baseUrl).toBe(host);
    expect((await resolve('project', from(key, {}, {}, theirs)))?.origin).toEqual({
      kind: 'atlasCli',
      name: 'default',
    });
  });

  test('that could break a header are refused without being shown', async () => {
    const env = { ATLAS_PE_PUBLIC_KEY: 'pub', ATLAS_PE_PRIVATE_KEY: 'se\ncret' };
    await expect(resolveSignIn(from(env))).rejects.toThrow(
      /^environment ATLAS_PE_PRIVATE_KEY: A key, id or token can contain only printable ASCII characters and no spaces\.$/,
    );
  });
});

test('an unknown service of the Atlas CLI is an error, not the commercial host', async () => {
  await expect(resolve('base-url', from({ MONGODB_ATLAS_SERVICE: 'CLOUDGOV' }))).rejects.toThrow(
    "environment MONGODB_ATLAS_SERVICE: 'CLOUDGOV' is not a valid base URL.",
  );
});

describe('in the sandbox', () => {
  const stored = { 'public-key': 'p', 'private-key': 'q', 'base-url': 'https://own.example', project: 'stored' };
  const env = {
    ATLAS_PE_PUBLIC_KEY: 'pub',
    ATLAS_PE_PRIVATE_KEY: 'priv',
    MONGODB_ATLAS_ACCESS_TOKEN: 't',
    ATLAS_PE_BASE_URL: 'https://evil.example',
    ATLAS_PE_OUTPUT: 'json',
  };
  const inSandbox = (values: ProfileValues = {}, flags: ProfileValues = {}): Sources => ({
    ...from(env, values, flags, atlasCli(stored, stored)),
    profile: { name: 'sandbox', values: async () => values },
  });

  test('host and credentials never come from other settings', async () => {
    const secrets = ['public-key', 'private-key', 'access-token', 'client-id', 'client-secret'] as const;
    for (const name of ['base-url', ...secrets] as const)
      expect(await resolve(name, inSandbox(stored)), name).toBeNull();
  });
});
