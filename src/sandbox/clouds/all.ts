import type { Provider } from '../../clouds/all.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import type { SandboxCloud } from './cloud.js';
import { gcp } from './gcp.js';

export const sandboxClouds: Readonly<Record<Provider, SandboxCloud>> = { AWS: aws, AZURE: azure, GCP: gcp };
