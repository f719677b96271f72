import { describe, expect, test } from 'vitest';
import { resolve, resolveCredentials, type Sources } from '../../src/config/resolve.js';
import type { Values } from '../../src/config/store.js';

const from = (env: Record<string, string>, values: Values = {}, flags: Values = {}, name = 'default'): Sources => ({
  env,
  flags,
  profile: { name, values },
});

test('flag, then our environment, then the official clients’, then the profile, then the default', () => {
  const env = { ATLAS_PE_PROJECT: 'ours', MONGODB_ATLAS_PROJECT_ID: 'official' };
  const stored = { project: 'stored' };
  expect(resolve('project', from(env, stored, { project: 'flag' }))).toEqual({
    value: 'flag',
    origin: 'flag --project',
  });
  expect(resolve('project', from(env, stored))?.origin).toBe('environment ATLAS_PE_PROJECT');
  expect(resolve('project', from({ ...env, ATLAS_PE_PROJECT: '' }, stored))?.value).toBe('official');
  expect(resolve('project', from({}, stored))).toEqual({ value: 'stored', origin: 'profile default' });
  expect(resolve('project', from({}))).toBeNull();
  expect(resolve('output', from({}))).toEqual({ value: 'table', origin: 'built-in default' });
});

test.each([
  ['base-url', 'MONGODB_ATLAS_OPS_MANAGER_URL', 'https://a.example/', 'https://a.example'],
  ['base-url', 'MONGODB_ATLAS_BASE_URL', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['output', 'ATLAS_PE_OUTPUT', 'JSON', 'json'],
] as const)('%s is read from %s', (name, variable, text, value) => {
  expect(resolve(name, from({ [variable]: text }))).toEqual({ value, origin: `environment ${variable}` });
});

test.each([
  ['base-url', 'http://atlas.example'],
  ['base-url', 'https://user:pass@atlas.example'],
  ['base-url', 'ftp://x'],
  ['base-url', 'atlas'],
  ['base-url', 'https://atlas.example/api'],
  ['output', 'xml'],
  ['provider', 'ibm'],
] as const)('a bad %s (%s) is an error that says where it came from', (name, value) => {
  expect(() => resolve(name, from({}, { [name]: value }))).toThrow(/^profile default: /);
});

describe('credentials', () => {
  const key = { ATLAS_PE_PUBLIC_KEY: 'pub', ATLAS_PE_PRIVATE_KEY: 'priv' };

  test.each([
    [key, { kind: 'api-key', publicKey: 'pub', privateKey: 'priv' }],
    [
      { MONGODB_ATLAS_PUBLIC_API_KEY: 'pub', MONGODB_ATLAS_PRIVATE_API_KEY: 'priv' },
      { kind: 'api-key', publicKey: 'pub', privateKey: 'priv' },
    ],
    [
      { MONGODB_ATLAS_PUBLIC_KEY: 'pub', MONGODB_ATLAS_PRIVATE_KEY: 'priv' },
      { kind: 'api-key', publicKey: 'pub', privateKey: 'priv' },
    ],
    [
      { MONGODB_ATLAS_CLIENT_ID: 'id', MONGODB_ATLAS_CLIENT_SECRET: 's' },
      { kind: 'service-account', clientId: 'id', clientSecret: 's' },
    ],
    [{ MONGODB_ATLAS_ACCESS_TOKEN: 't' }, { kind: 'access-token', accessToken: 't' }],
    [
      { ...key, ATLAS_PE_CLIENT_ID: 'id', ATLAS_PE_CLIENT_SECRET: 's' },
      { kind: 'service-account', clientId: 'id', clientSecret: 's' },
    ],
    [
      { ...key, MONGODB_ATLAS_ACCESS_TOKEN: 't' },
      { kind: 'api-key', publicKey: 'pub', privateKey: 'priv' },
    ],
  ] as [Record<string, string>, unknown][])('%j', (env, credentials) => {
    expect(resolveCredentials(from(env)).credentials).toEqual(credentials);
  });

  test('of a profile come last', () => {
    const stored = { 'public-key': 'p', 'private-key': 'q' };
    expect(resolveCredentials(from({}, stored))).toEqual({
      credentials: { kind: 'api-key', publicKey: 'p', privateKey: 'q' },
      origin: 'profile default',
    });
    expect(resolveCredentials(from(key, stored)).origin).toBe('environment ATLAS_PE_PUBLIC_KEY');
  });

  test('are never put together from two places', () => {
    const half = { ATLAS_PE_PUBLIC_KEY: 'pub' };
    expect(() => resolveCredentials(from(half, { 'private-key': 'q' }))).toThrow(
      'The private-key is missing; the other half came from environment ATLAS_PE_PUBLIC_KEY.',
    );
  });

  test('of a profile go only to the host they were saved for', () => {
    const stored = { 'public-key': 'p', 'private-key': 'q' };
    const elsewhere = { ATLAS_PE_BASE_URL: 'https://evil.example' };
    expect(() => resolveCredentials(from(elsewhere, stored))).toThrow(
      /belong to https:\/\/cloud\.mongodb\.com, not to/,
    );
    expect(() => resolveCredentials(from({}, { ...stored, 'base-url': 'https://own.example' }))).not.toThrow();
    expect(() => resolveCredentials(from({ ...elsewhere, ...key }, stored))).not.toThrow();
  });

  test('that could break a header are refused without being repeated', () => {
    const env = { ATLAS_PE_PUBLIC_KEY: 'pub', ATLAS_PE_PRIVATE_KEY: 'se\ncret' };
    expect(() => resolveCredentials(from(env))).toThrow(/one word of plain characters/);
    expect(() => resolveCredentials(from(env))).not.toThrow(/cret/);
  });

  test('none at all is an error that names the ways to sign in', () => {
    expect(() => resolveCredentials(from({}))).toThrow(expect.objectContaining({ exitCode: 4 }));
  });
});
