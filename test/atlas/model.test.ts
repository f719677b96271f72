import { expect, test } from 'vitest';
import { sharedKeys } from '../../src/atlas/keys.js';
import { toEndpoint } from '../../src/atlas/model.js';
import { clouds } from '../../src/clouds/all.js';
import { RequestError } from '../../src/http/request-error.js';

const project = '6a793f63c0eb9e7a177153f5';
const id = '6a793f68c0eb9e7a17715835';

test('accepts unknown statuses and keys, nulls and missing keys; the result always has every key', () => {
  const bare = toEndpoint(project, 'AWS', { id, status: 'HIBERNATING', regionName: 'MX_NORTH_4', newKey: { a: 1 } });
  expect(bare).toMatchObject({ provider: 'AWS', status: 'HIBERNATING', region: 'mx-north-4' });
  expect(bare.newKey).toBeUndefined();
  const empty = toEndpoint(project, 'GCP', { id, status: null, regionName: null, interfaceEndpoints: null });
  expect(Object.keys(empty)).toEqual([...Object.keys(sharedKeys), ...Object.keys(clouds.GCP.service.keys)]);
  expect(empty).toMatchObject({ status: 'UNKNOWN', region: '', interfaceEndpoints: [], portMappingEnabled: false });
});

test.each([
  ['null', null],
  ['a string', 'service'],
  ['a list', []],
  ['no id', { status: 'AVAILABLE' }],
  ['an id that would climb', { id: '../../x' }],
])('%s is not a service', (_, answer) => {
  expect(() => toEndpoint(project, 'AWS', answer)).toThrow(RequestError);
});
