import { describe, expect, test } from 'vitest';
import { azureSandbox, endpointBody, privateEndpoint, subnetOf, subscription } from '../../helpers/azure.js';

const list = `${subscription}/providers/Microsoft.Network/privateEndpoints`;
const networks = [
  {
    name: 'apps',
    region: 'eastus2',
    subnets: [
      { name: 'web' },
      { name: 'functions', delegation: 'Microsoft.Web/serverFarms' },
      { name: 'GatewaySubnet' },
      { name: 'tiny', range: '10.0.8.0/29' },
      { name: 'none', full: true },
    ],
  },
];

describe('a PUT is refused', () => {
  const body = (target: string) => endpointBody(target, { subnet: { id: subnetOf('apps', 'web') } });
  const connect = (properties: object, name: unknown = 'atlas') => ({
    manualPrivateLinkServiceConnections: [{ name, properties }],
  });
  type Made = ReturnType<typeof body>;
  type Change = (made: Made, target: string) => unknown;
  const at = (id: string) => (made: Made) => ({ ...made, properties: { ...made.properties, subnet: { id } } });
  const having =
    (properties: (target: string) => object): Change =>
    (made, target) => ({ ...made, properties: { ...made.properties, ...properties(target) } });

  test.each<[string, Change, string]>([
    ['without a location', (made) => ({ ...made, location: undefined }), 'InvalidResourceReference'],
    ['in another region than its network', (made) => ({ ...made, location: 'westus2' }), 'InvalidResourceReference'],
    ['in a subnet that is not there', at(subnetOf('apps', 'db')), 'InvalidResourceReference'],
    ['in a delegated subnet', at(subnetOf('apps', 'functions')), 'SubnetCannotBeUsedByResource'],
    ['in the subnet of a gateway', at(subnetOf('apps', 'gatewaysubnet')), 'SubnetCannotBeUsedByResource'],
    ['in a full subnet', at(subnetOf('apps', 'none')), 'SubnetIsFull'],
    [
      'to a service that is not there',
      having((target) => connect({ privateLinkServiceId: `${target}0` })),
      'InvalidPrivateLinkServiceId',
    ],
    ['with a member that Azure does not have', having(() => ({ subnett: {} })), 'InvalidRequestFormat'],
    ['with an automatic connection', having(() => ({ privateLinkServiceConnections: [{}] })), 'InvalidRequestFormat'],
    ['without a connection', having(() => ({ manualPrivateLinkServiceConnections: [] })), 'InvalidRequestFormat'],
  ])('%s', async (_, change, code) => {
    const { atlas, refusal, arm } = await azureSandbox({ azure: { networks } });
    const { target } = await atlas.service();
    expect(await refusal('PUT', 'privateEndpoints/mine', { body: change(body(target), target) })).toEqual([
      400,
      code,
    ]);
    expect((await arm('GET', list)).body.value).toEqual([]);
  });
});

describe('a second PUT', () => {
  test('with the same body changes nothing, during the operation and later', async () => {
    const { put, created, clock, states } = await privateEndpoint();
    clock.advance(400);
    const again = await put();
    expect([again.status, again.body]).toEqual([200, created.body]);
    expect(again.headers.get('azure-asyncoperation')).toBe(created.headers.get('azure-asyncoperation'));
    clock.advance(600);
    expect(await states()).toEqual(['Succeeded', 'Pending']);
    expect((await put()).headers.has('azure-asyncoperation')).toBe(false);
    expect(await states()).toEqual(['Succeeded', 'Pending']);
  });

  test('replaces the tags, and nothing else', async () => {
    const { put, read, service, refusal, path } = await privateEndpoint();
    await put(endpointBody(service.target, {}, { tags: { team: 'a' } }));
    expect((await read()).tags).toEqual({ team: 'a' });
    const moved = endpointBody(
      service.target,
      { subnet: { id: subnetOf('default-westus2') } },
      { location: 'westus2' },
    );
    expect(await refusal('PUT', path, { body: moved })).toEqual([400, 'PropertyChangeNotAllowed']);
  });

  test('during a delete is refused', async () => {
    const { arm, path, refusal, service } = await privateEndpoint();
    await arm('DELETE', path);
    const again = await refusal('PUT', path, { body: endpointBody(service.target) });
    expect(again).toEqual([429, 'AnotherOperationInProgress']);
  });
});

test('a static address is given, kept and answered, and refused if it is taken or outside the subnet', async () => {
  const { atlas, arm, refusal, clock } = await azureSandbox();
  const { id, target } = await atlas.service();
  const withAddress = (privateIPAddress: string) =>
    endpointBody(target, { ipConfigurations: [{ name: 'own', properties: { privateIPAddress } }] });
  const first = withAddress('10.0.0.77');
  const made = await arm('PUT', 'privateEndpoints/one', { body: first });
  expect(made.body.properties.ipConfigurations).toEqual([
    { name: 'own', properties: { privateIPAddress: '10.0.0.77' } },
  ]);
  clock.advance(60_000);
  expect((await arm('PUT', 'privateEndpoints/one', { body: first })).status).toBe(200);
  await atlas.attach(id, made.body.id, '10.0.0.77');
  expect((await atlas.attachment(id, made.body.id))[1]).toBeNull();
  const refused = (address: string) => refusal('PUT', 'privateEndpoints/two', { body: withAddress(address) });
  expect(await refused('10.0.0.77')).toEqual([400, 'PrivateIPAddressIsAllocated']);
  expect(await refused('192.168.0.7')).toEqual([400, 'PrivateIPAddressNotInSubnet']);
});
