import { describe, expect, test } from 'vitest';
import { gcpSandbox } from '../../helpers/gcp.js';

/** A reserved address, and a service of Atlas to connect to. */
async function prepared(...options: Parameters<typeof gcpSandbox>) {
  const sandbox = await gcpSandbox(...options);
  const here = sandbox.inRegion();
  const service = await sandbox.atlas.service();
  await here.done('POST', 'addresses', here.address);
  const rule = here.rule(service.targets[0]);
  /** The status and the reason of a refusal, or of a failed operation: its code. */
  const refusal = async (method: string, path: string, body?: unknown) => {
    const answer = await here.send(method, path, body);
    if (answer.status !== 200) return [answer.status, answer.body.error.errors[0].reason];
    sandbox.clock.advance(1000);
    const { error } = (await here.send('POST', `operations/${answer.body.name}/wait`)).body;
    return error?.errors[0].code ?? 'done';
  };
  return { ...sandbox, here, service, rule, refusal, target: service.targets[0] };
}

describe('a request for an address', () => {
  test.each([
    ['a name with upper case', { name: 'Mine' }],
    ['a name of 64 characters', { name: 'a'.repeat(64) }],
    ['no name', { name: undefined }],
    ['an unknown key', { adress: '10.130.0.9' }],
    ['an address of another subnet', { address: '10.0.0.9' }],
    ['an external address', { addressType: 'EXTERNAL' }],
    ['no subnet', { subnetwork: undefined }],
    ['a subnet that is no path', { subnetwork: 'default' }],
    ['a subnet of another region', { subnetwork: 'projects/atlas-pe-sandbox/regions/us-east1/subnetworks/default' }],
  ])('with %s is refused', async (_, change) => {
    const { here, refusal, store } = await prepared();
    expect(await refusal('POST', 'addresses', { ...here.address, name: 'other', ...change })).toEqual([
      400,
      'invalid',
    ]);
    expect((await store.read()).clouds.GCP.resources).toHaveLength(1);
  });

  test('with the name of another one is a conflict', async () => {
    const { here, refusal } = await prepared();
    expect(await refusal('POST', 'addresses', here.address)).toEqual([409, 'alreadyExists']);
    expect(await refusal('DELETE', 'addresses/mine')).toBe('done');
    expect(await refusal('POST', 'addresses', here.address)).toBe('done');
  });

  test('in a subnet that is full fails', async () => {
    const subnets = [{ name: 'default', region: 'us-east4', range: '10.0.0.0/29' }];
    const { here, refusal } = await prepared({ gcp: { networks: [{ name: 'default', subnets }] } });
    const codes = ['b', 'c', 'd', 'e'].map((name) => refusal('POST', 'addresses', { ...here.address, name }));
    expect(await Promise.all(codes)).toEqual(['done', 'done', 'done', 'IP_SPACE_EXHAUSTED']);
  });
});

describe('a request for a forwarding rule', () => {
  const notFound = [404, 'notFound'];

  test.each<[what: string, change: object, answer?: unknown[]]>([
    ['labels', { labels: { team: 'a' } }],
    ['a subnet', { subnetwork: 'regions/us-east4/subnetworks/default' }],
    ['an unknown key', { pscConnectionStatus: 'ACCEPTED' }],
    ['no target', { target: undefined }],
    ['a target of another kind', { target: 'projects/p/regions/us-east4/targetPools/a' }],
    ['no address', { IPAddress: undefined }],
    ['a number', { IPAddress: '10.130.0.2' }],
    ['another network', { network: 'projects/atlas-pe-sandbox/global/networks/other' }],
    ['no such service', { target: 'projects/p/regions/us-east4/serviceAttachments/a' }, notFound],
    ['no such address', { IPAddress: 'projects/atlas-pe-sandbox/regions/us-east4/addresses/other' }, notFound],
  ])('with %s is refused', async (_, change, answer = [400, 'invalid']) => {
    const { refusal, rule } = await prepared();
    expect(await refusal('POST', 'forwardingRules', { ...rule, ...change })).toEqual(answer);
  });

  test('to a service of another region is refused', async () => {
    const { atlas, refusal, rule } = await prepared();
    const { targets } = await atlas.service('europe-west1');
    expect(await refusal('POST', 'forwardingRules', { ...rule, target: targets[0] })).toEqual([400, 'invalid']);
  });

  test('to a deleted service is refused', async () => {
    const { atlas, service, refusal, rule, clock } = await prepared();
    await atlas.remove(service.id);
    clock.advance(1000);
    expect(await refusal('POST', 'forwardingRules', rule)).toEqual([404, 'notFound']);
  });

  test('with an address that is not ready is refused', async () => {
    const { here, refusal, rule } = await prepared();
    await here.send('POST', 'addresses', { ...here.address, name: 'other' });
    expect(await refusal('POST', 'forwardingRules', { ...rule, IPAddress: `${here.path}/addresses/other` })).toEqual([
      400,
      'resourceNotReady',
    ]);
  });

  test('may give the target as a URL', async () => {
    const { here, refusal, rule, target } = await prepared();
    const { address } = await here.get('addresses/mine');
    const change = { target: `https://example.com/v1/${target}`, allowPscGlobalAccess: true, labels: {}, ports: [] };
    expect(await refusal('POST', 'forwardingRules', { ...rule, ...change })).toBe('done');
    expect(await here.get('forwardingRules/mine')).toMatchObject({ IPAddress: address, allowPscGlobalAccess: true });
  });
});

