import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { openWire, services } from '../helpers/wire.js';

const { baseUrl } = openWire();

describe('whom it answers', () => {
  /** Sends a request line and a Host as they are. */
  const raw = (target: string, host: string) =>
    new Promise<[number | undefined, string | string[] | undefined]>((resolve, reject) => {
      const { port } = new URL(baseUrl());
      const options = { host: '127.0.0.1', port, path: target, setHost: false, headers: { host } };
      const request = httpRequest(options, (answer) => {
        answer.resume().on('end', () => resolve([answer.statusCode, answer.headers['x-error-code']]));
      });
      request.on('error', reject).end();
    });

  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '127.1.2.3', '[::1]', '[::1]:1'])('%s', async (host) => {
    expect(await raw(services, host)).toEqual([401, 'UNEXPECTED_ERROR']);
  });

  test.each([
    ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.evil.example:80', '10.0.0.1'],
    ...[
      '[',
      '[::1',
      '[::2]',
      '',
      'localhost:',
      'localhost:1/',
      'x@localhost',
      'localhost:1:2',
      'localhost,evil.example',
    ],
  ])('but not the Host %j', async (host) => {
    expect(await raw(services, host)).toEqual([400, 'INVALID_HOST']);
  });

  test.each(['//', '//evil.example/', '*', 'http://evil.example/'])('nor the target %s', async (target) => {
    expect(await raw(target, 'localhost')).toEqual([400, 'INVALID_URL']);
  });
});
