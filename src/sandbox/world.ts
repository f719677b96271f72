import { type Provider, providers } from '../clouds/all.js';
import type { AwsAccount } from './aws/account.js';
import type { AzureAccount, AzureSetup } from './azure/account.js';
import { digits } from './chance.js';
import type { GcpAccount, GcpSetup } from './gcp/account.js';
import type { Lifetime } from './lifetime.js';
import type { ReadyStatus } from './option-values.js';

/* The sandbox's Atlas as a pure state machine: what is so follows from timestamps (milliseconds since 1970) and the time now. */

export interface WorldOptions {
  /** Milliseconds from create to ready, or `realistic`: a random recorded time for each service. */
  readyAfter: number | 'realistic';
  readyStatus: ReadyStatus;
  /** The projects that exist. `any`: every project id exists. */
  projects: readonly string[] | 'any';
  clusters: readonly ClusterSpec[];
  /** With a list, also an empty one, the project has opted in to them. Each as Atlas describes it, and its cluster. */
  namedStrings?: readonly Readonly<Record<string, unknown>>[];
  /** Removing the last interface endpoint of a service also deletes the service, as Atlas may do. */
  lastTakesService: boolean;
  /** Milliseconds until the cloud finds a new resource. */
  awsLag: number;
  azureLag: number;
  gcpLag: number;
  azure: AzureSetup;
  gcp: GcpSetup;
}

export interface ClusterSpec {
  name: string;
  /** The size of a cluster on shared hosts. Default: a dedicated cluster. */
  tier?: 'M0' | 'FLEX';
  paused?: boolean;
  regions: readonly { provider: Provider; atlasRegion: string }[];
}

export interface Service extends Lifetime {
  id: string;
  projectId: string;
  provider: Provider;
  atlasRegion: string;
  supportedRemoteRegions: string[] | null;
  portMappingEnabled: boolean;
  interfaces: readonly Attachment[];
}

export interface AttachRequest {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  [key: string]: unknown;
}

export interface Attachment extends AttachRequest, Lifetime {}

/** Attaches one. Returns the world after that, or why the cloud does not allow it: then the interface endpoint fails. */
export type Accept = (view: WorldView, service: Service, request: AttachRequest) => World | string;

export type KindName = 'dataFederation' | 'encryption' | 'backup' | 'stream';

export interface OtherEndpoint extends Lifetime {
  kind: KindName;
  id: string;
  projectId: string;
  provider: Provider;
  body: Readonly<Record<string, unknown>>;
  approvedAt: number | null;
}

export interface World {
  options: WorldOptions;
  services: readonly Service[];
  others: readonly OtherEndpoint[];
  regionalMode: readonly string[];
  clouds: Accounts;
}

interface Accounts extends Record<Provider, object> {
  AWS: AwsAccount;
  AZURE: AzureAccount;
  GCP: GcpAccount;
}

export interface WorldView {
  world: World;
  now: number;
}

export const organization = digits('org', 24);

export const defaultProject = '64f0c2a7e1b2c3d4e5f60718';
const usualRegions = { AWS: 'US_EAST_1', AZURE: 'US_EAST_2', GCP: 'US_EAST_4' } satisfies Record<Provider, string>;

export const defaultWorldOptions: WorldOptions = {
  readyAfter: 2000,
  readyStatus: 'WAITING_FOR_USER',
  projects: 'any',
  clusters: providers.map((provider, index) => {
    return { name: `Cluster${index}`, regions: [{ provider, atlasRegion: usualRegions[provider] }] };
  }),
  lastTakesService: false,
  awsLag: 0,
  gcpLag: 0,
  gcp: {},
  azureLag: 0,
  azure: {},
};

/** There are no recorded times of real deletes. Here a delete is short, and never longer than a create. */
export function briefly({ readyAfter }: WorldOptions): number {
  return Math.min(3000, readyAfter === 'realistic' ? 3000 : readyAfter);
}

export function emptyWorld(options: Partial<WorldOptions> = {}): World {
  return {
    options: { ...defaultWorldOptions, ...options },
    services: [],
    others: [],
    regionalMode: [],
    clouds: {
      AWS: { vpcs: [], subnets: [], groups: [], endpoints: [], tags: {} },
      AZURE: { resources: [], networks: {} },
      GCP: { resources: [], operations: [] },
    },
  };
}

export function projectsOf({ options, services }: World): string[] {
  if (options.projects !== 'any') return [...options.projects];
  return [...new Set([defaultProject, ...services.map(({ projectId }) => projectId)])];
}

export function withAccount<P extends Provider>(world: World, provider: P, account: Accounts[P]): World {
  return { ...world, clouds: { ...world.clouds, [provider]: account } };
}

export function replaceService(world: World, service: Service): World {
  return { ...world, services: world.services.map((other) => (other.id === service.id ? service : other)) };
}
