import { expect, onTestFinished, test } from 'vitest';
import { checkCloudOptions, loadAccess } from '../../src/clouds/access.js';
import { type Provider, providers } from '../../src/clouds/all.js';
import type { CloudOptions, CloudTarget, ServiceRef } from '../../src/clouds/cloud.js';
import { regionNames } from '../../src/clouds/regions.js';
import { signInTo } from '../../src/commands/cloud-access.js';
import type { Context } from '../../src/context.js';
import { ownAws } from '../helpers/aws.js';
import { subnetOf, subscription } from '../helpers/azure.js';
import { fakeContext } from '../helpers/fake-context.js';
import { ownSandbox } from '../helpers/own-sandbox.js';

/* The options of connect --cluster, which name the networks of all regions: what each region plans with them. */

const [east, west] = ['us-east-1', 'eu-west-1'];
const regions = {
  AWS: [east, west],
  AZURE: ['eastus2', 'westeurope'],
  GCP: ['us-east4', 'europe-west1'],
} as const satisfies Record<Provider, readonly string[]>;
const clusters = providers.map((provider) => {
  const places = regions[provider].map((region) => regionNames(provider, region));
  return { name: provider, regions: places.map(({ atlasRegion }) => ({ provider, atlasRegion })) };
});
const own = ownSandbox({ world: { clusters, readyAfter: 1000 } });

/** What a region plans. Its service need not exist. */
async function planOf(provider: Provider, region: string, given: CloudOptions, more: Partial<CloudTarget> = {}) {
  const { sandbox } = own;
  const { context, clock } = fakeContext({ clock: sandbox.clock });
  const settings = { env: {}, profile: { isSandbox: true }, baseUrl: async () => sandbox.baseUrl, isVerbose: false };
  const options = { cluster: ['app'], ...given };
  checkCloudOptions(providers, options);
  (await loadAccess[provider]()).checkOptions(options);
  const open = await signInTo({ ...context, clock, settings } as unknown as Context, provider, options);
  const cloud = open({ region, isOneOfSeveral: true, ...more }, { left: () => 60_000 });
  onTestFinished(() => cloud.close?.());
  const path = `/api/atlas/v2/groups/64f0c2a7e1b2c3d4e5f60718/privateEndpoint/${provider}/endpointService`;
  const { atlasRegion } = regionNames(provider, region);
  const services: Record<string, unknown>[] = (await sandbox.ask(path)).body;
  const service = services.find(({ regionName }) => regionName === atlasRegion);
  const { endpointServiceName, privateLinkServiceResourceId, serviceAttachmentNames = [] } = Object(service);
  const target = endpointServiceName ?? privateLinkServiceResourceId ?? serviceAttachmentNames[0];
  const about = { id: `${service?.id}`, projectId: '64f0c2a7e1b2c3d4e5f60718', region, atlasRegion };
  const ref: ServiceRef | undefined = service && { ...about, target, ended: [], isOurs: true };
  const plan = await cloud.survey(ref);
  return { ...plan, row: cloud.row(plan) };
}

/** The default VPC of a region, two of its subnets and two groups. */
async function awsIn(region: string) {
  const aws = await ownAws(own.sandbox.baseUrl, region);
  onTestFinished(() => aws.ec2.destroy());
  const groups = [await aws.createGroup(aws.vpc, 'one'), await aws.createGroup(aws.vpc, 'two')];
  return { ...aws, subnets: aws.subnets.slice(0, 2), groups };
}

const azureSubnet = subnetOf('default-eastus2');
const path = (region: string, project = 'atlas-pe-sandbox', name = 'default') =>
  `projects/${project}/regions/${region}/subnetworks/${name}`;

