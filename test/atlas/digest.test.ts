import { describe, expect, test } from 'vitest';
import { digestHeader, parseChallenge } from '../../src/atlas/digest.js';

describe('the Authorization header', () => {
  test('matches the example of RFC 7616 §3.9.1 (MD5)', () => {
    const challenge = parseChallenge([
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    ]);
    if (!challenge) throw new Error('the challenge was not understood');
    const header = digestHeader(challenge, {
      method: 'GET',
      uri: '/dir/index.html',
      username: 'Mufasa',
      password: 'Circle of Life',
      count: 1,
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    });
    expect(header).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
    expect(header).toContain('nc=00000001');
    expect(header).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
  });

  test('matches the example of RFC 2617 §3.5', () => {
    const challenge = parseChallenge(
      'Digest realm="testrealm@host.com", qop="auth,auth-int", ' +
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    );
    if (!challenge) throw new Error('the challenge was not understood');
    const header = digestHeader(challenge, {
      method: 'GET',
      uri: '/dir/index.html',
      username: 'Mufasa',
      password: 'Circle Of Life',
      count: 1,
      cnonce: '0a4f113b',
    });
    expect(header).toContain('response="6629fae49393a05397450978507c4ef1"');
  });

  test('without qop follows RFC 2069 and has no count', () => {
    const challenge = parseChallenge('Digest realm="r", nonce="n"');
    if (!challenge) throw new Error('the challenge was not understood');
    const header = digestHeader(challenge, {
      method: 'GET',
      uri: '/',
      username: 'u',
      password: 'p',
      count: 3,
      cnonce: 'c',
    });
    expect(header).toContain('response="f23121ca97143c6b358da620220c83b4"');
    expect(header).not.toMatch(/nc=|qop=|cnonce=/);
  });

  test('has an eight-digit hex count', () => {
    const challenge = { realm: 'r', nonce: 'n', qop: 'auth' } as const;
    const request = { method: 'GET', uri: '/', username: 'u', password: 'p', count: 255, cnonce: 'c' };
    expect(digestHeader(challenge, request)).toContain('nc=000000ff');
  });

  test('escapes quotes and backslashes', () => {
    const challenge = { realm: 'a "b"', nonce: 'n', qop: 'auth' } as const;
    const request = { method: 'GET', uri: '/', username: 'x\\y', password: 'p', count: 1, cnonce: 'c' };
    const header = digestHeader(challenge, request);
    expect(header).toContain('realm="a \\"b\\""');
    expect(header).toContain('username="x\\\\y"');
  });
});

describe('a challenge', () => {
  test('of the live API is parsed', () => {
    const header =
      'Digest realm="MMS Public API", domain="", nonce="1Vn+7GyOFeqL/0ZOj7A==", algorithm=MD5, qop="auth", stale=true';
    expect(parseChallenge(header)).toEqual({
      realm: 'MMS Public API',
      nonce: '1Vn+7GyOFeqL/0ZOj7A==',
      opaque: undefined,
      qop: 'auth',
      stale: true,
    });
    expect(parseChallenge(header.replace('stale=true', 'stale=false'))).not.toHaveProperty('stale');
  });

  test('is found after others in one header', () => {
    const header = 'Basic realm="a, b=c", Digest realm="d", nonce="n", qop="auth"';
    expect(parseChallenge(header)).toMatchObject({ realm: 'd', nonce: 'n' });
  });

  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic realm="x"'],
    ['another algorithm', 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"'],
    ['a qop that needs the body', 'Digest realm="r", nonce="n", qop="auth-int"'],
    ['no nonce', 'Digest realm="r", qop="auth"'],
    ['nonsense', '=,=,"'],
  ])('with %s is ignored', (_, header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
