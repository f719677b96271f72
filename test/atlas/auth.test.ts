import { describe, expect, test } from 'vitest';
import { digestAuth, serviceAccountAuth } from '../../src/atlas/auth.js';
import { unusable } from '../../src/atlas/errors.js';
import type { Answer } from '../../src/http/dispatcher.js';
import { RequestError } from '../../src/http/request-error.js';
import { fakeClock } from '../helpers/fake-clock.js';

const request = { method: 'GET', uri: '/x' };
const ok: Answer = { status: 200, headers: {}, body: '' };
const refused = (challenge: string): Answer => ({
  status: 401,
  headers: { 'www-authenticate': challenge },
  body: '',
});
const challenge = (nonce: string, stale = false) =>
  refused(`Digest realm="MMS Public API", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`);

/** Returns these responses one after the other, and records the Authorization header of each request. */
function script(...answers: Answer[]) {
  const seen: (string | undefined)[] = [];
  const exchange = async (authorization: string | undefined): Promise<Answer> => {
    seen.push(authorization);
    return answers[seen.length - 1] ?? ok;
  };
  return { seen, exchange };
}

/** Stores a value for later processes, and may have one of an earlier process. */
function keeping(kept?: unknown) {
  const write = async (value: unknown) => {
    kept = structuredClone(value);
  };
  return { read: async () => kept, write };
}

const nonceOf = (header = '') => /nonce="([^"]+)"/.exec(header)?.[1];
const countOf = (header = '') => /nc=(\w+)/.exec(header)?.[1];

describe('digest', () => {
  test.each([true, false])('responds once to a later challenge with the new nonce (stale=%s)', async (stale) => {
    const auth = digestAuth('key', 'secret', fakeClock());
    const { seen, exchange } = script(challenge('one'), ok, challenge('two', stale));
    await auth(request, exchange);
    expect((await auth(request, exchange)).status).toBe(200);
    expect(seen.map(nonceOf)).toEqual([undefined, 'one', 'one', 'two']);
    expect(countOf(seen[3])).toBe('00000001');
  });

  test.each([
    ['nonces that are stale at once', ['one', 'two', 'three', 'four'].map((nonce) => challenge(nonce, true)), 4],
    ['a second 401', ['one', 'two', 'three'].map((nonce) => challenge(nonce)), 2],
    ['a 401 without a supported challenge', [refused('Bearer')], 1],
  ])('ends after %s', async (_, answers, requests) => {
    const { seen, exchange } = script(...answers);
    expect((await digestAuth('key', 'secret', fakeClock())(request, exchange)).status).toBe(401);
    expect(seen.map(nonceOf)).toEqual([undefined, 'one', 'two', 'three'].slice(0, requests));
  });

  test('reuses the challenge of an earlier process with an unused count', async () => {
    const clock = fakeClock();
    const cache = keeping();
    const first = script(challenge('one'));
    await digestAuth('key', 'secret', clock, cache)(request, first.exchange);
    const counts = new Set(first.seen.map(countOf));
    for (let process = 0; process < 5; process++) {
      clock.advance(1);
      const { seen, exchange } = script();
      const auth = digestAuth('key', 'secret', clock, cache);
      await Promise.all([auth(request, exchange), auth(request, exchange)]);
      expect(seen.map(nonceOf)).toEqual(['one', 'one']);
      for (const header of seen) counts.add(countOf(header));
    }
    expect(counts.size).toBe(2 + 5 * 2);
    const rising = [...counts].slice(1).map((count) => Number.parseInt(count ?? '', 16));
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
  });

  test('processes that reuse a challenge at the same time use different counts', async () => {
    const clock = fakeClock();
    const cache = keeping();
    const first = script(challenge('one'));
    const fetcher = digestAuth('key', 'secret', clock, cache);
    await fetcher(request, first.exchange);
    const { seen, exchange } = script();
    const others = [0.1, 0.25, 0.5, 0.99].map((number) =>
      digestAuth('key', 'secret', { ...clock, random: () => number }, cache),
    );
    for (let ms = 0; ms < 5; ms++) {
      for (const auth of [fetcher, ...others]) for (let i = 0; i < 3; i++) await auth(request, exchange);
      clock.advance(1);
    }
    const counts = seen.map(countOf);
    expect(new Set(counts).size).toBe(5 * 5 * 3);
  });

  const valid = { challenge: { realm: 'r', nonce: 'kept' }, cnonce: 'c', since: fakeClock().now() };
  test.each([
    [valid, 'kept'],
    ...[
      undefined,
      null,
      'x',
      {},
      { ...valid, challenge: {} },
      { ...valid, challenge: { realm: 1, nonce: 'kept' } },
      { ...valid, challenge: { realm: 'r', nonce: 2 } },
      { ...valid, cnonce: undefined },
      { ...valid, since: undefined },
      { ...valid, since: valid.since + 1 },
      { ...valid, since: valid.since - 2 * 3600_000 },
    ].map((value) => [value, undefined]),
  ])('starts with a cached %j: nonce %s', async (value, first) => {
    const { seen, exchange } = script();
    expect((await digestAuth('key', 'secret', fakeClock(), keeping(value))(request, exchange)).status).toBe(200);
    expect(seen.map(nonceOf)).toEqual([first]);
  });

  test('if the first request fails, the next one fetches the challenge', async () => {
    const auth = digestAuth('key', 'secret', fakeClock());
    const { seen, exchange } = script(challenge('one'));
    const lost = auth(request, () => Promise.reject(new Error('reset')));
    const next = auth(request, exchange);
    await expect(lost).rejects.toThrow('reset');
    expect((await next).status).toBe(200);
    expect(seen.map(nonceOf)).toEqual([undefined, 'one']);
  });
});

