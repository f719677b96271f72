import { expect, test } from 'vitest';
import { toEndpoint } from '../../src/atlas/model.js';
import { RequestError } from '../../src/http/request-error.js';

const project = '6a793f63c0eb9e7a177153f5';
const id = '6a793f68c0eb9e7a17715835';

test('an AWS service becomes the documented JSON with all keys', () => {
  const endpoint = toEndpoint(project, 'AWS', {
    cloudProvider: 'AWS',
    endpointServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0667f4ca6f4a2bbc8',
    errorMessage: null,
    id,
    interfaceEndpoints: [],
    regionName: 'EU_WEST_1',
    status: 'AVAILABLE',
    supportedRemoteRegions: null,
  });
  expect(Object.entries(endpoint)).toEqual([
    ['id', id],
    ['projectId', project],
    ['provider', 'AWS'],
    ['region', 'eu-west-1'],
    ['atlasRegion', 'EU_WEST_1'],
    ['status', 'AVAILABLE'],
    ['endpointServiceName', 'com.amazonaws.vpce.eu-west-1.vpce-svc-0667f4ca6f4a2bbc8'],
    ['interfaceEndpoints', []],
    ['errorMessage', null],
    ['createdAt', '2026-08-10T03:03:04Z'],
    ['supportedRemoteRegions', []],
  ]);
});

test('accepts unknown statuses and keys, nulls and missing keys; the result always has every key', () => {
  const bare = toEndpoint(project, 'AWS', { id, status: 'HIBERNATING', regionName: 'MX_NORTH_4', newKey: { a: 1 } });
  expect(bare).toMatchObject({ provider: 'AWS', status: 'HIBERNATING', region: 'mx-north-4' });
  expect(bare.newKey).toBeUndefined();
  const empty = toEndpoint(project, 'GCP', { id, status: null, regionName: null, interfaceEndpoints: null });
  expect(Object.keys(empty)).toHaveLength(13);
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
