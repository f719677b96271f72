import { describe, expect, test } from 'vitest';
import { fakeAtlas, json } from '../helpers/run-cli.js';

/* The errors if Atlas doesn't send a proper response. */

const lookFirst =
  /The endpoint may or may not have been created\. Check before you try again: atlas-pe list --provider aws/;

describe('a create without a response or result is sent once, and the error says to check before trying again', () => {
  /** `isOdd`: the response says something of its own. */
  test.each<[string, isOdd: boolean, Parameters<typeof fakeAtlas>[0]]>([
    ['broken off', false, (request) => request.socket.destroy()],
    ['500', false, (_, response) => json(response, 500, { errorCode: 'UNEXPECTED_ERROR' })],
    ['a 502', false, (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>')],
    [
      'cut',
      true,
      (_, response) => void response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":'),
    ],
    ['of another kind', true, (_, response) => json(response, 201, {})],
  ])('%s', async (_, isOdd, handler) => {
    const methods: string[] = [];
    const { run } = await fakeAtlas((request, response, count) => {
      methods.push(request.method ?? '');
      if (request.method === 'POST') handler(request, response, count);
      else json(response, 200, []);
    });
    const { exitCode, stdout, stderr } = await run('create --region us-east-1');
    expect([exitCode, stdout, methods]).toEqual([1, '', ['POST', 'GET', 'GET', 'GET', 'GET']]);
    expect(stderr).toMatch(lookFirst);
    // What it says itself comes first.
    expect(/Hint: (?!The endpoint)/.test(stderr), stderr).toBe(isOdd);
  });

  test("also if Atlas doesn't respond at all any more", async () => {
    const methods: string[] = [];
    const { run } = await fakeAtlas((request) => {
      methods.push(request.method ?? '');
      request.socket.destroy();
    });
    const { exitCode, stderr } = await run('create --region us-east-1');
    expect([exitCode, methods.filter((method) => method === 'POST')]).toEqual([1, ['POST']]);
    expect(stderr).toMatch(lookFirst);
    // The lookups fail for the same reason, which was already shown.
    expect(stderr.match(/^Warning: /gm)).toHaveLength(1);
  });

  test('also if it is interrupted', async () => {
    let interrupt = (): void => undefined;
    // Interrupted as soon as the request arrives. There is no response.
    const { run, count } = await fakeAtlas(() => interrupt());
    const { exitCode, stderr } = await run('create --region us-east-1', {
      onStart: (send) => {
        interrupt = () => send('SIGINT');
      },
    });
    expect([exitCode, count()]).toEqual([130, 1]);
    expect(stderr).toMatch(lookFirst);
  });
});

test('a refused create has definitely had no effect', async () => {
  const { run } = await fakeAtlas((_, response) => json(response, 403, { errorCode: 'X', detail: 'No.' }));
  expect((await run('create --region us-east-1')).stderr).not.toMatch(lookFirst);
});

test.each([
  [
    'that no header can hold',
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="a\u0001b", nonce="n"\r\n\r\n',
  ],
  ['that breaks off', ''],
])('if sign-in fails because of a challenge %s, no signed request is sent', async (_, answer) => {
  const signed: string[] = [];
  const methods: string[] = [];
  const key = { ATLAS_PE_ACCESS_TOKEN: '', ATLAS_PE_PUBLIC_KEY: 'key', ATLAS_PE_PRIVATE_KEY: 'secret' };
  const { run } = await fakeAtlas((request) => {
    methods.push(request.method ?? '');
    if (request.headers.authorization) signed.push(request.headers.authorization);
    request.socket.end(answer);
  }, key);
  const { exitCode, stderr } = await run('create --region us-east-1');
  expect([exitCode, signed, methods]).toEqual([1, [], Array(5).fill('POST')]);
  expect(stderr).not.toMatch(lookFirst);
});

test("text from Atlas is on one line, so that it can't look like a separate message", async () => {
  const { run } = await fakeAtlas((_, response) =>
    json(response, 409, { errorCode: 'X', detail: 'No.\nHint: rm -rf /' }),
  );
  expect((await run('list --provider aws')).stderr).toBe('Error: No. Hint: rm -rf / (X 409).\n');
});

describe('a problem that affects many requests is reported once', () => {
  test('even if each request has a different Retry-After', async () => {
    const seen = new Map<string, number>();
    const { run } = await fakeAtlas((request, response) => {
      const count = (seen.get(request.url ?? '') ?? 0) + 1;
      seen.set(request.url ?? '', count);
      const headers = { 'retry-after': String(count + 2) };
      if (count < 5) json(response, 429, { errorCode: 'RATE_LIMITED', detail: 'Too many.' }, headers);
      else json(response, 200, []);
    });
    const { exitCode, stderr } = await run('list');
    expect([exitCode, stderr]).toEqual([0, 'Warning: Too many (RATE_LIMITED 429). Retrying in 3s.\n']);
    expect([...seen.values()]).toEqual([5, 5, 5]);
  });

  test('without hiding other problems', async () => {
    const { run } = await fakeAtlas((request, response, count) => {
      if (/AWS/.test(request.url ?? '') || count > 6) return json(response, 200, []);
      const detail = /GCP/.test(request.url ?? '') ? 'GCP rests.' : 'Azure rests.';
      json(response, 503, { errorCode: 'X', detail }, { 'retry-after': '9' });
    });
    const { stderr } = await run('list');
    expect(stderr.split('\n').sort()).toEqual([
      '',
      'Warning: Azure rests (X 503). Retrying in 9s.',
      'Warning: GCP rests (X 503). Retrying in 9s.',
    ]);
  });
});