test('in AWS, each region takes its own of the subnets and security groups', async () => {
  const [here, there] = [await awsIn(east), await awsIn(west)];
  const given = {
    subnet: [...here.subnets, azureSubnet, ...there.subnets, path('us-east4')],
    securityGroup: [...here.groups, ...there.groups],
  };
  for (const [region, { subnets, groups }] of [[east, here] as const, [west, there] as const]) {
    const { chosen, notes, row } = await planOf('AWS', region, given);
    expect(new Set(chosen)).toEqual(new Set([...subnets, ...groups]));
    expect(row).toMatchObject({ subnets, securityGroups: groups });
    expect(notes).toEqual([]);
  }
});

test('in AWS, a region with none of them takes the default, and says so', async () => {
  const there = await awsIn(west);
  const { subnets, groups, vpc } = there;
  await there.createVpc('10.9.0.0/16');
  const all = await planOf('AWS', east, { subnet: subnets, securityGroup: groups, vpc });
  expect(all.chosen).toEqual([]);
  expect(all.notes).toEqual([`--vpc, --subnet and --security-group name nothing in ${east}, so the default is used.`]);
  expect(all.row).toMatchObject({ network: (await awsIn(east)).vpc, securityGroups: [] });
  expect(all.steps).toMatchObject([{ action: 'create' }, { action: 'create', detail: 'in up to 3 zones' }]);
  const foreign = await planOf('AWS', east, { subnet: [azureSubnet] });
  expect(foreign.notes).toEqual([`--subnet names nothing in ${east}, so the default is used.`]);
  const here = await planOf('AWS', west, { vpc, subnet: [path('us-east4')] });
  expect(here).toMatchObject({ chosen: [vpc], row: { network: vpc } });
  await expect(planOf('AWS', west, { subnet: [azureSubnet] })).rejects.toMatchObject({
    exit: 'usage',
    message: `There are 2 VPCs in ${west}.`,
  });
});

test('in AWS, an endpoint that exists is taken, and what is in its region counts as chosen', async () => {
  await own.json(`connect ${east} --yes`);
  const [here, there] = [await awsIn(east), await awsIn(west)];
  const all = [...there.subnets, ...here.subnets];
  const found = await planOf('AWS', east, { subnet: all, securityGroup: there.groups });
  expect(found.endpoint?.id).toMatch(/^vpce-/);
  expect(found.chosen).toEqual(here.subnets);
  expect(`${found.notes}`).not.toContain('default');
  const elsewhere = await planOf('AWS', east, { subnet: there.subnets });
  expect(elsewhere).toMatchObject({ chosen: [], notes: [], endpoint: { id: found.endpoint?.id } });
});

test('in AWS, all endpoints in one network use the same subnets', async () => {
  const here = await awsIn(east);
  const remote = await planOf('AWS', east, { subnet: here.subnets }, { serviceRegion: west });
  expect(remote).toMatchObject({ chosen: here.subnets, row: { subnets: here.subnets } });
});

test('in Azure, each region takes its own of the subnets, by id and by name', async () => {
  const networks = regions.AZURE.flatMap((region) =>
    ['one', 'two'].map((name) => {
      return { name: `${name}-${region}`, region, subnets: [{ name: 'apps' }, { name: `own-${region}` }] };
    }),
  );
  await own.restart({ azure: { networks } });
  const [first, second] = [subnetOf('one-eastus2', 'apps'), subnetOf('two-westeurope', 'apps')];
  const upper = second.toUpperCase();
  const given = { subnet: [first, 'subnet-0123456789abcdef0', upper, path('us-east4')] };
  const east = await planOf('AZURE', 'eastus2', given);
  expect(east).toMatchObject({ chosen: [first], notes: [], row: { region: 'eastus2', subnets: [first] } });
  const west = await planOf('AZURE', 'westeurope', given);
  expect(west).toMatchObject({ chosen: [upper], notes: [], row: { region: 'westeurope', subnets: [second] } });
  const named = { subnet: ['own-eastus2', 'own-westeurope'], vnet: 'two-eastus2' };
  const here = await planOf('AZURE', 'eastus2', named);
  expect(here).toMatchObject({
    chosen: ['two-eastus2', 'own-eastus2'],
    row: { subnets: [subnetOf('two-eastus2', 'own-eastus2')] },
  });
  await expect(planOf('AZURE', 'westeurope', named)).rejects.toMatchObject({
    exit: 'usage',
    message: expect.stringContaining('There are 2 usable subnets in westeurope'),
  });
  // An id says more than a name, which may be meant for another cloud.
  const both = await planOf('AZURE', 'eastus2', { subnet: ['apps', first] });
  expect(both.row).toMatchObject({ subnets: [first] });
  const two = await planOf('AZURE', 'eastus2', { subnet: [first, subnetOf('two-eastus2', 'apps')] }).catch(
    (error: unknown) => error,
  );
  expect(two).toMatchObject({ exit: 'usage', message: expect.stringContaining('2 usable subnets in eastus2') });
});

