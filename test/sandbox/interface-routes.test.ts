import { expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { sharedSandbox } from '../helpers/own-sandbox.js';

const base = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;
const shared = sharedSandbox();

const post = (path: string, body: unknown) => shared.sandbox.ask(path, { body: JSON.stringify(body) });

const rule = (endpointName: string) => ({ endpointName, ipAddress: '10.0.0.4' });

test.each([
  [{ providerName: 'AWS', region: 'us-east-1', supportedRemoteRegions: [{ toString: 1 }] }, 'supportedRemoteRegions'],
  [{ providerName: 'AWS', region: 'us-east-1', supportedRemoteRegions: { length: 0 } }, 'supportedRemoteRegions'],
  [{ providerName: { toString: 1 }, region: 'us-east-1' }, 'providerName'],
  [{ providerName: 'AWS', region: { toString: 1 } }, 'region'],
])('the odd request %j is refused, field by field', async (request, field) => {
  const { status, body } = await post(`${base}/endpointService`, request);
  expect([status, body.badRequestDetail.fields]).toEqual([400, [expect.objectContaining({ field })]]);
});

test.each([
  ['AWS', { id: '\ud800' }],
  ['GCP', { endpointGroupName: '\ud800', gcpProjectId: 'my-project', endpoints: [rule('a')] }],
])('a lone surrogate is no id of %s', async (cloud, request) => {
  const path = `${base}/${cloud}/endpointService/${'a'.repeat(24)}/endpoint`;
  const { status, body } = await post(path, request);
  expect([status, body.errorCode]).toEqual([404, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED']);
});
