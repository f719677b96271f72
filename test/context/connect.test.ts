import { describe, expect, test } from 'vitest';
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
  ...{ env, clock, random: () => 0.5, signal: new AbortController().signal, cacheFile: null },
  warn: () => undefined,
});

test('the user agent has the version, the Node version and the platform', () => {
  expect(httpOptions(signIn, line({})).userAgent).toMatch(/^atlas-pe\/\d+\.\d+\.\d+ \(node \d+\.\d+\.\d+; \w+\)$/);
});

describe('the trace of a request', () => {
  const traced = (event: { status: number | null; ms?: number; requestId?: string; note?: string }): string[] => {
    const lines: string[] = [];
    const options = httpOptions(signIn, { ...line({}), trace: (text) => lines.push(text) });
    options.trace?.({ method: 'GET', url: 'https://x/y', ms: 12.6, ...event });
    return lines;
  };

  test.each([
    [{ status: 200 }, '200 13 ms'],
    [{ status: null, note: 'gone' }, '- 13 ms (gone)'],
    [{ status: 200, requestId: 'r', note: 'n' }, '200 13 ms (request r, n)'],
  ])('of %j', (event, text) => expect(traced(event)).toEqual([`GET https://x/y ${text}`]));
  test('is off by default', () => expect(httpOptions(signIn, line({})).trace).toBeUndefined());
});

test('nothing is cached for an access token', () => {
  const token = { kind: 'access-token', accessToken: 't' } as const;
  expect(authCacheOf({ ...signIn, credentials: token }, '/nowhere/cache.json', clock)).toBeUndefined();
  expect(authCacheOf(signIn, '/nowhere/cache.json', clock)).toBeDefined();
});
