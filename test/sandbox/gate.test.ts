import { describe, expect, test } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { creation, digest, openWire, services } from '../helpers/wire.js';

const { ask, challenge, clock } = openWire();

describe('digest', () => {
  test('challenges as the live API does', async () => {
    const { status, headers, body } = await ask(services);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(
      /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]+=*", algorithm=MD5, qop="auth", stale=false$/,
    );
    expect(headers.get('x-error-code')).toBe('UNEXPECTED_ERROR');
    expect(body).toEqual({
      ...{ error: 401, reason: 'Unauthorized', errorCode: 'UNEXPECTED_ERROR', parameters: [] },
      detail: 'You are not authorized for this resource.',
    });
  });

  test('lets a nonce serve many requests under a rising count, and refuses a replay', async () => {
    const given = await challenge();
    for (const [count, status] of [
      [1, 200],
      [3, 200],
      [2, 200],
      [3, 401],
    ] as const) {
      expect((await ask(services, { headers: digest(given, services, { count }) })).status).toBe(status);
    }
  });

  test('says that an expired nonce is stale', async () => {
    const given = await challenge();
    clock.advance(5 * 60_000);
    const { status, headers } = await ask(services, { headers: digest(given, services) });
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('stale=true')]);
  });

  test('refuses a wrong key, another method, another target, and nonsense', async () => {
    const given = await challenge();
    for (const headers of [
      digest(given, services, { password: 'wrong' }),
      digest(given, services, { method: 'DELETE' }),
      digest(given, creation),
      { authorization: 'Digest' },
      { authorization: 'Digest username="x' },
      { authorization: 'Basic c2FuZGJveHg6eA==' },
      { authorization: 'Bearer nope' },
    ]) {
      expect((await ask(services, { headers })).status).toBe(401);
    }
  });
});

describe('a service account', () => {
  const token = (pair: string, body = 'grant_type=client_credentials') =>
    ask('/api/oauth/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    });
  const account = `${sandboxKeys.clientId}:${sandboxKeys.clientSecret}`;

  test('gets a token that works for an hour', async () => {
    const { status, body } = await token(account);
    expect([status, body]).toEqual([200, { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' }]);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await ask(services, { headers })).status).toBe(200);
    clock.advance(3600_000);
    expect((await ask(services, { headers })).status).toBe(401);
  });

  test('gets none with a wrong secret or another grant', async () => {
    expect((await token(`${sandboxKeys.clientId}:x`)).status).toBe(401);
    expect((await token(account, 'grant_type=password')).status).toBe(400);
  });
});
