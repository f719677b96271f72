import { beforeEach, describe, expect, test } from 'vitest';
import { startNetwork } from '../../src/sandbox/network/start.js';
import type { World } from '../../src/sandbox/world.js';
import { ownSandbox } from '../helpers/own-sandbox.js';

/* doctor --cloud against the EC2 of the sandbox: the user's end as it is, and in each way of being wrong. */

const own = ownSandbox();
const { atlas } = own;

let endpointId = '';
beforeEach(async () => {
  const { stdout } = await atlas('connect us-east-1 --yes --json');
  endpointId = JSON.parse(stdout).cloud.endpointId;
});

/** Changes the AWS account, then runs doctor with DNS that has the addresses of the network interfaces. */
async function check(change: (aws: World['aws']) => Partial<World['aws']> = () => ({}), line = '--cloud') {
  const { store, clock } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: false });
  await store.update((world) => ({ world: { ...world, aws: { ...world.aws, ...change(world.aws) } }, answer: 0 }));
  const run = await atlas(`doctor us-east-1 --json --no-network --dns-server ${network.dnsServer} ${line}`.trim());
  await network.close();
  expect(run.stdout, run.stderr).not.toBe('');
  const { categories } = JSON.parse(run.stdout);
  const cloud = categories.find(({ name }: { name: string }) => name === 'cloud')?.checks ?? [];
  return {
    ...run,
    cloud: new Map<string, Record<string, string>>(cloud.map((each: { id: string }) => [each.id, each])),
  };
}

test('a connection that works', async () => {
  const { exitCode, cloud } = await check();
  expect(exitCode).toBe(0);
  expect([...cloud.values()].map(({ id, result, detail }) => `${id} ${result} ${detail}`)).toEqual([
    expect.stringMatching(/^cloud-endpoint success available in vpc-\w+$/),
    expect.stringMatching(/^cloud-addresses success 10\.\S+, 10\.\S+, 10\.\S+$/),
    'cloud-ports success TCP 1024-65535 from 10.0.0.0/16',
    'cloud-dns success on',
    'cloud-zones success us-east-1a, us-east-1b, us-east-1c',
  ]);
});

test('--aws-profile implies --cloud, and without both the account is not read', async () => {
  expect((await check(undefined, '--cloud --aws-profile nope')).cloud.get('cloud-endpoint')).toMatchObject({
    result: 'error',
    detail: expect.stringMatching(/nope/),
  });
  expect((await check(undefined, '--aws-profile nope')).cloud.size).toBe(5);
  expect((await check(undefined, '')).cloud.size).toBe(0);
});

type Aws = World['aws'];
const rulesOf = (from: number, to: number) => (aws: Aws) => ({
  groups: aws.groups.map((group) => ({ ...group, rules: group.rules.map((rule) => ({ ...rule, from, to })) })),
});
const endpointAs = (change: (endpoint: Aws['endpoints'][number]) => object) => (aws: Aws) => ({
  endpoints: aws.endpoints.map((endpoint) => ({ ...endpoint, ...change(endpoint) })),
});

describe.each<
  [what: string, id: string, change: (aws: Aws) => Partial<Aws>, result: string, detail: RegExp, hint: RegExp]
>([
  [
    'gone',
    'cloud-endpoint',
    () => ({ endpoints: [] }),
    'error',
    /not found in this AWS account \(us-east-1\)/,
    /which account/,
  ],
  [
    ...(['refused', 'cloud-endpoint'] as const),
    ...([
      endpointAs(() => ({ fate: { kind: 'failed', reason: 'x' } })),
      'error',
      /^failed in vpc-/,
      /Create another/,
    ] as const),
  ],
  [
    ...(['not accepted', 'cloud-endpoint'] as const),
    ...([endpointAs(() => ({ acceptedBy: null })), 'error', /^pendingAcceptance in vpc-/, /a few minutes/] as const),
  ],
  [
    'closed ports',
    'cloud-ports',
    rulesOf(443, 443),
    'error',
    /TCP 443 from 10\.0\.0\.0\/16; TCP 1024-65535 is required/,
    /Allow inbound TCP 1024-65535/,
  ],
  [
    'no rules',
    'cloud-ports',
    (aws) => ({ groups: aws.groups.map((group) => ({ ...group, rules: [] })) }),
    'error',
    /allow nothing/,
    /sg-/,
  ],
  [
    'only the ports in use',
    'cloud-ports',
    rulesOf(1024, 1100),
    'warning',
    /Atlas changes ports/,
    /Allow inbound TCP 1024-65535/,
  ],
  [
    ...(['one zone', 'cloud-zones'] as const),
    ...([endpointAs(({ subnetIds }) => ({ subnetIds: subnetIds.slice(0, 1) })), 'warning'] as const),
    ...([/^us-east-1\w, but not us-east-1\w, us-east-1\w, where the service/, /Add a subnet/] as const),
  ],
])('%s', (_, id, change, result, detail, hint) => {
  test(`${id}: ${result}`, async () => {
    const { cloud, exitCode } = await check(change);
    const found = cloud.get(id);
    expect(found).toMatchObject({ result, detail: expect.stringMatching(detail), hint: expect.stringMatching(hint) });
    expect(exitCode).toBe(result === 'error' ? 6 : 0);
  });
});

