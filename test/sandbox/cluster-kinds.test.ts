import { expect, test } from 'vitest';
import { type ClusterSpec, defaultProject } from '../../src/sandbox/world.js';
import { testSandbox } from '../helpers/sandbox.js';

const regions = [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] as const;
const vpce = `vpce-${'a'.repeat(17)}`;
const base = `/api/atlas/v2/groups/${defaultProject}`;

/** The answers about a cluster, after an interface endpoint was attached. */
async function answersOf(cluster: ClusterSpec) {
  const sandbox = await testSandbox({ world: { clusters: [cluster], readyAfter: 1000 } });
  const read = async (path = `clusters/${cluster.name}`, accept = 'application/vnd.atlas.2024-08-05+json') =>
    (await sandbox.ask(`${base}/${path}`, { accept })).body;
  const services = `${base}/privateEndpoint/endpointService`;
  const { body } = await sandbox.ask(services, { body: JSON.stringify({ providerName: 'AWS', region: 'us-east-1' }) });
  sandbox.clock.advance(1000);
  const path = `${base}/privateEndpoint/AWS/endpointService/${body.id}/endpoint`;
  expect((await sandbox.ask(path, { body: JSON.stringify({ id: vpce }) })).status).toBe(201);
  // When a dedicated cluster would be updated.
  sandbox.clock.advance(1000);
  const meanwhile = await read();
  sandbox.clock.advance(60_000);
  const after = await read();
  const containers = await read('containers', 'application/vnd.atlas.2023-01-01+json');
  return { meanwhile, after, containers };
}

test.each([
  ['M0', 'TENANT'],
  ['FLEX', 'FLEX'],
] as const)('a cluster of tier %s is on hosts of provider %s, and never gets a private string', async (...of) => {
  const [tier, providerName] = of;
  const { meanwhile, after, containers } = await answersOf({ name: 'App', regions, tier });
  for (const answer of [meanwhile, after]) {
    expect(answer).toMatchObject({ paused: false, stateName: 'IDLE' });
    expect(answer.connectionStrings).not.toHaveProperty('privateEndpoint');
    expect(answer.connectionStrings).toHaveProperty('standardSrv');
  }
  expect(after.replicationSpecs[0].regionConfigs).toEqual([
    {
      providerName,
      backingProviderName: 'AWS',
      regionName: 'US_EAST_1',
      priority: 7,
      electableSpecs: { instanceSize: tier },
    },
  ]);
  expect(containers.totalCount).toBe(0);
});

test('a paused cluster is not updated, so it gets no private string', async () => {
  const { meanwhile, after } = await answersOf({ name: 'App', regions, paused: true });
  for (const answer of [meanwhile, after]) {
    expect(answer).toMatchObject({ paused: true, stateName: 'IDLE' });
    expect(answer.connectionStrings).not.toHaveProperty('privateEndpoint');
  }
});
