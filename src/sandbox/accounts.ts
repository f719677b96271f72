import type { Provider } from '../clouds/all.js';
import { acceptVpcEndpoint, addressesOfEndpoint } from './aws/endpoints.js';
import type { AwsServiceName } from './aws/frontend.js';
import { acceptPrivateEndpoint } from './azure/endpoints.js';
import type { Frontend, SandboxOptions } from './frontend.js';
import { acceptRule } from './gcp/linking.js';
import type { Accept, WorldView } from './world.js';

interface CloudAccount {
  path: RegExp;
  /** Loads its API at the first request, because most commands use only Atlas. `name`: the group of `path`. */
  open(options: SandboxOptions, name: string): Promise<Frontend>;
  /** Guess: an id that the account of Azure or Google does not have is accepted, so that Atlas alone can be tested. */
  accept: Accept;
  /** Where an endpoint is, and its addresses, if the cloud chooses them. Undefined if the account does not have it. */
  addresses?(view: WorldView, endpointId: string): { region: string; addresses: string[] } | undefined;
}

export const accounts: Readonly<Record<Provider, CloudAccount>> = {
  AWS: {
    // Some clients add a slash.
    path: /^\/aws\/(ec2|sts)\/?$/,
    open: async (options, name) => (await import('./aws/frontend.js')).awsFrontend(name as AwsServiceName, options),
    accept: acceptVpcEndpoint,
    addresses: addressesOfEndpoint,
  },
  AZURE: {
    // Some clients take a host without a path, and sign in at that host.
    path: /^(?:(\/azure)\/|\/(?:subscriptions|tenants)(?:\/|$)|\/(?:metadata|[^/]+\/(?:v2\.0|oauth2))\/)/i,
    open: async (options, prefix) => (await import('./azure/frontend.js')).azureFrontend(prefix, options),
    accept: acceptPrivateEndpoint,
  },
  GCP: {
    // Some clients take a host without a path.
    path: /^(?:(\/gcp)\/|\/compute\/v1\/)/,
    open: async (options, prefix) => (await import('./gcp/frontend.js')).gcpFrontend(prefix, options),
    accept: acceptRule,
  },
};
