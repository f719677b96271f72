import { expect, test } from 'vitest';
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
  expect(created).toMatchObject({ status: 'DONE', operationType: 'createRegionPscForwardingRule' });
  expect(await both()).toEqual(['PENDING', undefined]);
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
  expect(await here.done('DELETE', 'forwardingRules/mine')).toMatchObject({
    status: 'DONE',
    operationType: 'deleteRegionPscForwardingRule',
  });
  expect(await here.done('DELETE', 'addresses/mine')).toMatchObject({ status: 'DONE', operationType: 'delete' });
  expect(await here.get('addresses/mine')).toMatchObject({ error: { code: 404 } });
  clock.advance(3_600_000);
  await here.send('DELETE', 'addresses/mine');
  await here.done('POST', 'addresses', here.address);
  expect((await store.read()).gcp).toMatchObject({ resources: [{}], operations: [{}] });
});
