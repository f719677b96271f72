import { describe, expect, test } from 'vitest';
import type { ClusterSpec, Service, World } from '../../src/sandbox/world.js';
import { ownSandbox, vpce } from '../helpers/run-cli.js';

/* What happens to clusters and interface endpoints while a command waits for connection strings. */

const own = ownSandbox();
const { atlas, ends } = own;
const cluster = (name: string, ...atlasRegions: string[]): ClusterSpec => {
  return { name, regions: atlasRegions.map((atlasRegion) => ({ provider: 'AWS', atlasRegion })) };
};
const two = [cluster('app', 'US_EAST_1'), cluster('shop', 'US_EAST_1')];

type Change = (world: World, now: number) => World;
const withClusters = (change: (clusters: readonly ClusterSpec[]) => readonly ClusterSpec[]): Change => {
  return (world) => ({ ...world, options: { ...world.options, clusters: change(world.options.clusters) } });
};
const deleted = (name: string) => withClusters((all) => all.filter((each) => each.name !== name));
const paused = (name: string) =>
  withClusters((all) => all.map((each) => (each.name === name ? { ...each, paused: true } : each)));
const ofService = (atlasRegion: string, change: (each: Service['interfaces'][number]) => object): Change => {
  return (world) => ({
    ...world,
    services: world.services.map((service) => {
      if (service.atlasRegion !== atlasRegion) return service;
      return { ...service, interfaces: service.interfaces.map((each) => ({ ...each, ...change(each) })) };
    }),
  });
};
const removed =
  (atlasRegion: string): Change =>
  (world, now) =>
    ofService(atlasRegion, () => ({ goneAt: now + 3000 }))(world, now);
const refused = (atlasRegion: string) => ofService(atlasRegion, () => ({ fate: { kind: 'failed', reason: 'No.' } }));

/** Runs a command. When it asks for the clusters for this time, the change happens. */
async function during(line: string, nth: number, change: Change) {
  const { sandbox } = own;
  const started = sandbox.clock.monotonic();
  let seen = 0;
  sandbox.onRequest(({ url = '' }) => {
    if (!/\/clusters\?/.test(url) || ++seen !== nth) return;
    void sandbox.store.update((world) => ({ world: change(world, sandbox.clock.now()), answer: null }));
  });
  const run = await atlas(line);
  return { ...run, polls: seen - nth, seconds: (sandbox.clock.monotonic() - started) / 1000 };
}

/** A service in the region with an interface endpoint that has just become AVAILABLE, so that clusters are updated. */
async function attached(region: string, id: string) {
  for (const line of [`create ${region} --wait`, `interface add ${region} ${id} --wait`]) await ends(line, 0);
}

describe.each([
  'connect us-east-1 --yes',
  'connection-strings --wait',
  `connection-strings --wait --endpoint ${vpce('a')}`,
])('%s', (line) => {
  const isConnect = line.startsWith('connect ');
  const wait = async (change: Change, clusters = two) => {
    await own.restart({ clusters });
    if (!isConnect) await attached('us-east-1', vpce('a'));
    return during(line, isConnect ? 3 : 2, change);
  };

  test.each([
    ['is deleted', deleted('shop'), 'shop was deleted, so it gets no private connection string.'],
    ['is paused', paused('shop'), 'shop is paused, so it gets no private connection string.'],
  ])('ends for a cluster that %s, and prints the string of the other one', async (_, change, message) => {
    const { exitCode, stdout, stderr, seconds } = await wait(change);
    expect([exitCode, stdout], stderr).toEqual([6, expect.stringMatching(/^app\t.*mongodb\+srv:\/\/app-pl-0\S+\n$/)]);
    expect(stderr).toContain(`Error: ${message}`);
    expect(seconds).toBeLessThan(30);
  });

  test('ends if its only cluster is deleted', async () => {
    const { exitCode, stdout, stderr, polls } = await wait(deleted('app'), [cluster('app', 'US_EAST_1')]);
    expect([exitCode, stdout], stderr).toEqual([6, '']);
    expect(stderr).toContain('Error: app was deleted, so it gets no private connection string.');
    expect(polls).toBeLessThanOrEqual(2);
  });

  test.each([
    ['removed', removed('US_EAST_1'), 'was removed from Atlas'],
    ['refused', refused('US_EAST_1'), 'is REJECTED'],
  ])('ends if the interface endpoint is %s', async (_, change, reason) => {
    const { exitCode, stdout, stderr, polls } = await wait(change);
    expect([exitCode, stdout], stderr).toEqual([6, '']);
    expect(stderr).toMatch(
      new RegExp(isConnect ? `Error: .*${reason}` : 'Error: app gets no .* no connected interface endpoint there'),
    );
    expect(stderr).toMatch(isConnect ? /atlas-pe connect us-east-1 --yes$/m : /: atlas-pe interface list$/m);
    expect(polls).toBeLessThanOrEqual(2);
  });

  test('ends for the cluster of two regions if the other region loses its interface endpoint', async () => {
    await own.restart({ clusters: [cluster('wide', 'EU_WEST_1', 'US_EAST_1'), cluster('app', 'US_EAST_1')] });
    await attached('eu-west-1', vpce('b'));
    if (!isConnect) await attached('us-east-1', vpce('a'));
    const { exitCode, stdout, stderr } = await during(line, isConnect ? 3 : 2, removed('EU_WEST_1'));
    expect([exitCode, stdout], stderr).toEqual([6, expect.stringMatching(/^app\t\S+\n$|^app\tMONGOD\t\S+\n$/)]);
    expect(stderr).toMatch(
      /Error: wide gets no .* nodes in AWS eu-west-1, but no connected interface endpoint there\./,
    );
  });
});

