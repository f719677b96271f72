import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/errors.js';
import { guessed } from '../../src/base/suggest.js';
import { checkRegionOfAnyCloud, fromAtlasRegion, isRegion, parseRegion } from '../../src/clouds/regions.js';

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

test.each(documented)('%s is known in both spellings', (region) => {
  const atlasRegion = region.toUpperCase().replaceAll('-', '_');
  expect(parseRegion('AWS', region)).toEqual({ region, atlasRegion, known: true });
  expect(parseRegion('AWS', atlasRegion)).toEqual({ region, atlasRegion, known: true });
  expect(fromAtlasRegion('AWS', atlasRegion)).toBe(region);
});

test.each([
  ['AZURE', 'eastus2', 'US_EAST_2'],
  ['AZURE', 'westeurope', 'EUROPE_WEST'],
  ['GCP', 'us-central1', 'CENTRAL_US'],
  ['GCP', 'europe-west1', 'WESTERN_EUROPE'],
  ['GCP', 'us-east4', 'US_EAST_4'],
] as const)('%s %s is %s at Atlas', (provider, region, atlasRegion) => {
  expect(parseRegion(provider, region)).toEqual({ region, atlasRegion, known: true });
  expect(parseRegion(provider, atlasRegion)).toEqual({ region, atlasRegion, known: true });
  expect(fromAtlasRegion(provider, atlasRegion)).toBe(region);
});

describe('a near miss', () => {
  test.each([
    ['AWS', 'us-east-11', 'us-east-1'],
    ['AWS', 'us-eest-1', 'us-east-1'],
    ['AWS', 'useast1', 'us-east-1'],
    ['AWS', 'us-east', 'us-east-1'],
    ['AWS', 'ue-west-2', 'us-west-2'],
    ['AWS', 'US_EASTT_2', 'us-east-2'],
    ['AWS', 'ap-sotheast-1', 'ap-southeast-1'],
    ['AZURE', 'eastuss', 'eastus'],
    ['AZURE', 'westeurop', 'westeurope'],
    ['GCP', 'us-centrl1', 'us-central1'],
  ] as const)('of %s, %s, is an error that suggests %s', (provider, typed, meant) => {
    expect(hintOf(() => parseRegion(provider, typed))).toBe(guessed(meant));
  });
});

describe('a region that the table lacks', () => {
  test.each([
    ['us-east-9', 'US_EAST_9'],
    ['ap-southeast-8', 'AP_SOUTHEAST_8'],
    ['EU_CENTRAL_3', 'EU_CENTRAL_3'],
    ['nz-south-1', 'NZ_SOUTH_1'],
    ['us-south-1', 'US_SOUTH_1'],
  ])('%s passes as unknown where it is well formed', (typed, atlasRegion) => {
    expect(parseRegion('AWS', typed)).toMatchObject({ atlasRegion, known: false });
  });

  test('keeps the spelling that was typed outside AWS, where names do not convert by rule', () => {
    expect(parseRegion('GCP', 'us-newland1')).toEqual({
      region: 'us-newland1',
      atlasRegion: 'us-newland1',
      known: false,
    });
    expect(fromAtlasRegion('AZURE', 'MARS_NORTH')).toBe('MARS_NORTH');
    expect(fromAtlasRegion('AWS', 'MX_NORTH_4')).toBe('mx-north-4');
  });
});

test.each(['', '  ', 'x', '../us-east-1', 'us-east-1/..', 'us east 1', '64f0c2a7e1b2c3d4e5f60718', '-1'])(
  '%j is malformed',
  (typed) => {
    expect(() => parseRegion('AWS', typed)).toThrow(UsageError);
    expect(() => checkRegionOfAnyCloud(typed)).toThrow(UsageError);
  },
);

test('a region of another cloud is pointed out', () => {
  expect(hintOf(() => parseRegion('AWS', 'westeurope'))).toContain('--provider azure');
});

test('where the cloud is open, any that Atlas knows passes, and typing errors of all are found', () => {
  for (const region of ['us-east-1', 'US_EAST_1', 'eastus2', 'us-central1', 'ap-southeast-9', 'us-newland3']) {
    expect(() => checkRegionOfAnyCloud(region)).not.toThrow();
  }
  expect(hintOf(() => checkRegionOfAnyCloud('us-east-11'))).toBe(guessed('us-east-1'));
  expect(hintOf(() => checkRegionOfAnyCloud('eastuss'))).toBe(guessed('eastus'));
  expect(() => checkRegionOfAnyCloud('foobar')).toThrow(UsageError);
});

test.each([
  ['GCP', 'us-east-1', guessed('us-east1')],
  ['GCP', 'us-central-1', guessed('us-central1')],
  ['GCP', 'eu-west-1', "'eu-west-1' belongs to AWS: use --provider aws"],
  ['AZURE', 'us-east-1', "'us-east-1' belongs to AWS: use --provider aws"],
  ['AZURE', 'east-us-2', guessed('eastus2')],
  ['AWS', 'useast1', guessed('us-east-1')],
] as const)('%s %s is another one, written as elsewhere', (provider, text, hint) => {
  expect(hintOf(() => parseRegion(provider, text))).toContain(hint);
});

test.each([
  ['AWS', 'eusc-de-east-1'],
  ['AWS', 'us-east-3'],
  ['AZURE', 'austriaeast'],
  ['GCP', 'europe-west99'],
] as const)('%s %s may be new', (provider, text) => {
  expect(parseRegion(provider, text)).toMatchObject({ region: text, known: false });
});

test('a region is recognised in either spelling and any case', () => {
  const azure = { region: 'eastus2', atlasRegion: 'US_EAST_2' };
  expect(['eastus2', 'US_EAST_2', 'us_east_2', ' EastUS2'].every((text) => isRegion(azure, text))).toBe(true);
  // `us-east-2` is what AWS calls another place.
  expect(['eastus', 'us-east-2'].some((text) => isRegion(azure, text))).toBe(false);
});
