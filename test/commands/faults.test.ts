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
    - { name: apps, region: eastus2, group: net, dnsServers: 10.0.0.53 }
    - name: hub
      region: westus2
      subnets:
        - { name: web, range: 10.1.0.0/24, policies: Enabled, rules: { access: Deny, ports: 1024-2524, priority: 200 } }
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
keyRole: [GROUP_READ_ONLY, ORG_MEMBER]
keyAccessList: 127.0.0.1
networkFaults: [no-srv, closed-port]
lastTakesService: true
rateLimit: 5/10s
faults:
  # the answer to the first create is lost
  - method: POST
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
  - { action: CreateVpcEndpoint, status: 403, code: 1062 }
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
    networkFaults: ['no-srv', 'closed-port'],
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
    { action: 'CreateVpcEndpoint', status: 403, code: '1062' },
  ]);
});

test.each([
  ['', 'faults.yaml: Invalid input: expected object, received null'],
  ['gcp: { networks: [{}] }', 'faults.yaml: gcp.networks[0].name: Use a text'],
  ['gcp: { networks: [{ name: a, subnets: [{ name: a, range: 10.0.0.0 }] }] }', 'subnets[0].range: Invalid IPv4'],
  ['faults: [{ drop: before }, { delay: 5 }]', "faults[1].delay: '5' is not a valid duration."],
  ['rateLimit: 5/0s', 'rateLimit: 5/0s has no time.'],
  ['rateLimit: 0', 'rateLimit: Use a limit such as 100 (per minute) or 5/10s.\nHint: docs/sandbox.md lists all keys'],
  ['keyRole: GROUP_READ_ONL', 'keyRole[0]: Invalid option: expected one of "GROUP_OWNER"'],
  ...['localhost', '10.0.0.0/33'].map((entry) => [
    `keyAccessList: ["${entry}"]`,
    'keyAccessList[0]: Use an IPv4 address or a CIDR block',
  ]),
  ['networkFaults: no-adress', 'networkFaults[0]: Invalid option: expected one of "no-srv"|"no-address"'],
  ['azure: { networks: [{ name: a, region: mars }] }', 'azure.networks[0].region: Use a region'],
  ['faults: [', 'Cannot read the faults file: '],
  [
    'faults: [{ status: 502, body: &body [*body] }]',
    'Converting circular structure to JSON).\nHint: The file must be YAML.\n',
  ],
  ['faults: [{ status: 502, nth: 5-2 }]', 'faults[0].nth[0]: 5-2 has no numbers.'],
  ['faults: [{ status: 502, nth: 0 }]', 'faults[0].nth[0]: Use 1, 2-4, 5+ or a list of these'],
  ['faults: [{ endpoint: "failed" }]', 'faults[0].endpoint: Use never-ready, vanishes or failed: REASON'],
  ['faults: [{ code: MY_OWN }]', 'faults[0]: code needs a status'],
  ['faults: [{ __proto__: { status: 502 } }]', 'faults[0]: Unrecognized key: "__proto__"'],
  ['faults: [{ status: { toString: 1 } }]', 'faults[0].status: Invalid input: expected number'],
])('%j is refused on one line with a hint', async (text, message) => {
  const { exitCode, stdout, stderr } = await runCli(['sandbox', 'serve', '--faults', file(text)]);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  expect(stderr).toMatch(/^Error: [^\n]+\nHint: [^\n]+\n$/);
});

test('a missing file is refused too', async () => {
  const { exitCode, stderr } = await runCli(['sandbox', 'serve', '--faults', '/nowhere/faults.yaml']);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching('/nowhere/faults.yaml .*\nHint: Check the path.')]);
});
