import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type DigestRequest, digestHeader, type Nonce, parseChallenge } from '../../src/atlas/digest.js';

const rfc7616 = {
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
};
const offer = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${rfc7616.nonce}", opaque="${rfc7616.opaque}"`;
const request: DigestRequest = { method: 'GET', uri: '/', username: 'u', password: 'p', cnonce: 'c' };
const mufasa = { uri: '/dir/index.html', username: 'Mufasa' };

describe('the Authorization header', () => {
  test.each<
    [
      what: string,
      challenge: string | string[],
      more: Partial<DigestRequest & Pick<Nonce, 'count'>>,
      contains: string[],
    ]
  >([
    [
      'follows RFC 7616 §3.9.1 (MD5)',
      [offer('SHA-256'), offer('MD5')],
      { ...mufasa, password: 'Circle of Life', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
      ['response="8ca523f5e9506fed4657c9700eebdbec"', 'nc=00000001', `opaque="${rfc7616.opaque}"`],
    ],
    [
      'follows RFC 2617 §3.5',
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"',
      { ...mufasa, password: 'Circle Of Life', cnonce: '0a4f113b' },
      ['response="6629fae49393a05397450978507c4ef1"'],
    ],
    ['has an eight-digit hex count', 'Digest realm="r", nonce="n", qop="auth"', { count: 255 }, ['nc=000000ff']],
    [
      'escapes quotes and backslashes',
      'Digest realm="a \\"b\\"", nonce="n", qop="auth"',
      { username: 'x\\y' },
      ['realm="a \\"b\\""', 'username="x\\\\y"'],
    ],
  ])('%s', (_, header, { count = 1, ...more }, contains) => {
    const challenge = parseChallenge(header);
    if (!challenge) throw new Error('the challenge was not understood');
    const value = digestHeader({ challenge, count }, { ...request, ...more });
    for (const part of contains) expect(value).toContain(part);
  });

  test('needs MD5, which Node refuses in FIPS mode', () => {
    // A process of its own: Node keeps an MD5 that was loaded before. Without the FIPS provider, `node --force-fips`
    // doesn't start, but a running process can change to FIPS mode.
    const script = `
      import { setFips } from 'node:crypto';
      import { digestHeader } from './src/atlas/digest.ts';
      setFips(true);
      try {
        digestHeader({ challenge: { realm: 'r', nonce: 'n' }, count: 1 }, ${JSON.stringify(request)});
      } catch ({ message, hint, exitCode }) {
        console.log(JSON.stringify({ message, hint, exitCode }));
      }`;
    const stdout = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    expect(JSON.parse(String(stdout))).toEqual({
      message: 'Sign-in failed: API keys need MD5, which this Node.js does not allow (FIPS mode).',
      hint: { text: 'Use a service account, which does not need MD5:', commands: ['atlas-pe login'] },
      exitCode: 4,
    });
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
    ['no qop, as in RFC 2069', 'Digest realm="r", nonce="n"'],
    ['no nonce', 'Digest realm="r", qop="auth"'],
    ['nonsense', '=,=,"'],
  ])('with %s is ignored', (_, header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
