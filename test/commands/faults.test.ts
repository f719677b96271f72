import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFaultsFile } from '../../src/sandbox/faults-file.js';
import { runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function file(text: string): string {
  const path = join(temporaryFolder(), 'faults.yaml');
  writeFileSync(path, text);
  return path;
}

test('the keys for Azure are parsed completely', () => {
  const { azure, faults } = readFaultsFile(
    file(`
azure:
  networks:
    - { name: apps, region: EastUS2, group: net, dnsServers: 10.0.0.53 }
    - name: hub
      region: westus2
      subnets:
        - { name: web, range: 10.1.0.0/24, policies: Enabled, rules: { access: deny, ports: 1024-2524, priority: 200 } }
        - { name: functions, delegation: Microsoft.Web/serverFarms, full: true }
  without: [Microsoft.Network/privateEndpoints/delete]
  lock: CanNotDelete
  policy: no-endpoints
  registered: false
faults:
  - { method: PUT, endpoint: never-ready }
`),
  );
  expect(azure).toEqual({
    networks: [
      { name: 'apps', region: 'eastus2', group: 'net', dnsServers: ['10.0.0.53'] },
      {
        name: 'hub',
        region: 'westus2',
        subnets: [
          {
            name: 'web',
            range: '10.1.0.0/24',
            policies: 'Enabled',
            rules: [{ access: 'Deny', ports: '1024-2524', priority: 200 }],
          },
          { name: 'functions', delegation: 'Microsoft.Web/serverFarms', full: true },
        ],
      },
    ],
    without: ['Microsoft.Network/privateEndpoints/delete'],
    lock: 'CanNotDelete',
    policy: 'no-endpoints',
    registered: false,
  });
  expect(faults).toEqual([{ method: 'PUT', fate: { kind: 'never-ready' } }]);
});

test('a faults file is parsed completely', () => {
  const { faults, ...settings } = readFaultsFile(
    file(`
awsLag: 3s
azureLag: 4s
gcpLag: 2s
gcp:
  hostProject: network-host
  projects: other
  networks:
    - name: default
    - { name: prod, subnets: [{ name: app, region: us-east4, range: 10.9.0.0/24, purpose: PRIVATE_NAT }] }
  firewalls: [{ name: deny-all, direction: EGRESS }]
  without: [compute.forwardingRules.create]
  quotas: { INTERNAL_ADDRESSES: 0 }
  disabledApis: compute
projects: 2
keyRole: [group-read-only, ORG_MEMBER]
keyAccessList: 127.0.0.1
namedStrings: { name: app, cluster: Cluster0, status: FAILED }
lastTakesService: true
rateLimit: 5/10s
faults:
  # the answer to the first create is lost
  - method: post
    path: /endpointService
    nth: 1
    status: 502
    effect: true
    headers: { Retry-After: 5 }
    body: "<html>"
  - { nth: [1, 3-4, 6+], delay: 1m30s, truncate: 10 }
  - { drop: before }
  - { auth: stale-nonce }
  - { endpoint: never-ready }
  - endpoint:
      failed: No capacity
  - { status: 503, body: { detail: Busy } }
  - { action: CreateVpcEndpoint, status: 403, code: UnauthorizedOperation }
`),
  );
  expect(settings).toEqual({
    awsLag: 3000,
    azureLag: 4000,
    gcpLag: 2000,
    gcp: {
      hostProject: 'network-host',
      projects: ['other'],
      networks: [
        { name: 'default' },
        {
          name: 'prod',
          subnets: [{ name: 'app', region: 'us-east4', range: '10.9.0.0/24', purpose: 'PRIVATE_NAT' }],
        },
      ],
      firewalls: [{ name: 'deny-all', direction: 'EGRESS' }],
      without: ['compute.forwardingRules.create'],
      quotas: { INTERNAL_ADDRESSES: 0 },
      disabledApis: ['compute'],
    },
    projects: 2,
    keyRole: ['GROUP_READ_ONLY', 'ORG_MEMBER'],
    keyAccessList: ['127.0.0.1'],
    namedStrings: [{ name: 'app', cluster: 'Cluster0', status: 'FAILED' }],
    lastTakesService: true,
    rateLimit: { requests: 5, perMs: 10_000 },
  });
  expect(faults).toEqual([
    {
      method: 'POST',
      path: '/endpointService',
      nth: [{ from: 1, to: 1 }],
      status: 502,
      effect: true,
      headers: { 'Retry-After': '5' },
      body: '<html>',
    },
    {
      nth: [
        { from: 1, to: 1 },
        { from: 3, to: 4 },
        { from: 6, to: Number.POSITIVE_INFINITY },
      ],
      delayMs: 90_000,
      truncate: 10,
    },
    { drop: 'before' },
    { auth: 'stale-nonce' },
    { fate: { kind: 'never-ready' } },
    { fate: { kind: 'failed', reason: 'No capacity' } },
    { status: 503, body: '{"detail":"Busy"}' },
    { action: 'CreateVpcEndpoint', status: 403, code: 'UnauthorizedOperation' },
  ]);
});

test.each([
  ['', 'faults.yaml: it has no keys.*\nHint: Valid keys: faults, awsLag,'],
  ['faults: []\nmore: 1', "faults.yaml: unknown key 'more'.*\nHint: Valid keys: faults,"],
  ['rateLimt: 1', "unknown key 'rateLimt'.*\nHint: Did you mean rateLimit"],
  ['gcp: { networks: [{}] }', "gcp: networks: 'name' is missing"],
  [
    'gcp: { networks: [{ name: a, subnets: [{ name: a, range: 10.0.0.0 }] }] }',
    "value of 'range'.*\nHint: Example: 10",
  ],
  ['gcp: { quotas: { INTERNAL_ADDRESSES: -1 } }', "'-1' is not a valid value of 'INTERNAL_ADDRESSES'"],
  ['gcp: { disabledApis: [sqladmin] }', "value of 'disabledApis'"],
  ['awsLag: soon', "awsLag: 'soon' is not a valid duration"],
  ['rateLimit: 0', "'0' is not a valid value of .rateLimit..*\nHint: Examples: 100"],
  ['lastTakesService: 1', "'1' is not a valid value of 'lastTakesService'.*\nHint: Use true or false"],
  [
    'keyRole: group_read_onl',
    "'group_read_onl' is not a valid value of .keyRole..*\nHint: Did you mean GROUP_READ_ONLY",
  ],
  ...['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '::/129'].map((entry) => [
    `keyAccessList: ["${entry}"]`,
    `'${entry}' is not a valid value of 'keyAccessList'.*\nHint: Examples: 203`,
  ]),
  ['azure: { network: [] }', "azure: unknown key 'network'.*\nHint: Did you mean networks"],
  ['azure: { networks: [{ region: mars, subnets: [] }] }', "networks: 'mars' is not a valid value of 'region'"],
  ['azure: { lock: yes }', "'yes' is not a valid value of 'lock'.*\nHint: Valid values: CanNotDelete, ReadOnly"],
  ['faults: [', 'Cannot read the faults file: '],
  ['faults: [{ statsu: 502 }]', "unknown key 'statsu'.*\nHint: .*\\bstatus\\b"],
  ['faults: [{ status: 502 }, { status: 99 }]', "faults.yaml: fault 2: '99' is not a valid value of .status."],
  ['faults: [{ status: 502, nth: 0 }]', "'0' is not a valid value of 'nth'.*\nHint: Examples: 1, 2-4"],
  ['faults: [{ status: 502, nth: 4-2 }]', "'4-2' is not a valid value of 'nth'"],
  ['faults: [{ status: 502, method: FETCH }]', "'FETCH' is not a valid value of .method."],
  ['faults: [{ status: 502, effect: perhaps }]', "'perhaps' is not a valid value of 'effect'"],
  ['faults: [{ drop: later }]', "'later' is not a valid value of .drop."],
  ['faults: [{ auth: none }]', "'none' is not a valid value of .auth."],
  [
    'faults: [{ endpoint: "failed" }]',
    "'failed' is not a valid value of 'endpoint'.*\nHint: Valid values: never-ready",
  ],
  ['faults: [{ status: 403, code: "a\\nb" }]', "is not a valid value of 'code'.*\nHint: Use a text on one line"],
  ['faults: [{ truncate: "" }]', "'' is not a valid value of .truncate."],
  ['faults: [{ status: 502, headers: [a] }]', 'headers: it has no keys'],
  ['faults: [{ __proto__: { status: 502 } }]', "unknown key '__proto__'"],
  ['faults: [{ status: 502, constructor: 1 }]', "unknown key 'constructor'"],
  ['__proto__: { faults: [] }', "unknown key '__proto__'"],
  ['faults: [{ status: { toString: 1 } }]', '\'{"toString":1}\' is not a valid value of .status.'],
  ['faults: [{ status: 502, body: &a { b: *a } }]', 'fault 1: a value refers to itself'],
])('%j is refused on one line with a hint', async (text, message) => {
  const { exitCode, stdout, stderr } = await runCli(['sandbox', 'serve', '--faults', file(text)]);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(new RegExp(message))]);
  expect(stderr).toMatch(/^Error: [^\n]+\n(Hint: [^\n]+\n)?$/);
});

test('a missing file is refused too', async () => {
  const { exitCode, stderr } = await runCli(['sandbox', 'serve', '--faults', '/nowhere/faults.yaml']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('/nowhere/faults.yaml')]);
});
