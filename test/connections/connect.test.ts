import { describe, expect, test } from 'vitest';
import type { Atlas } from '../../src/atlas/client.js';
import type { Cluster } from '../../src/atlas/clusters.js';
import { ApiError, NetworkError } from '../../src/atlas/errors.js';
import type { InterfaceEndpoint } from '../../src/atlas/interfaces.js';
import type { Endpoint } from '../../src/atlas/model.js';
import { CliError, InterruptedError } from '../../src/base/errors.js';
import { type AwsPlan, createdEndpoint, createdGroup, planAws } from '../../src/cloud-side/aws/plan.js';
import { judgeAttachable } from '../../src/cloud-side/aws/states.js';
import type { CloudSide } from '../../src/cloud-side/cloud-side.js';
import { CloudError } from '../../src/cloud-side/errors.js';
import { regionNames } from '../../src/clouds/regions.js';
import { runConnect } from '../../src/connections/connect/carry-out.js';
import { planConnect } from '../../src/connections/connect/plan.js';
import type { ConnectFound } from '../../src/connections/connect/read-both-sides.js';
import { endpoint, group, own, service as ref, there } from '../cloud-side/aws/existing.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { fakeSession } from '../helpers/fake-session.js';

const now = fakeClock().now();
const vpce = 'vpce-0123456789abcdef0';
/** An id of Atlas with this date. */
const idAt = (ms: number) => `${Math.floor(ms / 1000).toString(16)}${'0'.repeat(16)}`;

