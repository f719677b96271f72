import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import type { GcpSetup } from '../../src/sandbox/faults-file.js';
import { besideGoogle } from '../helpers/gcp.js';
import { only, results, scenario } from '../helpers/scenario.js';

const { own, json, leaves, left, connected, refused, cloudChecks, connect, create, disconnect } = scenario('GCP');
const { there, google, createRule } = besideGoogle(own);

const project = 'atlas-pe-sandbox';
const other = 'other-project-1';
/** Of the project, in names. */
const hash = createHash('sha256').update(project).digest('hex').slice(0, 8);
const usual = `projects/${project}/regions/us-east4/subnetworks/default`;

describe('connect', () => {
  test('--global-access reaches the forwarding rule', async () => {
    expect((await json(`${connect} --global-access`)).cloud.globalAccess).toBe(true);
    expect((await there()).rules).toMatchObject([{ allowPscGlobalAccess: true }]);
  });

  test('a second Google project gets a connection of its own, and disconnect leaves the first one', async () => {
    await own.restart({ gcp: { projects: [other] } });
    const one = await json(connect);
    const two = await json(`${connect} --gcp-project ${other}`);
    const [first, second] = [one, two].map(({ interfaceEndpoint }) => interfaceEndpoint);
    expect([first.gcpProjectId, second.gcpProjectId]).toEqual([project, other]);
    expect(second.id).not.toBe(first.id);
    expect(two.connectionStrings[0].srvConnectionString).not.toBe(one.connectionStrings[0].srvConnectionString);
    expect(await left()).toEqual([1, 2, 2, 2]);
    await json(`${disconnect} --gcp-project ${other}`);
    expect(await json('interface list us-east4')).toMatchObject([{ id: first.id, status: 'AVAILABLE' }]);
    await leaves(1);
  });

  test('a forwarding rule does not count as attached if that of another Google project has its name', async () => {
    await own.restart({ gcp: { projects: [other] } });
    const { id, projectId, serviceAttachmentNames } = await json(create);
    await own.succeeds(`interface add us-east4 my-rule --gcp-project ${other} --ip 10.0.0.9`);
    const description = `Created by atlas-pe for Atlas service ${id}, project ${projectId}`;
    await createRule('my-rule', serviceAttachmentNames[0], { description });
    await refused(connect, 5, /^Error: The service already has an interface endpoint my-rule, of another Google/);
    await json(`${disconnect} my-rule`);
    expect(await left()).toEqual([1, 1, 0, 1]);
  });

  test('uses a subnet that a host project shares', async () => {
    await own.restart({ gcp: { hostProject: 'my-host-project' } });
    const { cloud } = await json(connect);
    expect(cloud).toMatchObject({ account: project, network: 'default', subnets: ['default'] });
    expect((await there()).rules).toMatchObject([
      {
        path: expect.stringContaining(`projects/${project}/`),
        network: 'projects/my-host-project/global/networks/default',
      },
    ]);
    const { stderr } = await own.atlas(`${connect} --dry-run`);
    expect(stderr).not.toMatch(/Warning/);
  });

  test('--subnet takes a URL; its project counts unless --gcp-project is given', async () => {
    await own.restart({ gcp: { hostProject: 'my-host-project' } });
    const url = 'https://www.googleapis.com/compute/v1/projects/my-host-project/regions/us-east4/subnetworks/default';
    expect((await json(`${connect} --dry-run --subnet ${url}`)).cloud.account).toBe('my-host-project');
    expect((await json(`${connect} --gcp-project ${project} --subnet ${url}`)).cloud.account).toBe(project);
  });
});

