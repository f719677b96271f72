import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../../src/sandbox/world.js';
import { testSandbox } from '../../helpers/sandbox.js';

const base = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;

async function ready(portMappingEnabled: boolean) {
  const { ask, clock } = await testSandbox();
  const post = (path: string, body: object) => ask(`${base}/${path}`, { body: JSON.stringify(body) });
  const { id } = (await post('endpointService', { providerName: 'GCP', region: 'US_EAST_4', portMappingEnabled }))
    .body;
  clock.advance(5000);
  const group = {
    gcpProjectId: 'a',
    endpointGroupName: 'b',
    endpoints: [{ endpointName: 'b', ipAddress: '10.0.0.4' }],
  };
  return {
    read: async () => (await ask(`${base}/GCP/endpointService/${id}`)).body,
    attach: (change: object) => post(`GCP/endpointService/${id}/endpoint`, { ...group, ...change }),
  };
}

describe('a GCP service', () => {
  test.each([
    [true, 1],
    [false, 6],
  ])('with port mapping %j has %i service attachments, as recorded', async (portMapping, count) => {
    const { read } = await ready(portMapping);
    expect(new Set((await read()).serviceAttachmentNames).size).toBe(count);
  });

  test.each([
    ['gcpProjectId', { gcpProjectId: '' }],
    ['endpointGroupName', { endpointGroupName: undefined }],
    ['endpoints', { endpoints: [null] }],
    ['endpoints', { endpoints: [{ endpointName: 'a', ipAddress: 'b' }] }],
  ])('needs a proper %s: %j', async (field, change) => {
    const { attach } = await ready(true);
    const { status, body } = await attach(change);
    expect([status, body.badRequestDetail.fields.map((each: { field: string }) => each.field)]).toEqual([
      400,
      [field],
    ]);
  });
});
