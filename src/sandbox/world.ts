import type { Provider } from '../clouds/all.js';
import type { Account } from './aws/resources.js';
import type { AzureAccount } from './azure/endpoints.js';
import type { AzureSetup } from './azure/setup.js';
import { digits } from './chance.js';
import type { FaultOutcome } from './faults.js';
import type { GcpSetup } from './gcp/network.js';
import type { GcpAccount } from './gcp/resources.js';
import type { KindName } from './kinds.js';
import type { ReadyStatus } from './ready-statuses.js';
import { Refusal } from './refusal.js';

/*
 * The sandbox's Atlas as a pure state machine. Nothing runs in the background: the status of a service follows from its
 * timestamps of creation and deletion and from the time of the request. Times are milliseconds since 1970.
 */

export interface WorldOptions {
  /** Milliseconds from create to ready, or `realistic`: a random recorded time for each service. */
  readyAfter: number | 'realistic';
  readyStatus: ReadyStatus;
  /** The projects that exist. `any`: every project id exists. */
  projects: readonly string[] | 'any';
  /** The clusters of each project. */
  clusters: readonly ClusterSpec[];
  /** Removing the last interface endpoint of a service also deletes the service, as Atlas may do. */
  lastTakesService: boolean;
  /** Milliseconds until EC2 finds a new resource. */
  awsLag: number;
  /** Milliseconds until Google finds a new resource. */
  gcpLag: number;
  gcp: GcpSetup;
  /** Milliseconds until Azure finds a new private endpoint. */
  azureLag: number;
  azure: AzureSetup;
}

export interface ClusterSpec {
  name: string;
  /** The size of a cluster on shared hosts. Default: a dedicated cluster. */
  tier?: 'M0' | 'FLEX';
  /** It is paused from the beginning. Default: false. */
  paused?: boolean;
  /** The regions with nodes, in the spelling of Atlas. */
  regions: readonly { provider: Provider; atlasRegion: string }[];
}

/** The times of something that is created and deleted. */
export interface Lifetime {
  createdAt: number;
  /** When its creation ends. */
  readyAt: number;
  /** When its deletion ends. Null until it is deleted. */
  goneAt: number | null;
  /** What happens instead when it would become ready. */
  fate?: FaultOutcome | undefined;
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

/** A request to attach an interface endpoint: the id and the keys of its cloud. */
export interface AttachRequest {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  [key: string]: unknown;
}

/** An interface endpoint of a service. */
export interface Attachment extends AttachRequest, Omit<Lifetime, 'readyAt'> {
  availableAt: number;
}

/** A private endpoint of another kind than those of clusters. */
export interface OtherEndpoint extends Lifetime {
  kind: KindName;
  id: string;
  projectId: string;
  provider: Provider;
  /** The fields of the request that created it. */
  body: Readonly<Record<string, unknown>>;
  /** Null until the user approves it. */
  approvedAt: number | null;
}

export interface World {
  options: WorldOptions;
  services: readonly Service[];
  /** Undefined in a world from before these existed. */
  others?: readonly OtherEndpoint[];
  /** The projects in which a region can have multiple private endpoints. */
  regionalMode: readonly string[];
  /** The user's AWS account, Google project and Azure subscription. */
  aws: Account;
  gcp: GcpAccount;
  azure: AzureAccount;
}

/** A world at one time. */
export interface WorldView {
  world: World;
  now: number;
}

/** The id of the organization that all projects belong to. */
export const organization = digits('org', 24);

export const defaultProject = '64f0c2a7e1b2c3d4e5f60718';
export const defaultWorldOptions: WorldOptions = {
  readyAfter: 5000,
  readyStatus: 'WAITING_FOR_USER',
  projects: 'any',
  // One on each cloud.
  clusters: [
    { name: 'Cluster0', regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] },
    { name: 'Cluster1', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] },
    { name: 'Cluster2', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' }] },
  ],
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
    regionalMode: [],
    aws: { vpcs: [], subnets: [], groups: [], endpoints: [], tags: {} },
    gcp: { resources: [], operations: [] },
    azure: { endpoints: [] },
  };
}

/** The projects that the key can access: those from the options, or the default one and those in use. */
export function projectsOf({ options, services }: World): string[] {
  if (options.projects !== 'any') return [...options.projects];
  return [...new Set([defaultProject, ...services.map(({ projectId }) => projectId)])];
}

/** Throws a refusal if a request names a project that does not exist. */
export function checkProject({ options }: World, projectId: string): void {
  if (projectId === '' || options.projects === 'any' || options.projects.includes(projectId)) return;
  throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with ID ${projectId} exists.`, [projectId]);
}

/** The list with this one in the place of that with its id, and without those that were deleted long ago. */
export function withNewest<T extends { id: string; goneAt: number | null }>(all: readonly T[], one: T, now: number) {
  const isSame = ({ id }: T) => id.toLowerCase() === one.id.toLowerCase();
  return [...all.filter((each) => !isSame(each) && now < (each.goneAt ?? now) + 3_600_000), one];
}

export function replaceService(world: World, service: Service): World {
  return { ...world, services: world.services.map((other) => (other.id === service.id ? service : other)) };
}
