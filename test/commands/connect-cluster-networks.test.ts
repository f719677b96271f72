import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Provider, providers } from '../../src/clouds/all.js';
import { regionNames } from '../../src/clouds/regions.js';
import { ownAws } from '../helpers/aws.js';
import { subnetOf } from '../helpers/azure.js';
import { ownSandbox } from '../helpers/run-cli.js';

/* The networks, subnets and security groups of connect --cluster: each region uses its own. */

const [east, west] = ['us-east-1', 'eu-west-1'];
const regions = {
  AWS: [east, west],
  AZURE: ['eastus2', 'westeurope'],
  GCP: ['us-east4', 'europe-west1'],
} as const satisfies Record<Provider, readonly string[]>;
const placesOf = (provider: Provider) =>
  regions[provider].map((region) => ({ provider, ...regionNames(provider, region) }));
const clusters = [
  { name: 'all', regions: providers.flatMap(placesOf) },
  ...providers.map((provider) => ({ name: provider.toLowerCase(), regions: placesOf(provider) })),
];
const own = ownSandbox({ world: { clusters, readyAfter: 1000 } });

interface Part {
  region: string;
  cloud: { network: string; subnets: string[]; securityGroups?: string[]; interfaceEndpointId: string | null };
  notes: string[];
}

async function plansOf(line: string): Promise<Record<string, Part>> {
  const { regions: parts }: { regions: Part[] } = await own.json(`connect --dry-run --cluster ${line}`);
  return Object.fromEntries(parts.map((each) => [each.region, each]));
}

async function awsIn(region: string) {
  const aws = await ownAws(own.sandbox.baseUrl, region);
  onTestFinished(() => aws.ec2.destroy());
  const groups = [await aws.createGroup(aws.vpc, 'one'), await aws.createGroup(aws.vpc, 'two')];
  return { ...aws, subnets: aws.subnets.slice(0, 2), groups };
}

let here: Awaited<ReturnType<typeof awsIn>>;
let there: Awaited<ReturnType<typeof awsIn>>;
beforeEach(async () => {
  [here, there] = [await awsIn(east), await awsIn(west)];
});

const eastus2 = subnetOf('default-eastus2');
const path = (region: string, name = 'default') => `projects/atlas-pe-sandbox/regions/${region}/subnetworks/${name}`;

test('of the subnets and security groups for six regions on three clouds, each region uses its own', async () => {
  const azure = [eastus2, subnetOf('default-westeurope')];
  const subnets = [...here.subnets, azure[0], ...there.subnets, path('us-east4'), azure[1], path('europe-west1')];
  const plans = await plansOf(`all --subnet ${subnets} --security-group ${[...here.groups, ...there.groups]}`);
  expect(plans[east]?.cloud).toMatchObject({ subnets: here.subnets, securityGroups: here.groups });
  expect(plans[west]?.cloud).toMatchObject({ subnets: there.subnets, securityGroups: there.groups });
  expect(regions.AZURE.map((region) => plans[region]?.cloud.subnets)).toEqual(azure.map((each) => [each]));
  expect(regions.GCP.map((region) => plans[region]?.cloud.subnets)).toEqual([['default'], ['default']]);
  expect(Object.values(plans).flatMap(({ notes }) => notes)).toEqual([]);
});

test('a region with none of them takes the default, and says so', async () => {
  const plans = await plansOf(`all --subnet ${there.subnets} --security-group ${there.groups}`);
  expect(plans[west]?.notes).toEqual([]);
  for (const [region, { notes, cloud }] of Object.entries(plans)) {
    if (region === west) continue;
    expect(notes, region).toEqual([expect.stringMatching(new RegExp(`in ${region}, .* default`))]);
    expect(cloud.network, region).not.toBeNull();
  }
  expect(plans[east]?.cloud).toMatchObject({ network: here.vpc, securityGroups: [] });
});

