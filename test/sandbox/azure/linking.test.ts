import { describe, expect, test } from 'vitest';
import { endpointBody, privateEndpoint } from '../../helpers/azure.js';

test('the states of both sides, from the PUT until nothing is left', async () => {
  const { arm, atlas, service, path, states, address, created, id, clock } = await privateEndpoint();
  expect(created.status).toBe(201);
  const operation = created.headers.get('azure-asyncoperation') ?? '';
  expect((await arm('GET', operation)).body).toEqual({ status: 'InProgress' });
  expect(await states()).toEqual(['Updating', 'Pending']);
  expect(await address()).toBeUndefined();
  clock.advance(1000);
  expect((await arm('GET', operation)).body).toEqual({ status: 'Succeeded' });
  expect(await states()).toEqual(['Succeeded', 'Pending']);

  expect((await atlas.attach(service.id, id, await address())).status).toBe(201);
  expect(await states()).toEqual(['Succeeded', 'Pending']);
  clock.advance(500);
  expect(await states()).toEqual(['Succeeded', 'Approved']);
  clock.advance(500);
  expect(await atlas.attachment(service.id, id)).toEqual(['AVAILABLE', null]);
  await atlas.detach(service.id, id);
  expect(await states()).toEqual(['Succeeded', 'Approved']);
  clock.advance(1000);
  expect(await states()).toEqual(['Succeeded', 'Disconnected']);

  const gone = await arm('DELETE', path);
  expect(gone.status).toBe(202);
  expect(await states()).toEqual(['Deleting', 'Disconnected']);
  clock.advance(1000);
  expect((await arm('GET', gone.headers.get('azure-asyncoperation') ?? '')).body).toEqual({ status: 'Succeeded' });
  expect((await arm('GET', path)).status).toBe(404);
  expect((await arm('DELETE', path)).status).toBe(204);
});

/** A private endpoint that is ready, and what attaches it to Atlas and waits. */
async function ready(...options: Parameters<typeof privateEndpoint>) {
  const sandbox = await privateEndpoint(...options);
  const { atlas, service, id, clock } = sandbox;
  clock.advance(1000);
  const attach = async (ip: string, at = id) => {
    await atlas.attach(service.id, at, ip);
    clock.advance(1000);
    return atlas.attachment(service.id, at);
  };
  return { ...sandbox, attach };
}

describe('attaching a private endpoint', () => {
  test('with its id in another case approves it', async () => {
    const { attach, id, states, address } = await ready();
    const other = id.replace('resourceGroups', 'resourcegroups').replace('mine', 'MINE');
    expect(await attach(await address(), other)).toEqual(['AVAILABLE', null]);
    expect(await states()).toEqual(['Succeeded', 'Approved']);
  });

  test('with another address fails', async () => {
    const { attach, states, id } = await ready();
    const reason = `The private endpoint ${id} has the IP address 10.0.0.4, not 10.0.0.99.`;
    expect(await attach('10.0.0.99')).toEqual(['FAILED', reason]);
    expect(await states()).toEqual(['Succeeded', 'Pending']);
  });

  test('of another service fails', async () => {
    const { atlas, clock, id } = await ready();
    const other = await atlas.service('westus2');
    await atlas.attach(other.id, id, '10.0.0.4');
    clock.advance(1000);
    expect(await atlas.attachment(other.id, id)).toEqual(['FAILED', expect.stringContaining('another service')]);
  });

  test('that is still updating fails', async () => {
    const { atlas, service, id, clock } = await privateEndpoint();
    await atlas.attach(service.id, id, '10.0.0.4');
    clock.advance(1000);
    expect(await atlas.attachment(service.id, id)).toEqual(['FAILED', expect.stringContaining('is Updating')]);
  });

  test('that Azure does not find yet fails', async () => {
    const { attach, arm, path, created } = await ready({ azureLag: 5000 });
    expect((await arm('GET', path)).status).toBe(404);
    expect((await arm('GET', created.headers.get('azure-asyncoperation') ?? '')).body.status).toBe('Succeeded');
    expect(await attach('10.0.0.4')).toEqual(['FAILED', expect.stringContaining('not found')]);
  });

  test('again after Atlas let it go fails, and a new endpoint of that name works', async () => {
    const { attach, atlas, service, id, clock, states, arm, path, put } = await ready();
    await attach('10.0.0.4');
    await atlas.detach(service.id, id);
    clock.advance(1000);
    expect(await attach('10.0.0.4')).toEqual(['FAILED', expect.stringContaining('is Disconnected')]);
    await put(endpointBody(service.target));
    expect((await states())[1]).not.toBe('Pending');
    await atlas.detach(service.id, id);
    await arm('DELETE', path);
    clock.advance(1000);
    await put();
    clock.advance(1000);
    expect(await states()).toEqual(['Succeeded', 'Pending']);
    expect(await attach('10.0.0.4')).toEqual(['AVAILABLE', null]);
  });
});

