import { describe, expect, test } from 'vitest';
import { azureSandbox, group, privateEndpoint, subnetOf, subscription } from '../../helpers/azure.js';

const network = '/providers/Microsoft.Network';

test.each([
  ['with another token', 'virtualNetworks', { token: 'x' }, [401, 'InvalidAuthenticationToken']],
  ['without a version', 'virtualNetworks/x?x=1', {}, [400, 'InvalidApiVersionParameter']],
  ['with a bad version', 'virtualNetworks/x', { version: 'x2026-01-01' }, [400, 'InvalidApiVersionParameter']],
  ['in another subscription', `/subscriptions/x${network}/virtualNetworks`, {}, [404, 'SubscriptionNotFound']],
  ['for a subnet that is not there', subnetOf('default-eastus2', 'x'), {}, [404, 'ResourceNotFound']],
  ['for an endpoint that is not there', 'privateEndpoints/x', {}, [404, 'ResourceNotFound']],
  [
    'for an operation that is not there',
    `${subscription}${network}/locations/eastus2/operations/x`,
    {},
    [404, 'OperationNotFound'],
  ],
  ['that the sandbox does not know', 'loadBalancers', {}, [501, 'NotImplemented']],
])('a request is refused %s', async (_, path, sent, expected) => {
  const { refusal } = await azureSandbox();
  expect(await refusal('GET', path, sent)).toEqual(expected);
});

