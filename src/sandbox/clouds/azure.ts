import { checkBody, isAddress } from '../frontend.js';
import { digits, uuid } from '../world.js';
import type { SandboxCloud } from './all.js';

export const sandboxAzure = {
  service: ({ id }, { isReady, attached }) => ({
    privateEndpoints: attached,
    privateLinkServiceName: isReady ? `pls_${id}` : null,
    privateLinkServiceResourceId: isReady ? privateLinkServiceId(id) : null,
  }),
  hosts: () => ({ prefix: 'pl', firstPort: 1024, lastPort: 2524, perNode: false }),
  names: {
    addresses: ({ ip }) => (isAddress(ip) ? [String(ip)] : []),
  },
  networks: (regions) => regions.map((region) => ({ region })),
  interfaces: {
    idShape:
      /^\/subscriptions\/[0-9a-f-]{36}\/resource[gG]roups\/[-\w._()\u00aa-\uffff]+\/providers\/Microsoft\.Network\/privateEndpoints\/[-\w._()]+$/,
    statuses: { requested: 'INITIATING', pending: 'INITIATING', failed: 'FAILED' },
    read: ({ id, privateEndpointIPAddress }) => {
      checkBody({
        id: [typeof id === 'string', 'must not be empty'],
        privateEndpointIPAddress: [isAddress(privateEndpointIPAddress), 'must be an IP address'],
      });
      return { id: String(id), ip: String(privateEndpointIPAddress) };
    },
    answer: ({ id, ip }, status) => {
      const [, , subscription = '', , group = ''] = id.split('/');
      return {
        status,
        privateEndpointIPAddress: ip,
        privateEndpointResourceId: id,
        privateEndpointConnectionName: `${subscription}%2f${group}%2f${id.split('/').at(-1)}`,
      };
    },
  },
} as const satisfies SandboxCloud;

export function privateLinkServiceId(serviceId: string): string {
  const group = `/subscriptions/${uuid(serviceId)}/resourceGroups/rg_${digits(serviceId, 24)}`;
  return `${group}/providers/Microsoft.Network/privateLinkServices/pls_${serviceId}`;
}
