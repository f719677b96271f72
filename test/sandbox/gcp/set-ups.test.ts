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
  expect(await Promise.all(statuses)).toEqual([undefined, 'ACCEPTED', undefined]);
  // Atlas is not told of a rule that it did not accept.
  await one.done('DELETE', 'forwardingRules/mine');
  expect((await atlas.attachment(service.id, 'mine')).status).toBe('AVAILABLE');
  await other.done('DELETE', 'forwardingRules/mine');
  expect(await atlas.attachment(service.id, 'mine')).toMatchObject({
    status: 'FAILED',
    errorMessage: 'The forwarding rule mine was deleted.',
  });
});

test('a quota that is exceeded fails the operation', async () => {
  const quotas = { INTERNAL_ADDRESSES: 1, PSC_INTERNAL_LB_FORWARDING_RULES: 0 };
  const { google, inRegion, atlas } = await gcpSandbox({ gcp: { quotas } });
  const here = inRegion();
  const { targets } = await atlas.service();
  expect(await here.done('POST', 'addresses', here.address)).not.toHaveProperty('error');
  const failed = await here.done('POST', 'addresses', { ...here.address, name: 'other' });
  expect(failed).toMatchObject({ status: 'DONE', error: { errors: [{ code: 'QUOTA_EXCEEDED' }] } });
  const rule = await here.done('POST', 'forwardingRules', here.rule(targets[0]));
  expect(rule).toMatchObject({ httpErrorStatusCode: 403, error: { errors: [{ code: 'QUOTA_EXCEEDED' }] } });
  expect((await google('GET', `${project}/regions/us-east4?fields=quotas`)).body).toMatchObject({
    quotas: [{ metric: 'INTERNAL_ADDRESSES', limit: 1, usage: 1 }],
  });
  expect((await google('GET', `${project}/regions/us-east1?fields=quotas`)).body.quotas).toMatchObject([
    { usage: 0 },
  ]);
  expect((await google('GET', `${project}?fields=quotas`)).body.quotas).toMatchObject([{ limit: 0, usage: 0 }]);
});
