import { expect, test } from 'vitest';
import { conversionView, type Sides, whyNotYet } from '../../src/connections/convert/strings.js';
import { endpointOf } from '../helpers/endpoint-of.js';

const place = { provider: 'GCP', region: 'us-east4', atlasRegion: 'US_EAST_4' } as const;
const [older, mapped] = ['6a793f68c0eb9e7a17715835', '6a793f68c0eb9e7a17715836'].map((id) =>
  endpointOf({ id, ...place }),
);
const pair = { older, mapped, inRegion: [] };
const nothing: Sides = { older: [], allOlder: [], allMapped: [], clusters: [] };

test.each([
  ['old', { ...pair, mapped: undefined }],
  ['new', { ...pair, older: undefined }],
])('with the %s service alone, the region without a cluster is named', (_, one) => {
  expect(conversionView(one, nothing).empty).toBe('No cluster has nodes in us-east4.');
});

test('a paused cluster that has no new connection string yet is named as paused', () => {
  const interfaceOf = (id: string, endpointId = '') => {
    return { ...place, id, endpointId, projectId: 'p', status: 'AVAILABLE', errorMessage: null, gcpProjectId: 'g' };
  };
  const [old, rule] = [interfaceOf('old', older?.id), interfaceOf('rule', mapped?.id)];
  const cluster = (name: string, isPaused: boolean) => ({
    id: name,
    name,
    status: 'IDLE',
    isPaused,
    shared: null,
    regions: [place],
    strings: [{ type: null, standard: null, srv: name, srvShardOptimized: null, endpoints: [{ ...place, id: 'old' }] }],
  });
  const clusters = [cluster('awake', false), cluster('asleep', true)];
  const sides: Sides = { older: [old], allOlder: [old], allMapped: [rule], clusters };
  expect(whyNotYet(pair, sides)).toMatch(/: awake, asleep \(paused\)\. .*when it is resumed\.$/);
  expect(whyNotYet(pair, { ...sides, clusters: clusters.slice(0, 1) })).toMatch(/: awake\.$/);
});
