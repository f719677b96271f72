import { expect, test } from 'vitest';
import { type Cluster, toCluster } from '../../src/atlas/clusters.js';
import { toVpcEndpoint } from '../../src/clouds/aws/answers.js';
import { awaitCloudEndpoint, awaitStrings } from '../../src/connections/waits.js';
import { RequestError } from '../../src/http/request-error.js';
import { fakeContext } from '../helpers/fake-context.js';

const endpoint = (state: string) => toVpcEndpoint({ VpcEndpointId: 'vpce-1', State: state as never }, 'us-east-1');
const pending = endpoint('pending');
const ready = endpoint('available');

/** Waits for an endpoint of which these are read one after the other; the last one is read for ever. */
async function wait(
  reads: readonly (typeof pending | null | Error)[],
  { baseUrl = 'https://cloud.mongodb.com' } = {},
) {
  const { context, said, changes, clock, deadline } = fakeContext({ baseUrl, line: 'connect us-east-1' });
  const lookedAt: number[] = [];
  let count = 0;
  const read = async () => {
    lookedAt.push(clock.monotonic());
    const next = reads[Math.min(count++, reads.length - 1)] ?? null;
    if (next instanceof Error) throw next;
    return next;
  };
  const about = { endpointId: 'service', projectId: 'project', provider: 'AWS', region: 'us-east-1' } as const;
  const wanted = { until: 'ready', deadline: deadline() } as const;
  const waiting = awaitCloudEndpoint(context, pending, { read }, about, wanted);
  return { result: await waiting.catch((error: unknown) => error), said, changes, lookedAt };
}

test('is read until it can be attached', async () => {
  const { result, changes } = await wait([pending, pending, ready]);
  expect(result).toEqual(ready);
  expect(changes.map(({ facts }) => facts)).toEqual([
    {
      endpointId: 'service',
      projectId: 'project',
      provider: 'AWS',
      region: 'us-east-1',
      atlasRegion: 'US_EAST_1',
      interfaceEndpointId: 'vpce-1',
      cluster: null,
      status: 'pending',
      elapsedSeconds: 0,
    },
    expect.objectContaining({ status: 'available', elapsedSeconds: 6 }),
  ]);
});

test('faults that may pass are told once, and tried again later and later, or after Retry-After', async () => {
  const fault = new RequestError('No response.', { mayPass: true });
  const busy = new RequestError('Later.', { status: 429, retryAfterMs: 60_000 });
  const { result, said, lookedAt } = await wait([fault, fault, busy, ready]);
  const warning = 'No response. Still waiting. The wait ends after 5m without a response.';
  expect([result, said]).toEqual([ready, [warning, 'AWS is responding again.']]);
  expect(lookedAt).toEqual([2000, 2000 + 225, 2000 + 225 + 450, 2000 + 225 + 450 + 60_000]);
});

test.each([
  ['rejected', 'vpce-1 is rejected, so it cannot connect.', 'vpce-1 was not deleted.'],
  [null, 'vpce-1 is gone, so it cannot connect.', 'The next run creates another one.'],
])('of one that is %s nothing can come', async (state, message, said) => {
  const { result } = await wait([state === null ? null : endpoint(state)]);
  expect(result).toMatchObject({ exit: 'endpointFailed', message, hint: { text: said, commands: [] } });
});

test('a cluster is waited for until it is IDLE and has a string', async () => {
  const cluster = (stateName: string, ...strings: object[]) =>
    toCluster({ id: 'a', name: 'a', stateName, connectionStrings: { privateEndpoint: strings } });
  const lists = [[cluster('IDLE')], [cluster('UPDATING', {})], [cluster('IDLE', {})]];
  const atlas = { listClusters: async () => lists.shift() ?? [], getSettings: async () => null };
  const { context, deadline } = fakeContext({ atlas });
  const wanted = { projectId: 'project', services: undefined, stringsOf: ({ strings }: Cluster) => strings };
  const { reached } = await awaitStrings(context, [cluster('UPDATING')], wanted, deadline(60_000));
  expect([reached, lists]).toEqual([[cluster('IDLE', {})], []]);
});
