import { UsageError } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { type Kind, madeByAtlas } from './kind.js';

export const backup = {
  ...madeByAtlas,
  name: 'backup',
  noun: 'backup private endpoint',
  version: '2024-11-13',
  path: '/backup/{provider}/privateEndpoints',
  providers: ['AWS'],
  keys: { ...madeByAtlas.keys, vpcRegionName: text },
  steps: { ready: () => ({ text: 'Now set requirePrivateNetworking of the export bucket to true.' }) },
  create: {
    options: ['vpcRegion'],
    body: ({ provider, place, vpcRegion, readRegion }) => {
      if (!place) throw new UsageError('Missing region.', 'Use the region of the export bucket.');
      const from = vpcRegion === undefined ? {} : { vpcRegionName: readRegion(vpcRegion).atlasRegion };
      return { cloudProvider: provider, regionName: place.atlasRegion, ...from };
    },
    isSame: ({ atlasRegion, vpcRegionName }, body) =>
      atlasRegion === body.regionName && (vpcRegionName ?? atlasRegion) === (body.vpcRegionName ?? atlasRegion),
  },
} satisfies Kind;
