import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachInterface } from '../../src/sandbox/service-routes.js';
import { createService } from '../../src/sandbox/services.js';
import { fileStore } from '../../src/sandbox/store.js';
import { defaultProject, emptyWorld, type World } from '../../src/sandbox/world.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const now = Date.UTC(2026, 7, 1);

/** A world with a service, an interface endpoint and tags. */
function full(): World {
  const request = { region: 'us-central1', supportedRemoteRegions: null, portMappingEnabled: false };
  const gcp = createService(
    { world: emptyWorld({ readyAfter: 0 }), now, random: () => 0.5, project: defaultProject },
    { provider: 'GCP', ...request },
  );
  const group = { id: 'a', gcpProjectId: 'my-project', endpoints: [{ endpointName: 'a', ipAddress: '10.0.0.4' }] };
  const { world } = attachInterface({ world: gcp.world, now }, gcp.service, group, {
    kind: 'failed',
    reason: 'No capacity',
  });
  return { ...world, regionalMode: [defaultProject], aws: { ...world.aws, tags: { 'vpc-1': { Name: 'other' } } } };
}

const newFile = () => join(temporaryFolder(), 'sandbox.json');

test('a whole state is read as it was written', async () => {
  const [world, file] = [full(), newFile()];
  await fileStore(file).replace(world);
  expect(await fileStore(file).read()).toEqual(world);
});

test.each([null, 5, 'x', [], {}, { version: 1 }, { version: 2, checksum: '', world: full() }, full()])(
  'the saved value %# is no state',
  async (saved) => {
    const file = newFile();
    writeFileSync(file, JSON.stringify(saved));
    await expect(fileStore(file).read()).rejects.toThrow(/^The saved sandbox is damaged, .+sandbox\.json/);
  },
);

test.each([{ version: 0 }, { checksum: 'x' }, { world: { ...full(), regionalMode: 5 } }])(
  'a state with another value in %j is damaged',
  async (change) => {
    const file = newFile();
    await fileStore(file).replace(full());
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
    await expect(fileStore(file).read()).rejects.toThrow('is damaged');
  },
);
