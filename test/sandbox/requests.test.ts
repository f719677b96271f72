import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { pageOf } from '../../src/sandbox/requests.js';
import { creation, media, openWire, services } from '../helpers/wire.js';

const { atlas, baseUrl } = openWire();

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

test.each([
  [65_536, 400, 'INVALID_ATTRIBUTE'],
  [65_537, 413, 'PAYLOAD_TOO_LARGE'],
])('a body of %i bytes is answered with %i %s', async (length, status, errorCode) => {
  const json = JSON.stringify({ providerName: 'IBM', x: '' });
  const body = json.replace('""', `"${'x'.repeat(length - json.length)}"`);
  const answer = await atlas(creation, { method: 'POST', headers: { 'content-type': media }, body });
  expect([answer.status, answer.body.errorCode]).toEqual([status, errorCode]);
});

test('the sandbox survives a request that breaks off', async () => {
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${baseUrl()}${creation}`, { method: 'POST', headers: { 'content-length': 100 } });
    request.on('error', () => resolve());
    request.write('{', () => request.destroy());
  });
  expect((await atlas(services)).status).toBe(200);
});

describe('the host and the target of a request', () => {
  /** Sends a request line and a Host as they are. */
  const raw = (target: string, host: string) =>
    new Promise<unknown[]>((resolve, reject) => {
      const { port } = new URL(baseUrl());
      const options = { host: '127.0.0.1', port, path: target, setHost: false, headers: { host } };
      const request = httpRequest(options, (answer) => {
        answer.resume().on('end', () => resolve([answer.statusCode, answer.headers['x-error-code']]));
      });
      request.on('error', reject).end();
    });

  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '127.1.2.3', '[::1]', '[::1]:1'])(
    'the Host %s is accepted',
    async (host) => {
      expect(await raw(services, host)).toEqual([401, 'UNEXPECTED_ERROR']);
    },
  );

  const otherHosts = 'evil.example localhost.evil.example 127.0.0.1.evil.example 127.evil.example:80 10.0.0.1';
  const oddHosts = '[ [::1 [::2] localhost: localhost:1/ x@localhost localhost:1:2 localhost,evil.example';
  test.each([...otherHosts.split(' '), ...oddHosts.split(' '), ''])('the Host %j is refused', async (host) => {
    expect(await raw(services, host)).toEqual([400, 'INVALID_HOST']);
  });

  test.each(['//', '//evil.example/', '*', 'http://evil.example/'])('the target %s is refused', async (target) => {
    expect(await raw(target, 'localhost')).toEqual([400, 'INVALID_URL']);
  });
});
