import { describe, expect, test } from 'vitest';
import { sandboxKeys, tokenLifeSeconds } from '../../src/sandbox/gate.js';
import { pageOf } from '../../src/sandbox/requests.js';
import { creation, digest, media, openWire, services } from '../helpers/wire.js';

const { ask, atlas, challenge, clock } = openWire();

describe('pages', () => {
  const all = Array.from({ length: 1001 }, (_, index) => index);
  const page = (query: string) => pageOf(new URLSearchParams(query), all);

  test.each([
    ['', 0, 100],
    ['pageNum=2', 100, 100],
    ['itemsPerPage=500', 0, 500],
    ['itemsPerPage=500&pageNum=3', 1000, 1],
    ['itemsPerPage=1&pageNum=1001', 1000, 1],
    ['itemsPerPage=1&pageNum=1002', undefined, 0],
  ])('%s begins at %s and has %i', (query, first, length) => {
    const { results, totalCount, links } = page(query);
    expect([results[0], results.length, totalCount, links]).toEqual([first, length, 1001, []]);
  });

  test.each(['itemsPerPage=501', 'itemsPerPage=0', 'pageNum=0', 'pageNum=-1', 'pageNum=1.5', 'pageNum=x'])(
    '%s is out of range',
    (query) => {
      expect(() => page(query)).toThrow(expect.objectContaining({ status: 400, errorCode: 'INVALID_QUERY_PARAMETER' }));
    },
  );
});

test('a body has 64 KiB at most', async () => {
  const post = async (length: number) => {
    const body = JSON.stringify({ providerName: 'IBM', x: '' });
    const padded = body.replace('""', `"${'x'.repeat(length - body.length)}"`);
    const { status, body: answer } = await atlas(creation, {
      method: 'POST',
      headers: { 'content-type': media },
      body: padded,
    });
    return [status, answer.errorCode];
  };
  expect(await post(65_536)).toEqual([400, 'INVALID_ATTRIBUTE']);
  expect(await post(65_537)).toEqual([413, 'PAYLOAD_TOO_LARGE']);
});

describe('how long the gate stays open', () => {
  test('a nonce has five minutes', async () => {
    const given = await challenge();
    clock.advance(5 * 60_000 - 1);
    expect((await ask(services, { headers: digest(given, services) })).status).toBe(200);
    clock.advance(1);
    expect((await ask(services, { headers: digest(given, services, { count: 2 }) })).status).toBe(401);
  });

  test('a token has an hour, unless it is taken back by whom it was given to', async () => {
    const { clientId, clientSecret } = sandboxKeys;
    const basic = (secret: string) => `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    const form = (path: string, body: string, secret: string = clientSecret) =>
      ask(path, {
        ...{ method: 'POST', body },
        headers: { authorization: basic(secret), 'content-type': 'application/x-www-form-urlencoded' },
      });
    const token = async () => (await form('/api/oauth/token', 'grant_type=client_credentials')).body.access_token;
    const works = async (value: string) =>
      (await ask(services, { headers: { authorization: `Bearer ${value}` } })).status;

    const first = await token();
    clock.advance(tokenLifeSeconds * 1000 - 1);
    expect(await works(first)).toBe(200);
    clock.advance(1);
    expect(await works(first)).toBe(401);

    const [second, third] = [await token(), await token()];
    expect((await form('/api/oauth/revoke', `token=${second}`, 'wrong')).status).toBe(401);
    expect(await works(second)).toBe(200);
    expect((await form('/api/oauth/revoke', `token=${second}`)).status).toBe(200);
    expect([await works(second), await works(third)]).toEqual([401, 200]);
    // What is not known is as good as taken back.
    expect((await form('/api/oauth/revoke', 'token=nope')).status).toBe(200);
  });

  test.each([
    ['another realm', { realm: 'other' }],
    ['another user', { username: 'other' }],
    ['no quality of protection', { qop: 'x' }],
    ['half a response', { response: 'abc' }],
  ])('%s stays outside', async (_, change) => {
    const { authorization } = digest(await challenge(), services);
    const [[name, value] = ['', '']] = Object.entries(change);
    const other = authorization.replace(new RegExp(`\\b${name}=("[^"]*"|[^,]+)`), `${name}="${value}"`);
    expect(other).not.toBe(authorization);
    const { status, headers } = await ask(services, { headers: { authorization: other } });
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('stale=false')]);
  });
});
