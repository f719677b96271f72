import { fileURLToPath } from 'node:url';

/** What it takes to make an endpoint and attach something to it, in each cloud. */
export const attached = {
  aws: 'vpce-0123456789abcdef0',
  azure:
    '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/group/providers/Microsoft.Network/privateEndpoints/mine',
  gcp: 'group',
  /** GCP with port mapping. */
  mapped: 'rule',
} as const;

/** The sandbox takes the VPC endpoint for one of another account. */
export const anyVpce = ['--faults', fileURLToPath(new URL('../helpers/any-vpce.yaml', import.meta.url))];

/** The sandbox of these tests has the time of this machine. From that day on it refuses GCP without port mapping. */
export const hasOlderKind = Date.now() < Date.UTC(2027, 3, 30);
