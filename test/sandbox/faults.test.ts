import { describe, expect, test } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';

describe('a fault affects the requests that match', () => {
  const [services, one] = ['/groups/a/privateEndpoint/AWS/endpointService', '/groups/a/endpointService/b'];

  test.each<[Fault, string[]]>([
    [{}, ['POST', 'GET', 'GET one', 'DELETE one']],
    [{ method: 'GET' }, ['GET', 'GET one']],
    [{ path: '/endpointService' }, ['POST', 'GET']],
    [{ path: '/endpointService/*' }, ['GET one', 'DELETE one']],
    [{ path: '/AWS/*' }, ['POST', 'GET']],
    [{ path: services }, ['POST', 'GET']],
    [{ path: 'endpointServic.' }, []],
    [{ method: 'GET', nth: [{ from: 2, to: 2 }] }, ['GET one']],
    [
      {
        nth: [
          { from: 1, to: 1 },
          { from: 3, to: Number.POSITIVE_INFINITY },
        ],
      },
      ['POST', 'GET one', 'DELETE one'],
    ],
  ])('%j', (fault, expected) => {
    const faults = createFaults([fault]);
    const hit = ['POST', 'GET', 'GET one', 'DELETE one'].filter((request) => {
      const [method = '', more] = request.split(' ');
      return faults.next(method, more ? one : services) !== undefined;
    });
    expect(hit).toEqual(expected);
  });

  test('the first of several is used, and each counts all requests', () => {
    const faults = createFaults([
      { status: 502, nth: [{ from: 1, to: 1 }] },
      { status: 503, nth: [{ from: 1, to: 2 }] },
    ]);
    expect([1, 2, 3].map(() => faults.next('GET', '/')?.status)).toEqual([502, 503, undefined]);
  });
});
