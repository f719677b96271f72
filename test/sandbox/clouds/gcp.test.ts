import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../../src/sandbox/world.js';
import { sharedSandbox } from '../../helpers/own-sandbox.js';

const base = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;
const shared = sharedSandbox();

const post = (path: string, body: unknown) => shared.sandbox.ask(path, { body: JSON.stringify(body) });

/** A GCP service that is ready, in a region that no other test has. */
async function gcp(region: string, portMappingEnabled: boolean) {
  const { body } = await post(`${base}/endpointService`, { providerName: 'GCP', region, portMappingEnabled });
  shared.sandbox.clock.advance(5000);
  const path = `${base}/GCP/endpointService/${body.id}`;
  return {
    read: async () => (await shared.sandbox.ask(path)).body,
    attach: (request: object) => post(`${path}/endpoint`, { gcpProjectId: 'my-project', ...request }),
  };
}

const rule = (endpointName: string) => ({ endpointName, ipAddress: '10.0.0.4' });

describe('a GCP service', () => {
  test('has one attachment with port mapping, else six, as recorded', async () => {
    const counts = [await gcp('us-east4', true), await gcp('us-west1', false)].map(async ({ read }) => {
      const { serviceAttachmentNames: names } = await read();
      return new Set(names).size;
    });
    expect(await Promise.all(counts)).toEqual([1, 6]);
  });

  test('with port mapping takes one rule, called like the group, and says that it is mapped', async () => {
    const { attach } = await gcp('us-east1', true);
    for (const endpoints of [[rule('a'), rule('b')], [rule('b')], []]) {
      const { status, body } = await attach({ endpointGroupName: 'a', endpoints });
      expect([status, body.badRequestDetail.fields[0].field]).toEqual([400, 'endpoints']);
    }
    const { status, body } = await attach({ endpointGroupName: 'a', endpoints: [rule('a')] });
    expect([status, body.portMappingEnabled]).toEqual([201, true]);
  });

  test('of the older kind takes several rules, and says that it is not mapped', async () => {
    const { attach } = await gcp('us-central1', false);
    const { status, body } = await attach({ endpointGroupName: 'group', endpoints: [rule('a'), rule('b')] });
    expect([status, body.portMappingEnabled]).toEqual([201, false]);
  });

  test.each([
    ['gcpProjectId', { gcpProjectId: '' }],
    ['gcpProjectId', { gcpProjectId: undefined }],
    ['gcpProjectId', { gcpProjectId: 5 }],
    ['endpointGroupName', { endpointGroupName: undefined }],
    ['endpoints', { endpoints: undefined }],
    ['endpoints', { endpoints: 5 }],
    ['endpoints', { endpoints: [null] }],
    ['endpoints', { endpoints: [{ endpointName: 'a', ipAddress: 'b' }] }],
  ])('needs a proper %s: %j', async (field, change) => {
    const request = { gcpProjectId: 'my-project', endpointGroupName: 'group', endpoints: [rule('a')], ...change };
    const { status, body } = await post(`${base}/GCP/endpointService/${'a'.repeat(24)}/endpoint`, request);
    expect([status, body.badRequestDetail.fields.map((each: { field: string }) => each.field)]).toEqual([400, [field]]);
  });
});