test('a region takes the default only for the option that names nothing in it', async () => {
  const line = `all --subnet ${[...here.subnets, ...there.subnets]} --security-group ${here.groups} --vpc ${there.vpc}`;
  const plans = await plansOf(line);
  expect(plans[east]?.notes).toEqual([]);
  const group = '--security-group names nothing in eu-west-1, so it takes the default.';
  const subnet = '--subnet names nothing in us-east4, so it takes the default.';
  expect([plans[west]?.notes, plans['us-east4']?.notes]).toEqual([[group], [subnet]]);
  const none = await plansOf(`aws --security-group ${here.groups} --vpc ${here.vpc}`);
  const both = '--vpc and --security-group name nothing in eu-west-1, so it takes the default.';
  expect([none[east]?.notes, none[west]?.notes]).toEqual([[], [both]]);
});

test('--vpc names the VPC of one region', async () => {
  await there.createVpc('10.9.0.0/16');
  const plans = await plansOf(`aws --vpc ${there.vpc}`);
  expect([plans[west]?.cloud.network, plans[east]?.cloud.network]).toEqual([there.vpc, here.vpc]);
  expect(plans[east]?.notes).toEqual([expect.stringContaining('default')]);
});

test.each([
  ['aws --subnet subnet-0123456789abcdef0', 'subnet-0123456789abcdef0'],
  [`all --subnet ${path('us-west1')}`, path('us-west1')],
  ['azure --subnet nope', 'nope'],
  ['gcp --subnet nope', 'nope'],
  ['aws --security-group sg-0123456789abcdef0', 'sg-0123456789abcdef0'],
  ['aws --vpc vpc-0123456789abcdef0', 'vpc-0123456789abcdef0'],
  ['all --vpc vpc-0123456789abcdef0 --vnet x', 'vpc-0123456789abcdef0'],
  ['all --vpc-region eastus2', 'use a region of AWS'],
])('%s: what is in none of the regions is refused', async (line, name) => {
  await own.refused(`connect --cluster ${line} --yes`, 2, name);
});

test('one of two subnets that is in none of the regions is refused, and named alone', async () => {
  const line = `connect --cluster aws --subnet ${here.subnets[0]},subnet-0123456789abcdef0 --yes`;
  const { stderr } = await own.ends(line, 2, 'subnet-0123456789abcdef0', '');
  expect(stderr).not.toContain(here.subnets[0]);
});

test('endpoints that exist are used, and what is in their region is not foreign', async () => {
  await own.json(`connect --cluster all --subnet ${here.subnets[0]},${eastus2},${path('us-east4')} --yes`);
  const given = [here.subnets[1], there.subnets[1], subnetOf('default-westeurope'), path('europe-west1')];
  const plans = await plansOf(`all --subnet ${given}`);
  expect(Object.values(plans).filter(({ cloud }) => cloud.interfaceEndpointId === null)).toEqual([]);
  expect(Object.values(plans).filter(({ notes }) => `${notes}`.includes('default'))).toEqual([]);
  const { connectionStrings } = await own.json(`connect --cluster all --subnet ${given} --yes`);
  expect(connectionStrings).toHaveLength(1);
});

test('with --vpc-region, all endpoints are in one network, and use the same subnets', async () => {
  const plans = await plansOf(`aws --vpc-region ${east} --subnet ${here.subnets} --security-group ${here.groups}`);
  const same = { network: here.vpc, subnets: here.subnets, securityGroups: here.groups };
  expect([plans[east]?.cloud, plans[west]?.cloud]).toMatchObject([same, same]);
});

test('a region that is connected from another network is refused, with the ways on', async () => {
  await own.json(`connect --cluster aws --vpc-region ${east} --yes`);
  const said = 'Nothing was created: eu-west-1 is already connected from another network, through vpce-';
  const { stderr } = await own.ends('connect --cluster aws --yes', 5, said, '');
  expect(stderr).toMatch(/ --cluster aws --yes --vpc-region us-east-1$.* atlas-pe connect eu-west-1$/ms);
});