test('in Azure, a region with none of them takes the only subnet there, and says so', async () => {
  const given = { subnet: [subnetOf('default-westeurope')], vnet: 'default-westeurope' };
  const { chosen, row, notes } = await planOf('AZURE', 'eastus2', given);
  expect(row).toMatchObject({ subnets: [azureSubnet] });
  expect(chosen).toEqual([]);
  expect(notes).toEqual(['--vnet and --subnet name nothing in eastus2, so the default is used.']);
});

test('in Azure, an endpoint that exists is taken, and what is in its region counts as chosen', async () => {
  await own.json('connect eastus2 --provider azure --yes');
  const elsewhere = await planOf('AZURE', 'eastus2', { subnet: [subnetOf('default-westeurope')] });
  expect(elsewhere).toMatchObject({ chosen: [], notes: [], steps: [{ action: 'done' }] });
  const here = await planOf('AZURE', 'eastus2', { subnet: [subnetOf('default-westeurope'), azureSubnet] });
  expect(here).toMatchObject({ chosen: [azureSubnet], notes: [], steps: [{ action: 'done' }] });
});

test('in GCP, each region takes its own of the subnets: a path by its region, a name wherever it is', async () => {
  const subnets = regions.GCP.flatMap((region) => [
    { name: 'apps', region },
    { name: `own-${region}`, region },
  ]);
  await own.restart({
    gcp: {
      networks: [
        { name: 'net', subnets },
        { name: 'other', subnets: [] },
      ],
    },
  });
  const url = `https://www.googleapis.com/compute/v1/${path('us-east4', 'atlas-pe-sandbox', 'apps')}`;
  const other = path('europe-west1', 'atlas-pe-sandbox', 'own-europe-west1');
  for (const [region, subnet, name] of [
    ['us-east4', url, 'apps'] as const,
    ['europe-west1', other, 'own-europe-west1'] as const,
  ]) {
    const plan = await planOf('GCP', region, { subnet: [azureSubnet, other, url, 'subnet-0123456789abcdef0'] });
    expect(plan).toMatchObject({ chosen: [subnet], notes: [], row: { region, subnets: [name] } });
  }
  for (const region of regions.GCP) {
    const plan = await planOf('GCP', region, { subnet: ['apps'], network: 'net' });
    expect(plan).toMatchObject({ chosen: ['net', 'apps'], notes: [], row: { subnets: ['apps'] } });
  }
  const named = { subnet: ['own-us-east4', 'own-europe-west1'] };
  expect(await planOf('GCP', 'us-east4', named)).toMatchObject({ chosen: ['own-us-east4'], notes: [] });
});

test('in GCP, a region with none of them takes the only subnet there, and says so', async () => {
  const given = { subnet: [path('europe-west1')], network: 'elsewhere' };
  const { chosen, row, notes } = await planOf('GCP', 'us-east4', given);
  expect(row).toMatchObject({ subnets: ['default'] });
  expect(chosen).toEqual([]);
  expect(notes).toEqual(['--network and --subnet name nothing in us-east4, so the default is used.']);
});