const service = (more: Partial<Endpoint> = {}): Endpoint => ({
  ...{ id: idAt(now), projectId: ref.projectId, provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' },
  ...{
    status: 'AVAILABLE',
    endpointServiceName: ref.target,
    interfaceEndpoints: [],
    errorMessage: null,
    createdAt: null,
  },
  ...more,
});
const attached = (status = 'AVAILABLE', endpointId = service().id): InterfaceEndpoint => ({
  ...{ id: vpce, projectId: ref.projectId, endpointId, provider: 'AWS', region: 'us-east-1', status },
  errorMessage: null,
});
const string = {
  ...{ type: 'MONGOD', standard: 'mongodb://a', srv: 'mongodb+srv://a', srvShardOptimized: null },
  endpoints: [{ id: vpce, provider: 'AWS', atlasRegion: 'US_EAST_1' }],
};
const cluster = (more: Partial<Cluster> = {}): Cluster => ({
  ...{ id: 'c', name: 'Cluster0', status: 'IDLE', isPaused: false, shared: null, strings: [string] },
  regions: [{ provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' }],
  ...more,
});

interface Given {
  start?: Partial<ConnectFound>;
  made?: Partial<Endpoint>;
  atlas?: Partial<Atlas>;
  side?: Partial<CloudSide<AwsPlan>>;
  timeoutMs?: number;
  vpcRegion?: string;
  /** How long the cloud takes for a step. */
  takesMs?: number;
}

/** Connects from nothing, or from what is there, with a cloud that does what it is told. */
async function connect({
  start = {},
  made = {},
  atlas = {},
  side: more = {},
  timeoutMs,
  vpcRegion = 'us-east-1',
  takesMs = 0,
}: Given = {}) {
  const asked: string[] = [];
  const note = <T>(what: string, answer: T) => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const { session, clock, said, changes, deadline } = fakeSession({
    line: 'connect us-east-1',
    atlas: {
      listServices: async () => [],
      createService: () => note('create service', service(made)),
      getService: async () => service({ ...made, interfaceEndpoints: [vpce] }),
      addInterface: ({ id }) => note('attach', attached('PENDING', id)),
      getInterface: async ({ id }) => attached('AVAILABLE', id),
      listClusters: async () => [cluster()],
      ...atlas,
    },
  });
  const plan = (things: Parameters<typeof there>[0] = {}) => planAws(there({ region: vpcRegion, ...things }));
  const side: CloudSide<AwsPlan> = {
    survey: () => note('survey', plan()),
    owned: async () => [],
    rehearse: async () => undefined,
    carryOut: async (stepId, { there: old }, _, onCreated) => {
      asked.push(stepId);
      if (stepId === 'security-group') {
        onCreated(createdGroup('sg-1'));
        return planAws({ ...old, ownGroup: group({ rules: [{ from: '10.0.0.0/16', fromPort: 0, toPort: 65_535 }] }) });
      }
      onCreated(createdEndpoint(vpce));
      return planAws({ ...old, endpoints: [endpoint(vpce, 'pending', { tags: own })] });
    },
    read: async () => ({ id: vpce, state: 'pendingAcceptance' }),
    judge: judgeAttachable,
    withEndpoint: ({ there: old }, { id, state }) =>
      planAws({ ...old, endpoints: old.endpoints.map((each) => (each.id === id ? { ...each, state } : each)) }),
    attachment: ({ endpoint: made }) => ({ id: made?.id ?? '', body: { id: made?.id } }),
    facts: () => ({}),
    close: () => undefined,
    ...more,
  };
  const { carryOut: act } = side;
  side.carryOut = (...step) => {
    clock.advance(takesMs);
    return act(...step);
  };
  const found: ConnectFound = {
    ...{ projectId: ref.projectId, provider: 'AWS', region: ref, service: undefined, cloud: plan() },
    ...{
      attached: undefined,
      refused: [],
      clusters: ['Cluster0'],
      unreachable: [],
      reasons: [],
      leftovers: [],
      strings: [],
    },
    ...start,
  };
  const work = { session, side, deadline: deadline(timeoutMs), remoteRegions: undefined, another: 'another' };
  const outcome = await runConnect(work, planConnect(found).steps, found).catch((error: unknown) => error);
  const done = outcome as Awaited<ReturnType<typeof runConnect>>;
  const results = done.results?.map(({ id, result }) => `${id} ${result}`);
  const error = outcome instanceof CliError ? outcome : undefined;
  return { outcome: done, error, results, asked, clock, said, changes };
}

const allCreated = ['service', 'security-group', 'vpc-endpoint', 'attachment', 'connection-strings'].map(
  (id) => `${id} created`,
);

test('from nothing, each step is carried out and told', async () => {
  const { outcome, results, asked, changes } = await connect();
  expect(asked).toEqual(['create service', 'survey', 'security-group', 'vpc-endpoint', 'attach']);
  expect(results).toEqual(allCreated);
  expect(outcome.created).toEqual([
    { stepId: 'service', title: 'Atlas service', id: service().id },
    createdGroup('sg-1'),
    createdEndpoint(vpce),
  ]);
  expect(outcome.found).toMatchObject({
    ...{ service: { interfaceEndpoints: [vpce] }, attached: { status: 'AVAILABLE' } },
    cloud: { endpoint: { id: vpce, state: 'pendingAcceptance' } },
    strings: [{ cluster: 'Cluster0', srvConnectionString: 'mongodb+srv://a', connectionString: 'mongodb://a' }],
  });
  const told = changes.map(({ facts }) => facts).filter(({ step }) => step !== undefined);
  expect(told.map(({ step, interfaceEndpointId }) => [step, interfaceEndpointId])).toEqual([
    ['service', null],
    ['security-group', null],
    ...['vpc-endpoint', 'attachment', 'connection-strings'].map((step) => [step, vpce]),
  ]);
  expect(told[0]).toEqual({
    ...{ step: 'service', status: 'created', endpointId: service().id, interfaceEndpointId: null, cluster: null },
    ...{ projectId: ref.projectId, provider: 'AWS', region: 'us-east-1', elapsedSeconds: 0 },
  });
});

test('what is there is not created again', async () => {
  const cloud = planAws(there({ endpoints: [endpoint(vpce, 'available', { tags: own })] }));
  const { results, asked } = await connect({
    start: { service: service(), cloud, attached: attached(), strings: [{ cluster: 'Cluster0' }] },
  });
  expect(asked).toEqual([]);
  expect(results).toEqual(['service', 'vpc-endpoint', 'attachment', 'connection-strings'].map((id) => `${id} done`));
});

test.each([
  ['now', 'created', 0],
  ['two seconds ago', 'created', 2000],
  ['three seconds ago', 'adopted', 3000],
])('a service whose id is from %s is %s', async (_, result, ago) => {
  const { results, outcome } = await connect({ made: { id: idAt(now - ago) } });
  expect(results?.[0]).toBe(`service ${result}`);
  expect(outcome.created.some(({ stepId }) => stepId === 'service')).toBe(result === 'created');
});

test('of a service that has no name yet the cloud cannot be asked', async () => {
  const { error, asked } = await connect({ made: { endpointServiceName: null } });
  expect(error).toMatchObject({ exit: 'unexpected', message: expect.stringContaining(`${service().id} is AVAILABLE`) });
  expect(error?.hint).toEqual({
    text: `Wait a minute before you continue. Existing resources: Atlas service ${service().id}. To continue:`,
    commands: ['atlas-pe connect us-east-1'],
  });
  expect(asked).toEqual(['create service']);
});

describe('across regions Atlas learns of an endpoint later', () => {
  test.each([
    ['eu-west-1', undefined, [30_000]],
    ['us-east-1', undefined, []],
    ['eu-west-1', 12_000, [10_000]],
  ])('from %s within %s ms', async (vpcRegion, timeoutMs, pauses) => {
    const { clock } = await connect({ vpcRegion, ...(timeoutMs && { timeoutMs }) });
    expect(clock.sleeps.filter((ms) => ms >= 10_000)).toEqual(pauses);
  });

  test('but not of one that is there already', async () => {
    const endpoints = [endpoint(vpce, 'available', { tags: own })];
    const cloud = planAws(there({ region: 'eu-west-1', endpoints }));
    const { clock, asked } = await connect({ start: { service: service(), cloud }, vpcRegion: 'eu-west-1' });
    expect([asked, clock.sleeps.filter((ms) => ms >= 10_000)]).toEqual([['attach'], []]);
  });
});

describe('the deadline passes', () => {
  test('before a step that creates something', async () => {
    const { error, asked } = await connect({ timeoutMs: 0 });
    expect(error).toMatchObject({ exit: 'timedOut', hint: { commands: ['atlas-pe connect us-east-1'] } });
    expect(error?.message).toBe("Timed out after 0s: the step 'Atlas service' was not started.");
    expect([asked, error?.hint?.text]).toEqual([[], 'As far as atlas-pe can tell, nothing was created. To continue:']);
  });

  test('before connection strings are read, which are there all the same', async () => {
    const cloud = planAws(there({ endpoints: [endpoint(vpce, 'available', { tags: own })] }));
    const { results } = await connect({ start: { service: service(), cloud, attached: attached() }, timeoutMs: 0 });
    expect(results?.at(-1)).toBe('connection-strings created');
  });

  test('in a request that the cloud has prevented', async () => {
    const fault = new CloudError('It was not sent.', { exit: 'timedOut' });
    const { error } = await connect({ side: { carryOut: () => Promise.reject(fault) } });
    expect(error).toMatchObject({ exit: 'timedOut', message: 'Timed out after 1h: It was not sent.' });
  });

  test.each([
    [999, 'unexpected', 'No response.'],
    [1000, 'timedOut', 'Timed out after 1s: No response.'],
  ])('in a request that is cut after %i of 1000 ms', async (ms, exit, message) => {
    const { error } = await connect({ timeoutMs: 1000, takesMs: ms, side: { carryOut: lose } });
    expect(error).toMatchObject({ exit, message });
  });

  test('after a request that took too long', async () => {
    const { error } = await connect({ timeoutMs: 1000, takesMs: 1000 });
    expect(error).toMatchObject({
      exit: 'timedOut',
      message: "Timed out after 1s: the step 'VPC endpoint' was not started.",
    });
    const late = await connect({ timeoutMs: 1000, takesMs: 500 });
    expect(late.error).toMatchObject({ exit: 'timedOut', message: `Timed out after 1s: ${vpce} is still pending.` });
  });

  async function lose(): Promise<never> {
    throw new CloudError('No response.', { mayHaveArrived: true });
  }
});

describe('an error says what there is', () => {
  const fault = (more = {}) => new CloudError('No.', { hint: 'Think.', ...more });
  const failing = (stepId: string, thrown: Error): Partial<CloudSide<AwsPlan>> => ({
    carryOut: async (id, { there: old }, _, onCreated) => {
      if (id === stepId) throw thrown;
      onCreated(createdGroup('sg-1'));
      return planAws({ ...old, ownGroup: group() });
    },
  });
  const name = `Atlas service us-east-1 ${service().id}`;

  test.each([
    ['the group', 'security-group', fault(), `Think. Existing resources: ${name}. To continue:`],
    [
      'the group whose answer was lost',
      'security-group',
      fault({ mayHaveArrived: true }),
      `Think. Existing resources: ${name}. The security group may or may not have been created. To continue:`,
    ],
    [
      'the endpoint whose answer was lost',
      'vpc-endpoint',
      fault({ mayHaveArrived: true }),
      `Think. Existing resources: ${name}, security group sg-1. The VPC endpoint may or may not have been created. To continue:`,
    ],
    [
      'the endpoint, interrupted',
      'vpc-endpoint',
      new InterruptedError('SIGINT'),
      `Existing resources: ${name}, security group sg-1. The VPC endpoint may or may not have been created. To continue:`,
    ],
    [
      'the endpoint, interrupted before it was sent',
      'vpc-endpoint',
      new InterruptedError('SIGINT', { mayHaveArrived: false }),
      `Existing resources: ${name}, security group sg-1. To continue:`,
    ],
  ])('at %s', async (_, stepId, thrown, text) => {
    const { error } = await connect({ side: failing(stepId, thrown) });
    expect(error?.hint).toEqual({ text, commands: ['atlas-pe connect us-east-1'] });
  });

  test('at a rule of a group that is there', async () => {
    const carryOut: CloudSide<AwsPlan>['carryOut'] = async (_id, _plan, _to, onCreated) => {
      onCreated(createdGroup('sg-1'));
      throw fault({ mayHaveArrived: true });
    };
    const { error } = await connect({ side: { carryOut } });
    expect(error?.hint?.text).toBe(`Think. Existing resources: ${name}, security group sg-1. To continue:`);
  });

  test('with an endpoint that somebody else created', async () => {
    const endpoints = [endpoint(vpce, 'available')];
    const { error } = await connect({
      start: { service: service(), cloud: planAws(there({ endpoints })) },
      atlas: { addInterface: async () => Promise.reject(new ApiError(403, { errorCode: 'X' })) },
    });
    expect(error?.hint?.text).toContain(`Existing resources: ${name}, ${vpce}.`);
    expect(error?.hint?.text).not.toContain('may or may not');
  });

  test('of which nothing can come, and how to create another one', async () => {
    const { error } = await connect({ atlas: { getInterface: async () => attached('REJECTED') } });
    expect(error).toMatchObject({ exit: 'endpointFailed' });
    expect(error?.hint).toEqual({
      text: `Existing resources: ${name}, security group sg-1, VPC endpoint ${vpce}. ${vpce} was not deleted. To create another one:`,
      commands: ['another'],
    });
  });

  test('if Atlas did not answer the create of the service', async () => {
    const lost = new NetworkError('Broke off.', { hint: 'x', cause: undefined, mayHaveArrived: true });
    const { error } = await connect({
      atlas: { createService: async () => Promise.reject(lost), getRegionalMode: async () => false },
    });
    expect(error?.hint?.text).toMatch(
      /^As far as atlas-pe can tell, nothing was created\. The endpoint may or may not/,
    );
  });

  test('a bug stays one', async () => {
    const bug = new Error('A bug.');
    expect((await connect({ side: failing('security-group', bug) })).outcome).toBe(bug);
  });
});

test('a cluster that cannot have a string yet skips that step', async () => {
  const regions = ['us-east-1', 'us-west-2'].map((name) => ({ provider: 'AWS' as const, ...regionNames('AWS', name) }));
  const atlas = { listClusters: async () => [cluster({ regions, strings: [] }), cluster({ name: 'Other' })] };
  const { results, said, outcome } = await connect({ atlas });
  expect(results?.at(-1)).toBe('connection-strings skipped');
  expect(said.at(-1)).toMatch(/^Cluster0 has no private connection string\. .*AWS us-(east-1, AWS us-)?west-2/);
  // The other one is not meant.
  expect(outcome.found.strings).toEqual([]);
});
