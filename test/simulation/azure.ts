import { endpointsIn, sandboxGroup, sandboxSubscription } from '../../src/sandbox/azure/account.js';
import { privateLinkStatus } from '../../src/sandbox/azure/endpoints.js';
import { sandboxAzure } from '../../src/sandbox/clouds/azure.js';
import { askCloud, type SimulatedCloud } from './cloud.js';

const actions = [
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Network/privateEndpoints/write',
  'Microsoft.Network/privateEndpoints/read',
  'Microsoft.Network/privateEndpoints/delete',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Network/locations/operations/read',
  'Microsoft.Authorization/permissions/read',
];

const version = 'api-version=2024-05-01';

export const simulatedAzure: SimulatedCloud = {
  provider: 'AZURE',
  regions: ['eastus2', 'westeurope'],
  requests: actions.map((action) => ({ action })),
  creates: ['Microsoft.Network/privateEndpoints/write'],
  deletes: ['Microsoft.Network/privateEndpoints/delete'],
  endpointKind: 'private endpoint',
  target: (service, region) =>
    sandboxAzure.service(service, { region, isReady: true, attached: [] }).privateLinkServiceResourceId ?? '',
  holdings: (view) => {
    const all = endpointsIn(view.world.clouds.AZURE.resources).filter(({ goneAt }) => goneAt === null);
    return {
      ours: all.flatMap((endpoint) => {
        const serviceId = endpoint.tags['atlas-pe-service'];
        const isDead = /Rejected|Disconnected/.test(privateLinkStatus(view, endpoint));
        const isMarked = endpoint.tags['atlas-pe-created-service'] === 'true';
        return serviceId === undefined
          ? []
          : [{ kind: 'private endpoint', id: endpoint.id, serviceId, isMarked, isDead }];
      }),
      theirs: all
        .filter(({ tags }) => tags['atlas-pe-service'] === undefined)
        .map(({ isAttached: _, ...each }) => JSON.stringify(each)),
    };
  },
  deleteByHand: ({ baseUrl, id }) => askCloud('DELETE', `${baseUrl}/azure${id}?${version}`, 'sandbox'),
  intrude: async ({ baseUrl, region, target, name, advance }) => {
    const group = `/subscriptions/${sandboxSubscription}/resourceGroups/${sandboxGroup}/providers/Microsoft.Network`;
    const subnet = `${group}/virtualNetworks/default-${region}/subnets/default`;
    const id = `${group}/privateEndpoints/${name}`;
    const connection = { name: 'theirs', properties: { privateLinkServiceId: target, requestMessage: 'theirs' } };
    const properties = { subnet: { id: subnet }, manualPrivateLinkServiceConnections: [connection] };
    const ask = (method: string, path: string, body?: unknown) =>
      askCloud(method, `${baseUrl}/azure${path}?${version}`, 'sandbox', body);
    await ask('PUT', id, { location: region, properties });
    advance();
    const { properties: its } = await ask('GET', id);
    const nic = await ask('GET', its.networkInterfaces[0].id);
    return { id, ip: nic.properties.ipConfigurations[0].properties.privateIPAddress };
  },
};
