import { expect, test } from 'vitest';
import type { Cluster, ConnectionString } from '../../src/atlas/clusters.js';
import type { InterfaceEndpoint } from '../../src/atlas/model.js';
import { regionNames } from '../../src/clouds/regions.js';
import { whyNotYet } from '../../src/connections/convert/strings.js';
import { endpointOf } from '../helpers/endpoint-of.js';

const place = { region: 'us-east-1', atlasRegion: 'US_EAST_1' };
const service = (id: string, interfaceEndpoint: string) =>
  endpointOf({ id, projectId: 'project', ...place, interfaceEndpoints: [interfaceEndpoint] });
const string = (id: string): ConnectionString => ({
  type: 'MONGOD',
  standard: 'mongodb://a',
  srv: `mongodb+srv://${id}`,
  srvShardOptimized: null,
  endpoints: [{ id, provider: 'AWS', ...place }],
});
const cluster = (name: string, atlasRegions: string[], ...through: string[]): Cluster => ({
  id: name,
  name,
  status: 'IDLE',
  isPaused: false,
  shared: null,
  strings: through.map(string),
  regions: atlasRegions.map((each) => ({ provider: 'AWS', ...regionNames('AWS', each) })),
});
const attached = (endpointId: string, id: string, gcpProjectId: string, status = 'AVAILABLE'): InterfaceEndpoint => ({
  id,
  projectId: 'project',
  endpointId,
  provider: 'AWS',
  ...place,
  status,
  errorMessage: null,
  gcpProjectId,
});

const [older, mapped] = [service('older', 'old'), service('mapped', 'new')];
const both = cluster('both', ['US_EAST_1'], 'old', 'new');
const late = cluster('late', ['US_EAST_1', 'US_WEST_2'], 'old');
const none = cluster('none', ['US_EAST_1']);
const old = attached('older', 'old', 'a');

test('a conversion keeps the old service while it is in use', () => {
  const whyInUse = (
    clusters: Cluster[],
    allMapped = [attached('mapped', 'new', 'a')],
    others: InterfaceEndpoint[] = [],
  ) => whyNotYet({ older, mapped, inRegion: [] }, { clusters, older: [old], allOlder: [old, ...others], allMapped });
  expect(whyInUse([both, none])).toBeUndefined();
  expect(whyInUse([both, late])).toMatch(/: late\.$/);
  for (const mappedNow of [[], [attached('mapped', 'new', 'a', 'INITIATING')]])
    expect(whyInUse([both], mappedNow)).toMatch(/ has no AVAILABLE interface endpoint\.$/);
  expect(whyInUse([both], [attached('mapped', 'new', 'b')])).toMatch(/a has 0 of 1 .+ replace old\.$/);
  const [same, elsewhere] = [attached('other', 'two', 'a'), attached('other', 'two', 'b')];
  expect(whyInUse([both], undefined, [same])).toMatch(/a has 1 of 2 .+ replace old, two\.$/);
  expect(whyInUse([both], undefined, [elsewhere])).toBeUndefined();
  // Two interface endpoints have one name, so it is not known which of them a string uses.
  expect(whyInUse([late], undefined, [attached('other', 'old', 'b')])).toMatch(/: late\.$/);
  const asleep = { ...late, name: 'asleep', isPaused: true };
  expect(whyInUse([late, asleep])).toMatch(/: late, asleep \(paused\)\. .*when it is resumed\.$/);
});
