import { expect, test } from 'vitest';
import { gcpSandbox } from '../../helpers/gcp.js';

const project = '/compute/v1/projects/atlas-pe-sandbox';

test('two projects and two regions have names of their own', async () => {
  const { inRegion, atlas, clock } = await gcpSandbox({ gcp: { projects: ['other-project'] } });
  const service = await atlas.service();
  const far = await atlas.service('europe-west1');
  const [one, other, third] = [inRegion(), inRegion('us-east4', 'other-project'), inRegion('europe-west1')];
  for (const [place, { targets }] of [
    [one, service],
    [other, service],
    [third, far],
  ] as const) {
    await place.done('POST', 'addresses', place.address);
    expect(await place.done('POST', 'forwardingRules', place.rule(targets[0]))).toMatchObject({ status: 'DONE' });
  }
  const { IPAddress } = await other.get('forwardingRules/mine');
  await atlas.attach(service.id, 'mine', IPAddress, 'other-project');
  clock.advance(1000);
  const statuses = [one, other, third].map(
    async (place) => (await place.get('forwardingRules/mine')).pscConnectionStatus,
  );
  expect(await Promise.all(statuses)).toEqual(['PENDING', 'ACCEPTED', 'PENDING']);
  // Atlas is not told of a rule that it did not accept.
  await one.done('DELETE', 'forwardingRules/mine');
  expect((await atlas.attachment(service.id, 'mine')).status).toBe('AVAILABLE');
  await other.done('DELETE', 'forwardingRules/mine');
  expect(await atlas.attachment(service.id, 'mine')).toMatchObject({
    status: 'FAILED',
    errorMessage: 'The forwarding rule mine was deleted.',
  });
});

test.each(['compute', 'cloudresourcemanager'] as const)('%s may be off', async (api) => {
  const { google } = await gcpSandbox({ gcp: { disabledApis: [api] } });
  const { status, body } = await (api === 'compute'
    ? google('GET', project)
    : google('POST', '/v3/projects/atlas-pe-sandbox:testIamPermissions', { permissions: ['compute.addresses.get'] }));
  expect([status, body.error]).toEqual([
    403,
    expect.objectContaining({
      errors: [expect.objectContaining({ reason: 'accessNotConfigured' })],
      details: [expect.objectContaining({ reason: 'SERVICE_DISABLED' })],
    }),
  ]);
});
