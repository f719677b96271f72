import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/atlas/errors.js';
import type { Endpoint } from '../../src/atlas/model.js';
import type { CliError } from '../../src/base/errors.js';
import type { Remains, Teardown } from '../../src/cloud-side/teardown.js';
import { carryOut } from '../../src/connections/disconnect/carry-out.js';
import { type Found, planDisconnect } from '../../src/connections/disconnect/plan.js';
import { fakeSession } from '../helpers/fake-session.js';

const region = 'us-east-1';
const service: Endpoint = {
  ...{ id: '6a793f68c0eb9e7a17715835', projectId: 'project', provider: 'AWS', region, atlasRegion: 'US_EAST_1' },
  ...{ status: 'AVAILABLE', endpointServiceName: 'name', interfaceEndpoints: ['vpce-1'], errorMessage: null },
  createdAt: null,
};
const remains: Remains = {
  ...{ id: 'vpce-1', state: 'available', region, guards: ['sg-1'], ownerId: service.id, isAlive: true },
};
const guard = { id: 'sg-1', region, ownerId: service.id };
const gone = new ApiError(404, { errorCode: 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND' });

/** Takes a connection down. `inUse`: how often the security group can't be deleted yet. */
async function disconnect({ inUse = 0, timeoutMs = 3_600_000, more = {} as Partial<Found>, elsewhere = false } = {}) {
  const asked: string[] = [];
  const note = <T>(what: string, answer: T) => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const { session, clock, changes, patience } = fakeSession({
    line: 'disconnect us-east-1',
    atlas: {
      removeInterface: () => note('detach', undefined),
      getInterface: () => Promise.reject(new ApiError(404, { errorCode: 'PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND' })),
      getService: () => (asked.includes('delete service') ? Promise.reject(gone) : note('read service', service)),
      deleteService: () => note('delete service', undefined),
    },
  });
  const teardown: Teardown = {
    region: elsewhere ? 'eu-west-1' : region,
    find: () => Promise.reject(new Error('Not asked.')),
    rehearse: () => Promise.reject(new Error('Not asked.')),
    deleteEndpoint: (id) => note(`delete ${id}`, undefined),
    read: async (id) => (asked.includes(`gone ${id}`) ? null : note(`gone ${id}`, { id, state: 'deleting' })),
    deleteGuard: (id) => note(`delete ${id}`, inUse-- <= 0),
    close: () => undefined,
  };
  const found: Found = {
    ...{ projectId: 'project', provider: 'AWS', region, service, serviceIds: [service.id], ended: [] },
    ...{ named: undefined, keepsService: false },
    belongings: [{ account: '1', role: 'me', region, endpoints: [remains], guards: [guard] }],
    ...more,
  };
  const work = {
    session,
    projectId: 'project',
    provider: 'AWS',
    teardowns: [teardown],
    patience: patience(timeoutMs),
  } as const;
  const outcome = await carryOut(work, planDisconnect(found), found).catch((error: CliError) => error);
  return { outcome, asked, clock, changes };
}

test('each step is carried out, in order', async () => {
  const { outcome, asked, changes } = await disconnect();
  expect(asked).toEqual([
    ...['detach', 'delete vpce-1', 'gone vpce-1', 'delete sg-1', 'read service', 'delete service'],
  ]);
  expect(outcome).toEqual({
    service: expect.objectContaining({ id: service.id, status: 'DELETED' }),
    deleted: ['vpce-1', 'sg-1'],
    results: [
      { id: 'attachment', title: 'Attachment', result: 'removed', detail: 'vpce-1' },
      { id: 'vpc-endpoint', title: 'VPC endpoint', result: 'removed', detail: 'vpce-1' },
      { id: 'security-group', title: 'Security group', result: 'removed', detail: 'sg-1' },
      { id: 'service', title: 'Atlas service', result: 'removed', detail: service.id },
    ],
  });
  expect(changes.map(({ facts }) => facts).filter(({ step }) => step !== undefined)).toEqual(
    ['attachment', 'vpc-endpoint', 'security-group', 'service'].map((step) => ({
      ...{ step, status: 'removed', endpointId: service.id, interfaceEndpointId: 'vpce-1', cluster: null },
      ...{ projectId: 'project', provider: 'AWS', region, elapsedSeconds: expect.any(Number) },
    })),
  );
});

test('what is not there, or stays, is left alone', async () => {
  const { outcome, asked } = await disconnect({
    more: { service: undefined, serviceIds: [service.id], keepsService: true },
  });
  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({ service: undefined, deleted: [] });
  const kept = await disconnect({ more: { keepsService: true } });
  expect(kept.asked).not.toContain('delete service');
  expect(kept.outcome).toMatchObject({ results: [{}, {}, {}, { result: 'kept' }] });
  expect((await disconnect({ elsewhere: true })).asked).toEqual(['detach', 'read service', 'delete service']);
});

describe('a security group that is in use', () => {
  test('is tried again every five seconds', async () => {
    const { outcome, asked, clock } = await disconnect({ inUse: 2 });
    expect(asked.filter((what) => what === 'delete sg-1')).toHaveLength(3);
    expect(clock.sleeps.filter((ms) => ms === 5000)).toHaveLength(2);
    expect(outcome).toMatchObject({ deleted: ['vpce-1', 'sg-1'] });
  });

  test('is given up after ten minutes', async () => {
    const { outcome, asked } = await disconnect({ inUse: 1000 });
    expect(outcome).toMatchObject({ exit: 'conflict', message: 'The security group sg-1 is still in use.' });
    expect(asked.filter((what) => what === 'delete sg-1')).toHaveLength(121);
    expect((outcome as CliError).hint).toEqual({
      text: `Another resource may use it. Remove it from that resource. Not removed yet: Security group sg-1, Atlas service ${service.id}. To continue:`,
      commands: ['atlas-pe disconnect us-east-1'],
    });
  });

  test('is given up at the deadline', async () => {
    const { outcome, clock } = await disconnect({ inUse: 1000, timeoutMs: 33_000 });
    expect(clock.monotonic()).toBe(33_000);
    expect(outcome).toMatchObject({
      ...{
        exit: 'timedOut',
        message: expect.stringMatching(/^Timed out after 33s: the security group sg-1 is still/),
      },
      hint: { commands: ['atlas-pe disconnect us-east-1'] },
    });
  });
});