test('interface endpoints that cannot be read are warned of once, and not at every poll', async () => {
  await own.restart({ clusters: [cluster('wide', 'EU_WEST_1', 'US_EAST_1')] });
  await attached('eu-west-1', vpce('b'));
  await atlas(`create us-east-1 --wait`);
  own.faults = [{ path: '*/endpoint/*', method: 'GET', status: 403 }];
  const { exitCode, stderr } = await atlas('connection-strings --wait --timeout 3m');
  expect([exitCode, stderr.match(/^Warning: .*403/gm)], stderr).toEqual([8, [expect.any(String)]]);
});

test.each(['', ' --cluster app', ' --endpoint us-east-1 --provider aws'])(
  'a time-out says how to go on:%s',
  async (flags) => {
    await own.restart({ clusters: two.slice(0, 1) });
    await attached('us-east-1', vpce('a'));
    const line = `connection-strings --wait${flags}`;
    const said = `Timed out after 1s: app does not have a private connection string yet.\nHint: `;
    const { stderr } = await ends(`${line} --timeout 1s`, 8, said, '');
    expect(stderr).toMatch(new RegExp(`: atlas-pe ${line}\n$`));
  },
);

test('JSON of connect has what is ready, and that the last step failed', async () => {
  await own.restart({ clusters: two });
  const { exitCode, stdout } = await during('connect us-east-1 --yes --json', 3, deleted('shop'));
  const { connectionStrings, steps } = JSON.parse(stdout);
  expect([exitCode, connectionStrings.map((each: { cluster: string }) => each.cluster)]).toEqual([6, ['app']]);
  expect(steps.at(-1)).toMatchObject({ id: 'connection-strings', result: 'failed', detail: 'for shop' });
});

test('convert prints both strings of the cluster that has them, and ends for the one that is deleted', async () => {
  const regions = [{ provider: 'GCP', atlasRegion: 'US_EAST_4' } as const];
  await own.restart({ clusters: ['app', 'shop'].map((name) => ({ name, regions })) });
  const rule = (name: string) => `interface add us-east4 ${name} --gcp-project my-project-1`;
  for (const line of [
    'create us-east4 --provider gcp --no-port-mapping --wait',
    `${rule('old')} --endpoint a@10.0.0.1,b@10.0.0.2 --wait`,
    'convert us-east4',
    `${rule('new')} --ip 10.0.0.4`,
  ])
    await ends(line, 0);
  const { exitCode, stdout, stderr } = await during('convert us-east4', 3, deleted('shop'));
  expect([exitCode, stdout], stderr).toEqual([6, expect.stringMatching(/^app\t\S+app-pl-0\S+\t\S+app-psc-0\S+\n$/)]);
  expect(stderr).toMatch(
    /Error: shop was deleted, so it gets no private connection string\.\nHint: .*unchanged.*: atlas-pe convert us-east4$/m,
  );
});
