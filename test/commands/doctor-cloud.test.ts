import { beforeEach, expect, test } from 'vitest';
import type { NetworkFault } from '../../src/sandbox/network/faults.js';
import { startNetwork } from '../../src/sandbox/network/start.js';
import { type World, withAccount } from '../../src/sandbox/world.js';
import type { CheckRow } from '../helpers/doctor-world.js';
import { scenario } from '../helpers/scenario.js';

/* doctor --cloud against the EC2 of the sandbox: the user's end as it is, and in each way of being wrong. */

type Aws = World['clouds']['AWS'];

const { own, connect, connected, json } = scenario('AWS');
const { atlas } = own;

let endpointId = '';
beforeEach(async () => {
  endpointId = (await connected()).cloud.interfaceEndpointId;
});

/** Runs doctor with DNS that has the addresses of the network interfaces. */
async function doctor(line: string, faults: NetworkFault[] = [], addresses?: string[]) {
  const { store, clock } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: false, faults });
  const run = await atlas(
    `doctor --json --no-network --dns-server ${network.dnsServer} ${line}`,
    addresses ? { addresses } : {},
  );
  await network.close();
  expect(run.stdout, run.stderr).not.toBe('');
  const categories: { checks: CheckRow[] }[] = JSON.parse(run.stdout).categories;
  const checks = categories.flatMap((category) => category.checks);
  return { ...run, checks, find: (id: string) => checks.find((each) => each.id === id) };
}

/** Changes the AWS account, then runs doctor --cloud. */
async function check(change: (aws: Aws) => Partial<Aws> = () => ({}), client = '', addresses?: string[]) {
  const changed = (world: World) => withAccount(world, 'AWS', { ...world.clouds.AWS, ...change(world.clouds.AWS) });
  await own.sandbox.store.update((world) => ({ world: changed(world), answer: 0 }));
  return doctor(`us-east-1 --cloud ${client}`.trim(), [], addresses);
}

/** Without a client, these have nothing to check. */
const needsClient = ['cloud-client', 'cloud-routes', 'cloud-egress', 'cloud-path'];

const inCloud = (checks: readonly CheckRow[]) => checks.filter(({ id }) => id.startsWith('cloud-'));

test('a connection that works', async () => {
  const { exitCode, checks } = await check();
  expect(exitCode).toBe(0);
  expect(inCloud(checks).map(({ id, result, detail }) => `${id} ${result} ${detail}`)).toEqual([
    expect.stringMatching(/^cloud-endpoint success available in vpc-\w+$/),
    expect.stringMatching(/^cloud-addresses success 10\.\S+, 10\.\S+, 10\.\S+$/),
    'cloud-ports success TCP 1024-65535 from 10.0.0.0/16',
    'cloud-dns success on',
    'cloud-zones success us-east-1a, us-east-1b, us-east-1c',
    expect.stringMatching(/^cloud-acl success acl-\w+$/),
    ...needsClient.map((id) => `${id} skipped no client is given: --client i-…`),
  ]);
});

test('--aws-profile implies --cloud, and without both the account is not read', async () => {
  const { find } = await doctor('us-east-1 --cloud --aws-profile nope');
  expect(find('cloud-endpoint')).toMatchObject({ result: 'error', detail: expect.stringMatching(/nope/) });
  expect(inCloud((await doctor('us-east-1 --aws-profile nope')).checks)).toHaveLength(10);
  expect(inCloud((await doctor('us-east-1')).checks)).toEqual([]);
});

/** Each rule has these ports instead. */
const rulesOf =
  (...ranges: [from: number, to: number][]) =>
  (aws: Aws) => ({
    groups: aws.groups.map((group) => {
      const ofRange = ([from, to]: [number, number]) =>
        group.rules.map((rule) => ({ ...rule, id: `${rule.id}${from}`, from, to }));
      return { ...group, rules: ranges.flatMap(ofRange) };
    }),
  });
