import { afterEach, describe, expect, test } from 'vitest';
import { bearerAuth } from '../../src/atlas/auth.js';
import { AnswerError, ApiError, NetworkError, SignInError } from '../../src/atlas/errors.js';
import { createSend, type HttpCall, type HttpOptions, type Trace } from '../../src/atlas/http.js';
import { retryAfterSeconds } from '../../src/atlas/retry.js';
import { InterruptedError } from '../../src/base/errors.js';
import { json, startServer } from '../helpers/fake-atlas.js';
import { fakeClock } from '../helpers/fake-clock.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(...args: Parameters<typeof startServer>) {
  const server = await startServer(...args);
  open.push(server);
  return server;
}

function sender(baseUrl: string, options: Partial<HttpOptions> = {}) {
  const clock = fakeClock();
  const traces: Trace[] = [];
  const send = createSend({
    baseUrl,
    userAgent: 'atlas-pe/1.2.3',
    clock,
    random: () => 1,
    trace: (trace) => traces.push(trace),
    ...options,
  });
  return {
    clock,
    traces,
    send: (call: Partial<HttpCall> = {}) => send({ method: 'GET', path: '/x', ...call }, bearerAuth('t')),
  };
}

test('a request has its headers, body and user agent', async () => {
  let got: unknown;
  const server = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { accept, authorization, 'user-agent': agent } = request.headers;
      got = { method: request.method, url: request.url, accept, authorization, agent, body };
      json(response, 201, { fine: true });
    });
  });
  const { send } = sender(server.baseUrl);
  const answer = await send({ method: 'POST', path: '/x?y=1', headers: { accept: 'a/b' }, body: '{"a":1}' });
  expect(answer).toEqual({ fine: true });
  expect(got).toEqual({
    ...{ method: 'POST', url: '/x?y=1', accept: 'a/b', body: '{"a":1}' },
    ...{ authorization: 'Bearer t', agent: 'atlas-pe/1.2.3' },
  });
});

describe('a GET is retried', () => {
  test.each([408, 429, 500, 502, 503, 504])('after %i, up to five tries with growing waits', async (status) => {
    const server = await serve((_, response) => json(response, status, { error: status, errorCode: 'X' }));
    const { send, clock } = sender(server.baseUrl);
    await expect(send()).rejects.toMatchObject({ status });
    expect(server.count()).toBe(5);
    expect(clock.sleeps).toEqual([300, 600, 1200, 2400]);
  });

  test.each([400, 401, 404, 407, 409, 410, 428])('but not after %i', async (status) => {
    const server = await serve((_, response) => json(response, status, { error: status, errorCode: 'X' }));
    const { send } = sender(server.baseUrl);
    await expect(send()).rejects.toMatchObject({ status });
    expect(server.count()).toBe(1);
  });

  test('with jitter', async () => {
    const server = await serve((_, response) => json(response, 503, { error: 503, errorCode: 'X' }));
    const { send, clock } = sender(server.baseUrl, { random: () => 0 });
    await expect(send()).rejects.toThrow();
    expect(clock.sleeps).toEqual([150, 300, 600, 1200]);
  });

  test('after the time in Retry-After', async () => {
    const server = await serve((_, response, count) =>
      count === 1 ? json(response, 429, { error: 429 }, { 'retry-after': '7' }) : json(response, 200, []),
    );
    const { send, clock } = sender(server.baseUrl);
    expect(await send()).toEqual([]);
    expect(clock.sleeps).toEqual([7000]);
  });

  test('but not if Retry-After exceeds the budget; the error says when to try again', async () => {
    const server = await serve((_, response) =>
      json(response, 503, { error: 503, errorCode: 'X' }, { 'retry-after': '600' }),
    );
    const { send, clock } = sender(server.baseUrl);
    await expect(send()).rejects.toMatchObject({ hint: { text: 'Try again in 10m.' } });
    expect([server.count(), clock.sleeps]).toEqual([1, []]);
  });

  test('after a broken connection and after an incomplete response', async () => {
    const server = await serve((_, response, count) => {
      if (count === 1) return response.destroy();
      if (count === 2) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('[{"id":', () => response.destroy());
        return;
      }
      if (count === 3) return response.writeHead(200, { 'content-type': 'application/json' }).end('[{"id":');
      json(response, 200, []);
    });
    expect(await sender(server.baseUrl).send()).toEqual([]);
    expect(server.count()).toBe(4);
  });

  test.each([400, 401, 403, 404, 409, 501])('but not after %i', async (status) => {
    const server = await serve((_, response) => json(response, status, { error: status, errorCode: 'X' }));
    await expect(sender(server.baseUrl).send()).rejects.toBeInstanceOf(ApiError);
    expect(server.count()).toBe(1);
  });
});

