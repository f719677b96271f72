import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAtlas } from '../../src/atlas/client.js';
import type { Cloud } from '../../src/clouds/cloud.js';
import type { Found, Stage } from '../../src/clouds/found.js';
import type { CloudPlan, PlannedStep } from '../../src/clouds/plan.js';
import { runConnect } from '../../src/connections/connect/carry-out.js';
import { readForConnect } from '../../src/connections/connect/found.js';
import { planConnect } from '../../src/connections/connect/plan.js';
import { runDisconnect } from '../../src/connections/disconnect/carry-out.js';
import { readForDisconnect } from '../../src/connections/disconnect/found.js';
import { planDisconnect } from '../../src/connections/disconnect/plan.js';
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
class FakeProject {
  things: Record<string, Found> = {};
  readonly done: string[] = [];
  /** How often the address can't be deleted yet. */
  busy = 1;
  stage: Stage = 'ready';

  readonly cloud: Cloud = {
    region: region.region,
    signIn: async () => ({ account: 'my-project-1', principal: 'me', shortPrincipal: 'me' }),
    find: async () => Object.values(this.things),
    read: async () => this.things[rule.id] ?? null,
    inspect: async () => null,
    rehearseRemoval: async () => undefined,
    remove: async ({ stepId }) => {
      if (stepId === address.id && this.busy-- > 0) return { why: 'in use by a rule', mayPass: true };
      this.done.push(`delete ${stepId}`);
      delete this.things[stepId];
      return null;
    },
    survey: async () => this.plan(),
    marked: async () => [],
    rehearse: async () => undefined,
    create: async (stepId, _, { id: serviceId, target, isOurs: isServiceOurs }, onCreated) => {
      const isRule = stepId === rule.id;
      this.done.push(`create ${stepId}`);
      this.things[stepId] = {
        stepId,
        id: isRule ? name : stepId,
        name,
        region: region.region,
        state: 'PENDING',
        stage: this.stage,
        mark: { projectId, serviceId, isServiceOurs },
        target: isRule ? (target ?? '') : '',
        uses: isRule ? [address.id] : [],
      };
      onCreated({ stepId, id: `${name}-${stepId}` });
      return this.plan();
    },
    attachment: () => ({
      id: name,
      body: {
        endpointGroupName: name,
        gcpProjectId: 'my-project-1',
        endpoints: [{ endpointName: name, ipAddress: '10.0.0.4' }],
      },
    }),
    row: () => ({}),
    close: () => undefined,
  };

  private plan(): CloudPlan {
    const step = (of: typeof rule): PlannedStep =>
      this.things[of.id]
        ? { ...of, action: 'done', detail: name }
        : { ...of, action: 'create', detail: `named ${name}` };
    const nothing = { dead: [], places: [], costs: [], commands: [], notes: [] };
    return {
      ...nothing,
      account: 'my-project-1',
      region: region.region,
      steps: [step(address), step(rule)],
      endpoint: this.things[rule.id] ?? null,
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
  const project = new FakeProject();
  project.stage = 'unfinished';
  const start = await readForConnect(session, target, project.cloud, []);
  const options = { remoteRegions: undefined, another: '', signIn: [] };
  const work = { session, cloud: project.cloud, deadline: deadline(), ...options };
  await expect(runConnect(work, planConnect(start).steps, start)).rejects.toMatchObject({
    hint: { commands: [expect.stringMatching(/ disconnect \w{24} atlas-rule-forwarding-rule --keep-service/), ''] },
  });
});

test('is connected and disconnected by its own steps', async () => {
  const { atlas, session, deadline, said } = open();
  const project = new FakeProject();
  const start = await readForConnect(session, target, project.cloud, []);
  const plan = planConnect(start);
  expect(plan.steps.map(({ id, action }) => `${action} ${id}`)).toEqual([
    'create service',
    'create address',
    'create forwarding-rule',
    'create attachment',
    'wait connection-strings',
  ]);
  const options = { remoteRegions: undefined, another: '', signIn: [] };
  const work = { session, cloud: project.cloud, deadline: deadline(), ...options };
  const { found, results } = await runConnect(work, plan.steps, start);
  expect(results.map(({ result }) => result)).toEqual(Array(5).fill('created'));
  expect(project.things[rule.id]?.target).toMatch(/^projects\/.+\/serviceAttachments\//);
  expect(found.attached).toMatchObject({ id: name, status: 'AVAILABLE', gcpProjectId: 'my-project-1' });
  expect(found.strings).toHaveLength(1);
  // A second run finds everything done.
  const again = await readForConnect(session, { ...target, service: found.service }, project.cloud, []);
  expect(planConnect(again).steps.map(({ action }) => action)).toEqual(Array(5).fill('done'));

  const gone = {
    projectId,
    provider: 'GCP',
    region: region.region,
    keepsService: false,
  } as const;
  const both = { ...gone, service: found.service, serviceId: undefined, named: undefined };
  const removal = await readForDisconnect(session, both, [project.cloud]);
  const removed = planDisconnect(removal);
  const taking = { session, found: removal, regions: [project.cloud], deadline: deadline(), rest: () => '' };
  const outcome = await runDisconnect(taking, removed);
  expect(outcome.results.map(({ id, result }) => `${result} ${id}`)).toEqual(
    ['attachment', 'forwarding-rule', 'service', 'address'].map((id) => `removed ${id}`),
  );
  expect(said).toContain('address is in use by a rule. GCP frees it minutes after its forwarding rule is gone.');
  expect(project.done).toEqual([
    'create address',
    'create forwarding-rule',
    'delete forwarding-rule',
    'delete address',
  ]);
  expect(await atlas.listServices(projectId, 'GCP')).toEqual([]);
});
