import { describe, expect, test } from 'vitest';
import { sandboxKeys, tokenLifeSeconds } from '../../src/sandbox/gate.js';
import { testSandbox } from '../helpers/sandbox.js';
import { ask as askAt, creation, digest, openWire, services } from '../helpers/wire.js';

const { ask, challenge, clock } = openWire();

/** The status of a read with these headers, and whether the answer calls the nonce stale. */
async function read(headers: Record<string, string>) {
  const { status, headers: its } = await ask(services, { headers });
  const [, stale] = /stale=(\w+)/.exec(its.get('www-authenticate') ?? '') ?? [];
  return [status, stale];
}

describe('digest', () => {
  test('challenges as the live API does', async () => {
    const { status, headers, body } = await ask(services);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(
      /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]{32}", algorithm=MD5, qop="auth", stale=false$/,
    );
    expect(headers.get('x-error-code')).toBeNull();
    // The connection is kept, also after a request with a body.
    const post = await ask(creation, { method: 'POST', body: '{}' });
    expect([headers, post.headers].map((each) => each.get('connection'))).toEqual(['keep-alive', 'keep-alive']);
    expect(body).toEqual({
      error: 401,
      reason: 'Unauthorized',
      errorCode: 'UNEXPECTED_ERROR',
      detail: 'You are not authorized for this resource.',
    });
  });

  /** What the answer says to each of these counts of one nonce. A count with a dash has a wrong password. */
  const judged = async (...counts: number[]) => {
    const given = await challenge();
    const results = [];
    for (const count of counts) {
      const password = count < 0 ? 'wrong' : undefined;
      results.push(
        (await read(digest(given, services, { count: Math.abs(count), ...(password && { password }) }))).join(' '),
      );
    }
    return results;
  };

  test('accepts the counts to 1023 in any order, once each, as Jetty 9.4 does', async () => {
    expect(await judged(1, 3, 1023, 2, 3)).toEqual(['200 ', '200 ', '200 ', '200 ', '401 false']);
    expect(await judged(1024, 4096, 1)).toEqual(['401 true', '401 true', '200 ']);
  });

  test('a wrong password uses its count up', async () => {
    expect(await judged(-1, 1, 2)).toEqual(['401 false', '401 false', '200 ']);
  });

  test('accepts a nonce for a minute, and then calls it stale, as one that it never gave', async () => {
    const given = await challenge();
    clock.advance(60_000 - 1);
    expect(await read(digest(given, services))).toEqual([200, undefined]);
    clock.advance(1);
    expect(await read(digest(given, services, { count: 2 }))).toEqual([401, 'true']);
    expect(await read(digest({ ...given, nonce: 'other' }, services, { password: 'wrong' }))).toEqual([401, 'true']);
  });

  test.each([
    ['realm', 'other'],
    ['username', 'other'],
    ['qop', 'x'],
    ['response', 'abc'],
  ])('refuses another %s', async (name, value) => {
    const { authorization } = digest(await challenge(), services);
    const other = authorization.replace(new RegExp(`\\b${name}=("[^"]*"|[^,]+)`), `${name}="${value}"`);
    expect(other).not.toBe(authorization);
    expect(await read({ authorization: other })).toEqual([401, 'false']);
  });
});

describe('a service account', () => {
  const { clientId, clientSecret } = sandboxKeys;
  const form = (path: string, body: string, secret: string = clientSecret) => {
    const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return ask(`/api/oauth/${path}`, { method: 'POST', headers, body });
  };
  const grant = 'grant_type=client_credentials';
  const statusOf = async (token: string) => (await read({ authorization: `Bearer ${token}` }))[0];

  test('gets a token that works for an hour', async () => {
    const { status, body } = await form('token', grant);
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' },
    ]);
    clock.advance(tokenLifeSeconds * 1000 - 1);
    expect(await statusOf(body.access_token)).toBe(200);
    clock.advance(1);
    expect(await statusOf(body.access_token)).toBe(401);
  });

  test('can revoke a token, with its own secret', async () => {
    const [first, second] = [(await form('token', grant)).body, (await form('token', grant)).body];
    expect((await form('revoke', `token=${first.access_token}`, 'wrong')).status).toBe(401);
    expect(await statusOf(first.access_token)).toBe(200);
    expect((await form('revoke', `token=${first.access_token}`)).status).toBe(200);
    expect([await statusOf(first.access_token), await statusOf(second.access_token)]).toEqual([401, 200]);
    // An unknown token counts as revoked.
    expect((await form('revoke', 'token=nope')).status).toBe(200);
  });
});

describe('the rate limit', () => {
  const limited = async (rateLimit?: { requests: number; perMs: number }) => {
    const sandbox = await testSandbox({ rateLimit });
    const token = async () => {
      const { headers } = await askAt(sandbox.baseUrl, '/api/oauth/token', { method: 'POST', body: 'x' });
      return ['ratelimit-limit', 'ratelimit-remaining', 'retry-after'].map((name) => headers.get(name));
    };
    return { ...sandbox, token };
  };

  test('refuses further requests with Retry-After, until the window is over', async () => {
    const sandbox = await limited({ requests: 2, perMs: 10_000 });
    expect([await sandbox.token(), await sandbox.token()]).toEqual([
      ['2', '1', null],
      ['2', '0', null],
    ]);
    sandbox.clock.advance(4500);
    const over = await askAt(sandbox.baseUrl, '/api/oauth/token', { method: 'POST', body: 'x' });
    expect([over.status, over.body.errorCode, over.headers.get('retry-after')]).toEqual([429, 'RATE_LIMITED', '6']);
    sandbox.clock.advance(5500);
    expect(await sandbox.token()).toEqual(['2', '1', null]);
  });
});