describe('a fate of the faults file', () => {
  const write = 'Microsoft.Network/privateEndpoints/write';
  const end = async (reason: string) => {
    const fate = { kind: 'failed', reason } as const;
    const sandbox = await ready({ faults: [{ action: write, nth: [{ from: 1, to: 1 }], fate }] });
    const operation = sandbox.created.headers.get('azure-asyncoperation') ?? '';
    return { ...sandbox, operation: (await sandbox.arm('GET', operation)).body };
  };

  test('that lets the operation fail, until a second PUT', async () => {
    const { operation, states, put, clock, read } = await end('No capacity');
    expect(operation).toEqual({
      status: 'Failed',
      error: { code: 'InternalServerError', message: 'No capacity' },
    });
    expect(await states()).toEqual(['Failed', 'Pending']);
    expect((await read()).properties.networkInterfaces).toEqual([]);
    expect((await put()).status).toBe(200);
    expect(await states()).toEqual(['Updating', 'Pending']);
    clock.advance(1000);
    expect(await states()).toEqual(['Succeeded', 'Pending']);
  });

  test('that never ends, or that lets it vanish', async () => {
    const { states } = await ready({ faults: [{ action: write, fate: { kind: 'never-ready' } }] });
    expect(await states()).toEqual(['Updating', 'Pending']);
    const { arm, path } = await ready({ faults: [{ action: write, fate: { kind: 'vanishes' } }] });
    expect((await arm('GET', path)).status).toBe(404);
  });

  test.each([
    [{ kind: 'failed', reason: 'No' }, 'Pending', 'Rejected'],
    [{ kind: 'never-ready' }, 'Approved', 'Approved'],
    [{ kind: 'vanishes' }, 'Approved', 'Disconnected'],
  ] as const)('of an interface endpoint in Atlas, %j', async (fate, first, last) => {
    const { atlas, service, id, clock, states } = await ready({
      faults: [{ path: '/endpoint', method: 'POST', fate }],
    });
    await atlas.attach(service.id, id, '10.0.0.4');
    clock.advance(500);
    expect((await states())[1]).toBe(first);
    clock.advance(500);
    expect((await states())[1]).toBe(last);
  });
});

test.each([
  [{ status: 403 }, [403, 'AuthorizationFailed']],
  [{ status: 429 }, [429, 'TooManyRequests']],
  [{ status: 503 }, [503, 'ServiceUnavailable']],
  [{ status: 409, code: 'ConflictError' }, [409, 'ConflictError']],
  [{ auth: 'expired-token' }, [401, 'InvalidAuthenticationToken']],
] as const)('a fault %j is written as ARM writes it', async (fault, expected) => {
  const action = 'Microsoft.Network/virtualNetworks/subnets/read';
  const { refusal, arm, id } = await privateEndpoint({ faults: [{ action, ...fault }] });
  expect(await refusal('GET', 'virtualNetworks/default-eastus2/subnets/default')).toEqual(expected);
  expect((await arm('GET', id)).status).toBe(200);
});
