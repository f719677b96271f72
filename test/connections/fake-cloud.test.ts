import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAtlas } from '../../src/atlas/client.js';
import type { CloudPlan, CloudSide, PlannedStep, Teardown } from '../../src/clouds/cloud-side.js';
import { runConnect } from '../../src/connections/connect/carry-out.js';
import { planConnect } from '../../src/connections/connect/plan.js';
import { readForConnect } from '../../src/connections/connect/read-both-sides.js';
import { runDisconnect } from '../../src/connections/disconnect/carry-out.js';
import { planDisconnect } from '../../src/connections/disconnect/plan.js';
import { readForDisconnect } from '../../src/connections/disconnect/read-both-sides.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject as projectId } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { fakeSession } from '../helpers/fake-session.js';
import { startSandbox } from '../helpers/sandbox.js';

/* A cloud with other steps, another target and another attach request than AWS, connected to Atlas's sandbox and taken down. */

const address = { id: 'address', title: 'Address' };
const rule = { id: 'forwarding-rule', title: 'Forwarding rule' };
const region = { region: 'us-east4', atlasRegion: 'US_EAST_4' };
const name = 'atlas-rule';

/** A Google project of our own, with one address and one forwarding rule. */
class FakeCloud {
  things: Record<string, { target?: string; ownerId: string; isServiceOurs: boolean }> = {};
  readonly done: string[] = [];
  /** How often the address can't be deleted yet. */
  busy = 1;
  verdict: ReturnType<CloudSide['statusVerdict']> = 'reached';

  readonly side: CloudSide = {
    survey: async () => this.plan(),
    owned: async () => [],
    rehearse: async () => undefined,
    carryOut: async (stepId, _, { id: ownerId, target, isOurs: isServiceOurs }, onCreated) => {
      this.done.push(`create ${stepId}`);
      this.things[stepId] = { ownerId, isServiceOurs, ...(stepId === rule.id && { target: target ?? '' }) };
      onCreated({ stepId, id: `${name}-${stepId}` });
      return this.plan();
    },
    read: async () => (this.things[rule.id] ? { id: name, state: 'ACCEPTED' } : null),
    statusVerdict: () => this.verdict,
    attachment: () => ({
      id: name,
      body: {
        endpointGroupName: name,
        gcpProjectId: 'my-project-1',
        endpoints: [{ endpointName: name, ipAddress: '10.0.0.4' }],
      },
    }),
    withEndpoint: (plan, endpoint) => ({ ...plan, endpoint }),
    facts: () => ({}),
    close: () => undefined,
  };

  readonly teardown: Teardown = {
    region: region.region,
    find: async (_, target) => {
      const { [rule.id]: own, [address.id]: reserved } = this.things;
      const { ownerId = null, isServiceOurs = false } = own ?? reserved ?? {};
      const owner = { region: region.region, ownerId, isServiceOurs };
      const isFor = own !== undefined && (target === null || own.target === target);
      return {
        account: 'my-project-1',
        principal: 'me',
        shortPrincipal: 'me',
        region: region.region,
        endpoints: isFor ? [{ ...owner, id: name, state: 'ACCEPTED', uses: [address.id], isAlive: true }] : [],
        resources: reserved ? [{ ...owner, id: address.id, stepId: address.id }] : [],
      };
    },
    rehearse: async () => undefined,
    deleteEndpoint: async () => void this.remove(rule.id),
    read: async () => null,
    deleteResource: async ({ stepId }) => {
      if (this.busy-- > 0) return { why: 'in use by a rule', mayPass: true };
      return this.remove(stepId);
    },
    close: () => undefined,
  };

  private remove(stepId: string): null {
    this.done.push(`delete ${stepId}`);
    delete this.things[stepId];
    return null;
  }