describe('a service account', () => {
  /** Signs in at a token endpoint with these responses. The last one repeats. */
  function account(answers: unknown[], cache = keeping()) {
    const clock = fakeClock();
    let asked = 0;
    const auth = serviceAccountAuth(
      clock,
      async () => {
        const answer = answers[Math.min(asked++, answers.length - 1)];
        if (answer instanceof Error) throw answer;
        return answer;
      },
      cache,
    );
    return { clock, asked: () => asked, auth };
  }
  const [one, _two, _three] = ['t1', 't2', 't3'].map((value) => ({ access_token: value, expires_in: 3600 }));

  test('requests a token again after a failed request, whose error says that sign-in failed', async () => {
    const { auth } = account([unusable('Down.'), new Error('a bug'), one]);
    const { exchange } = script();
    await expect(auth(request, exchange)).rejects.toThrow(/^Sign-in failed: Down\.$/);
    await expect(auth(request, exchange)).rejects.toThrow(/^a bug$/);
    expect((await auth(request, exchange)).status).toBe(200);
  });

  test.each([undefined, '', 7, 'a\nb', 'a b', 'é'])('does not send an invalid token: %j', async (value) => {
    const { auth } = account([{ access_token: value, expires_in: 3600 }]);
    const { seen, exchange } = script();
    const message = 'Sign-in failed: Atlas did not return a valid access token.';
    await expect(auth(request, exchange)).rejects.toMatchObject({ constructor: RequestError, message });
    expect(seen).toEqual([]);
  });

  test.each([
    [undefined, 60],
    [0, 60],
    [-5, 60],
    ['soon', 60],
    [null, 60],
    [{ toString: 1, valueOf: [] }, 60],
    [[{ toString: 1 }], 60],
    [100, 60],
    [3600, 3480],
    ['3600', 3480],
  ])('keeps a token with expires_in %j for %i s', async (expires_in, seconds) => {
    const { auth, asked, clock } = account([{ access_token: 't', ...(expires_in !== undefined && { expires_in }) }]);
    const { exchange } = script();
    await auth(request, exchange);
    for (const [ms, count] of [[seconds * 1000 - 1, 1] as const, [1, 2] as const]) {
      clock.advance(ms);
      await auth(request, exchange);
      expect(asked()).toBe(count);
    }
  });
});
