import { expect, test } from 'vitest';
import { toCluster } from '../../src/atlas/clusters.js';

const region = (providerName: unknown, regionName: unknown) => ({ providerName, regionName, priority: 7 });

test('keeps the fields of a cluster that matter for private endpoints', () => {
  expect(
    toCluster({
      id: 'i',
      name: 'Cluster0',
      stateName: 'IDLE',
      paused: true,
      mongoDBVersion: '8.0',
      replicationSpecs: [
        { regionConfigs: [region('AWS', 'US_EAST_1'), region('AZURE', 'US_EAST_2')] },
        { regionConfigs: [region('AWS', 'US_EAST_1'), region('AWS', 'US_EAST_2')] },
      ],
      connectionStrings: {
        standard: 'mongodb://public',
        privateEndpoint: [
          {
            type: 'MONGOD',
            connectionString: 'mongodb://a',
            srvConnectionString: 'mongodb+srv://a',
            srvShardOptimizedConnectionString: 'mongodb+srv://b',
            endpoints: [{ endpointId: 'vpce-1', providerName: 'AWS', region: 'US_EAST_1' }],
          },
        ],
      },
    }),
  ).toEqual({
    id: 'i',
    name: 'Cluster0',
    status: 'IDLE',
    isPaused: true,
    shared: null,
    // Each region once, even if another cloud uses the same name.
    regions: [
      { provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' },
      { provider: 'AZURE', region: 'eastus2', atlasRegion: 'US_EAST_2' },
      { provider: 'AWS', region: 'us-east-2', atlasRegion: 'US_EAST_2' },
    ],
    strings: [
      {
        type: 'MONGOD',
        standard: 'mongodb://a',
        srv: 'mongodb+srv://a',
        srvShardOptimized: 'mongodb+srv://b',
        endpoints: [{ id: 'vpce-1', provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' }],
      },
    ],
  });
});

test('missing and invalid fields of a cluster become empty values', () => {
  const lists = { regions: [], strings: [] };
  const bare = { id: '', name: '', status: 'UNKNOWN', isPaused: false, shared: null, ...lists };
  for (const answer of [
    {},
    { paused: 'true', replicationSpecs: {}, connectionStrings: [] },
    {
      replicationSpecs: [
        null,
        { regionConfigs: null },
        { regionConfigs: [null, region('IBM', 'X'), region('AWS', 7)] },
      ],
    },
    { connectionStrings: { privateEndpoint: null } },
  ])
    expect(toCluster(answer)).toEqual(bare);
  const strings = toCluster({ connectionStrings: { privateEndpoint: [null, { endpoints: [null] }] } }).strings;
  const bareString = { type: null, standard: null, srv: null, srvShardOptimized: null };
  expect(strings).toEqual([
    { ...bareString, endpoints: [] },
    { ...bareString, endpoints: [{ id: '', provider: null, region: null, atlasRegion: null }] },
  ]);
});

test.each([
  ['M0', { providerName: 'TENANT', backingProviderName: 'AWS', electableSpecs: { instanceSize: 'M0' } }, 'M0'],
  ['M5', { providerName: 'TENANT', backingProviderName: 'AWS', electableSpecs: { instanceSize: 'M5' } }, 'M5'],
  ['a size that is missing', { providerName: 'TENANT', backingProviderName: 'AWS' }, 'M0'],
  ['Flex', { providerName: 'FLEX', backingProviderName: 'AWS', electableSpecs: { instanceSize: 'FLEX' } }, 'Flex'],
  ['dedicated', { providerName: 'AWS', electableSpecs: { instanceSize: 'M10' } }, null],
])('a cluster that shares its machines has the cloud behind it: %s', (_, config, shared) => {
  const cluster = toCluster({ replicationSpecs: [{ regionConfigs: [{ ...config, regionName: 'US_EAST_1' }] }] });
  expect(cluster).toMatchObject({ shared, regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] });
});