const endpointAs = (change: (endpoint: Aws['endpoints'][number]) => object) => (aws: Aws) => ({
  endpoints: aws.endpoints.map((endpoint) => ({ ...endpoint, ...change(endpoint) })),
});
const failed = endpointAs(() => ({ fate: { kind: 'failed', reason: 'x' } }));
const failedOfOthers = (aws: Aws) => ({ ...failed(aws), tags: {} });
const pending = endpointAs(() => ({ acceptedBy: null }));
const inOneZone = endpointAs(({ subnetIds }) => ({ subnetIds: subnetIds.slice(0, 1) }));
const otherZones = /^in us-east-1\w, but not in us-east-1\w, us-east-1\w, where the service/;

test.each<[what: string, change: (aws: Aws) => Partial<Aws>, finding: string, detail: RegExp, hint: RegExp]>([
  ['gone', () => ({ endpoints: [] }), 'endpoint error', /not found in .* AWS account \(us-east-1\)/, /which account/],
  [
    'refused',
    failed,
    'endpoint error',
    /^failed in vpc-/,
    /Delete it, then create another one: atlas-pe disconnect \w{24} vpce-\w+ --keep-service/,
  ],
  ['refused, of others', failedOfOthers, 'endpoint error', /^failed in vpc-/, /Create another .* before you remove/],
  ['not accepted', pending, 'endpoint error', /^pendingAcceptance in vpc-/, /a few minutes/],
  ['closed ports', rulesOf([443, 443]), 'ports error', /443 from 10\.0\.0\.0\/16; TCP 1024-65535/, /TCP 1024-65535/],
  ['only the ports in use', rulesOf([1024, 1100]), 'ports warning', /Atlas changes ports/, /inbound TCP 1024-65535/],
  ['one zone', inOneZone, 'zones warning', otherZones, /Add a subnet/],
])('$0: $2', async (_, change, finding, detail, hint) => {
  const { find, exitCode } = await check(change);
  const [id, result] = finding.split(' ');
  const like = { result, detail: expect.stringMatching(detail), hint: expect.stringMatching(hint) };
  expect(find(`cloud-${id}`)).toMatchObject(like);
  expect(exitCode).toBe(result === 'error' ? 6 : 0);
});

test('DNS in the VPC is off', async () => {
  const before = (await check()).find('cloud-endpoint');
  const id = /vpc-\w+/.exec(before?.detail ?? '')?.[0] ?? '';
  const vpc = { id, region: 'us-east-1', cidrs: ['10.0.0.0/16'], isDefault: true, dnsHostnames: true, createdAt: 0 };
  const { find, exitCode } = await check(() => ({ vpcs: [{ ...vpc, dnsSupport: false }] }));
  const command = `aws ec2 modify-vpc-attribute --region us-east-1 --vpc-id ${id} --enable-dns-support`;
  expect(find('cloud-dns')).toMatchObject({ result: 'error', hint: expect.stringContaining(command) });
  expect(exitCode).toBe(6);
});

test('DNS has the addresses of another interface endpoint', async () => {
  const { find, exitCode } = await doctor('us-east-1 --cloud', ['other-endpoint']);
  const results = ['dns-endpoint', 'cloud-addresses', 'cloud-endpoint'].map((id) => find(id)?.result);
  expect(results).toEqual(['error', 'skipped', 'success']);
  expect(exitCode).toBe(6);
});

test('the endpoint of a VPC in another region is found there', async () => {
  await own.restart();
  endpointId = (await json(`${connect} --vpc-region us-west-2`)).cloud.interfaceEndpointId;
  const { find, exitCode } = await check();
  expect(find('cloud-endpoint')).toMatchObject({ result: 'success', subject: endpointId });
  expect(find('cloud-zones')?.detail).toMatch(/^us-west-2a.* \(those of the service are not known\)$/);
  expect(exitCode).toBe(0);
});

