import { describe, expect, test } from 'vitest';
import type { Cluster, ConnectionString } from '../../src/atlas/clusters.js';
import { toRefusal } from '../../src/atlas/errors.js';
import type { Endpoint, InterfaceEndpoint } from '../../src/atlas/model.js';
import { InterruptedError } from '../../src/base/errors.js';
import { regionNames } from '../../src/clouds/regions.js';
import { conversionView, whyNotYet } from '../../src/connections/convert/strings.js';
import { eligibleOf } from '../../src/connections/eligibility.js';
import { awaitStrings } from '../../src/connections/waits.js';
import { endpointOf } from '../helpers/endpoint-of.js';
import { fakeContext } from '../helpers/fake-context.js';

const vpce = (digit: string) => `vpce-${digit.repeat(17)}`;
const service = (atlasRegion: string, interfaceEndpoints: string[], more: Partial<Endpoint> = {}): Endpoint => {
  const region = atlasRegion.toLowerCase().replaceAll('_', '-');
  return endpointOf({ id: atlasRegion, projectId: 'project', region, atlasRegion, interfaceEndpoints, ...more });
};
const string = (...ids: string[]): ConnectionString => ({
  type: 'MONGOD',
  standard: 'mongodb://a',
  srv: 'mongodb+srv://a',
  srvShardOptimized: null,
  endpoints: ids.map((id) => ({ id, provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' })),
});
const cluster = (name: string, atlasRegions: string[], more: Partial<Cluster> = {}): Cluster => ({
  id: name,
  name,
  status: 'IDLE',
  isPaused: false,
  shared: null,
  strings: [],
  regions: atlasRegions.map((name) => ({ provider: 'AWS', ...regionNames('AWS', name) })),
  ...more,
});
const attachedTo = (endpointId: string, id: string, status = 'AVAILABLE'): InterfaceEndpoint => {
  const place = { provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' } as const;
  return { id, projectId: 'project', endpointId, ...place, status, errorMessage: null };
};
const [east, west] = [service('US_EAST_1', [vpce('a')]), service('US_WEST_2', [vpce('b')])];

describe('why a cluster cannot have a private connection string', () => {
  /** `statuses`: those of interface endpoints, AVAILABLE by default. */
  function coverage({
    services = [east] as readonly Endpoint[] | undefined,
    all = [east],
    statuses = {} as Record<string, string>,
    counts = (_: Endpoint): boolean => true,
    fails = undefined as Error | undefined,
  } = {}) {
    let lists = 0;
    const { context, said } = fakeContext({
      atlas: {
        listServices: async () => {
          lists++;
          if (fails) throw fails;
          return all;
        },
        getInterface: async ({ id: endpointId }, id) => attachedTo(endpointId, id, statuses[id]),
      },
    });
    const wanted = { projectId: 'project', services, counts, stringsOf: ({ strings }: Cluster) => strings };
    const examine = (...clusters: Cluster[]) => eligibleOf(context, clusters, wanted);
    return { examine, said, lists: () => lists };
  }

  const [inEast, inBoth] = [cluster('a', ['US_EAST_1']), cluster('a', ['US_EAST_1', 'US_WEST_2'])];
  const statusIs = (status: string) => ({ statuses: { [vpce('a')]: status } });

  type Row = [what: string, which: Cluster, given: Parameters<typeof coverage>[0], why: RegExp | undefined];

  test.each<Row>([
    ['one with an interface endpoint in its region', inEast, {}, undefined],
    ['one without regions', cluster('a', []), {}, undefined],
    ['one in two regions that are covered', inBoth, { all: [east, west] }, undefined],
    ['one whose interface endpoint is PENDING', inEast, statusIs('PENDING'), undefined],
    ['one that is paused', { ...inEast, isPaused: true }, {}, /^a is paused,/],
    ['one of another region', cluster('a', ['EU_WEST_1']), {}, /this endpoint, .* no nodes in AWS us-east-1\.$/],
    ['one in two regions', inBoth, {}, /It has nodes in AWS us-west-2, but no connected/],
    [
      'one in two of three regions, if all are selected',
      cluster('a', ['US_EAST_1', 'EU_WEST_1', 'US_WEST_2']),
      { services: undefined, all: [west] },
      /It has nodes in AWS us-east-1, AWS eu-west-1, but no/,
    ],
    ['one whose services do not count', inEast, { counts: () => false }, /no connected/],
    ...['REJECTED', 'FAILED', 'DELETING', 'DELETED'].map(
      (status): Row => [`one whose interface endpoint is ${status}`, inEast, statusIs(status), /no connected/],
    ),
  ])('%s', async (_, which, given, why) => {
    const { eligible, reasons } = await coverage(given).examine(which);
    expect(eligible).toEqual(why === undefined ? [which] : []);
    expect([...reasons.values()]).toEqual(why === undefined ? [] : [expect.stringMatching(why)]);
  });

  test('takes one list of services, however many clusters there are', async () => {
    const { examine, lists } = coverage({ all: [east, west] });
    await examine(...['a', 'b'].map((name) => cluster(name, ['US_EAST_1', 'US_WEST_2'])));
    expect(lists()).toBe(1);
  });

  test('is only an explanation: a failure is a warning', async () => {
    const { examine, said } = coverage({ fails: toRefusal(403, {}) });
    expect((await examine(inEast)).eligible).toEqual([inEast]);
    expect(said).toEqual([toRefusal(403, {}).message]);
    const stop = new InterruptedError('SIGINT');
    await expect(coverage({ fails: stop }).examine(inEast)).rejects.toBe(stop);
  });

  test('separates clusters that can have a string from those that can not', async () => {
    const all = [
      cluster('has', ['EU_WEST_1'], { strings: [string(vpce('a'))] }),
      cluster('may', ['US_EAST_1']),
      cluster('paused', ['US_EAST_1'], { isPaused: true }),
    ];
    const { eligible, reasons } = await coverage().examine(...all);
    expect(eligible.map(({ name }) => name)).toEqual(['has', 'may']);
    expect([...reasons.values()]).toEqual([expect.stringMatching(/^paused is paused/)]);
  });
});

test.each([
  [{}, 'atlas-pe connection-strings --wait'],
  [{ cluster: 'a' }, 'atlas-pe connection-strings --wait --cluster a'],
  [{ endpoint: 'e' }, 'atlas-pe connection-strings --wait --endpoint e'],
])('a wait for connection strings, for %j, times out with the command line that goes on', async (named, command) => {
  const updating = cluster('a', ['US_EAST_1'], { status: 'UPDATING' });
  const { context, deadline } = fakeContext({
    atlas: {
      listClusters: async () => [updating],
      listServices: async () => [east],
      getInterface: async ({ id: endpointId }, id) => attachedTo(endpointId, id),
    },
  });
  const wanted = { projectId: 'project', services: undefined, stringsOf: ({ strings }: Cluster) => strings };
  const { error } = await awaitStrings(context, [updating], wanted, { deadline: deadline(5000), named });
  const message = 'Timed out after 5s: a does not have a private connection string yet.';
  expect(error).toMatchObject({ exit: 'timedOut', message, hint: { commands: [command] } });
});

test('a wait for connection strings ends when each cluster is IDLE and has one', async () => {
  const updating = cluster('a', ['US_EAST_1'], { status: 'UPDATING' });
  const early = { ...updating, strings: [string(vpce('a'))] };
  const ready = { ...early, status: 'IDLE' };
  const lists = [[{ ...updating, status: 'IDLE' }], [early], [ready]];
  const { context, deadline } = fakeContext({
    atlas: {
      listClusters: async () => lists.shift() ?? [],
      listServices: async () => [east],
      getInterface: async ({ id: endpointId }, id) => attachedTo(endpointId, id),
    },
  });
  const wanted = { projectId: 'project', services: undefined, stringsOf: ({ strings }: Cluster) => strings };
  const { reached } = await awaitStrings(context, [updating], wanted, { deadline: deadline(60_000), named: {} });
  expect([reached, lists]).toEqual([[ready], []]);
});

describe('a conversion', () => {
  const older = service('US_EAST_1', ['old'], { id: 'older' });
  const mapped = service('US_EAST_1', ['new'], { id: 'mapped' });
  const attached = (endpointId: string, id: string, gcpProjectId: string, status?: string): InterfaceEndpoint => ({
    ...attachedTo(endpointId, id, status),
    gcpProjectId,
  });
  const strings = (...ids: string[]) => ids.map((id) => ({ ...string(id), srv: `mongodb+srv://${id}` }));
  const both = cluster('both', ['US_EAST_1'], { strings: strings('old', 'new') });
  const late = cluster('late', ['US_EAST_1', 'US_WEST_2'], { strings: strings('old') });
  const none = cluster('none', ['US_EAST_1']);
  const old = attached('older', 'old', 'a');
  const sides = (
    clusters: Cluster[],
    allMapped = [attached('mapped', 'new', 'a')],
    others: InterfaceEndpoint[] = [],
  ) => {
    return { clusters, older: [old], allOlder: [old, ...others], allMapped };
  };

  test('keeps the old service while it is in use', () => {
    const whyInUse = (...given: Parameters<typeof sides>) =>
      whyNotYet({ older, mapped, inRegion: [] }, sides(...given));
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

  test.each([
    ['old', { older, mapped: undefined }],
    ['new', { older: undefined, mapped }],
  ])('with the %s service alone, the region without a cluster is named', (_, pair) => {
    expect(conversionView(pair, sides([])).empty).toBe('No cluster has nodes in us-east-1.');
  });
});