test('a region that others may connect to, and that is connected from its own network, is used', async () => {
  await own.json('connect us-east-1 --yes');
  await own.json(`update ${east} --remote-region ${west} --wait`);
  expect((await plansOf('aws'))[east]?.cloud.interfaceEndpointId).toMatch(/^vpce-/);
});

test('an id of a subnet says more than a name, which may be that of another cloud', async () => {
  const networks = regions.AZURE.map((region) => ({
    name: `net-${region}`,
    region,
    subnets: [{ name: 'apps' }, { name: 'default' }],
  }));
  await own.restart({ azure: { networks } });
  const ids = regions.AZURE.map((region) => subnetOf(`net-${region}`, 'apps'));
  const plans = await plansOf(`all --subnet ${ids},default`);
  expect(regions.AZURE.map((region) => plans[region]?.cloud.subnets)).toEqual(ids.map((id) => [id]));
  expect(plans['us-east4']?.cloud.subnets).toEqual(['default']);
});

test('a name fits each region that has it', async () => {
  const networks = regions.AZURE.map((region) => ({
    name: `net-${region}`,
    region,
    subnets: [{ name: 'apps' }, { name: region }],
  }));
  const subnets = regions.GCP.flatMap((region) => [
    { name: 'apps', region },
    { name: region, region },
  ]);
  await own.restart({ azure: { networks }, gcp: { networks: [{ name: 'net', subnets }] } });
  for (const [line, nameOf] of [
    ['all --subnet apps', () => 'apps'],
    [`all --subnet ${[...regions.AZURE, ...regions.GCP]}`, (region: string) => region],
  ] as const) {
    const plans = await plansOf(line);
    for (const region of [...regions.AZURE, ...regions.GCP])
      expect(
        plans[region]?.cloud.subnets.map((each) => each.split('/').at(-1)),
        region,
      ).toEqual([nameOf(region)]);
  }
});

test('a name also fits a subnet that a host project shares', async () => {
  await own.restart({ gcp: { hostProject: 'my-host-project' } });
  const plans = await plansOf('gcp --subnet default');
  for (const region of regions.GCP)
    expect(plans[region]).toMatchObject({ cloud: { subnets: ['default'] }, notes: [] });
  await own.ends('connect --cluster gcp --subnet nope --yes', 2, 'nope', '');
});

test('without permission to read a cloud, the plan says so, and calls nothing foreign', async () => {
  own.faults = [{ action: 'DescribeSubnets', status: 403, code: 'UnauthorizedOperation' }];
  for (const { notes } of Object.values(await plansOf(`aws --subnet ${here.subnets},${there.subnets}`)))
    expect(notes).toEqual([expect.stringMatching(/^Cannot read the AWS resources\./)]);
});

test.each([
  ['aws --network default', '--network is not an option for AWS.'],
  ['gcp --vpc vpc-0123456789abcdef0', '--vpc is not an option for GCP.'],
])('%s: %s', async (line, said) => {
  await own.ends(`connect --cluster ${line} --dry-run`, 2, said, '');
});

test('an option of one of the clouds is not foreign', async () => {
  const plans = await plansOf('all --network default --tag team=data --global-access');
  expect(Object.keys(plans)).toHaveLength(6);
});

test('if a cloud is refused, the command for the others has only what is theirs', async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
  const ids = `--subnet ${[...here.subnets, eastus2]} --security-group ${here.groups} --vpc-region ${east}`;
  const { stderr } = await own.ends(`connect --cluster all ${ids} --yes`, 4, /Hint: .*only the others/, '', { env });
  const line = /atlas-pe (connect .*)/.exec(stderr)?.[1]?.replaceAll("'", '') ?? '';
  const others = [...regions.AZURE, ...regions.GCP].join();
  expect(line).toBe(`connect --cluster all --yes --region ${others} --subnet ${eastus2}`);
  await own.succeeds(line, { env });
});
