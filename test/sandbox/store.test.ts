import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachInterface } from '../../src/sandbox/attaching.js';
import { type Account, emptyAccount } from '../../src/sandbox/aws/resources.js';
import { createService } from '../../src/sandbox/services.js';
import { fileStore } from '../../src/sandbox/store.js';
import { defaultProject, defaultWorldOptions, emptyWorld, type World } from '../../src/sandbox/world.js';

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
  const file = join(mkdtempSync(join(tmpdir(), 'atlas-pe-')), 'sandbox.json');
  writeFileSync(file, JSON.stringify(saved));
  return fileStore(file).read();
}

/** The world with the value at this path replaced. */
function changed(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(full()));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at, key) => at[key], copy);
  parent[last] = value;
  return copy;
}

test('a whole state is read as it was written', async () => {
  const world = full();
  const file = join(mkdtempSync(join(tmpdir(), 'atlas-pe-')), 'sandbox.json');
  await fileStore(file).replace(world);
  expect(await fileStore(file).read()).toEqual(world);
});

test('a state of an older version gets what it lacks', async () => {
  const { interfaces, supportedRemoteRegions, portMappingEnabled, ...service } = full().services[1] ?? {};
  const { readyAfter, readyStatus, projects } = full().options;
  const { regionalMode, aws, ...rest } = full();
  const old = { ...rest, options: { readyAfter, readyStatus, projects }, services: [service] };
  expect(await read(old)).toEqual({
    ...{ regionalMode: [], aws: emptyAccount() },
    options: { ...defaultWorldOptions, readyAfter },
    services: [{ ...service, interfaces: [], supportedRemoteRegions: null, portMappingEnabled: false }],
  });
});

test.each([null, 5, 'x', [], {}, { options: {} }, { services: [] }, { options: [], services: [] }])(
  '%j is no state',
  async (saved) => {
    await expect(read(saved)).rejects.toThrow('is damaged');
  },
);

test.each<[string, unknown[]]>([
  ['options.readyAfter', ['soon', null, [5]]],
  ['options.readyStatus', ['constructor', null, 'FAILED']],
  ['options.projects', ['all', [5], {}]],
  ['options.clusters', [5, [5], [{ name: 'a' }], [{ name: 'a', regions: [{ provider: 'IBM', atlasRegion: 'X' }] }]]],
  ['options.clusters.0.regions.0.atlasRegion', [5, null]],
  ['options.clusters.0.tier', ['M10', 5, null]],
  ['options.clusters.0.paused', ['yes', 5, null]],
  ['options.lastTakesService', ['yes', 1, null]],
  ['services', [5, {}, [5], [null], [[]]]],
  ['services.0.id', [5, null]],
  ['services.0.projectId', [5, null]],
  ['services.0.provider', ['IBM', 'constructor', null]],
  ['services.0.atlasRegion', [5, null]],
  ['services.0.supportedRemoteRegions', ['US_WEST_2', [5]]],
  ['services.0.portMappingEnabled', ['yes', null]],
  ['services.0.createdAt', ['now', null, 8.65e15]],
  ['services.0.readyAt', ['now', null]],
  ['services.0.goneAt', ['now', undefined]],
  ['services.0.interfaces', [5, {}, [5], [{}], 'none']],
  ['services.0.interfaces.0.id', [5, null]],
  ['services.0.interfaces.0.ip', [5]],
  ['services.0.interfaces.0.gcpProjectId', [5]],
  ['services.0.interfaces.0.endpoints', [5, [5], [{ endpointName: 'a' }], [{ endpointName: 5, ipAddress: 'b' }]]],
  ['services.0.interfaces.0.createdAt', ['now']],
  ['services.0.interfaces.0.availableAt', ['now']],
  ['services.0.interfaces.0.goneAt', ['now', undefined]],
  ['services.0.interfaces.0.fate', [5, {}, { kind: 'constructor' }]],
  ['services.1.fate', [5, null, { kind: 'failed' }, { kind: 'failed', reason: 5 }]],
  ['regionalMode', [5, {}, [5]]],
  ['options.awsLag', ['soon', null, [5]]],
  ['aws', [5, [], 'none', null]],
  ...['vpcs', 'subnets', 'groups', 'endpoints'].map((key): [string, unknown[]] => [`aws.${key}`, [5, {}, [{}], null]]),
  ['aws.vpcs.0.cidrs', ['10.1.0.0/16', [5], null]],
  ['aws.vpcs.0.dnsSupport', ['yes', null]],
  ['aws.subnets.0.zone', [5, null]],
  ['aws.groups.0.rules', [5, [{}], null]],
  ['aws.groups.0.rules.0.from', ['22', undefined]],
  ['aws.groups.0.rules.0.source', [5, {}, { kind: 'constructor', value: 'a' }, { kind: 'cidr', value: 5 }]],
  ['aws.endpoints.0.subnetIds', [5, [5], null]],
  ['aws.endpoints.0.clientToken', [5, undefined]],
  ['aws.endpoints.0.goneAt', ['now', undefined]],
  ['aws.endpoints.0.acceptedBy', [5, undefined]],
  ['aws.endpoints.0.fate', [5, {}, { kind: 'constructor' }]],
  ['aws.tags', [5, [], { a: 5 }, { a: { b: 5 } }, null]],
])('%s that is half valid is told as damage', async (path, values) => {
  for (const value of values) {
    const reading = read(changed(path, value));
    await expect(reading, JSON.stringify(value)).rejects.toThrow(/^The saved sandbox is damaged: .+sandbox\.json/);
  }
});