test('in GCP, an endpoint that exists is taken, and what is in its region counts as chosen', async () => {
  await own.json('connect us-east4 --provider gcp --yes');
  const elsewhere = await planOf('GCP', 'us-east4', { subnet: [path('europe-west1')] });
  expect(elsewhere).toMatchObject({ chosen: [], notes: [], steps: [{ action: 'done' }] });
  const here = await planOf('GCP', 'us-east4', { subnet: [path('europe-west1'), path('us-east4')] });
  expect(here).toMatchObject({ chosen: [path('us-east4')], notes: [], steps: [{ action: 'done' }] });
});

test.each<[Provider, CloudOptions, string, string]>([
  ['AWS', { securityGroup: ['sg-0123456789abcdef0'] }, 'DescribeSecurityGroups', 'UnauthorizedOperation'],
  ['AZURE', { vnet: 'hub' }, 'Microsoft.Network/privateEndpoints/read', 'AuthorizationFailed'],
  ['GCP', { network: 'default' }, 'compute.forwardingRules.list', 'forbidden'],
])('in %s, all that is given counts as chosen if nothing can be read', async (provider, more, action, code) => {
  own.faults = [{ action, status: 403, code }];
  const given = { subnet: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'], ...more };
  const [region] = regions[provider];
  const { chosen, commands, notes } = await planOf(provider, region, given, { isBlindAllowed: true });
  expect(new Set(chosen)).toEqual(new Set(Object.values(given).flat()));
  expect(commands).toEqual([]);
  expect(notes).toMatchObject([expect.stringMatching(/^Cannot read the /)]);
});

test.each<[Provider[], CloudOptions, string]>([
  [['AWS', 'AZURE'], { network: 'default' }, '--network is not an option for AWS or Azure.'],
  [['GCP'], { cluster: ['app'], vpc: 'vpc-1' }, '--vpc is not an option for GCP.'],
  [['AWS', 'GCP'], { cluster: ['app'], subnet: ['apps', 'a/b'] }, "'a/b' is not valid for --subnet."],
  [
    ['AWS'],
    { cluster: ['app'], subnet: ['/subscriptions/x/subnets/y'] },
    "'/subscriptions/x/subnets/y' is not valid for --subnet.",
  ],
])('of %j with %j: %s', (used, options, message) => {
  expect(() => checkCloudOptions(used, options)).toThrow(message);
});

test('an option of one of the clouds is not foreign, and the subnets of all clouds are valid', () => {
  const subnet = ['subnet-0123456789abcdef0', azureSubnet, path('us-east4'), `https://x/${path('us-east4')}`, 'Größe'];
  const options = { cluster: ['app'], subnet, vpc: 'vpc-0123456789abcdef0', network: 'n', vnet: 'v', tag: ['a=b'] };
  expect(() => checkCloudOptions(['AWS', 'AZURE', 'GCP'], options)).not.toThrow();
});

test('subnets of two accounts of one cloud are refused, unless an option names the account', async () => {
  const foreign = azureSubnet.replace(subscription, '/subscriptions/00000000-0000-4000-8000-000000000002');
  const message = 'The subnets are in several subscriptions.';
  await expect(planOf('AZURE', 'eastus2', { subnet: [azureSubnet, foreign] })).rejects.toMatchObject({ message });
  const paths = { subnet: [path('us-east4'), path('europe-west1', 'other-project')] };
  await expect(planOf('GCP', 'us-east4', paths)).rejects.toMatchObject({
    exit: 'usage',
    message: 'The subnets are in several Google projects.',
  });
  const named = await planOf('GCP', 'us-east4', { ...paths, gcpProject: 'atlas-pe-sandbox' });
  expect(named.chosen).toEqual([path('us-east4')]);
});
