import { describe, expect, test } from 'vitest';
import type { InterfaceEndpoint } from '../../src/atlas/interfaces.js';
import type { Endpoint } from '../../src/atlas/model.js';
import { sideOf } from '../../src/cloud-side/all.js';
import { planAws } from '../../src/cloud-side/aws/plan.js';
import type { CloudSide } from '../../src/cloud-side/cloud-side.js';
import { connectedView, connectPlanView, planConnect } from '../../src/connections/connect/plan.js';
import type { ConnectFound } from '../../src/connections/connect/read-both-sides.js';
import { type DisconnectFound, planDisconnect } from '../../src/connections/disconnect/plan.js';
import * as removal from '../../src/connections/disconnect/view.js';
import { planSections } from '../../src/connections/steps.js';
import { service as ref, there } from '../cloud-side/aws/existing.js';

const service: Endpoint = {
  ...{ id: ref.id, projectId: ref.projectId, provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' },
  ...{ status: 'AVAILABLE', endpointServiceName: ref.target, interfaceEndpoints: ['vpce-1'], errorMessage: null },
  createdAt: null,
};
const attached: InterfaceEndpoint = {
  ...{ id: 'vpce-1', projectId: ref.projectId, endpointId: ref.id, provider: 'AWS', region: 'us-east-1' },
  ...{ status: 'AVAILABLE', errorMessage: null },
};

describe('connect', () => {
  const cloud = planAws(there());
  const side = { facts: () => ({ account: '1' }) } as unknown as CloudSide<typeof cloud>;
  const found = (more: Partial<ConnectFound> = {}): ConnectFound => ({
    ...{ projectId: ref.projectId, provider: 'AWS', region: ref, service, cloud },
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
  const step = { id: 'service', title: 'Atlas service', result: 'created', detail: 'x' };

  test('its plan as data, and for people', async () => {
    const plan = { ...planConnect(found()), notes: ['Mind the gap.'] };
    const view = connectPlanView(found(), plan, side);
    expect([view.single, view.id]).toEqual([true, 'projectId']);
    expect(view.rows).toEqual([
      {
        ...{ projectId: ref.projectId, provider: 'AWS', region: 'us-east-1', endpoint: service },
        cloud: { account: '1', created: [] },
        steps: plan.steps.map(({ action, ...rest }) => ({ ...rest, result: action })),
        ...{ costs: plan.costs, commands: plan.commands, notes: ['Mind the gap.'] },
      },
    ]);
    const text = (await view.own?.table?.()) ?? '';
    expect(text.match(/^\S.*:$/gm)).toEqual(['Plan:', 'Steps:', 'Costs:', 'Notes:', 'AWS CLI commands:']);
    const bare = connectPlanView(found({ service: undefined }), { ...plan, commands: [] }, side);
    expect(bare.rows[0]?.endpoint).toBeNull();
    expect(await bare.own?.table?.()).not.toContain('AWS CLI commands:');
  });

  test('its result as data, and for people the connection strings', async () => {
    const strings = [
      { cluster: 'Cluster0', srvConnectionString: 'mongodb+srv://a', connectionString: 'mongodb://a' },
      { cluster: 'Other', srvConnectionString: null, connectionString: 'mongodb://b' },
    ];
    const created = [
      { stepId: 'service', title: 'Atlas service', id: ref.id },
      { stepId: 'vpc-endpoint', title: 'VPC endpoint', id: 'vpce-1' },
    ];
    const view = connectedView(found({ attached, strings }), side, { results: [step], created });
    expect([view.single, view.id]).toEqual([true, 'endpoint']);
    expect(view.rows).toEqual([
      {
        ...{ endpoint: service, interfaceEndpoint: attached, connectionStrings: strings, steps: [step] },
        cloud: { account: '1', created: ['vpce-1'] },
      },
    ]);
    expect(await view.own?.table?.()).toBe('mongodb+srv://a\nmongodb://b\n');
    expect(await view.own?.id?.()).toBe('vpce-1\n');
    const none = connectedView(found({ service: undefined }), side, { results: [], created: [] });
    expect(none.rows[0]).toMatchObject({ endpoint: null, interfaceEndpoint: null, connectionStrings: [] });
    expect(await none.own?.id?.()).toBe('');
  });
});

describe('disconnect', () => {
  const found: DisconnectFound = {
    ...{ projectId: ref.projectId, provider: 'AWS', region: 'us-east-1', service, serviceIds: [ref.id], ended: [] },
    ...{ serviceId: undefined, named: undefined, keepsService: false, removals: sideOf('AWS').removals },
    belongings: ['us-east-1', 'us-west-2'].map((region) => ({
      ...{ account: '1', role: 'me', region, endpoints: [], resources: [] },
    })),
  };
  const plan = { ...planDisconnect(found), left: ['vpce-1'], notes: ['Mind the gap.'] };
  const steps = plan.steps.map(({ id, title, action, detail }) => ({ id, title, result: action, detail }));
  const cloud = { provider: 'AWS', account: '1', role: 'me', regions: ['us-east-1', 'us-west-2'], left: ['vpce-1'] };

  test('its plan as data, and for people', async () => {
    const view = removal.disconnectPlanView(found, plan);
    expect([view.single, view.id]).toEqual([true, 'projectId']);
    expect(view.rows).toEqual([
      {
        ...{ projectId: ref.projectId, region: 'us-east-1', endpoint: service, steps, notes: plan.notes },
        cloud: { ...cloud, deleted: [] },
      },
    ]);
    const text = (await view.own?.table?.()) ?? '';
    expect(text.match(/^\S.*:$/gm)).toEqual(['Plan:', 'Steps:', 'Notes:']);
    expect(planSections({ ...plan, notes: [] }).map(({ title }) => title)).toEqual(['Plan:', 'Steps:']);
    expect(removal.disconnectPlanView({ ...found, service: undefined }, plan).rows[0]?.endpoint).toBeNull();
  });

  test('its result as data, and for people a line for each step', async () => {
    const results = [
      { id: 'service', title: 'Atlas service', result: 'kept', detail: 'x' },
      { id: 'vpc-endpoint', title: 'VPC endpoint', result: 'removed', detail: 'y' },
    ];
    const view = removal.disconnectedView(found, plan, { service, results, deleted: ['sg-1'], inUse: [] });
    expect([view.single, view.id]).toEqual([true, 'interfaceEndpointId']);
    expect(view.rows).toEqual([
      { endpoint: service, interfaceEndpointId: 'vpce-1', cloud: { ...cloud, deleted: ['sg-1'] }, steps: results },
    ]);
    expect(await view.own?.table?.()).toBe('kept     Atlas service  x\nremoved  VPC endpoint   y\n');
    const bare = { ...plan, attached: [], kept: undefined };
    const outcome = { service: undefined, results, deleted: [], inUse: [] };
    expect(removal.disconnectedView(found, bare, outcome).rows[0]).toMatchObject({
      ...{ endpoint: null, interfaceEndpointId: null },
    });
    const named = { ...found, named: 'vpce-2', belongings: [] };
    expect(removal.disconnectedView(named, bare, outcome).rows[0]).toMatchObject({
      interfaceEndpointId: 'vpce-2',
      cloud: { account: null, role: null, regions: [] },
    });
  });
});
