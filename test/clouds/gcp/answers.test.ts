import { expect, test } from 'vitest';
import type { Cloud } from '../../../src/clouds/cloud.js';
import { ownerOf, withEndpoint } from '../../../src/clouds/found.js';
import { openGcpCloud, rehearseCreation } from '../../../src/clouds/gcp/cloud.js';
import { type GcpAccess, openCompute } from '../../../src/clouds/gcp/compute.js';
import { descriptionFor, toGcpSubnet, toRule } from '../../../src/clouds/gcp/model.js';
import { fakeClock } from '../../helpers/fake-clock.js';

/* Answers of Google that the sandbox does not give. */

const project = 'my-project-1';
const service = { id: '6a793f68c0eb9e7a17715835', projectId: '64f0c2a7e1b2c3d4e5f60718', isOurs: false };
const nothingWanted = { subnet: undefined, network: undefined, globalAccess: false, adopt: undefined };
const region = 'us-east4';

/** Google, which gives the answer for the first of these that the URL contains. A list is given one after the other. */
function google(answers: Record<string, object | readonly object[]>) {
  const sent: string[] = [];
  const access: GcpAccess = {
    project,
    compute: 'https://compute.example.com/compute/v1',
    resourceManager: 'https://manager.example.com',
    authorize: async () => ({ authorization: 'Bearer x' }),
    principal: 'x',
    signIn: 'x',
    exchange: async ({ method, url }) => {
      sent.push(`${method} ${url.replace(/^.*us-east4\//, '')}`);
      const [key = '', answer = {}] = Object.entries(answers).find(([part]) => url.includes(part)) ?? [];
      const all = [answer].flat();
      const [next = {}] = all;
      if (all.length > 1) answers[key] = all.slice(1);
      const { code = 200 } = Object(Object(next).error);
      return { status: typeof code === 'number' ? code : 200, headers: {}, body: JSON.stringify(next) };
    },
  };
  const line = {
    clock: fakeClock(),
    signal: new AbortController().signal,
    io: { warn: () => undefined },
  };
  return { sent, access, line, compute: openCompute('us-east4', access, line) };
}

