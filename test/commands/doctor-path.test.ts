import { beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { allNames } from '../../src/sandbox/network/records.js';
import { startDnsServer, startNetwork } from '../../src/sandbox/network/start.js';
import { type World, withAccount } from '../../src/sandbox/world.js';
import type { CheckRow } from '../helpers/doctor-world.js';
import { scenario } from '../helpers/scenario.js';

/* doctor --client against the EC2 of the sandbox: the path from a client to the interface endpoint, and its faults. */

type Aws = World['clouds']['AWS'];
type Vpc = Aws['vpcs'][number];
type Rule = Aws['groups'][number]['rules'][number];

const { own, connected } = scenario('AWS');
const { atlas } = own;

const [instance, eni, clients] = [`i-${'a'.repeat(17)}`, `eni-${'a'.repeat(17)}`, `sg-${'a'.repeat(17)}`] as const;
const [clientVpc, clientSubnet] = [`vpc-${'b'.repeat(17)}`, `subnet-${'b'.repeat(17)}`] as const;
const region = 'us-east-1';
let [vpcId, subnetId] = ['', ''];

beforeEach(async () => {
  const { cloud } = await connected();
  [vpcId, subnetId] = [cloud.network, cloud.subnets[0]];
});

/** The client is in the network of the interface endpoint, or in another VPC. */
interface Changes {
  isAway?: boolean;
  /** The client's address. */
  ip?: string;
  /** Of the VPC of the interface endpoint. */
  vpc?: Partial<Vpc>;
  /** Of the VPC of the client. */
  other?: Partial<Vpc>;
  /** The outbound rules of the client's security group. */
  egress?: readonly Rule[];
  /** The inbound rules of the security group of the interface endpoint. */
  ingress?: readonly Rule[];
}

const rule = (kind: Rule['source']['kind'], value: string, from: number | null = null, to = from): Rule => {
  const protocol = from === null ? '-1' : 'tcp';
  return { id: `sgr-${value}`, protocol, from, to, source: { kind, value }, description: null };
};
const anywhere = rule('cidr', '0.0.0.0/0');

async function change({ isAway = false, ip = '10.0.1.77', vpc, other, egress = [anywhere], ingress }: Changes) {
  const createdAt = 0;
  const common = { region, createdAt, dnsSupport: true, dnsHostnames: true };
  const place = isAway ? { vpcId: clientVpc, subnetId: clientSubnet } : { vpcId, subnetId };
  const source = { id: eni, ...place, zone: 'us-east-1b', ip, instanceId: instance, groupIds: [clients] };
  const group = { id: clients, region, createdAt, vpcId: place.vpcId, name: 'app', description: 'app' };
  const change = (aws: Aws): Aws => ({
    ...aws,
    vpcs: [
      { ...common, id: vpcId, cidrs: ['10.0.0.0/16'], isDefault: true, interfaces: isAway ? [] : [source], ...vpc },
      {
        ...common,
        id: clientVpc,
        cidrs: ['10.9.0.0/16'],
        isDefault: false,
        interfaces: isAway ? [source] : [],
        ...other,
      },
    ],
    subnets: [{ id: clientSubnet, region, createdAt, vpcId: clientVpc, cidr: '10.9.1.0/24', zone: 'us-east-1b' }],
    groups: [
      ...aws.groups.map((each) => ({ ...each, rules: ingress ?? each.rules })),
      { ...group, rules: egress.map((each) => ({ ...each, isEgress: true })) },
    ],
  });
  await own.sandbox.store.update((world) => ({
    world: withAccount(world, 'AWS', change(world.clouds.AWS)),
    answer: 0,
  }));
}

/** `nodes`: whether connections reach them. Undefined: doctor makes none. */
async function doctor(line: string, addresses: string[] = ['192.0.2.1'], nodes?: 'open' | 'unreachable') {
  const { store, clock } = own.sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: nodes === 'open' && 'free', faults: [] });
  const view = async () => ({ world: await store.read(), now: clock.now() });
  const away = await startDnsServer(0, async () =>
    allNames(await view(), { faults: new Set(), portOf: ({ port }) => port, address: '255.255.255.255' }),
  );
  const server = nodes === 'unreachable' ? away.address : network.dnsServer;
  const words = `doctor us-east-1 --json ${nodes ? '' : '--no-network '}--dns-server ${server} ${line}`.trim();
  const run = await atlas(words, { addresses });
  await Promise.all([network.close(), away.close()]);
  const { categories } = run.stdout === '' ? { categories: [] } : JSON.parse(run.stdout);
  const checks: CheckRow[] = categories.flatMap((each: { checks: CheckRow[] }) => each.checks);
  const find = (id: string) => checks.find((each) => [id, `cloud-${id}`].includes(each.id));
  const bad = checks.filter(({ result }) => result === 'error' || result === 'warning');
  return { ...run, find, bad: bad.map(({ id, result }) => `${id} ${result}`) };
}