describe.each(['POST', 'DELETE'] as const)('a %s', (method) => {
  test.each([500, 502, 503, 504])('is not retried after %i', async (status) => {
    const server = await serve((_, response) => json(response, status, { error: status, errorCode: 'X' }));
    await expect(sender(server.baseUrl).send({ method })).rejects.toMatchObject({ status });
    expect(server.count()).toBe(1);
  });

  test('is retried after 429 and Retry-After', async () => {
    const server = await serve((_, response, count) =>
      count === 1 ? json(response, 429, { error: 429 }, { 'retry-after': '7' }) : json(response, 201, {}),
    );
    const { send, clock } = sender(server.baseUrl);
    expect(await send({ method })).toEqual({});
    expect([server.count(), clock.sleeps]).toEqual([2, [7000]]);
  });

  test('is retried after any temporary error if it is repeatable', async () => {
    const server = await serve((_, response, count) =>
      count === 1 ? response.destroy() : count === 2 ? json(response, 502, {}) : json(response, 202, {}),
    );
    expect(await sender(server.baseUrl).send({ method, repeatable: true })).toEqual({});
    expect(server.count()).toBe(3);
  });

  test('may have taken effect if the first try may have arrived and a proxy refused the retry', async () => {
    const server = await serve((_, response, count) =>
      count === 1 ? response.destroy() : response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'),
    );
    await expect(sender(server.baseUrl).send({ method, repeatable: true })).rejects.toMatchObject({
      constructor: AnswerError,
      mayHaveArrived: true,
    });
    await expect(sender(server.baseUrl).send({ method, repeatable: true })).rejects.toMatchObject({
      constructor: AnswerError,
      mayHaveArrived: false,
    });
  });

  test('is not retried if it may have arrived', async () => {
    const server = await serve((_, response) => response.destroy());
    await expect(sender(server.baseUrl).send({ method })).rejects.toMatchObject({
      constructor: NetworkError,
      mayHaveArrived: true,
    });
    expect(server.count()).toBe(1);
  });

  test('is retried if the connection was refused', async () => {
    const server = await startServer(() => undefined);
    await server.close();
    const { send, clock } = sender(server.baseUrl);
    await expect(send({ method })).rejects.toMatchObject({ constructor: NetworkError, mayHaveArrived: false });
    expect(clock.sleeps).toHaveLength(4);
  });
});

test('an error has the details from Atlas', async () => {
  const server = await serve((_, response) =>
    json(response, 400, {
      detail: 'Invalid attribute region specified.',
      error: 400,
      errorCode: 'INVALID_ATTRIBUTE',
      badRequestDetail: { fields: [{ field: 'region', description: 'must not be empty' }] },
    }),
  );
  await expect(sender(server.baseUrl).send()).rejects.toMatchObject({
    ...{ status: 400, errorCode: 'INVALID_ATTRIBUTE', exitCode: 2 },
    detail: 'Invalid attribute region specified.',
    fields: [{ field: 'region', description: 'must not be empty' }],
    message: 'Invalid attribute region specified. region: must not be empty (INVALID_ATTRIBUTE 400).',
  });
});

