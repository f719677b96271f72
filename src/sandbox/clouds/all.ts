import type { Provider } from '../../clouds/all.js';
import { sandboxAws } from './aws.js';
import { sandboxAzure } from './azure.js';
import type { SandboxCloud } from './cloud.js';
import { sandboxGcp } from './gcp.js';

export const sandboxClouds: Readonly<Record<Provider, SandboxCloud>> = {
  AWS: sandboxAws,
  AZURE: sandboxAzure,
  GCP: sandboxGcp,
};