test.each([instance, eni])('a client that may connect: %s', async (client) => {
  await change({});
  const { find, bad, exitCode } = await doctor(`--client ${client}`);
  expect(bad).toEqual([]);
  expect(exitCode).toBe(0);
  expect(find('routes')).toMatchObject({ result: 'success', detail: 'local' });
  expect(find('egress')).toMatchObject({ result: 'success', detail: `TCP 1024-65535 from ${clients}` });
});

test('a security group as the client has no route of its own', async () => {
  await change({ ingress: [rule('group', clients, 1024, 65_535)] });
  const { find, bad } = await doctor(`--client ${clients}`);
  expect(bad).toEqual([]);
  expect(find('egress')?.result).toBe('success');
  expect(find('routes')?.result).toBe('skipped');
});

test('this machine is the client if it has an address of a network interface', async () => {
  await change({ ingress: [rule('cidr', '10.5.0.0/16', 1024, 65_535)] });
  const { find, exitCode } = await doctor('--cloud', ['10.0.1.77']);
  const detail = 'open, but not from this machine (10.0.1.77): TCP 1024-65535 from 10.5.0.0/16';
  // Another machine may have the same address, so this is no error.
  expect(find('ports')).toMatchObject({ result: 'warning', detail });
  expect(exitCode).toBe(0);
  expect((await doctor('--cloud')).find('ports')?.result).toBe('success');
});

const entry = (ruleNumber: number, egress: boolean, ruleAction: string, more: object = {}) => {
  return { ruleNumber, egress, ruleAction, protocol: '-1', cidrBlock: '0.0.0.0/0', ...more };
};
const tcp = (from: number, to: number) => ({ protocol: '6', portRange: { from, to } });
const allowAll = [entry(100, true, 'allow'), entry(100, false, 'allow')];
const peered = (vpc: string, state = 'active') => [
  { destinationCidrBlock: vpc, vpcPeeringConnectionId: 'pcx-1', state },
];
const through = (cidr: string, target: object) => ({
  routes: [{ destinationCidrBlock: cidr, ...target, state: 'active' }],
});
const elsewhere = { isAway: true, ip: '10.9.1.5', ingress: [anywhere] };
const there = { routes: peered('10.0.0.0/16') };
const back = { routes: peered('10.9.0.0/16') };
const internet = through('0.0.0.0/0', { gatewayId: 'igw-1' });
const blackhole = { routes: peered('10.0.0.0/16', 'blackhole') };
const transit = through('10.0.0.0/8', { transitGatewayId: 'tgw-1' });
const closedReplies = [...allowAll.slice(1), entry(100, true, 'allow', tcp(443, 443))];
const denied = [...allowAll, entry(90, false, 'deny', { cidrBlock: '10.0.1.77/32' })];
const fewPorts = [...allowAll.slice(0, 1), entry(100, false, 'allow', tcp(27_017, 27_017))];
const highReplies = [...allowAll.slice(1), entry(100, true, 'allow', tcp(32_768, 65_535))];

