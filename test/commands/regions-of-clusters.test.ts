import { expect, test } from 'vitest';
import { cloudsOf } from '../../src/clouds/regions.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { endsOf, ownFolders, runCli } from '../helpers/run-cli.js';

/* Clusters with nodes in several regions, in the built-in sandbox. */

const app = ['us-east-1', 'eu-west-1', 'eastus2'];
const reports = ['us-east4', 'us-east-1'];

interface Row {
  cluster: string;
  srvConnectionString: string;
  endpoints: { provider: string; region: string }[];
}

/** A sandbox with two such clusters, on two clouds each. */
async function opened() {
  const [env, clock] = [ownFolders(), fakeClock()];
  const ends = endsOf((line) => runCli(line.split(' '), { env, clock }));
  const run = (line: string) => ends(`${line} --sandbox`, 0, '');
  await ends(
    `sandbox reset --ready-after 1s --cluster app:${app},sharded --cluster reports:${reports},sharded`,
    0,
    '',
  );
  return {
    run,
    clock,
    connect: async (...regions: readonly string[]) => {
      for (const region of regions) {
        const [provider = ''] = cloudsOf(region);
        await run(`connect ${region} --provider ${provider.toLowerCase()} --yes`);
      }
    },
    /** The clusters with a string, each with the regions it leads to. */
    strings: async () => {
      clock.advance(60_000);
      const rows: Row[] = JSON.parse((await run('connection-strings --json')).stdout);
      expect(new Set(rows.map(({ srvConnectionString }) => srvConnectionString)).size).toBe(rows.length);
      return rows.map(({ cluster, endpoints }) => `${cluster}: ${endpoints.map(({ region }) => region)}`).toSorted();
    },
  };
}

const [wholeApp, wholeReports] = ['app: us-east-1,eu-west-1,eastus2', 'reports: us-east4,us-east-1'];

test('a cluster has one string when each of its regions is connected, and none as soon as one is not', async () => {
  const { run, connect, strings } = await opened();
  await connect('us-east-1', 'eu-west-1');
  expect(await strings()).toEqual([]);
  await connect('eastus2');
  expect(await strings()).toEqual([wholeApp]);
  await connect('us-east4');
  expect(await strings()).toEqual([wholeApp, wholeReports]);
  await run('disconnect eastus2 --yes --allow-outage');
  expect(await strings()).toEqual([wholeReports]);
  await run('disconnect us-east-1 --yes --allow-outage');
  expect(await strings()).toEqual([]);
});

test('in regional mode each region has a string, which does not change with other regions', async () => {
  const { run, connect, strings } = await opened();
  await run('regional-mode enable --yes');
  await connect('us-east-1', 'eastus2');
  const two = ['app: eastus2', 'app: us-east-1', 'reports: us-east-1'];
  expect(await strings()).toEqual(two);
  const { stdout: before } = await run('connection-strings --output id');
  await connect('eu-west-1', 'us-east4');
  expect(await strings()).toEqual(
    ['app: eastus2', 'app: eu-west-1', ...two.slice(1), 'reports: us-east4'].toSorted(),
  );
  const { stdout: all } = await run('connection-strings --output id');
  expect(all.split('\n')).toEqual(expect.arrayContaining(before.split('\n')));
  await run('disconnect us-east4 --yes');
  await run('disconnect eu-west-1 --yes');
  expect(await strings()).toEqual(two);
  expect((await run('connection-strings --output id')).stdout).toBe(before);
  await run('regional-mode disable --yes');
  expect(await strings()).toEqual([]);
});

test('the nodes of each string answer doctor, without and with regional mode', async () => {
  const { run, connect, strings } = await opened();
  await connect(...app, 'us-east4');
  await run('doctor');
  await run('regional-mode enable --yes');
  expect(await strings()).toHaveLength(5);
  await run('doctor');
});
