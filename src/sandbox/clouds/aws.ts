import { endpointDnsName } from '../aws/identity.js';
import { checkBody } from '../frontend.js';
import { digits } from '../world.js';
import type { SandboxCloud } from './all.js';

export const sandboxAws = {
  // Unlike the region itself, remote regions are accepted only in the spelling of Atlas.
  remoteRegion: /^[A-Z0-9_]+$/,
  service: ({ id, supportedRemoteRegions }, { region, isReady, attached }) => ({
    endpointServiceName: isReady ? endpointServiceName(id, region) : null,
    interfaceEndpoints: attached,
    supportedRemoteRegions,
  }),
  hosts: () => ({ prefix: 'pl', firstPort: 1024, lastPort: 65_535, perNode: false }),
  names: {
    alias: (id, serviceId, region) =>
      endpointDnsName({ id, region, serviceName: endpointServiceName(serviceId, region) }),
  },
  networks: (regions) => regions.map((regionName) => ({ regionName })),
  interfaces: {
    idShape: /^vpce-[0-9a-f]{17}$/,
    statuses: { requested: 'PENDING_ACCEPTANCE', pending: 'PENDING', failed: 'REJECTED' },
    read: ({ id }) => {
      checkBody({ id: [typeof id === 'string', 'must not be empty'] });
      return { id: String(id) };
    },
    answer: ({ id }, status) => ({ connectionStatus: status, interfaceEndpointId: id }),
  },
} as const satisfies SandboxCloud;

export function endpointServiceName(id: string, region: string): string {
  return `com.amazonaws.vpce.${region}.vpce-svc-${digits(id, 17)}`;
}