test.each<[what: string, changes: Changes, finding: string, detail: RegExp, hint: RegExp]>([
  ['sources', { ingress: [rule('cidr', '10.5.0.0/16', 1024, 65_535)] }, 'ports error', /not from i-/, /inbound TCP/],
  ['a denied address', { vpc: { acl: denied } }, 'acl error', /acl-\w+ blocks inbound traffic/, /lower number/],
  ['one port in', { vpc: { acl: fewPorts } }, 'acl error', /blocks inbound traffic of subnet-\w+/, /lower number/],
  ['no replies', { vpc: { acl: closedReplies } }, 'acl error', /blocks outbound traffic/, /their replies/],
  [
    'few replies',
    { ...elsewhere, other: there, vpc: { ...back, acl: highReplies } },
    'acl warning',
    /blocks outbound traffic/,
    /their replies/,
  ],
  ['no route', elsewhere, 'routes error', /rtb-\w+ has no route to 10\.0\./, /vpc-b+, vpc-\w+/],
  ['no way back', { ...elsewhere, other: there }, 'routes error', /rtb-\w+ has no route to 10\.9\.1\.5/, /transit/],
  ['the internet', { ...elsewhere, other: internet, vpc: back }, 'routes error', /no route to 10\./, /need a route/],
  ['a blackhole', { ...elsewhere, other: blackhole, vpc: back }, 'routes error', /blackhole \(pcx-1\)/, /peering/],
  [
    'a transit gateway',
    { ...elsewhere, other: transit, vpc: back },
    'path warning',
    /^the path from i-a+ \(10\.9\.1\.5\) leads through tgw-1, which doctor does not check$/,
    /aws ec2 create-network-insights-path .*--source eni-a+ --destination eni-/,
  ],
  ['one port out', { egress: [rule('cidr', '0.0.0.0/0', 443)] }, 'egress error', /TCP 443 to 0\.0\.0\.0/, /outbound/],
  ['ports in use', { egress: [rule('cidr', '10.0.0.0/8', 1024, 1100)] }, 'egress warning', /1024-1100/, /outbound/],
])('$0: $2', async (_, changes, finding, detail, hint) => {
  await change(changes);
  const { find, exitCode } = await doctor(`--client ${instance}`);
  const [id = '', result] = finding.split(' ');
  const like = { result, detail: expect.stringMatching(detail), hint: expect.stringMatching(hint) };
  expect(find(id)).toMatchObject(like);
  expect(exitCode).toBe(result === 'error' ? 6 : 0);
});

describe('if nothing on the path is closed', () => {
  test('but connections fail, AWS can analyze it', async () => {
    await change({});
    const found = (await doctor(`--client ${instance}`, undefined, 'unreachable')).find('path');
    expect(found).toMatchObject({
      result: 'warning',
      detail: expect.stringMatching(/has no known fault, but connections from this machine fail$/),
    });
    const [create = '', start] = found?.commands ?? [];
    expect(create).toMatch(
      /^INSIGHTS_PATH=\$\(aws ec2 create-network-insights-path --region us-east-1 --source eni-a+ --destination eni-\w+ --protocol tcp --destination-port \d+ --query NetworkInsightsPath\.NetworkInsightsPathId --output text\)$/,
    );
    expect(create).not.toContain(`destination ${eni}`);
    expect(start).toBe(
      'aws ec2 start-network-insights-analysis --region us-east-1 --network-insights-path-id "$INSIGHTS_PATH"',
    );
  });

  test('and connections of this machine work, the transit gateway does not matter', async () => {
    await change({ ...elsewhere, other: transit, vpc: back });
    const { find } = await doctor('--cloud', ['10.9.1.5'], 'open');
    expect(find('path')).toMatchObject({ result: 'success', detail: 'connections from this machine work' });
    expect((await doctor('--cloud', ['10.9.1.5'])).find('path')?.result).toBe('warning');
  });
});

test('a closed network ACL is the reason, and AWS need not look for one', async () => {
  await change({ vpc: { acl: denied } });
  const { find } = await doctor(`--client ${instance}`, undefined, 'unreachable');
  expect(find('path')).toMatchObject({ result: 'skipped', detail: "'Network ACLs' failed" });
});

test('a client that AWS does not have in this region', async () => {
  const { find, bad, exitCode } = await doctor(`--client ${eni}`);
  expect(bad).toEqual(['cloud-client error']);
  expect(find('client')).toMatchObject({
    detail: `AWS has no ${eni} in us-east-1, the region of the interface endpoint.`,
    hint: expect.stringMatching(/in another region, run doctor there/),
  });
  expect(exitCode).toBe(6);
});

test.each(['DescribeNetworkAcls acl', 'DescribeRouteTables routes'])('without the permission %s', async (line) => {
  const [action = '', id = ''] = line.split(' ');
  await change({});
  own.faults = [{ action, status: 403, code: 'UnauthorizedOperation' } as Fault];
  const { find, bad, exitCode } = await doctor(`--client ${instance}`);
  expect(find(id)).toMatchObject({ result: 'skipped', detail: expect.stringContaining(`ec2:${action}`) });
  expect([bad, exitCode]).toEqual([[], 0]);
});

test('an invalid client is a usage error', async () => {
  for (const id of ['x', 'i-123', 'vpc-0123456789abcdef0'])
    await own.ends(`doctor us-east-1 --client ${id}`, 2, /not valid for --client.*\n.*i-0123456789abcdef0/, '');
});
