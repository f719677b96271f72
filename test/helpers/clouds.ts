import type { Provider } from '../../src/clouds/all.js';

/** For each cloud: a region, and the arguments of `interface add` there. Tests that cover every cloud use these. */
export const examples: Readonly<Record<Provider, { region: string; attached: string; options?: string }>> = {
  AWS: { region: 'us-east-1', attached: 'vpce-0123456789abcdef0' },
  AZURE: {
    region: 'eastus2',
    attached:
      '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p',
    options: '--ip 10.0.0.4',
  },
  GCP: { region: 'us-central1', attached: 'rule', options: '--gcp-project my-project-123 --ip 10.0.0.1' },
};