describe('a response that is not from Atlas gives a clear error', () => {
  test.each([
    ['HTML', 200, 'text/html', '<html>Sign in</html>', 'returned HTML instead of JSON'],
    ['HTML with an error', 402, 'text/html', '<html>No</html>', 'returned an error that is not from Atlas (HTTP 402)'],
    ['text', 200, 'text/plain', 'hello', 'returned an unknown format instead of JSON'],
  ])('%s', async (_, status, type, body, message) => {
    const server = await serve((__, response) => response.writeHead(status, { 'content-type': type }).end(body));
    await expect(sender(server.baseUrl).send()).rejects.toThrow(message);
    expect(server.count()).toBe(1);
  });

  test.each(['GET', 'POST'] as const)('for a 403 from a proxy, which is not about roles (%s)', async (method) => {
    const server = await serve((_, response) =>
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html>No</html>'),
    );
    await expect(sender(server.baseUrl).send({ method })).rejects.toMatchObject({
      ...{ constructor: AnswerError, exitCode: 1, mayHaveArrived: false },
      message: `${new URL(server.baseUrl).host} returned an error that is not from Atlas (HTTP 403).`,
      hint: { text: expect.stringMatching(/proxy or firewall/) },
    });
    expect(server.count()).toBe(1);
  });

  test('for broken JSON, after all tries', async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[{"id":"6a79'),
    );
    await expect(sender(server.baseUrl).send()).rejects.toThrow('returned invalid JSON');
    expect(server.count()).toBe(5);
  });

  test('for a huge response, without downloading it all', async () => {
    let sent = 0;
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        if (response.destroyed || sent >= 40) return response.end();
        sent++;
        response.write(megabyte, () => setImmediate(more));
      };
      more();
    });
    await expect(sender(server.baseUrl).send()).rejects.toThrow('returned a response larger than 10 MB');
    expect(sent).toBeLessThan(40);
  });

  test('for a redirect, which is not followed, so that no other host gets the credentials', async () => {
    const other = await serve((_, response) => json(response, 200, []));
    const server = await serve((_, response) => response.writeHead(302, { location: `${other.baseUrl}/x` }).end());
    await expect(sender(server.baseUrl).send()).rejects.toThrow(AnswerError);
    expect(other.count()).toBe(0);
  });
});

test('a 100 Continue that was not asked for is skipped', async () => {
  const server = await serve((_, response, count) => {
    if (count === 1) response.socket?.cork();
    response.writeContinue();
    response.writeContinue();
    if (count === 1) json(response, 201, { count });
    else setImmediate(() => setImmediate(() => json(response, 201, { count })));
    response.socket?.uncork();
  });
  const { send } = sender(server.baseUrl);
  for (const count of [1, 2, 3]) expect(await send({ method: 'POST', body: '{}' })).toEqual({ count });
  expect([server.count(), server.connections()]).toEqual([3, 1]);
});

test('a time-out is a network error, and a GET is retried', async () => {
  let late = (): void => undefined;
  const server = await serve((_, response, count) => (count > 1 ? json(response, 200, []) : late()));
  const { send, traces, clock } = sender(server.baseUrl);
  late = () => clock.advance(31_000);
  expect(await send()).toEqual([]);
  expect(traces[0]).toMatchObject({ status: null, note: expect.stringContaining('did not respond within 30s') });
});

test('callers that retry themselves set the number of tries and the time-out', async () => {
  let late = (): void => undefined;
  const server = await serve(() => late());
  const { send, clock } = sender(server.baseUrl);
  late = () => clock.advance(2000);
  await expect(send({ limits: { tries: 1, timeoutMs: 1500 } })).rejects.toThrow('did not respond within 2s');
  expect(server.count()).toBe(1);
});

test("reports the rate limit and Atlas's time", async () => {
  const told: unknown[] = [];
  const server = await serve((_, response, count) =>
    json(response, 200, [], {
      date: 'Sat, 01 Aug 2026 00:00:00 GMT',
      ...(count === 1 && { 'ratelimit-remaining': '41' }),
    }),
  );
  const { send } = sender(server.baseUrl, { onAnswer: (about) => told.push(about) });
  await send();
  await send();
  const date = Date.UTC(2026, 7, 1);
  expect(told).toEqual([
    { remaining: 41, date },
    { remaining: null, date },
  ]);
});

test("an abort ends a pending request with the signal's reason", async () => {
  const stop = new AbortController();
  const server = await serve(() => stop.abort(new Error('enough')));
  await expect(sender(server.baseUrl, { signal: stop.signal }).send()).rejects.toThrow('enough');
});

test('an interruption is thrown unchanged and not traced as an error', async () => {
  const stop = new AbortController();
  const reason = new InterruptedError('SIGINT');
  const server = await serve(() => stop.abort(reason));
  const { send, traces } = sender(server.baseUrl, { signal: stop.signal });
  await expect(send()).rejects.toBe(reason);
  expect(traces).toEqual([]);
});

test('an interrupted change says whether it may have arrived', async () => {
  const stop = new AbortController();
  const server = await serve(() => stop.abort(new InterruptedError('SIGINT')));
  const call = { method: 'POST' } as const;
  await expect(sender(server.baseUrl, { signal: stop.signal }).send(call)).rejects.toMatchObject({
    ...{ constructor: InterruptedError, mayHaveArrived: true },
  });
  await expect(sender(server.baseUrl, { signal: stop.signal }).send(call)).rejects.toMatchObject({
    ...{ constructor: InterruptedError, mayHaveArrived: false },
  });
  expect(server.count()).toBe(1);
});