test('each subscription has networks of its own', async () => {
  const other = '11111111-0000-4000-8000-000000000001';
  const { arm } = await azureSandbox({
    azure: { subscriptions: [other], networks: [{ name: 'n', region: 'eastus2' }] },
  });
  for (const own of [subscription, `/subscriptions/${other}`]) {
    const { subscriptionPolicies } = (await arm('GET', own)).body;
    expect(subscriptionPolicies).toMatchObject({ locationPlacementId: 'Public_2014-09-01', spendingLimit: 'Off' });
    const { body } = await arm('GET', `${own}${network}/virtualNetworks`);
    const id = `${own}/resourceGroups/atlas-pe-sandbox${network}/virtualNetworks/n`;
    expect(body.value.map((each: { id: string }) => each.id)).toEqual([id]);
    expect((await arm('GET', id.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'))).status).toBe(200);
  }
});

test('networks of the faults file take the place of the usual ones', async () => {
  const rules = [{ ports: '1024-2524', source: '10.0.0.0/8', access: 'Allow' as const }, {}];
  const subnets = [
    { name: 'web', policies: 'NetworkSecurityGroupEnabled' as const, rules },
    { name: 'db', delegation: 'A.B/c' },
  ];
  const networks = [
    { name: 'apps', region: 'eastus2', group: 'net', dnsServers: ['10.0.0.53'], subnets },
    { name: 'other', region: 'westus2' },
  ];
  const { arm } = await azureSandbox({ azure: { networks } });
  const { value } = (await arm('GET', `${subscription}${network}/virtualNetworks`)).body;
  expect(value).toMatchObject([
    {
      id: `${subscription}/resourceGroups/net${network}/virtualNetworks/apps`,
      properties: { dhcpOptions: { dnsServers: ['10.0.0.53'] } },
    },
    { name: 'other', location: 'westus2' },
  ]);
  const [web, second] = value[0].properties.subnets;
  expect(web.properties.privateEndpointNetworkPolicies).toBe('NetworkSecurityGroupEnabled');
  expect(second).toMatchObject({
    name: 'db',
    properties: { addressPrefix: '10.0.1.0/24', delegations: [{ properties: { serviceName: 'A.B/c' } }] },
  });
  const { body } = await arm('GET', web.properties.networkSecurityGroup.id);
  expect(body.properties.securityRules).toMatchObject([
    {
      properties: {
        access: 'Allow',
        priority: 100,
        destinationPortRange: '1024-2524',
        sourceAddressPrefix: '10.0.0.0/8',
      },
    },
    { properties: { access: 'Deny', priority: 101, direction: 'Inbound', destinationPortRange: '*' } },
  ]);
});

test.each([group, subnetOf('default-eastus2')])('the permissions on %s', async (resource) => {
  const without = ['Microsoft.Network/privateEndpoints/delete'];
  const { arm } = await azureSandbox({ azure: { without } });
  const { body } = await arm('GET', `${resource}/providers/Microsoft.Authorization/permissions`, {
    version: '2022-04-01',
  });
  expect(body.value).toMatchObject([
    { actions: ['*/read'], notActions: without },
    { actions: expect.arrayContaining(['Microsoft.Network/*']), notActions: without },
  ]);
});

describe('the validation of a deployment', () => {
  const path = `${group.replace('Groups', 'groups')}/providers/Microsoft.Resources/deployments/check/validate`;
  async function validate(
    change: (resource: object) => object,
    { setup = {}, version = '2024-11-01', level = '' } = {},
  ) {
    const { arm, read, service, id } = await privateEndpoint({ azure: setup });
    const { location, properties } = (await read()) ?? {};
    const { subnet, manualPrivateLinkServiceConnections: made = [] } = properties ?? {};
    const target = { privateLinkServiceId: service.target };
    const connections = made.map(({ name }: { name: string }) => ({ name, properties: target }));
    const wanted = { location, properties: { subnet, manualPrivateLinkServiceConnections: connections } };
    const type = 'Microsoft.Network/privateEndpoints';
    const resource = change({ type, apiVersion: '2024-05-01', name: 'other', ...wanted });
    const template = { $schema: 'x', contentVersion: '1.0.0.0', resources: [resource] };
    const body = { properties: { mode: 'Incremental', ...(level && { validationLevel: level }), template } };
    const answer = await arm('POST', path, { body, version });
    return { ...answer, id, list: (await arm('GET', `${subscription}${network}/privateEndpoints`)).body.value };
  }

  test('creates nothing', async () => {
    const { status, body, list } = await validate((resource) => resource);
    expect([status, body.properties.provisioningState]).toEqual([200, 'Succeeded']);
    expect(list.map(({ name }: { name: string }) => name)).toEqual(['mine']);
  });

  test('knows validationLevel from 2024-11-01 on', async () => {
    const statuses = [];
    for (const version of ['2024-03-01', '2024-11-01']) {
      const { status, body } = await validate((resource) => resource, { version, level: 'Provider' });
      statuses.push([status, body.error?.code]);
    }
    expect(statuses).toEqual([
      [400, 'InvalidRequestContent'],
      [200, undefined],
    ]);
  });

  test.each([
    ['2024-05-01', 'InvalidRequestFormat'],
    ['2025-05-01', undefined],
  ])('of a resource in the version %s, with a member of a later one: %s', async (apiVersion, code) => {
    const { body } = await validate((resource) => {
      const { properties } = resource as { properties: object };
      return { ...resource, apiVersion, properties: { ...properties, ipVersionType: 'IPv4' } };
    });
    expect(body.error?.details[0].code).toBe(code);
  });

  test('finds what a PUT would find', async () => {
    const { status, body } = await validate((resource) => ({ ...resource, location: 'westus2' }));
    expect([status, body.error.code]).toEqual([400, 'InvalidTemplateDeployment']);
    expect(body.error.details).toMatchObject([{ code: 'InvalidResourceReference' }]);
  });
});

test('each region has a network, which the list shows in pages', async () => {
  const { arm } = await azureSandbox();
  const first = await arm('GET', `${subscription}${network}/virtualNetworks`);
  const second = await arm('GET', first.body.nextLink);
  const locations = [first, second].flatMap(({ body }) =>
    body.value.map((each: { location: string }) => each.location),
  );
  expect(first.body.value).toHaveLength(50);
  expect(second.body.nextLink).toBeUndefined();
  expect(locations).toContain('eastus2');
  expect(new Set(locations).size).toBe(locations.length);

  const { body } = await arm('GET', 'virtualNetworks/DEFAULT-eastus2');
  expect(body).toMatchObject({ name: 'default-eastus2', location: 'eastus2' });
  expect(body.properties.dhcpOptions).toEqual({ dnsServers: [] });
  const [subnet] = body.properties.subnets;
  expect(subnet).toMatchObject({
    name: 'default',
    properties: { addressPrefix: '10.0.0.0/24', delegations: [], privateEndpointNetworkPolicies: 'Disabled' },
  });
  expect((await arm('GET', subnet.id)).body).toEqual(subnet);
});

describe('a virtual network', () => {
  const version = '2026-03-01';
  const space = { addressSpace: { addressPrefixes: ['10.1.0.0/16'] } };
  const made = (properties: object) => ({ location: 'East US 2', tags: { app: 'web' }, properties });

  test('and its subnets are made, read, changed and deleted', async () => {
    const { arm } = await azureSandbox();
    const send = async (method: string, path: string, body?: object) => {
      const { status, body: answer } = await arm(method, path, { body, version });
      return [status, answer?.properties?.subnets?.map(({ name }: { name: string }) => name) ?? answer?.name];
    };
    const range = { properties: { addressPrefixes: ['10.1.1.0/24'], defaultOutboundAccess: false } };
    expect(await send('PUT', 'virtualNetworks/own', made(space))).toEqual([201, []]);
    expect(await send('PUT', 'virtualNetworks/own/subnets/web', range)).toEqual([201, 'web']);
    expect(await send('PUT', 'virtualNetworks/OWN/subnets/db', range)).toEqual([201, 'db']);
    expect(await send('PUT', 'virtualNetworks/own', made(space))).toEqual([200, ['web', 'db']]);
    expect(await send('GET', 'virtualNetworks/own')).toEqual([200, ['web', 'db']]);
    const { body } = await arm('GET', 'virtualNetworks/own/subnets/web', { version });
    expect(body.properties).toMatchObject({ ...range.properties, privateLinkServiceNetworkPolicies: 'Enabled' });
    expect(await send('DELETE', 'virtualNetworks/own/subnets/web')).toEqual([200, undefined]);
    expect(await send('DELETE', 'virtualNetworks/own/subnets/web')).toEqual([204, undefined]);
    expect(await send('DELETE', 'virtualNetworks/own')).toEqual([200, undefined]);
    const { value } = (await arm('GET', 'virtualNetworks', { version })).body;
    expect(value.map(({ name }: { name: string }) => name)).not.toContain('own');
    expect(await send('PUT', 'virtualNetworks/own', made(space))).toEqual([201, []]);
  });

  test('with which the sandbox began gets a subnet, and stays', async () => {
    const { arm, refusal } = await azureSandbox();
    const body = { properties: { addressPrefix: '10.0.7.0/24' } };
    expect((await arm('PUT', 'virtualNetworks/DEFAULT-eastus2/subnets/web', { body, version })).status).toBe(201);
    expect(await refusal('DELETE', 'virtualNetworks/default-eastus2')).toEqual([409, 'OperationNotAllowed']);
    const { properties } = (await arm('GET', 'virtualNetworks/default-eastus2', { version })).body;
    expect(properties.subnets).toMatchObject([{ name: 'default' }, { name: 'web' }]);
  });

  test('that is not there gets no subnet', async () => {
    const { refusal } = await azureSandbox();
    const answer = await refusal('PUT', 'virtualNetworks/none/subnets/web', { body: {}, version });
    expect(answer).toEqual([404, 'ResourceNotFound']);
  });
});