test('without an interface endpoint no cloud is asked', async () => {
  await own.restart({ clusters: [{ name: 'Cluster0', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] }] });
  await atlas('create --provider azure --region eastus2 --wait');
  const [first] = inCloud((await doctor('--cloud')).checks);
  expect(first).toMatchObject({ result: 'skipped', detail: 'there is no interface endpoint to check' });
});

test.each([
  ['--client i-0123456789abcdef0 --provider azure', '--client', 'Azure'],
  ['--cloud --client sg-0123456789abcdef0 --aws-profile p --no-network', '--client, --aws-profile', 'Azure or GCP'],
  ['--client i-0123456789abcdef0 --subscription 00000000-0000-0000-0000-000000000000', undefined, ''],
])('%s names what no cloud of the services has', async (line, ignored, titles) => {
  if (ignored) await own.restart();
  for (const where of ['azure --region eastus2', 'gcp --region us-east4'])
    await atlas(`create --provider ${where} --wait`);
  const { stderr } = await atlas(`doctor ${line}`);
  const warning = `Warning: Ignored: ${ignored} (not an option for ${titles}).`;
  expect(stderr.split('\n').filter((each) => each.includes('Ignored'))).toEqual(ignored ? [warning] : []);
});

test('several rules together open all ports', async () => {
  const { find } = await check(rulesOf([30_001, 65_535], [1000, 30_000]));
  expect(find('cloud-ports')).toMatchObject({ result: 'success' });
});

test('without the permission for one part, the others are checked', async () => {
  own.faults = [{ action: 'DescribeVpcAttribute', status: 403, code: 'UnauthorizedOperation' }];
  const { find, checks } = await check();
  expect(find('cloud-dns')).toMatchObject({ result: 'error', detail: expect.stringMatching(/DescribeVpcAttribute/) });
  expect(inCloud(checks).filter(({ result }) => result === 'success')).toHaveLength(5);
});

test('an EC2 that does not answer ends in time', async () => {
  own.faults = [{ action: 'DescribeVpcEndpoints', delayMs: 3000 }];
  const before = own.sandbox.clock.now();
  expect((await check()).find('cloud-endpoint')).toMatchObject({
    result: 'error',
    detail: expect.stringMatching(/AWS us-east-1 ec2:DescribeVpcEndpoints did not respond/),
  });
  expect(own.sandbox.clock.now() - before).toBeLessThan(10_000);
});

test('each region of a cluster has its own addresses', async () => {
  const regions = ['US_EAST_1', 'US_WEST_2'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
  await own.restart({ clusters: [{ name: 'Cluster0', regions }] });
  await own.enableRegionalMode();
  for (const region of ['us-east-1', 'us-west-2']) await atlas(`connect ${region} --yes`);
  for (const line of ['--cloud', '--cloud us-east-1']) {
    const { checks, exitCode } = await doctor(line);
    const others = checks.filter(
      ({ id, result }) => result !== 'success' && !id.startsWith('network-') && !needsClient.includes(id),
    );
    expect(others).toEqual([]);
    expect(exitCode).toBe(0);
  }
});

test('each of two interface endpoints has its own addresses', async () => {
  const second = 'vpce-0123456789abcdef0';
  await atlas(`interface add us-east-1 ${second} --wait`);
  own.sandbox.clock.advance(60_000);
  for (const line of ['--cloud', '--cloud us-east-1']) {
    const checks = inCloud((await doctor(line)).checks);
    const resultsOf = (id: string) => checks.filter(({ subject }) => subject === id).map(({ result }) => result);
    expect(resultsOf(endpointId)).toEqual([...Array(6).fill('success'), ...needsClient.map(() => 'skipped')]);
    // EC2 does not know this one.
    expect(resultsOf(second)).toEqual(['error', ...Array(9).fill('skipped')]);
  }
  // Clients can use the other one, which Atlas calls AVAILABLE.
  const waiting = inCloud((await check(pending)).checks).find(({ subject }) => subject === endpointId);
  expect(waiting).toMatchObject({ result: 'warning', detail: expect.stringMatching(/^pendingAcceptance/) });
});