test('networks and subnets are made and deleted, but not the first ones', async () => {
  const { google, here, refusal, clock } = await prepared();
  const global = 'projects/atlas-pe-sandbox/global';
  const send = async (method: string, path: string, body?: object) => {
    const answer = await google(method, `/compute/v1/${global}/${path}`, body);
    clock.advance(1000);
    return (
      answer.body.error?.errors[0].reason ??
      (await google('GET', answer.body.selfLink.replace(/.*\/gcp/, ''))).body.status
    );
  };
  const own = { name: 'own', network: `${global}/networks/own`, ipCidrRange: '10.1.0.0/16' };
  expect(await refusal('POST', 'subnetworks', own)).toEqual([404, 'notFound']);
  expect(await send('POST', 'networks', { name: 'own', autoCreateSubnetworks: false })).toBe('DONE');
  expect(await refusal('POST', 'subnetworks', own)).toBe('done');
  const subnetwork = `${here.path}/subnetworks/own`;
  const address = { name: 'other', addressType: 'INTERNAL', subnetwork, address: '10.1.42.1', labels: { a: 'b' } };
  expect(await refusal('POST', 'addresses', address)).toBe('done');
  expect(await here.get('addresses/other')).toMatchObject({ address: '10.1.42.1', labels: { a: 'b' } });
  expect(await refusal('DELETE', 'addresses/other')).toBe('done');
  expect(await refusal('DELETE', 'subnetworks/own')).toBe('done');
  expect(await send('DELETE', 'networks/own')).toBe('DONE');
  expect(await send('DELETE', 'networks/default')).toBe('invalid');
});

test('labels change', async () => {
  const { here, refusal, rule } = await prepared();
  await here.done('POST', 'forwardingRules', rule);
  for (const path of ['addresses/mine', 'forwardingRules/mine']) {
    const { labelFingerprint } = await here.get(path);
    const labels = { team: 'a' };
    expect(await refusal('POST', `${path}/setLabels`, { labels, labelFingerprint })).toBe('done');
    expect((await here.get(path)).labels).toEqual(labels);
  }
});

test('of a forwarding rule, only who can use it changes', async () => {
  const { here, refusal, rule, store } = await prepared();
  await here.done('POST', 'forwardingRules', rule);
  const path = 'forwardingRules/mine';
  expect(await refusal('PATCH', path, { name: 'mine', allowPscGlobalAccess: true })).toBe('done');
  const target = expect.stringContaining(rule.target);
  expect(await here.get(path)).toMatchObject({ target, IPAddress: '10.130.0.2', allowPscGlobalAccess: true });
  for (const change of [{ allowGlobalAccess: true }, { target: 'other' }, { no: 1 }])
    expect(await refusal('PATCH', path, change)).toEqual([400, 'invalid']);
  expect(await refusal('PATCH', 'forwardingRules/none', {})).toEqual([404, 'notFound']);
  expect(await refusal('PATCH', 'addresses/mine', {})).toEqual([501, 'notImplemented']);
  expect((await store.read()).clouds.GCP.operations.map(({ operationType }) => operationType)).toEqual([
    'insert',
    'insert',
    'patch',
  ]);
});

test('a delete of what is not done, or is being deleted, is refused', async () => {
  const { here, refusal } = await prepared();
  await here.send('POST', 'addresses', { ...here.address, name: 'other' });
  expect(await refusal('DELETE', 'addresses/other')).toEqual([400, 'resourceNotReady']);
  await here.send('DELETE', 'addresses/mine');
  expect(await refusal('DELETE', 'addresses/mine')).toEqual([400, 'resourceNotReady']);
  expect(await refusal('DELETE', 'addresses/none')).toEqual([404, 'notFound']);
});

describe('lists', () => {
  test('are of one region or all', async () => {
    const { google, here, inRegion } = await prepared();
    await here.done('POST', 'addresses', { ...here.address, name: 'other' });
    const there = inRegion('europe-west1');
    await there.done('POST', 'addresses', there.address);
    expect((await there.get('addresses?maxResults=500')).items).toMatchObject([{ name: 'mine' }]);
    const all = await google(
      'GET',
      '/compute/v1/projects/atlas-pe-sandbox/aggregated/addresses?returnPartialSuccess=true',
    );
    expect(all.body.items).toMatchObject({
      'regions/us-east4': { addresses: [{ name: 'mine' }, { name: 'other' }] },
      'regions/europe-west1': { addresses: [{ name: 'mine' }] },
      'regions/us-east1': { addresses: [] },
    });
  });
});

test.each([
  ['GET', '/compute/v1/projects/unknown/regions/us-east4/addresses', 404, 'notFound'],
  ['GET', '/compute/v1/projects/atlas-pe-sandbox/aggregated/instances', 501, 'notImplemented'],
  ['POST', '/compute/v1/projects/atlas-pe-sandbox/regions/us-east4/addresses', 400, 'required'],
])('%s %s is answered with %i %s', async (method, path, status, reason) => {
  const { google } = await gcpSandbox();
  const { body, ...answer } = await google(method, path);
  expect([answer.status, body.error]).toEqual([
    status,
    expect.objectContaining({ code: status, errors: [expect.objectContaining({ reason, domain: 'global' })] }),
  ]);
});

test('another token is refused', async () => {
  const { google } = await gcpSandbox();
  expect(await google('GET', '/compute/v1/projects/atlas-pe-sandbox', undefined, 'Bearer other')).toMatchObject({
    status: 401,
    body: { error: { errors: [{ reason: 'authError' }] } },
  });
});
