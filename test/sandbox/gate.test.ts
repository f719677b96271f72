import { describe, expect, test } from 'vitest';
import { creation, digest, openWire, services } from '../helpers/wire.js';

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
      /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]+=*", algorithm=MD5, qop="auth", stale=false$/,
    );
    expect(headers.get('x-error-code')).toBe('UNEXPECTED_ERROR');
    // The connection is kept, also after a request with a body.
    const post = await ask(creation, { method: 'POST', body: '{}' });
    expect([headers, post.headers].map((each) => each.get('connection'))).toEqual(['keep-alive', 'keep-alive']);
    expect(body).toEqual({
      error: 401,
      reason: 'Unauthorized',
      errorCode: 'UNEXPECTED_ERROR',
      parameters: [],
      detail: 'You are not authorized for this resource.',
    });
  });

  test('accepts many requests with one nonce and other counts, and refuses a replay', async () => {
    const given = await challenge();
    const statuses = [];
    for (const count of [1, 3, 2, 3]) statuses.push(await read(digest(given, services, { count })));
    expect(statuses).toEqual([
      [200, undefined],
      [200, undefined],
      [200, undefined],
      [401, 'false'],
    ]);
  });

  test('accepts a nonce for five minutes, and then calls it stale', async () => {
    const given = await challenge();
    clock.advance(5 * 60_000 - 1);
    expect(await read(digest(given, services))).toEqual([200, undefined]);
    clock.advance(1);
    expect(await read(digest(given, services, { count: 2 }))).toEqual([401, 'true']);
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
