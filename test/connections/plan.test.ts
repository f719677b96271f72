import { describe, expect, test } from 'vitest';
import type { InterfaceEndpoint } from '../../src/atlas/interfaces.js';
import type { Endpoint } from '../../src/atlas/model.js';
import { sideOf } from '../../src/cloud-side/all.js';
import { planAws } from '../../src/cloud-side/aws/plan.js';
import type { Belongings, Remains } from '../../src/cloud-side/teardown.js';
import { isComplete, planConnect } from '../../src/connections/connect/plan.js';
import type { ConnectFound } from '../../src/connections/connect/read-both-sides.js';
import { type DisconnectFound, meantEndpoints, planDisconnect } from '../../src/connections/disconnect/plan.js';
import { planSections } from '../../src/connections/steps.js';
import { endpoint, own, service as ref, there } from '../cloud-side/aws/existing.js';

const service: Endpoint = {
  ...{ id: ref.id, projectId: ref.projectId, provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' },
  ...{
    status: 'AVAILABLE',
    endpointServiceName: ref.target,
    interfaceEndpoints: [],
    errorMessage: null,
    createdAt: null,
  },
};
const attached = (status: string): InterfaceEndpoint => ({
  ...{ id: 'vpce-1', projectId: ref.projectId, endpointId: ref.id, provider: 'AWS', region: 'us-east-1', status },
  errorMessage: null,
});
const ours = planAws(there({ endpoints: [endpoint('vpce-1', 'available', { tags: own })] }));
const nothing = planAws(there());

describe('connect', () => {
  const found = (more: Partial<ConnectFound> = {}): ConnectFound => ({
    ...{ projectId: ref.projectId, provider: 'AWS', region: ref, service, cloud: nothing },
    ...{
      attached: undefined,
      refused: [],
      clusters: ['Cluster0'],
      unreachable: [],
      reasons: [],
      leftovers: [],
      strings: [],
    },
    ...more,
  });
  const strings = [{ cluster: 'Cluster0' }];

  test.each([
    ['nothing', found({ service: undefined }), 'create create create create create'],
    ['a service', found(), 'adopt create create create create'],
    [
      'a service that is not ready',
      found({ service: { ...service, status: 'INITIATING' } }),
      'adopt create create create create',
    ],
    ['our endpoint', found({ cloud: ours }), 'done done create create'],
    ['an attachment under way', found({ cloud: ours, attached: attached('PENDING') }), 'done done adopt create'],
    ['an attachment', found({ cloud: ours, attached: attached('AVAILABLE') }), 'done done done create'],
    ['everything', found({ cloud: ours, attached: attached('AVAILABLE'), strings }), 'done done done done'],
    [
      'the strings of one of two clusters',
      found({ cloud: ours, attached: attached('AVAILABLE'), strings, clusters: ['Cluster0', 'Other'] }),
      'done done done create',
    ],
    ['no cluster that can have a string', found({ unreachable: ['Cluster0'] }), 'adopt create create create skip'],
    [
      'a cluster with its string, and one that can have none',
      found({
        cloud: ours,
        attached: attached('AVAILABLE'),
        strings,
        clusters: ['Cluster0', 'Other'],
        unreachable: ['Other'],
      }),
      'done done done done',
    ],
  ])('of %s', (_, input, actions) => {
    const plan = planConnect(input);
    expect(plan.steps.map(({ action }) => action).join(' ')).toBe(actions);
    expect(isComplete(plan)).toBe(!actions.includes('create'));
  });

  test('names what it is about', () => {
    const { steps, ...plan } = planConnect(found({ service: undefined, clusters: ['Cluster0', 'Other'] }));
    expect(steps).toEqual([
      { id: 'service', title: 'Atlas service', action: 'create', detail: 'in us-east-1' },
      ...nothing.steps,
      { id: 'attachment', title: 'Attachment', action: 'create', detail: 'to the Atlas service' },
      { id: 'connection-strings', title: 'Connection strings', action: 'create', detail: 'for Cluster0, Other' },
    ]);
    expect(plan).toEqual({
      places: [
        { title: 'Project', detail: ref.projectId },
        { title: 'Region', detail: 'us-east-1' },
        ...nothing.places,
      ],
      costs: [...nothing.costs, expect.stringMatching(/^Atlas bills/)],
      ...{ commands: nothing.commands, notes: nothing.notes },
    });
    expect(nothing.costs.length * nothing.commands.length).toBeGreaterThan(0);
  });

  test('names what is there', () => {
    const there = { cloud: ours, attached: attached('AVAILABLE'), strings };
    const details = (more: Partial<ConnectFound>) => planConnect(found(more)).steps.map(({ detail }) => detail);
    expect(details(there)).toEqual([
      `${ref.id} (AVAILABLE)`,
      ...ours.steps.map(({ detail }) => detail),
      'vpce-1 (AVAILABLE)',
      'for Cluster0',
    ]);
    expect(details({ ...there, clusters: ['Cluster0', 'Other'] }).at(-1)).toBe('for Other');
  });

  test('is shown with notes, if there are any', () => {
    const plan = { ...planConnect(found()), notes: ['Mind the gap.'] };
    const [places, steps, costs, notes, ...others] = planSections(plan);
    expect(places).toMatchObject({ title: 'Plan:', lines: expect.arrayContaining(['Region        us-east-1']) });
    expect(steps?.title).toBe('Steps:');
    expect(steps?.lines[0]).toBe(`adopt   Atlas service       ${ref.id} (AVAILABLE)`);
    expect([costs, notes]).toEqual([
      { title: 'Costs:', lines: plan.costs },
      { title: 'Notes:', lines: ['Mind the gap.'] },
    ]);
    expect(others).toEqual([]);
    expect(planSections({ ...plan, notes: [] })).toHaveLength(3);
  });
});

describe('disconnect', () => {
  const remains = (id: string, more: Partial<Remains> = {}): Remains => ({
    ...{ id, state: 'available', region: 'us-east-1', uses: ['sg-1'], ownerId: ref.id, isAlive: true },
    ...more,
  });
  const belongings = (more: Partial<Belongings> = {}): Belongings => ({
    ...{ account: '123456789012', role: 'me', region: 'us-east-1', endpoints: [], resources: [] },
    ...more,
  });
  const found = (more: Partial<DisconnectFound> = {}): DisconnectFound => ({
    ...{
      projectId: ref.projectId,
      provider: 'AWS',
      removals: sideOf('AWS').removals,
      region: 'us-east-1',
      service,
      serviceIds: [ref.id],
      belongings: [belongings()],
    },
    ...{ serviceId: undefined, named: undefined, ended: [], keepsService: false },
    ...more,
  });
  const guard = { id: 'sg-1', region: 'us-east-1', ownerId: ref.id, stepId: 'security-group' };
  const foreign = remains('vpce-1', { ownerId: null, uses: [] });
  const withOne = { ...service, interfaceEndpoints: ['vpce-1'] };
  const withTwo = { ...service, interfaceEndpoints: ['vpce-1', 'vpce-2'] };
  const one = [belongings({ endpoints: [remains('vpce-1')], resources: [guard] })];

  test.each([
    ['all that connect makes', found({ service: withOne, belongings: one }), 'remove remove remove remove'],
    [
      'the same, but keep the service',
      found({ service: withOne, belongings: one, keepsService: true }),
      'remove remove keep remove',
    ],
    ['a second run', found({ belongings: one }), 'done remove remove remove'],
    ['the service alone', found(), 'done done remove done'],
    ['what is left in AWS', found({ service: undefined, serviceIds: [], belongings: one }), 'done remove done remove'],
    [
      'what another service owns',
      found({ service: undefined, serviceIds: [ref.id], belongings: one }),
      'done done done done',
    ],
    [
      "somebody else's endpoint",
      found({ service: withOne, belongings: [belongings({ endpoints: [foreign] })] }),
      'keep keep keep done',
    ],
    [
      "somebody else's endpoint, named",
      found({
        ...{ service: withTwo, named: 'vpce-1' },
        belongings: [belongings({ endpoints: [foreign, remains('vpce-2')] })],
      }),
      'keep keep keep done',
    ],
    [
      "somebody else's endpoint that is not attached yet",
      found({ belongings: [belongings({ endpoints: [foreign] })] }),
      'keep keep keep done',
    ],
    [
      "ours beside somebody else's",
      found({
        ...{ service: withOne, named: 'vpce-2' },
        belongings: [belongings({ endpoints: [foreign, remains('vpce-2')], resources: [guard] })],
      }),
      'done remove keep remove',
    ],
    [
      "our group that somebody else's endpoint uses",
      found({
        service: withOne,
        belongings: [belongings({ endpoints: [{ ...foreign, uses: ['sg-1'] }], resources: [guard] })],
      }),
      'keep keep keep keep',
    ],
    [
      "somebody else's endpoint beside one that Atlas has refused",
      found({
        ...{ service: withTwo, ended: ['vpce-2'] },
        belongings: [belongings({ endpoints: [foreign, { ...foreign, id: 'vpce-2' }] })],
      }),
      'keep keep keep done',
    ],
    ['an endpoint of another account', found({ service: withOne }), 'keep done keep done'],
    [
      'an endpoint that was deleted in AWS and that Atlas has refused',
      found({ service: withOne, ended: ['vpce-1'], belongings: [belongings({ resources: [guard] })] }),
      'remove done remove remove',
    ],
    [
      'one of two in different VPCs',
      found({
        ...{ service: withTwo, named: 'vpce-1' },
        belongings: [
          belongings({
            endpoints: [remains('vpce-1'), remains('vpce-2', { uses: ['sg-2'] })],
            resources: [guard, { ...guard, id: 'sg-2' }],
          }),
        ],
      }),
      'remove remove keep remove',
    ],
    [
      'one of two in the same VPC',
      found({
        ...{ service: withTwo, named: 'vpce-1' },
        belongings: [belongings({ endpoints: [remains('vpce-1'), remains('vpce-2')], resources: [guard] })],
      }),
      'remove remove keep keep',
    ],
    [
      'one beside an endpoint of another account',
      found({ service: withTwo, named: 'vpce-1', belongings: one }),
      'remove remove keep remove',
    ],
    [
      'a dead one along with the living',
      found({
        service: withOne,
        belongings: [
          belongings({ endpoints: [remains('vpce-1'), remains('vpce-9', { state: 'failed', isAlive: false })] }),
        ],
      }),
      'remove remove remove done',
    ],
  ])('of %s', (_, input, actions) => {
    expect(
      planDisconnect(input)
        .steps.map(({ action }) => action)
        .join(' '),
    ).toBe(actions);
  });

  test('several that live are the user’s to choose from', () => {
    const two = [belongings({ endpoints: [remains('vpce-1'), remains('vpce-2')] })];
    expect(meantEndpoints(found({ service: withOne, belongings: two }))).toEqual(['vpce-1', 'vpce-2']);
    expect(meantEndpoints(found({ service: withOne, belongings: two, named: 'vpce-2' }))).toEqual(['vpce-2']);
  });

  test('names what it removes', () => {
    expect(planDisconnect(found({ service: withOne, belongings: one }))).toEqual({
      ...{
        attached: ['vpce-1'],
        endpoints: [remains('vpce-1')],
        resources: [guard],
        kept: undefined,
        left: [],
        notes: [],
      },
      places: [
        { title: 'Project', detail: ref.projectId },
        { title: 'Region', detail: 'us-east-1' },
        { title: 'AWS account', detail: '123456789012' },
        { title: 'Signed in as', detail: 'me' },
      ],
      steps: [
        { id: 'attachment', title: 'Attachment', action: 'remove', what: 'vpce-1', detail: 'vpce-1' },
        { id: 'vpc-endpoint', title: 'VPC endpoint', action: 'remove', what: 'vpce-1', detail: 'vpce-1 (available)' },
        { id: 'service', title: 'Atlas service', action: 'remove', what: ref.id, detail: `${ref.id} (AVAILABLE)` },
        { id: 'security-group', title: 'Security group', action: 'remove', what: 'sg-1', detail: 'sg-1' },
      ],
    });
  });

  test('names what it keeps', () => {
    const details = (more: Partial<DisconnectFound>) => planDisconnect(found(more)).steps.map(({ detail }) => detail);
    expect(details({ service: undefined, belongings: [] })).toEqual(['none', 'none', 'none', 'none']);
    expect(planDisconnect(found({ belongings: [] })).places).toHaveLength(2);
    expect(details({ service: withTwo, named: 'vpce-1', belongings: one }).at(2)).toBe(
      `${ref.id} (AVAILABLE), still used by vpce-2`,
    );
    expect(details({ keepsService: true }).at(2)).toBe(`${ref.id} (AVAILABLE), because of --keep-service`);
    const theirs = [belongings({ endpoints: [foreign] })];
    expect(details({ service: withOne, belongings: theirs })[1]).toBe('vpce-1, not created by atlas-pe');
    expect(details({ service: withOne })[1]).toBe('vpce-1, not in this AWS account and region');
  });

  test('leaves the group of an endpoint that stays', () => {
    const two = [belongings({ endpoints: [remains('vpce-1'), remains('vpce-2')], resources: [guard] })];
    const plan = planDisconnect(found({ service: withTwo, named: 'vpce-1', belongings: two }));
    expect([plan.resources, plan.left, plan.attached]).toEqual([[], ['vpce-2', 'sg-1'], ['vpce-1']]);
    expect(plan.steps[3]?.what).toBe('sg-1, used by vpce-2');
  });

  test('takes an endpoint that Atlas has refused for dead', () => {
    const two = [belongings({ endpoints: [remains('vpce-1'), remains('vpce-2')], resources: [guard] })];
    const refused = found({ service: withTwo, belongings: two, ended: ['vpce-2'] });
    expect(meantEndpoints(refused)).toEqual(['vpce-1']);
    const plan = planDisconnect(refused);
    expect(plan.endpoints.map(({ id }) => id)).toEqual(['vpce-1', 'vpce-2']);
    expect(plan.attached).toEqual(['vpce-1', 'vpce-2']);
  });

  test('deletes dead endpoints too, and says what it leaves', () => {
    const dead = remains('vpce-9', { isAlive: false });
    const plan = planDisconnect(found({ service: withOne, belongings: [belongings({ endpoints: [foreign, dead] })] }));
    expect(plan.endpoints.map(({ id }) => id)).toEqual(['vpce-9']);
    expect([plan.kept, plan.left]).toEqual(['vpce-1', ['vpce-1']]);
  });
});