  private plan(): CloudPlan {
    const step = (of: typeof rule): PlannedStep =>
      this.things[of.id]
        ? { ...of, action: 'done', detail: name }
        : { ...of, action: 'create', detail: `named ${name}` };
    const endpoint = this.things[rule.id] ? { id: name, state: 'PENDING' } : null;
    const nothing = { own: [], left: [], places: [], costs: [], commands: [], notes: [] };
    return {
      ...nothing,
      account: 'my-project-1',
      region: region.region,
      steps: [step(address), step(rule)],
      endpoint,
    };
  }
}

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  const cluster = { name: 'Cluster0', regions: [{ provider: 'GCP' as const, atlasRegion: 'US_EAST_4' }] };
  sandbox = await startSandbox({ clock: fakeClock(), world: { readyAfter: 1000, clusters: [cluster] } });
});
afterEach(() => sandbox.close());

const target = { projectId, provider: 'GCP', region, service: undefined } as const;

function open() {
  const { publicKey, privateKey } = sandboxKeys;
  const { baseUrl, clock } = sandbox;
  const atlas = createAtlas(
    { kind: 'api-key', publicKey, privateKey },
    { baseUrl, userAgent: 'test', clock, random: Math.random, signal: new AbortController().signal },
  );
  return { atlas, ...fakeSession({ atlas, baseUrl, clock, projectId, line: 'connect us-east4' }) };
}

test('an endpoint that the cloud could not create is named with what deletes it', async () => {
  const { session, deadline } = open();
  const cloud = new FakeCloud();
  cloud.verdict = 'failed';
  const start = await readForConnect(session, target, cloud.side, []);
  const work = { session, side: cloud.side, deadline: deadline(), remoteRegions: undefined, another: '', signIn: [] };
  await expect(runConnect(work, planConnect(start).steps, start)).rejects.toMatchObject({
    hint: { commands: [expect.stringMatching(/ disconnect \w{24} atlas-rule-forwarding-rule --keep-service/), ''] },
  });
});

test('is connected and disconnected by its own steps', async () => {
  const { atlas, session, deadline, said } = open();
  const cloud = new FakeCloud();
  const start = await readForConnect(session, target, cloud.side, []);
  const plan = planConnect(start);
  expect(plan.steps.map(({ id, action }) => `${action} ${id}`)).toEqual([
    'create service',
    'create address',
    'create forwarding-rule',
    'create attachment',
    'wait connection-strings',
  ]);
  const work = { session, side: cloud.side, deadline: deadline(), remoteRegions: undefined, another: '', signIn: [] };
  const { found, results } = await runConnect(work, plan.steps, start);
  expect(results.map(({ result }) => result)).toEqual(Array(5).fill('created'));
  expect(cloud.things[rule.id]?.target).toMatch(/^projects\/.+\/serviceAttachments\//);
  expect(found.attached).toMatchObject({ id: name, status: 'AVAILABLE', gcpProjectId: 'my-project-1' });
  expect(found.strings).toHaveLength(1);
  // A second run finds everything done.
  const again = await readForConnect(session, { ...target, service: found.service }, cloud.side, []);
  expect(planConnect(again).steps.map(({ action }) => action)).toEqual(Array(5).fill('done'));

  const gone = {
    projectId,
    provider: 'GCP',
    region: region.region,
    keepsService: false,
  } as const;
  const both = { ...gone, service: found.service, serviceId: undefined, named: undefined };
  const removal = await readForDisconnect(session, both, [cloud.teardown]);
  const removed = planDisconnect(removal);
  const taking = { session, found: removal, teardowns: [cloud.teardown], deadline: deadline(), rest: () => '' };
  const outcome = await runDisconnect(taking, removed);
  expect(outcome.results.map(({ id, result }) => `${result} ${id}`)).toEqual(
    ['attachment', 'forwarding-rule', 'service', 'address'].map((id) => `removed ${id}`),
  );
  expect(said).toContain('address is in use by a rule. GCP frees it minutes after its forwarding rule is gone.');
  expect(cloud.done).toEqual(['create address', 'create forwarding-rule', 'delete forwarding-rule', 'delete address']);
  expect(await atlas.listServices(projectId, 'GCP')).toEqual([]);
});
