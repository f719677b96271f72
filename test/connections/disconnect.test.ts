import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/atlas/errors.js';
import type { Endpoint } from '../../src/atlas/model.js';
import type { CliError } from '../../src/base/errors.js';
import { sideOf } from '../../src/cloud-side/all.js';
import { CloudError } from '../../src/cloud-side/errors.js';
import type { Remains, Teardown } from '../../src/cloud-side/teardown.js';
import { runDisconnect } from '../../src/connections/disconnect/carry-out.js';
import { type DisconnectFound, planDisconnect } from '../../src/connections/disconnect/plan.js';
import { leftoverNotes } from '../../src/connections/leftovers.js';
import { fakeSession } from '../helpers/fake-session.js';

const region = 'us-east-1';
const service: Endpoint = {
  ...{ id: '6a793f68c0eb9e7a17715835', projectId: 'project', provider: 'AWS', region, atlasRegion: 'US_EAST_1' },
  ...{ status: 'AVAILABLE', endpointServiceName: 'name', interfaceEndpoints: ['vpce-1'], errorMessage: null },
  createdAt: null,
};
const remains: Remains = {
  ...{ id: 'vpce-1', state: 'available', region, uses: ['sg-1'], ownerId: service.id, isAlive: true },
};
const guard = { id: 'sg-1', region, ownerId: service.id, stepId: 'security-group' };
const gone = new ApiError(404, { errorCode: 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND' });

/** Takes a connection down. `inUse`: how often the security group can't be deleted yet; `users`: what refers to it. */
async function disconnect({
  inUse = 0,
  users = '',
  timeoutMs = 3_600_000,
  more = {} as Partial<DisconnectFound>,
  elsewhere = false,
  denied = false,
} = {}) {
  const asked: string[] = [];
  const note = <T>(what: string, answer: T) => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const { session, clock, said, changes, deadline } = fakeSession({
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
    deleteResource: ({ id }) =>
      denied
        ? Promise.reject(new CloudError('Denied.'))
        : note(`delete ${id}`, inUse-- <= 0 ? null : { why: users || 'still in use', mayPass: users === '' }),
    close: () => undefined,
  };
  const found: DisconnectFound = {
    ...{
      projectId: 'project',
      provider: 'AWS',
      removals: sideOf('AWS').removals,
      region,
      service,
      serviceIds: [service.id],
      ended: [],
    },
    ...{ serviceId: undefined, named: undefined, keepsService: false },
    belongings: [{ account: '1', role: 'me', region, endpoints: [remains], resources: [guard] }],
    ...more,
  };
  const work = { session, found, teardowns: [teardown], deadline: deadline(timeoutMs), signIn: [] };
  const outcome = await runDisconnect(work, planDisconnect(found)).catch((error: CliError) => error);
  return { outcome, asked, clock, said, changes };
}

test('each step is carried out, in order', async () => {
  const { outcome, asked, changes } = await disconnect();
  expect(asked).toEqual([
    ...['detach', 'delete vpce-1', 'gone vpce-1', 'read service', 'delete service', 'delete sg-1'],
  ]);
  expect(outcome).toEqual({
    service: expect.objectContaining({ id: service.id, status: 'DELETED' }),
    deleted: ['vpce-1', 'sg-1'],
    inUse: [],
    results: [
      { id: 'attachment', title: 'Attachment', result: 'removed', detail: 'vpce-1' },
      { id: 'vpc-endpoint', title: 'VPC endpoint', result: 'removed', detail: 'vpce-1' },
      { id: 'service', title: 'Atlas service', result: 'removed', detail: service.id },
      { id: 'security-group', title: 'Security group', result: 'removed', detail: 'sg-1' },
    ],
  });
  expect(changes.map(({ facts }) => facts).filter(({ step }) => step !== undefined)).toEqual(
    ['attachment', 'vpc-endpoint', 'service', 'security-group'].map((step) => ({
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
  expect(kept.outcome).toMatchObject({ results: [{}, {}, { result: 'kept' }, {}] });
  expect((await disconnect({ elsewhere: true })).asked).toEqual(['detach', 'read service', 'delete service']);
});

describe('a security group that is in use', () => {
  const kept = (why: string) => ({
    inUse: [{ ...guard, why }],
    results: [{}, {}, { id: 'service', result: 'removed' }, { result: 'kept', detail: `sg-1, ${why}` }],
  });

  test('is tried again every five seconds, and this is said once', async () => {
    const { outcome, asked, clock, said } = await disconnect({ inUse: 2 });
    expect(asked.filter((what) => what === 'delete sg-1')).toHaveLength(3);
    expect(clock.sleeps.filter((ms) => ms === 5000)).toHaveLength(2);
    expect(said).toEqual([expect.stringMatching(/^sg-1 is still in use\./)]);
    expect(outcome).toMatchObject({ deleted: ['vpce-1', 'sg-1'], inUse: [] });
  });

  test('is kept after ten minutes, and the service goes', async () => {
    const { outcome, asked } = await disconnect({ inUse: 1000 });
    expect(outcome).toMatchObject(kept('still in use'));
    expect(asked.filter((what) => what === 'delete sg-1')).toHaveLength(121);
  });

  test('is not waited for longer than the command may take', async () => {
    const { outcome, asked } = await disconnect({ inUse: 1000, timeoutMs: 50_000 });
    expect(outcome).toMatchObject(kept('still in use'));
    expect(asked.filter((what) => what === 'delete sg-1')).toHaveLength(9);
  });

  test('that cannot be deleted is named with its region, since the service is gone', async () => {
    const { outcome } = await disconnect({ denied: true });
    expect((outcome as CliError).hint).toEqual({
      text: 'Not removed yet: Security group sg-1. To continue:',
      commands: [`atlas-pe disconnect ${service.id} --region ${region} --yes`],
    });
  });

  test('is kept at once if rules of other groups refer to it', async () => {
    const { outcome, asked, said } = await disconnect({ inUse: 1000, users: 'used by rules of sg-7, sg-8' });
    expect(outcome).toMatchObject(kept('used by rules of sg-7, sg-8'));
    expect([asked.filter((what) => what === 'delete sg-1').length, said]).toEqual([1, []]);
  });
});

test('what is left of services that are gone is grouped by service and region, and AWS is signed in to alike', async () => {
  const [gone, other] = ['6a793f68c0eb9e7a17715836', '6a793f68c0eb9e7a17715837'];
  const { session } = fakeSession({ atlas: { listServices: async () => [service, { ...service, id: other }] } });
  const owned = [
    { id: 'vpce-1', region, ownerId: service.id },
    { id: 'vpce-2', region, ownerId: gone },
    { id: 'sg-2', region, ownerId: gone },
    { id: 'sg-3', region: 'us-west-2', ownerId: gone },
    { id: 'sg-4', region, ownerId: other },
    { id: 'sg-5', region, ownerId: 'no id' },
    { id: 'vpce-6', region, ownerId: null },
  ];
  const about = { projectId: 'project', provider: 'AWS', service } as const;
  const line = (where: string) => `atlas-pe disconnect ${gone} --region ${where} --aws-profile work --yes`;
  expect(await leftoverNotes(session, about, owned, ['--aws-profile', 'work'])).toEqual([
    expect.stringMatching(new RegExp(`^vpce-2, sg-2: .* ${line(region)}$`)),
    expect.stringMatching(new RegExp(`^sg-3: .* ${line('us-west-2')}$`)),
  ]);
});
