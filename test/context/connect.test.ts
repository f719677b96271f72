import { expect, test } from 'vitest';
import type { SignIn } from '../../src/config/sign-in.js';
import { authCacheOf } from '../../src/context/auth-cache.js';
import { type Connecting, httpOptions } from '../../src/context/connect.js';
import { fakeClock } from '../helpers/fake-clock.js';

const clock = fakeClock();
const signIn: SignIn = {
  credentials: { kind: 'api-key', publicKey: 'p', privateKey: 'q' },
  origin: { kind: 'profile', name: 'default' },
  baseUrl: 'https://cloud.mongodb.com',
};
const line = (env: Record<string, string>): Connecting => ({
  env,
  clock,
  random: () => 0.5,
  signal: new AbortController().signal,
  cacheFile: null,
  warn: () => undefined,
});

test('the user agent has the version, the Node version and the platform', () => {
  expect(httpOptions(signIn, line({})).userAgent).toMatch(/^atlas-pe\/\d+\.\d+\.\d+ \(node \d+\.\d+\.\d+; \w+\)$/);
});

test('nothing is cached for an access token', () => {
  const token = { kind: 'access-token', accessToken: 't' } as const;
  expect(authCacheOf({ ...signIn, credentials: token }, '/nowhere/cache.json', clock)).toBeUndefined();
  expect(authCacheOf(signIn, '/nowhere/cache.json', clock)).toBeDefined();
});
