import { expect, test } from 'vitest';
import { UsageError } from '../../src/base/errors.js';
import { guessed } from '../../src/base/words.js';
import { checkRegionOfAnyCloud, parseRegion, regionNames } from '../../src/clouds/regions.js';

function hintOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error.hint?.text;
    throw error;
  }
  return undefined;
}

const documented =
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3
  eu-central-1 me-south-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ap-east-1
  us-gov-west-1 us-gov-east-1 ca-west-1 mx-central-1 eu-central-2 eu-south-1 eu-south-2 ap-east-2 ap-northeast-3
  ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ap-south-2 cn-north-1 cn-northwest-1
  me-central-1 af-south-1 il-central-1`.split(/\s+/);

test.each(documented)('accepts both spellings of %s', (region) => {
  const atlasRegion = region.toUpperCase().replaceAll('-', '_');
  expect(parseRegion('AWS', region)).toEqual({ region, atlasRegion, known: true });
  expect(parseRegion('AWS', atlasRegion)).toEqual({ region, atlasRegion, known: true });
  expect(regionNames('AWS', atlasRegion).region).toBe(region);
});

test.each([
  ['AZURE', 'eastus2', 'US_EAST_2'],
  ['AZURE', 'westeurope', 'EUROPE_WEST'],
  ['GCP', 'us-central1', 'CENTRAL_US'],
  ['GCP', 'europe-west1', 'WESTERN_EUROPE'],
] as const)('%s %s is called %s by Atlas', (provider, region, atlasRegion) => {
  expect(parseRegion(provider, region)).toEqual({ region, atlasRegion, known: true });
  expect(parseRegion(provider, atlasRegion)).toEqual({ region, atlasRegion, known: true });
  expect(regionNames(provider, atlasRegion).region).toBe(region);
});

test.each([
  ['AWS', 'us-east-11', guessed('us-east-1')],
  ['AWS', 'useast1', guessed('us-east-1')],
  ['AWS', 'US_EASTT_2', guessed('us-east-2')],
  ['AWS', 'westeurope', "'westeurope' belongs to Azure: use --provider azure"],
  ['AZURE', 'westeurop', guessed('westeurope')],
  ['AZURE', 'us-east-1', "'us-east-1' belongs to AWS: use --provider aws"],
  ['GCP', 'us-east-1', guessed('us-east1')],
  ['GCP', 'us-central-1', guessed('us-central1')],
  ['GCP', 'eu-west-1', "'eu-west-1' belongs to AWS: use --provider aws"],
] as const)('in %s, %s is an error: %s', (provider, typed, hint) => {
  expect(hintOf(() => parseRegion(provider, typed))).toContain(hint);
});

test.each([
  ['AWS', 'us-east-9', 'us-east-9', 'US_EAST_9'],
  ['AWS', 'EU_CENTRAL_3', 'eu-central-3', 'EU_CENTRAL_3'],
  ['AWS', 'eusc-de-east-1', 'eusc-de-east-1', 'EUSC_DE_EAST_1'],
  // Outside AWS, no rule converts names.
  ['AZURE', 'austriaeast', 'austriaeast', 'austriaeast'],
  ['GCP', 'us-newland1', 'us-newland1', 'us-newland1'],
  ['GCP', 'europe-west99', 'europe-west99', 'europe-west99'],
] as const)('in %s, %s may be a new region', (provider, typed, region, atlasRegion) => {
  expect(parseRegion(provider, typed)).toEqual({ region, atlasRegion, known: false });
});

test.each(['', '  ', 'x', '../us-east-1', 'us-east-1/..', 'us east 1', '64f0c2a7e1b2c3d4e5f60718', '-1'])(
  '%j is malformed',
  (typed) => {
    expect(() => parseRegion('AWS', typed)).toThrow(UsageError);
    expect(() => checkRegionOfAnyCloud(typed)).toThrow(UsageError);
  },
);

test('without a cloud, accepts any region that Atlas may have, and finds typos for all clouds', () => {
  for (const region of ['us-east-1', 'US_EAST_1', 'eastus2', 'us-central1', 'ap-southeast-9', 'us-newland3']) {
    expect(() => checkRegionOfAnyCloud(region)).not.toThrow();
  }
  expect(hintOf(() => checkRegionOfAnyCloud('us-east-11'))).toBe(guessed('us-east-1'));
  expect(hintOf(() => checkRegionOfAnyCloud('eastuss'))).toBe(guessed('eastus'));
  expect(() => checkRegionOfAnyCloud('foobar')).toThrow(UsageError);
});
