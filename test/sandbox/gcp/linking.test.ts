import { describe, expect, test } from 'vitest';
import { gcpSandbox } from '../../helpers/gcp.js';

/** A forwarding rule to a service of Atlas, and its status on both sides. */
async function connected(...options: Parameters<typeof gcpSandbox>) {
  const sandbox = await gcpSandbox(...options);
  const { atlas, inRegion } = sandbox;
  const here = inRegion();
  const service = await atlas.service();
  await here.done('POST', 'addresses', here.address);
  const created = await here.done('POST', 'forwardingRules', here.rule(service.targets[0]));
  const { IPAddress: ip } = await here.get('forwardingRules/mine');
  return {
    ...sandbox,
    here,
    service,
    created,
    ip,
    attach: async (address = ip) => (await atlas.attach(service.id, 'mine', address)).status,
    both: async () => [
      (await here.get('forwardingRules/mine')).pscConnectionStatus,
      (await atlas.attachment(service.id, 'mine')).status,
    ],
  };
}

test('the states of both sides, from the request for a connection until nothing is left', async () => {
  const { here, atlas, service, created, ip, attach, both, clock, store } = await connected();
  expect(created).toMatchObject({ status: 'DONE' });
  expect(await both()).toEqual([undefined, undefined]);
  expect(await attach()).toBe(201);
  expect(await both()).toEqual(['PENDING', 'INITIATING']);
  clock.advance(1000);
  expect(await both()).toEqual(['ACCEPTED', 'AVAILABLE']);
  expect(await here.get('addresses/mine')).toMatchObject({ address: ip, status: 'IN_USE' });

  await atlas.detach(service.id, 'mine');
  clock.advance(1000);
  expect((await both())[0]).toBe('CLOSED');
  expect(await here.send('DELETE', 'addresses/mine')).toMatchObject({
    status: 400,
    body: { error: { errors: [{ reason: 'resourceInUseByAnotherResource' }] } },
  });
  expect(await here.done('DELETE', 'forwardingRules/mine')).toMatchObject({ status: 'DONE' });
  expect(await here.done('DELETE', 'addresses/mine')).toMatchObject({ status: 'DONE' });
  expect(await here.get('addresses/mine')).toMatchObject({ error: { code: 404 } });
  clock.advance(3_600_000);
  await here.send('DELETE', 'addresses/mine');
  await here.done('POST', 'addresses', here.address);
  expect((await store.read()).clouds.GCP).toMatchObject({ resources: [{}], operations: [{}] });
});

describe('attaching a forwarding rule', () => {
  test.each([
    [
      'with another address',
      '10.130.0.99',
      'The forwarding rule mine has the IP address 10.130.0.2, not 10.130.0.99.',
    ],
    ['with its address', '10.130.0.2', null],
  ])('%s', async (_, ip, reason) => {
    const { attach, atlas, service, both, clock } = await connected();
    await attach(ip);
    clock.advance(1000);
    expect((await atlas.attachment(service.id, 'mine')).errorMessage).toBe(reason);
    expect(await both()).toEqual(reason ? [undefined, 'FAILED'] : ['ACCEPTED', 'AVAILABLE']);
  });

  test('whose operation is not done fails', async () => {
    const { here, atlas, service, clock } = await connected();
    await here.done('POST', 'addresses', { ...here.address, name: 'other' });
    const rule = { ...here.rule(service.targets[0], 'other'), IPAddress: `${here.path}/addresses/other` };
    await here.send('POST', 'forwardingRules', rule);
    await atlas.attach(service.id, 'other', '10.130.0.3');
    clock.advance(1000);
    const { errorMessage } = await atlas.attachment(service.id, 'other');
    expect(errorMessage).toBe('The forwarding rule other is not ready.');
  });

  test('of another service fails', async () => {
    const { atlas, ip, clock, here } = await connected();
    const other = await atlas.service('europe-west1');
    await atlas.attach(other.id, 'mine', ip);
    clock.advance(1000);
    const { errorMessage } = await atlas.attachment(other.id, 'mine');
    expect(errorMessage).toBe('The forwarding rule mine belongs to another service.');
    expect((await here.get('forwardingRules/mine')).pscConnectionStatus).toBeUndefined();
  });

  test('again after Atlas removed it fails: it never recovers', async () => {
    const { attach, atlas, service, both, clock } = await connected();
    await attach();
    await atlas.detach(service.id, 'mine');
    clock.advance(1000);
    await attach();
    clock.advance(1000);
    expect((await both())[1]).toBe('FAILED');
    expect((await atlas.attachment(service.id, 'mine')).errorMessage).toBe('The forwarding rule mine is CLOSED.');
  });
});