test('DNS in the VPC is off', async () => {
  const { cloud: before } = await check();
  const vpc = /vpc-\w+/.exec(before.get('cloud-endpoint')?.detail ?? '')?.[0] ?? '';
  const saved = {
    id: vpc,
    region: 'us-east-1',
    cidrs: ['10.0.0.0/16'],
    isDefault: true,
    dnsHostnames: true,
    createdAt: 0,
  };
  const { cloud, exitCode } = await check(() => ({ vpcs: [{ ...saved, dnsSupport: false }] }));
  expect(cloud.get('cloud-dns')).toMatchObject({
    result: 'error',
    hint: expect.stringContaining(
      `aws ec2 modify-vpc-attribute --region us-east-1 --vpc-id ${vpc} --enable-dns-support`,
    ),
  });
  expect(exitCode).toBe(6);
});

test('DNS has the addresses of another interface endpoint', async () => {
  const { store, clock } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: false, faults: ['other-endpoint'] });
  const run = await atlas(`doctor us-east-1 --cloud --json --no-network --dns-server ${network.dnsServer}`);
  await network.close();
  const checks: { id: string; result: string }[] = JSON.parse(run.stdout).categories.flatMap(
    ({ checks }: { checks: [] }) => checks,
  );
  const results = Object.fromEntries(checks.map(({ id, result }) => [id, result]));
  expect(results).toMatchObject({ 'dns-endpoint': 'error', 'cloud-addresses': 'skipped', 'cloud-endpoint': 'success' });
  expect(run.exitCode).toBe(6);
});

test('the endpoint of a VPC in another region is found there', async () => {
  await own.restart();
  const { stdout } = await atlas('connect us-east-1 --vpc-region us-west-2 --yes --json');
  endpointId = JSON.parse(stdout).cloud.endpointId;
  const { cloud, exitCode } = await check();
  expect(cloud.get('cloud-endpoint')).toMatchObject({ result: 'success', subject: endpointId });
  expect(cloud.get('cloud-zones')?.detail).toMatch(/^us-west-2a.* \(those of the service are not known\)$/);
  expect(exitCode).toBe(0);
});

test('other clouds cannot be asked', async () => {
  await own.restart({ clusters: [{ name: 'Cluster0', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] }] });
  await atlas('create --provider azure --region eastus2 --wait');
  const { stdout } = await atlas('doctor --cloud --json --no-network');
  const cloud = JSON.parse(stdout).categories.find(({ name }: { name: string }) => name === 'cloud');
  expect(cloud.checks[0]).toMatchObject({ result: 'skipped', detail: 'there is no AWS interface endpoint to check' });
});

test('several rules together open all ports', async () => {
  const { cloud } = await check((aws) => ({
    groups: aws.groups.map((group) => ({
      ...group,
      rules: group.rules.flatMap((rule) => [
        { ...rule, from: 30_001, to: 65_535 },
        { ...rule, id: `${rule.id}b`, from: 1000, to: 30_000 },
      ]),
    })),
  }));
  expect(cloud.get('cloud-ports')).toMatchObject({ result: 'success' });
});

test('without the permission for one part, the others are checked', async () => {
  own.faults = [{ action: 'DescribeVpcAttribute', status: 403, code: 'UnauthorizedOperation' }];
  const { cloud } = await check();
  expect(cloud.get('cloud-dns')).toMatchObject({
    result: 'error',
    detail: expect.stringMatching(/DescribeVpcAttribute/),
  });
  expect([...cloud.values()].filter(({ result }) => result === 'success')).toHaveLength(4);
});

test('an EC2 that does not answer ends in time', async () => {
  own.faults = [{ action: 'DescribeVpcEndpoints', delayMs: 3000 }];
  const before = own.sandbox.clock.now();
  const { cloud } = await check();
  expect(cloud.get('cloud-endpoint')).toMatchObject({
    result: 'error',
    detail: expect.stringMatching(/No response from AWS/),
  });
  expect(own.sandbox.clock.now() - before).toBeLessThan(10_000);
});

test('each region of a cluster has its own addresses', async () => {
  const regions = ['US_EAST_1', 'US_WEST_2'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
  await own.restart({ clusters: [{ name: 'Cluster0', regions }] });
  await atlas('regional-mode enable --yes');
  for (const region of ['us-east-1', 'us-west-2']) await atlas(`connect ${region} --yes`);
  const { store, clock } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: false });
  for (const argument of ['', 'us-east-1']) {
    const line = `doctor ${argument} --cloud --json --no-network --dns-server ${network.dnsServer}`;
    const { stdout, exitCode } = await atlas(line.replace('  ', ' '));
    const checks: { id: string; result: string; detail: string }[] = JSON.parse(stdout).categories.flatMap(
      ({ checks: some }: { checks: [] }) => some,
    );
    expect(checks.filter(({ result }) => result !== 'success')).toEqual([]);
    expect(exitCode).toBe(0);
  }
  await network.close();
});

test('each of two interface endpoints has its own addresses', async () => {
  await atlas('interface add us-east-1 vpce-0123456789abcdef0 --wait');
  own.sandbox.clock.advance(60_000);
  const { cloud } = await check();
  // EC2 does not know the second one.
  expect(cloud.get('cloud-endpoint')).toMatchObject({ result: 'error' });
  const { store, clock } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: false });
  const { stdout } = await atlas(`doctor --cloud --json --no-network --dns-server ${network.dnsServer}`);
  await network.close();
  const checks: { id: string; result: string; subject: string }[] = JSON.parse(stdout).categories.flatMap(
    ({ checks: some }: { checks: [] }) => some,
  );
  const ofFirst = checks.filter(({ id, subject }) => id.startsWith('cloud-') && subject === endpointId);
  expect(ofFirst.map(({ result }) => result)).toEqual(['success', 'success', 'success', 'success', 'success']);
});
