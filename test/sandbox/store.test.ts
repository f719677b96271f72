import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Account } from '../../src/sandbox/aws/resources.js';
import { attachInterface } from '../../src/sandbox/interface-routes.js';
import { createService } from '../../src/sandbox/services.js';
import { fileStore } from '../../src/sandbox/store.js';
import { defaultProject, emptyWorld, type World } from '../../src/sandbox/world.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const now = Date.UTC(2026, 7, 1);

/** An account with one of each. */
const account: Account = {
  vpcs: [
    {
      ...{ id: 'vpc-1', region: 'us-east-1', cidrs: ['10.1.0.0/16'], isDefault: false, createdAt: now },
      ...{ dnsSupport: true, dnsHostnames: false },
    },
  ],
  subnets: [
    {
      ...{ id: 'subnet-1', region: 'us-east-1', vpcId: 'vpc-1', cidr: '10.1.0.0/24', zone: 'us-east-1a' },
      createdAt: now,
    },
  ],
  groups: [
    {
      ...{ id: 'sg-1', region: 'us-east-1', vpcId: 'vpc-1', name: 'app', description: 'An app', createdAt: now },
      rules: [
        {
          ...{ id: 'sgr-1', protocol: 'tcp', from: 1024, to: 65_535, description: null },
          source: { kind: 'cidr', value: '10.1.0.0/16' },
        },
      ],
    },
  ],
  endpoints: [
    {
      ...{ id: 'vpce-1', region: 'us-east-1', vpcId: 'vpc-1', serviceName: 'a', serviceRegion: 'us-east-1' },
      ...{ subnetIds: ['subnet-1'], groupIds: ['sg-1'], privateDns: false, clientToken: null, asked: '' },
      ...{ createdAt: now, goneAt: null, acceptedBy: null, fate: { kind: 'never-ready' } },
    },
  ],
  tags: { 'vpc-1': { Name: 'other' } },
};

/** A world with a bit of everything. */
function full(): World {
  const chance = { now, random: () => 0.5 };
  const base = { supportedRemoteRegions: null, portMappingEnabled: false };
  const gcp = createService(emptyWorld({ readyAfter: 0 }), chance, defaultProject, {
    ...{ ...base, provider: 'GCP', region: 'us-central1' },
  });
  const rules = [{ endpointName: 'a', ipAddress: '10.0.0.4' }];
  const request = { id: 'a', gcpProjectId: 'my-project', endpoints: rules };
  const attached = attachInterface(gcp.world, now, gcp.service, request, { kind: 'never-ready' });
  const aws = { ...base, provider: 'AWS', region: 'us-east-1', supportedRemoteRegions: ['US_WEST_2'] } as const;
  const failed = { kind: 'failed', reason: 'No capacity' } as const;
  const { world } = createService(
    attached.world,
    chance,
    defaultProject,
    { ...aws, supportedRemoteRegions: ['US_WEST_2'] },
    failed,
  );
  return { ...world, regionalMode: [defaultProject], aws: account };
}

/** Reads what a file holds. */
function read(saved: unknown): Promise<World> {
  const file = join(temporaryFolder(), 'sandbox.json');
  writeFileSync(file, JSON.stringify(saved));
  return fileStore(file).read();
}

test('a whole state is read as it was written', async () => {
  const world = full();
  const file = join(temporaryFolder(), 'sandbox.json');
  await fileStore(file).replace(world);
  expect(await fileStore(file).read()).toEqual(world);
});

test.each([null, 5, 'x', [], {}, { version: 1 }, { version: 2, checksum: '', world: full() }, full()])(
  '%# is no state',
  async (saved) => {
    await expect(read(saved)).rejects.toThrow(/^The saved sandbox is damaged, .+sandbox\.json/);
  },
);

test('a state that was changed by hand is damaged', async () => {
  const file = join(temporaryFolder(), 'sandbox.json');
  await fileStore(file).replace(full());
  const written = readFileSync(file, 'utf8');
  for (const change of [{ version: 0 }, { checksum: 'x' }, { world: { ...full(), regionalMode: 5 } }]) {
    writeFileSync(file, JSON.stringify({ ...JSON.parse(written), ...change }));
    await expect(fileStore(file).read()).rejects.toThrow('is damaged');
  }
});