test('a request that times out before it connects makes no connection', async () => {
  const server = await serve((_, response) => json(response, 200, []));
  const { send, clock } = sender(server.baseUrl);
  const late = send({ limits: { tries: 1, timeoutMs: 1000 } });
  clock.advance(1000);
  await expect(late).rejects.toThrow(NetworkError);
  // The code that connects is loaded by now. If the request had started a connection, the server would have accepted it
  // before this one.
  await import('../../src/atlas/dispatcher.js');
  await new Promise((resolve) => setImmediate(resolve));
  await (await fetch(server.baseUrl)).text();
  expect([server.connections(), server.count()]).toEqual([1, 1]);
});

test('an empty body is not an error', async () => {
  const server = await serve((_, response) => response.writeHead(204).end());
  expect(await sender(server.baseUrl).send({ method: 'DELETE' })).toBeUndefined();
});

test('warns once about a deprecated API version', async () => {
  const warnings: string[] = [];
  const server = await serve((_, response) =>
    json(response, 200, [], { deprecation: '@1767225600', sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' }),
  );
  const { send } = sender(server.baseUrl, { warn: (message) => warnings.push(message) });
  await send();
  await send();
  expect(warnings).toEqual([expect.stringContaining('Fri, 01 Jan 2027')]);
});

test('a trace shows what happened, but no credentials', async () => {
  const server = await serve((_, response) => json(response, 200, []));
  const { send, traces } = sender(server.baseUrl);
  await send();
  expect(traces).toEqual([{ method: 'GET', url: `${server.baseUrl}/x`, status: 200, ms: expect.any(Number) }]);
});

test.each([
  ['GET', false, 'try again'],
  ['DELETE', true, 'try again'],
  ['POST', false, 'check whether the change was made'],
] as const)('the hint after a broken connection depends on the request: %s', async (method, repeatable, what) => {
  const server = await serve((_, response) => response.destroy());
  await expect(sender(server.baseUrl).send({ method, repeatable })).rejects.toMatchObject({
    hint: { text: `Check the network, then ${what}.` },
  });
});

test("the hint for a POST without credentials doesn't suggest checking first, because it has no effect", async () => {
  const server = await serve((_, response) => response.destroy());
  const send = createSend({ baseUrl: server.baseUrl, userAgent: 'x', clock: fakeClock() });
  await expect(send({ method: 'POST', path: '/x' }, (_, exchange) => exchange(undefined))).rejects.toMatchObject({
    hint: { text: 'Check the network, then try again.' },
  });
});

test('credentials that are not valid in a header are not sent or retried', async () => {
  const server = await serve((_, response) => json(response, 200, []));
  const clock = fakeClock();
  const send = createSend({ baseUrl: server.baseUrl, userAgent: 'x', clock });
  await expect(send({ method: 'POST', path: '/x' }, bearerAuth('a\nb'))).rejects.toMatchObject({
    constructor: SignInError,
    exitCode: 4,
  });
  expect([server.count(), clock.sleeps]).toEqual([0, []]);
});

test('all tries take at most a minute, plus five seconds for one that starts near the end', async () => {
  const server = await serve((_, response, count) => {
    if (count === 1) return json(response, 503, { error: 503 }, { 'retry-after': '58' });
    clock.expireNext();
  });
  const { send, clock } = sender(server.baseUrl);
  const before = clock.now();
  await expect(send()).rejects.toThrow('did not respond within 5s.');
  expect([server.count(), clock.sleeps]).toEqual([2, [58_000]]);
  expect(clock.now() - before).toBeLessThan(66_000);
});

test.each([
  ['7', 7],
  [' 0 ', 0],
  ['Sat, 01 Aug 2026 00:00:30 GMT', 30],
  ['Sat, 01 Aug 2020 00:00:00 GMT', 0],
  ['soon', null],
  ['86400', 86_400],
  ['86401', null],
  ['99999999999', null],
  ['9'.repeat(400), null],
  ['Fri, 01 Jan 2100 00:00:00 GMT', null],
  ['', null],
  [undefined, null],
])('Retry-After %j means %j seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, Date.UTC(2026, 7, 1))).toBe(seconds);
});