describe('what cannot work stops before anything was created', () => {
  test.each<[what: string, setup: GcpSetup, exit: number, said: RegExp]>([
    ['an API', { disabledApis: ['compute'] }, 4, /^Error: The API compute\.google.*\nHint: .*gcloud services /s],
    ['a quota of the region', { quotas: { INTERNAL_ADDRESSES: 0 } }, 4, /^Error: The quota INTERNAL_.*\(0 of 0\)/],
    ['a quota of a project', { quotas: { PSC_INTERNAL_LB_FORWARDING_RULES: 0 } }, 4, /^Error: The quota PSC_/],
    [
      'one network alone',
      { networks: [{ name: 'one' }, { name: 'two' }] },
      2,
      /2 usable subnets in us-east4 .*\nHint: Choose one with --subnet: one \(one, [\d./]+\), two \(two,/,
    ],
    ['a subnet', { networks: [] }, 3, /^Error: There is no subnet in us-east4 of Google project atlas-pe-sandbox\./],
    [
      'a usual subnet',
      {
        networks: [
          { name: 'default', subnets: [{ name: 'proxy', region: 'us-east4', purpose: 'REGIONAL_MANAGED_PROXY' }] },
        ],
      },
      2,
      /^Error: Subnet proxy \(default, \S+\) has the purpose REGIONAL_MANAGED_PROXY/,
    ],
    [
      'IPv4',
      { networks: [{ name: 'default', subnets: [{ name: 'six', region: 'us-east4', stackType: 'IPV6_ONLY' }] }] },
      2,
      /^Error: Subnet six \(default, \S*\) has no IPv4 addresses/,
    ],
  ])('without %s', async (_, setup, exit, said) => {
    await own.restart({ gcp: setup });
    await refused(connect, exit, said);
  });

  test.each([
    'compute.addresses.createInternal',
    'compute.addresses.get',
    'compute.addresses.list',
    'compute.addresses.use',
    'compute.forwardingRules.create',
    'compute.forwardingRules.get',
    'compute.forwardingRules.list',
    'compute.forwardingRules.pscCreate',
    'compute.networks.use',
    'compute.regionOperations.get',
    'compute.subnetworks.list',
    'compute.subnetworks.use',
  ])('without the permission %s', async (permission) => {
    await own.restart({ gcp: { without: [permission] } });
    const missing = `Missing permissions in .*: ${permission}\\.\nHint: `;
    const said = permission.endsWith('.list') ? `GCP denied ${permission}: ` : missing;
    await refused(connect, 4, new RegExp(`^Error: ${said}`));
  });

  test.each(['namespaces', 'services'])('without permissions for %s of Service Directory it warns', async (what) => {
    const [create, remove] = ['create', 'delete'].map((verb) => `servicedirectory.${what}.${verb}`);
    await own.restart({ gcp: { without: [create, remove].map(String) } });
    const said = /^Warning: Missing permissions in Google project \S+, which not every network needs: (\S+)\.$/m;
    expect(said.exec((await own.ends(connect, 0, said)).stderr)?.[1]).toBe(create);
    expect(said.exec((await own.ends(disconnect, 0, said)).stderr)?.[1]).toBe(remove);
    await leaves(0);
  });

  test.each<[more: string, exit: number, said: RegExp]>([
    ['--subnet nope', 3, /^Error: There is no subnet nope in us-east4 .*\nHint: Existing subnets: default\n$/],
    ['--subnet projects/nope-project/regions/us-east4/subnetworks/x --gcp-project atlas-pe-sandbox', 3, /nope-/],
    [`--subnet ${usual.replace('us-east4', 'us-east1')}`, 3, /no subnet \S+ in .*\nHint: .* must be in us-east4/],
    ['--network nope', 3, /There is no network nope with a subnet in .*\nHint: Existing networks: default\n$/],
    ['--subnet a,b', 2, /GCP needs only one subnet/],
    ['--subnet A!', 2, /'A!' is not valid for --subnet/],
    ['--gcp-project X', 2, /'X' is not a valid GCP project id/],
    ['--gcp-project other-project', 3, /other-project/],
    ['--vpc vpc-0123456789abcdef0', 2, /--vpc is not an option for GCP/],
    ['--adopt my-rule --global-access', 2, /--adopt changes nothing in GCP/],
  ])('%s', async (more, exit, said) => {
    await refused(`${connect} ${more}`, exit, said);
  });

  test('--adopt of a rule that is not there, or that is for something else', async () => {
    const { serviceAttachmentNames } = await json(create);
    await refused(
      `${connect} --adopt my-rule`,
      3,
      /^Error: There is no forwarding rule my-rule in this Google project and region \(atlas-pe-sandbox, us-east4\)\.\nHint: .*interface add us-east4 my-rule/s,
    );
    await createRule('my-rule', serviceAttachmentNames[0]);
    await own.enableRegionalMode();
    const { id } = await json(create);
    await refused(`connect ${id} --yes --adopt my-rule`, 2, /^Error: my-rule connects to projects\//);
  });

  test('a name that somebody else has taken', async () => {
    const { id } = await json(create);
    await google('POST', 'addresses', { name: `atlas-pe-${id}-${hash}`, addressType: 'INTERNAL', subnetwork: usual });
    await refused(connect, 5, /^Error: The address atlas-pe-\S+ already exists, and atlas-pe did not create it/);
  });

  test('a list whose next page has no name', async () => {
    const body = '{"items": [], "nextPageToken": {"toString": 1}}';
    const said = 'compute.forwardingRules.list does not end: no new page follows page 1.';
    await refused(connect, 1, said, { faults: [{ action: 'compute.forwardingRules.list', status: 200, body }] });
  });

  test('a subnet of a host project that may not be used', async () => {
    const faults = [{ action: 'compute.subnetworks.get', status: 403, code: 'forbidden' }];
    await refused(
      `${connect} --subnet ${usual}`,
      4,
      /^Error: GCP denied compute\.subnetworks\.get: .*\nHint: Ask an administrator, with a Shared VPC that of the host project/,
      { faults },
    );
  });

  /** Without a Google project. */
  const nameless = (env: Record<string, string>) =>
    Object.fromEntries(Object.entries(env).filter(([name]) => !/_PROJECT$/.test(name) || /^ATLAS/.test(name)));

  test('no project', async () => {
    const env = nameless(own.sandbox.env);
    await own.ends(connect, 2, /^Error: Missing Google project\.\nHint: .*--gcp-project/, '', { env });
  });

  test('no credentials, but a dry run plans without them', async () => {
    const { GOOGLE_OAUTH_ACCESS_TOKEN, ...env } = own.sandbox.env;
    for (const [some, account] of [
      [env, project],
      [nameless(env), null],
    ] as const) {
      const plan = await json(`${connect} --dry-run`, { env: { ...some, PATH: '/nonexistent' } });
      expect(plan.cloud).toMatchObject({ account, principal: null, network: null, subnets: [] });
      expect(plan.notes.join('\n')).toMatch(/^Cannot read the Google project\. No Google credentials found in.*$/);
      expect(results(plan)).toEqual(Array(5).fill('create'));
    }
    await own.ends(
      connect,
      4,
      /^Error: No Google credentials found in GOOGLE_OAUTH_ACCESS_TOKEN, .* or gcloud\.\nHint: Sign in: gcloud auth application-default login\n$/,
      '',
      { env: { ...env, PATH: '/nonexistent' } },
    );
    await leaves(0);
  });
});

test('permissions that cannot be checked do not stop it', async () => {
  await own.restart({ gcp: { disabledApis: ['cloudresourcemanager'] } });
  await own.ends(
    connect,
    0,
    /Warning: Cannot check the permissions in Google project atlas-pe-sandbox\. The API cloudresourcemanager\.googleapis\.com is not enabled/,
  );
});

describe('what Google refuses only when it is asked', () => {
  test.each<[fault: Fault, exit: number, said: RegExp]>([
    [{ action: 'compute.addresses.createInternal', status: 412, code: 'conditionNotMet' }, 4, /organization policy/],
    [{ action: 'compute.forwardingRules.create', status: 403, code: 'quotaExceeded' }, 4, /quota of Google project/],
    [
      { action: 'compute.addresses.createInternal', fate: { kind: 'failed', reason: 'IP_SPACE_EXHAUSTED: Full.' } },
      2,
      /^Error: GCP rejected .*: Full \(ipSpaceExhausted\)\.\nHint: .*Choose another subnet with --subnet/m,
    ],
    [
      { action: 'compute.forwardingRules.create', fate: { kind: 'failed', reason: 'PERMISSIONS_ERROR: No.' } },
      4,
      /^Error: GCP denied compute\.forwardingRules\.create: No/m,
    ],
  ])('%j', async (fault, exit, said) => {
    own.faults = [fault];
    const { stderr } = await own.ends(connect, exit, said);
    expect(stderr).toMatch(/Existing resources: Atlas service us-east4/);
    own.faults = [];
    await json(connect);
    await leaves(1);
  });

  test('a subnet that is not ready yet is waited for', async () => {
    const fate = { kind: 'failed', reason: 'RESOURCE_NOT_READY: Wait.' } as const;
    own.faults = [{ action: 'compute.addresses.createInternal', nth: only(1), fate }];
    await json(connect);
    await leaves(1);
  });
});

describe('disconnect', () => {
  test.each([
    'compute.addresses.deleteInternal',
    'compute.forwardingRules.delete',
    'compute.forwardingRules.pscDelete',
  ])('needs the permission %s before it removes anything', async (permission) => {
    await connected();
    await own.change({ gcp: { without: [permission] } });
    await refused(disconnect, 4, `Error: Missing permissions in Google project atlas-pe-sandbox: ${permission}.`);
  });

  test('after a kill, waits until Google no longer shows the rule that it has deleted already', async () => {
    await connected();
    const action = 'compute.forwardingRules.delete';
    own.faults = [{ action, nth: only(1), status: 404, code: 'notFound', effect: true }];
    await json(disconnect);
    await leaves(0);
  });

  test('waits until Google frees the address', async () => {
    await own.restart({ gcpLag: 5000 });
    await json(connect);
    own.sandbox.clock.advance(10_000);
    await json(disconnect);
    own.sandbox.clock.advance(10_000);
    await leaves(0);
  });
});

describe('doctor --cloud', () => {
  test('a connection that works', async () => {
    await connected();
    expect(await cloudChecks()).toMatchObject({
      'cloud-endpoint': 'success: ACCEPTED in default',
      'cloud-target': expect.stringMatching(/^success: sa-/),
      'cloud-firewall': expect.stringMatching(/^success: TCP 1024-65535 to [\d.]+ is open$/),
      'cloud-global-access': 'success: for clients in us-east4 (no global access)',
    });
  });

  const deny = { name: 'no-egress', direction: 'EGRESS', priority: 1000, denied: [{ IPProtocol: 'all' }] };
  test.each<[what: string, firewalls: GcpSetup['firewalls'], found: RegExp]>([
    ['a rule that denies egress', [deny], /^error: TCP .* is denied by no-egress$/],
    ['one for several ranges', [{ ...deny, destinationRanges: ['192.168.0.0/16', '10.0.0.0/8'] }], /^error/],
    ['one for other addresses', [{ ...deny, destinationRanges: ['192.168.0.0/16'] }], /^success/],
    ['one for some machines', [{ ...deny, targetTags: ['db'] }], /^warning: TCP .* denied for some machines by n/],
    ['one for some machines and one for all', [{ ...deny, targetTags: ['db'] }, deny], /^error: TCP .* is denied by/],
    ['one that is disabled', [{ ...deny, disabled: true }], /^success/],
    [
      'one that another one overrules',
      [deny, { name: 'ok', direction: 'EGRESS', priority: 900, allowed: [{ IPProtocol: 'tcp' }] }],
      /^success/,
    ],
    [
      'one of the same priority',
      [deny, { name: 'ok', direction: 'EGRESS', priority: 1000, allowed: [{ IPProtocol: 'tcp' }] }],
      /^error/,
    ],
    [
      'one of the same priority that comes later',
      [{ name: 'ok', direction: 'EGRESS', priority: 1000, allowed: [{ IPProtocol: 'tcp' }] }, deny],
      /^error/,
    ],
  ])('%s', async (_, firewalls, found) => {
    await own.restart({ gcp: { firewalls: firewalls ?? [] } });
    await json(connect);
    expect((await cloudChecks())['cloud-firewall']).toMatch(found);
  });

  test('without permission to read firewalls, the check is skipped', async () => {
    await own.restart({ gcp: { without: ['compute.networks.getEffectiveFirewalls'] } });
    await json(connect);
    expect((await cloudChecks())['cloud-firewall']).toMatch(
      /^skipped: .*GCP denied compute\.networks\.getEffectiveFirewalls/,
    );
  });

  test('a service without port mapping, whose rules are several, is not checked', async () => {
    await own.succeeds('create us-east4 --provider gcp --no-port-mapping --wait');
    const group = `grp --gcp-project ${project} --endpoint a@10.0.0.1`;
    await own.succeeds(`interface add us-east4 ${group} --wait`);
    expect((await cloudChecks())['cloud-endpoint']).toMatch(/^skipped: .*port mapping/);
  });

  test('without a Google project, says so, and checks the rest', async () => {
    await connected();
    for (const name of ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_PROJECT', 'CLOUDSDK_CORE_PROJECT'])
      delete own.sandbox.env[name];
    expect(await cloudChecks()).toMatchObject({ 'cloud-endpoint': 'error: Missing Google project.' });
  });
});

test.each([
  ['seconds', () => '9'],
  ['a date', () => new Date(own.sandbox.clock.now() + 9000).toUTCString()],
])('waits as long as Google asks to: %s; --verbose shows the status and the pause', async (_, after) => {
  const headers = { 'Retry-After': after() };
  const action = 'compute.forwardingRules.list';
  own.faults = [{ action, nth: only(1), status: 429, headers }];
  const { stderr } = await own.atlas(`${connect} --verbose`);
  const [first, pause, second] = stderr.split('\n').filter((line) => line.includes(`GCP ${action} `));
  expect(first).toMatch(/ 429 \d+ ms$/);
  expect(pause).toMatch(/ - [89]\d{3} ms \(waiting before attempt 2\)$/);
  expect(second).toMatch(/ 200 \d+ ms$/);
  expect(own.sandbox.clock.sleeps.some((ms) => ms >= 8000 && ms <= 9000)).toBe(true);
});

test('the options may be those of the cloud that the argument shows', async () => {
  const { endpoint } = await connected();
  const named = `${endpoint.projectId}-${endpoint.id}-GCP-us-east4`;
  for (const line of [`connect ${named} --global-access --yes`, `connect us-east4 --gcp-project ${project} --yes`])
    expect((await json(line)).endpoint.id).toBe(endpoint.id);
  await own.ends(`connect ${named} --vnet v --yes`, 2, '--vnet is not an option for GCP.');
});