describe('faults', () => {
  const rule = { action: 'compute.forwardingRules.create' };

  test.each([
    [{ kind: 'failed', reason: 'No capacity' }, 'REJECTED'],
    [{ kind: 'never-ready' }, 'ACCEPTED'],
    [{ kind: 'vanishes' }, 'CLOSED'],
  ] as const)('of an interface endpoint, %j: %s', async (fate, expected) => {
    const { attach, both, clock } = await connected({ faults: [{ path: '/endpoint', method: 'POST', fate }] });
    await attach();
    expect((await both())[0]).toBe('PENDING');
    clock.advance(1000);
    expect((await both())[0]).toBe(expected);
  });

  test('let an insert fail in its operation', async () => {
    const reason = 'RESOURCE_NOT_READY: Try again.';
    const { created, here } = await connected({ faults: [{ ...rule, fate: { kind: 'failed', reason } }] });
    const error = { code: 'RESOURCE_NOT_READY', message: 'Try again.' };
    expect(created).toMatchObject({ status: 'DONE', httpErrorStatusCode: 400, error: { errors: [error] } });
    expect(await here.get('forwardingRules/mine')).toMatchObject({ error: { code: 404 } });
    expect(await here.get('addresses/mine')).toMatchObject({ status: 'RESERVED' });
  });

  test('leave an address in reservation', async () => {
    const fate = { kind: 'never-ready' } as const;
    const { inRegion, clock } = await gcpSandbox({ faults: [{ action: 'compute.addresses.createInternal', fate }] });
    const here = inRegion();
    const { name } = await here.done('POST', 'addresses', here.address);
    clock.advance(3_600_000);
    expect((await here.send('POST', `operations/${name}/wait`)).body).toMatchObject({ status: 'RUNNING' });
    expect(await here.get('addresses/mine')).toMatchObject({ status: 'RESERVING' });
  });

  test('leave a rule without a status, or let it vanish', async () => {
    const creating = await connected({ faults: [{ ...rule, fate: { kind: 'never-ready' } }] });
    expect((await creating.both())[0]).toBeUndefined();
    const vanished = await connected({ faults: [{ ...rule, fate: { kind: 'vanishes' } }] });
    expect(await vanished.here.get('forwardingRules/mine')).toMatchObject({ error: { code: 404 } });
  });

  test.each([
    [{ status: 403 }, 403, 'forbidden'],
    [{ status: 403, code: 'quotaExceeded' }, 403, 'quotaExceeded'],
    [{ status: 429 }, 429, 'rateLimitExceeded'],
    [{ status: 503 }, 503, 'backendError'],
    [{ auth: 'expired-token' }, 401, 'authError'],
  ] as const)('%j is written as Google writes it', async (fault, status, reason) => {
    const { google, inRegion } = await gcpSandbox({ faults: [{ action: 'compute.addresses.list', ...fault }] });
    const { body, ...answer } = await inRegion().send('GET', 'addresses');
    const errors = [{ reason, domain: 'global', message: expect.any(String) }];
    expect([answer.status, body.error]).toEqual([status, expect.objectContaining({ code: status, errors })]);
    expect((await google('GET', '/compute/v1/projects/atlas-pe-sandbox')).status).toBe(200);
  });
});

test('with a lag, Google finds a new resource late, and an address stays in use for a moment', async () => {
  const { inRegion, atlas, clock } = await gcpSandbox({ gcpLag: 3000 });
  const here = inRegion();
  const service = await atlas.service();
  await here.done('POST', 'addresses', here.address);
  expect(await here.get('addresses/mine')).toMatchObject({ error: { code: 404 } });
  clock.advance(2000);
  await here.done('POST', 'forwardingRules', here.rule(service.targets[0]));
  clock.advance(2000);
  await here.done('DELETE', 'forwardingRules/mine');
  expect(await here.send('DELETE', 'addresses/mine')).toMatchObject({ status: 400 });
  clock.advance(3000);
  expect(await here.done('DELETE', 'addresses/mine')).toMatchObject({ status: 'DONE' });
});