test('a list with several pages', async () => {
  const { compute, sent } = google({
    forwardingRules: [
      { items: [{ name: 'a' }], nextPageToken: 'p 2' },
      { nextPageToken: 'p3' },
      { items: [{ name: 'b' }] },
    ],
  });
  expect((await compute.rules.list()).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(sent).toEqual([
    'GET forwardingRules?maxResults=500',
    'GET forwardingRules?maxResults=500&pageToken=p%202',
    'GET forwardingRules?maxResults=500&pageToken=p3',
  ]);
});

test.each([
  ['PENDING', '', 'CREATING'],
  ['ACCEPTED', '', 'CREATING'],
  ['REJECTED', '', 'REJECTED'],
  ['PENDING', '10.0.0.2', 'PENDING'],
  ['ACCEPTED', '10.0.0.2', 'ACCEPTED'],
  [undefined, '10.0.0.2', 'PENDING'],
  [undefined, '', 'CREATING'],
])('a rule that Google calls %s, with the address %j, is %s', (pscConnectionStatus, IPAddress, state) => {
  expect(toRule({ name: 'r', pscConnectionStatus, IPAddress }, region).state).toBe(state);
});

const address = { name: 'n', description: 'd', subnetwork: 's' };

test.each<[error: object, exit: string, message: RegExp]>([
  [
    { code: 403, message: 'M.', errors: [{ reason: 'forbidden' }] },
    'notAllowed',
    /^GCP denied compute\.forwardingRules\.list: M \(forbidden\)\.$/,
  ],
  [
    {
      code: 403,
      message: 'M',
      status: 'PERMISSION_DENIED',
      details: [{ reason: 'SERVICE_DISABLED', metadata: { service: 'servicedirectory.googleapis.com' } }],
    },
    'notAllowed',
    /^The API servicedirectory\.googleapis\.com is not enabled/,
  ],
  [{ code: 401, message: 'M', errors: [{ reason: 'authError' }] }, 'notAllowed', /^GCP rejected the credentials/],
  [
    { code: 412, message: "Constraint 'x' violated.", errors: [{ reason: 'conditionNotMet' }] },
    'notAllowed',
    /^An organization policy of Google project my-project-1 forbids/,
  ],
  [{ code: 404, message: 'M' }, 'notFound', /\(HTTP 404\)\.$/],
  [{ code: 418 }, 'unexpected', /: no reason given \(HTTP 418\)\.$/],
])('an error: %j', async (error, exit, message) => {
  await expect(google({ forwardingRules: { error } }).compute.rules.list()).rejects.toMatchObject({
    exit,
    message: expect.stringMatching(message),
  });
});

test('a subnet that a project shares has its path under another key', () => {
  const url = 'https://www.googleapis.com/compute/v1/projects/h/regions/r/subnetworks/s';
  expect(toGcpSubnet({ subnetwork: url })).toMatchObject({
    path: 'projects/h/regions/r/subnetworks/s',
    unusable: undefined,
  });
  expect(toGcpSubnet({ selfLink: url, purpose: 'PRIVATE_RFC_1918' }).unusable).toBeUndefined();
  expect(toGcpSubnet({ selfLink: url, purpose: 'PRIVATE_SERVICE_CONNECT' }).unusable).toMatch(
    /PRIVATE_SERVICE_CONNECT/,
  );
});

test.each([
  ['PENDING', 'ready'],
  ['ACCEPTED', 'connected'],
  ['NEEDS_ATTENTION', 'connected'],
  ['REJECTED', 'refused'],
  ['CLOSED', 'ended'],
  [undefined, 'ready'],
  ['STATUS_UNSPECIFIED', 'pending'],
])('a rule whose connection is %s: %s', (pscConnectionStatus, stage) => {
  expect(toRule({ pscConnectionStatus, IPAddress: '10.0.0.2' }, region).stage).toBe(stage);
});

test('a rule that is listed before it has an IP address is attached with the one it gets', async () => {
  const target = 'projects/p/regions/us-east4/serviceAttachments/a';
  const listed = { name: 'r', target, pscConnectionStatus: 'PENDING' };
  const { access, line } = google({
    'forwardingRules/r': { ...listed, IPAddress: '10.0.0.2' },
    forwardingRules: { items: [listed] },
  });
  const cloud: Cloud = openGcpCloud({ region }, access, nothingWanted, line);
  const plan = await cloud.survey({ ...service, region, atlasRegion: 'US_EAST_4', target, ended: [] });
  expect(plan.endpoint?.stage).toBe('pending');
  const now = await cloud.read('r');
  expect(now && cloud.attachment(withEndpoint(plan, now)).body.endpoints).toEqual([
    { endpointName: 'r', ipAddress: '10.0.0.2' },
  ]);
});

test('an address belongs to the rule that uses it, not to one with the same IP address', async () => {
  const { access, line } = google({
    forwardingRules: { items: [{ name: 'r', IPAddress: '10.0.0.2', description: descriptionFor(service) }] },
    addresses: {
      items: [
        { name: 'a', address: '10.0.0.2', users: ['https://x/projects/p/regions/r/forwardingRules/other'] },
        { name: 'b', address: '10.0.0.2', users: ['https://x/projects/p/regions/r/forwardingRules/r'] },
      ],
    },
  });
  const sought = { projectId: service.projectId, serviceId: undefined, target: null };
  const found = await openGcpCloud({ region }, access, nothingWanted, line).find(sought);
  expect(found).toMatchObject([{ id: 'r', uses: ['addresses/b'] }]);
});

test('a deletion whose operation is not known fails if the resource is still there', async () => {
  const gone = { error: { code: 404, errors: [{ reason: 'notFound' }], message: 'M' } };
  const operation = { name: 'op', status: 'PENDING' };
  const there = google({ 'operations/op': gone, 'addresses/n': [operation, address] });
  await expect(there.compute.addresses.delete('n')).rejects.toMatchObject({ exit: 'unexpected' });
  const deleted = google({ 'operations/op': gone, 'addresses/n': [operation, gone] });
  await expect(deleted.compute.addresses.delete('n')).resolves.toBeUndefined();
});

test('an operation that takes longer than the command may is a timeout', async () => {
  const { access, line } = google({ addresses: { name: 'op', status: 'PENDING' } });
  const { addresses } = openCompute('us-east4', access, { ...line, remainingMs: () => 0 });
  await expect(addresses.delete('n')).rejects.toMatchObject({ exit: 'timedOut' });
});

test.each([
  [false, true],
  [true, false],
])('with an address (%s), the quota and the permission for one are needed: %s', async (hasAddress, isNeeded) => {
  const permissions: string[] = [];
  const compute = {
    ...google({}).compute,
    checkPermissions: async (asked: readonly string[]) => {
      permissions.push(...asked);
    },
    quotas: async () => [{ metric: 'INTERNAL_ADDRESSES', limit: 1, usage: 1 }],
  };
  const rehearsed = rehearseCreation(compute, `projects/${project}/regions/r/subnetworks/s`, hasAddress);
  await (isNeeded ? expect(rehearsed).rejects.toMatchObject({ errorCode: 'quotaExceeded' }) : rehearsed);
  expect(permissions.includes('compute.addresses.createInternal')).toBe(isNeeded);
});

test('only the exact description marks what this program created', () => {
  for (const isOurs of [false, true]) {
    const mark = descriptionFor({ ...service, isOurs });
    const found = { projectId: service.projectId, serviceId: service.id, isServiceOurs: isOurs };
    expect(toRule({ description: mark }, region).mark).toEqual(found);
    for (const description of [
      '',
      `${mark}.`,
      ` ${mark}`,
      mark.replace('64f0', '54f0'),
      mark.replace(service.id, 'x'),
    ])
      expect(ownerOf(toRule({ description }, region), service.projectId)).toBeNull();
  }
});

test.each([
  ['projects/p/regions/r/serviceAttachments/a', 'success'],
  ['projects/p/regions/r/serviceAttachments/b', 'error'],
  [null, 'success'],
])('a rule to the service attachment a, for a service that has %s: %s', async (target, result) => {
  const rule = { name: 'r', target: 'https://x/projects/p/regions/r/serviceAttachments/a' };
  const { access, line } = google({ 'forwardingRules/r': rule });
  const end = await openGcpCloud({ region }, access, nothingWanted, line).inspect('r');
  const ports = { from: 1024, to: 65_535, inUse: [], own: [], tcp: async () => null, target };
  expect(await end?.check('cloud-target', ports)).toMatchObject({ result });
});

const network = 'projects/p/global/networks/n';
const usable = [
  { subnetwork: 'projects/p/regions/europe-west1/subnetworks/s', network, ipCidrRange: '10.1.0.0/16' },
  { subnetwork: `projects/p/regions/${region}/subnetworks/s`, network, ipCidrRange: '10.2.0.0/16' },
  { subnetwork: 'projects/p/regions/us-west1/subnetworks/s', network: 'other', ipCidrRange: '10.3.0.0/16' },
];
const denied = { error: { code: 403, errors: [{ reason: 'forbidden' }], message: 'M' } };
type Tcp = 'open' | 'silent' | null;
test.each<[own: string, tcp: Tcp, allowPscGlobalAccess: boolean, subnets: object, result: string, detail: RegExp]>([
  ['10.1.0.5', null, false, { items: usable }, 'warning', /^for clients in us-east4 .* seems to be in europe-west1$/],
  ['10.1.0.5', 'silent', false, { items: usable }, 'error', /europe-west1/],
  ['10.1.0.5', 'open', false, { items: usable }, 'success', /no global access/],
  ['10.1.0.5', 'silent', true, { items: usable }, 'success', /^for clients in all regions/],
  ['10.2.0.5', 'silent', false, { items: usable }, 'success', /no global access/],
  ['10.3.0.5', 'silent', false, { items: usable }, 'success', /no global access/],
  ['10.1.0.5', 'silent', false, denied, 'success', /no global access/],
])(
  'a client with %s, to which TCP is %s, with global access %s: $4',
  async (own, tcp, allowPscGlobalAccess, subnets, result, detail) => {
    const rule = { name: 'r', network, allowPscGlobalAccess };
    const { access, line, sent } = google({ 'forwardingRules/r': rule, listUsable: subnets });
    const end = await openGcpCloud({ region }, access, nothingWanted, line).inspect('r');
    const ports = { from: 1024, to: 65_535, inUse: [], own: [own], tcp: async () => tcp, target: null };
    const found = await end?.check('cloud-global-access', ports);
    expect(found).toMatchObject({ result, detail: expect.stringMatching(detail) });
    const update = `gcloud compute forwarding-rules update r --allow-psc-global-access --region us-east4 --project ${project}`;
    if (result !== 'success') expect(found).toMatchObject({ hint: { commands: [update] } });
    expect(sent.slice(1).every((each) => each.includes('/projects/p/aggregated/subnetworks/listUsable'))).toBe(true);
  },
);
