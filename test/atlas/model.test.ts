import { expect, test } from 'vitest';
import { toCluster } from '../../src/atlas/clusters.js';
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

test('Azure and GCP services have their own keys, named as in the API', () => {
  const privateEndpoint = '/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/privateEndpoints/z';
  expect(
    toEndpoint(project, 'AZURE', {
      cloudProvider: 'AZURE',
      id,
      privateEndpoints: [privateEndpoint],
      privateLinkServiceName: `pls_${id}`,
      privateLinkServiceResourceId: '/subscriptions/…',
      regionName: 'US_EAST_2',
      status: 'AVAILABLE',
    }),
  ).toMatchObject({
    region: 'eastus2',
    privateLinkServiceName: `pls_${id}`,
    privateLinkServiceResourceId: '/subscriptions/…',
    privateEndpoints: [privateEndpoint],
    interfaceEndpoints: [privateEndpoint],
    endpointServiceName: null,
  });
  expect(
    toEndpoint(project, 'GCP', {
      cloudProvider: 'GCP',
      id,
      endpointGroupNames: ['group'],
      serviceAttachmentNames: ['projects/p/regions/r/serviceAttachments/s'],
      portMappingEnabled: true,
      regionName: 'CENTRAL_US',
      status: 'INITIATING',
    }),
  ).toMatchObject({
    region: 'us-central1',
    endpointGroupNames: ['group'],
    interfaceEndpoints: ['group'],
    serviceAttachmentNames: ['projects/p/regions/r/serviceAttachments/s'],
    portMappingEnabled: true,
  });
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

test.each([
  ['AWS', 'us-east-1', 'US_EAST_1', 'us-east-1'],
  ['AWS', 'xx-newland-1', 'XX_NEWLAND_1', 'xx-newland-1'],
  ['AZURE', 'eastus2', 'US_EAST_2', 'eastus2'],
  ['GCP', 'us-central1', 'CENTRAL_US', 'us-central1'],
] as const)('accepts a region in the spelling of %s (%s)', (provider, regionName, atlasRegion, region) => {
  expect(toEndpoint(project, provider, { id, regionName, status: 'X' })).toMatchObject({ region, atlasRegion });
  const cluster = { name: 'c', replicationSpecs: [{ regionConfigs: [{ providerName: provider, regionName }] }] };
  expect(toCluster(cluster).regions).toEqual([{ provider, region, atlasRegion }]);
});
