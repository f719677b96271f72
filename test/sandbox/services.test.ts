import { expect, test } from 'vitest';
import {
  type CreateRequest,
  createService,
  deleteService,
  findService,
  forgetGone,
  servicesOf,
  statusOf,
} from '../../src/sandbox/services.js';
import { defaultProject, emptyWorld } from '../../src/sandbox/world.js';

const start = Date.UTC(2026, 7, 1, 12);
const place = { project: defaultProject, provider: 'AWS' } as const;
const usEast = {
  provider: 'AWS',
  region: 'us-east-1',
  supportedRemoteRegions: null,
  portMappingEnabled: false,
} as const;

/** Creates a service in an empty world, or where `to` says. */
function create(
  change: Partial<CreateRequest> = {},
  to: Partial<Parameters<typeof createService>[0]> = {},
): ReturnType<typeof createService> {
  const empty = { world: emptyWorld({ readyAfter: 5000 }), now: start, random: Math.random, project: defaultProject };
  return createService({ ...empty, ...to }, { ...usEast, ...change });
}

const refusal = (status: number, errorCode: string) => expect.objectContaining({ status, errorCode });

test('a delete is DELETING, then gone; a second delete does not prolong it', () => {
  const { world, service } = create();
  const now = start + 10_000;
  const once = deleteService(service, { world, now });
  const [deleted = service] = once.services;
  const twice = { world: deleteService(deleted, { world: once, now: now + 2000 }), now: now + 2999 };
  expect(servicesOf({ ...twice, ...place }).map((each) => statusOf(each, twice))).toEqual(['DELETING']);
  const later = { ...twice, now: now + 3000 };
  expect(servicesOf({ ...later, ...place })).toEqual([]);
  expect(() => findService({ ...later, ...place, service: service.id })).toThrow(
    refusal(404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND'),
  );
  expect(forgetGone(later).services).toEqual([]);
});

test.each([
  ['another cloud’s region', { provider: 'AWS', region: 'westeurope' }, 'INVALID_REGION'],
  ['remote regions in lower case', { supportedRemoteRegions: ['us-west-2'] }, 'INVALID_ATTRIBUTE'],
  ['its own region as remote', { supportedRemoteRegions: ['US_EAST_1'] }, 'CROSS_REGION_PRIVATE_LINK_SELF_REGION'],
] as [string, Partial<CreateRequest>, string][])('%s is refused', (_, change, errorCode) => {
  expect(() => create(change)).toThrow(refusal(400, errorCode));
});
