import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type Auth, bearerAuth } from '../../src/atlas/auth.js';
import type { HttpCall, HttpOptions } from '../../src/atlas/send.js';
import { InterruptedError } from '../../src/base/errors.js';
import { retryAfterMsIn } from '../../src/http/ask.js';
import { RequestError } from '../../src/http/request-error.js';
import { json, startServer } from '../helpers/run-cli.js';
import { sender } from '../helpers/sender.js';

type Respond = (response: ServerResponse) => unknown;

/** Sends requests to a server with these responses, one after the other. The last one repeats. */
async function against(answers: Respond | readonly Respond[], options: Partial<HttpOptions> = {}) {
  const all = [answers].flat();
  const server = await startServer((_, response, count) => void all[Math.min(count, all.length) - 1]?.(response));
  return { server, ...sender(server.baseUrl, options) };
}

const fine: Respond = (response) => json(response, 200, []);
const lost: Respond = (response) => response.destroy();
const error = (status: number, headers = {}) => {
  return (response: ServerResponse) => json(response, status, { error: status, errorCode: 'X' }, headers);
};
const page = (status: number, type: string, text: string) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': type }).end(text);
const halfJson = page(200, 'application/json', '[{"id":');
const cut: Respond = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('[{"id":', () => response.destroy());
};

const growing = [300, 600, 1200, 2400];
type Row = [what: string, call: Partial<HttpCall>, answers: Respond[], sleeps: number[], outcome: object];
const post = { method: 'POST' } as const;
const soon = error(429, { 'retry-after': '7' });
const late = error(503, { 'retry-after': '600' });

test.each<Row>([
  ...[408, 429, 500, 502, 503, 504].map(
    (status): Row => [`a GET after ${status}`, {}, [error(status)], growing, { status }],
  ),
  ...[400, 401, 403, 404, 407, 409, 410, 428, 501].map(
    (status): Row => [`no GET after ${status}`, {}, [error(status)], [], { constructor: RequestError, status }],
  ),
  ...[500, 502, 503, 504].map((status): Row => [`no POST after ${status}`, post, [error(status)], [], { status }]),
  ['no POST that may be there', post, [lost], [], { constructor: RequestError, mayPass: true, mayHaveArrived: true }],
  ['a GET after broken connections and cut responses', {}, [lost, cut, halfJson, fine], [300, 600, 1200], []],
  ['a POST after 429 and Retry-After', post, [soon, fine], [7000], []],
  ['nothing if Retry-After exceeds the budget', {}, [late], [], { hint: { text: 'Try again in 10m.' } }],
  ['a PATCH, which does no harm', { method: 'PATCH' }, [lost, error(502), fine], [300, 600], []],
  ['a POST that does no harm', { ...post, isHarmless: true }, [lost, error(502), fine], [300, 600], []],
])('what is sent again: %s', async (_, call, answers, sleeps, outcome) => {
  const { send, server, clock } = await against(answers);
  expect(await send(call).catch((thrown: unknown) => thrown)).toMatchObject(outcome);
  expect(clock.sleeps).toEqual(sleeps);
  expect(server.count()).toBe(sleeps.length + 1);
});

describe('a response that is not from Atlas gives a clear error', () => {
  test.each([
    ['HTML', 200, 'text/html', '<html>Sign in</html>', 'returned HTML instead of JSON', 1],
    ['HTML with an error', 402, 'text/html', '<html>', 'returned an error that is not from Atlas (HTTP 402)', 1],
    ['text', 200, 'text/plain', 'hello', 'returned an unknown format instead of JSON', 1],
    ['broken JSON', 200, 'application/json', '[{"id":"6a79', 'returned invalid JSON', 5],
  ])('%s', async (_, status, type, body, message, tries) => {
    const { send, server } = await against(page(status, type, body));
    await expect(send()).rejects.toThrow(message);
    expect(server.count()).toBe(tries);
  });

  test.each(['GET', 'POST'] as const)('for a 403 from a proxy, which is not about roles (%s)', async (method) => {
    const { send, server } = await against(page(403, 'text/html', '<html>No</html>'));
    await expect(send({ method })).rejects.toMatchObject({
      constructor: RequestError,
      exitCode: 1,
      mayHaveArrived: false,
      message: `${new URL(server.baseUrl).host} returned an error that is not from Atlas (HTTP 403).`,
      hint: { text: expect.stringMatching(/proxy or firewall/) },
    });
    expect(server.count()).toBe(1);
  });

  test('for a huge response, without downloading it all', async () => {
    let sent = 0;
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    const { send, server } = await against((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        if (response.destroyed || sent >= 40) return response.end();
        sent++;
        response.write(megabyte, () => setImmediate(more));
      };
      more();
    });
    await expect(send()).rejects.toThrow(`${new URL(server.baseUrl).host} returned a response larger than 16 MB.`);
    expect(sent).toBeLessThan(40);
  });
});

test('a change that was refused with 401, then interrupted, has done nothing', async () => {
  const stop = new AbortController();
  const auth: Auth = async (_, exchange) => {
    const answer = await exchange('Bearer old');
    stop.abort(new InterruptedError('SIGINT'));
    return answer;
  };
  const { send } = await against(error(401), { signal: stop.signal });
  await expect(send({ method: 'POST' }, auth)).rejects.toMatchObject({
    constructor: InterruptedError,
    mayHaveArrived: false,
    hint: { text: 'Nothing was sent to Atlas.' },
  });
});

test('warns once about a deprecated API version', async () => {
  const warnings: string[] = [];
  const headers = { deprecation: '@1767225600', sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' };
  const warn = (message: string) => warnings.push(message);
  const { send } = await against((response) => json(response, 200, [], headers), { warn });
  await send();
  await send();
  expect(warnings).toEqual([expect.stringContaining('Fri, 01 Jan 2027')]);
});

test.each<[method: HttpCall['method'], auth: Auth, what: string]>([
  ['DELETE', bearerAuth('t'), 'try again'],
  ['POST', bearerAuth('t'), 'check whether the change was made'],
  // Without credentials, it has no effect.
  ['POST', (_, exchange) => exchange(undefined), 'try again'],
])('the hint after a broken connection depends on the request: %s', async (method, auth, what) => {
  const { send } = await against(lost);
  await expect(send({ method }, auth)).rejects.toMatchObject({ hint: { text: `Check the network, then ${what}.` } });
});

test.each([
  ['7', 7],
  [' 0 ', 0],
  ['Sat, 01 Aug 2026 00:00:30 GMT', 30],
  ['Sat, 01 Aug 2020 00:00:00 GMT', 0],
  ['soon', 0],
  ['86400', 86_400],
  ['86401', 0],
  ['9'.repeat(400), 0],
  ['Fri, 01 Jan 2100 00:00:00 GMT', 0],
  ['', 0],
  [undefined, 0],
])('Retry-After %j means %j seconds from now', (header, seconds) => {
  expect(retryAfterMsIn(header, Date.UTC(2026, 7, 1))).toBe(seconds * 1000);
});
