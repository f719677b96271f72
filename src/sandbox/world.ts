import type { Provider } from '../clouds/all.js';
import { type Account, emptyAccount } from './aws/resources.js';
import type { Fate } from './faults.js';
import { Refusal } from './refusal.js';

/*
 * The sandbox's Atlas as a pure state machine. Nothing runs in between: a service's status follows from the timestamps
 * it was given when it was created and deleted, and from the time of asking. Times are milliseconds since 1970.
 */

export const readyStatuses = ['WAITING_FOR_USER', 'AVAILABLE'] as const;

export interface WorldOptions {
  /** Milliseconds from create to ready, or drawn for each service from what real ones took. */
  readyAfter: number | 'realistic';
  /** The documentation promises WAITING_FOR_USER; the live API goes straight to AVAILABLE. */
  readyStatus: (typeof readyStatuses)[number];
  /** The projects that exist, or `any`: each that a request names. */
  projects: readonly string[] | 'any';
  /** The clusters that each project has. */
  clusters: readonly ClusterSpec[];
  /** Removing the last interface endpoint of a service removes the service too, as Atlas may do. */
  lastTakesService: boolean;
  /** Milliseconds for which EC2 doesn't find what was just created. */
  awsLag: number;
}

export interface ClusterSpec {
  name: string;
  /** Those that have nodes, in Atlas's spelling. */
  regions: readonly { provider: Provider; atlasRegion: string }[];
}

export interface Service {
  id: string;
  projectId: string;
  provider: Provider;
  atlasRegion: string;
  supportedRemoteRegions: string[] | null;
  portMappingEnabled: boolean;
  createdAt: number;
  readyAt: number;
  /** Null until a delete is asked for. */
  goneAt: number | null;
  interfaces: readonly Attachment[];
  fate?: Fate | undefined;
}

/** An interface endpoint as it is asked for. Its cloud keeps keys of its own beside the id. */
export interface AttachRequest {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  [key: string]: unknown;
}

/** An interface endpoint of a service. */
export interface Attachment extends AttachRequest {
  createdAt: number;
  availableAt: number;
  /** Null until its removal is asked for. */
  goneAt: number | null;
  fate?: Fate | undefined;
}

export interface World {
  options: WorldOptions;
  services: readonly Service[];
  /** The projects in which a region may have several private endpoints. */
  regionalMode: readonly string[];
  /** The user's account at AWS. */
  aws: Account;
}

export const defaultProject = '64f0c2a7e1b2c3d4e5f60718';
export const defaultWorldOptions: WorldOptions = {
  readyAfter: 5000,
  readyStatus: 'WAITING_FOR_USER',
  projects: 'any',
  clusters: [{ name: 'Cluster0', regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] }],
  lastTakesService: false,
  awsLag: 0,
};

/** No record says how long real deletes take; here it is short, and never longer than a create. */
export function briefly({ readyAfter }: WorldOptions): number {
  return Math.min(3000, readyAfter === 'realistic' ? 3000 : readyAfter);
}

export function emptyWorld(options: Partial<WorldOptions> = {}): World {
  return { options: { ...defaultWorldOptions, ...options }, services: [], regionalMode: [], aws: emptyAccount() };
}

/** The projects that this key can see: those that were declared, or the default one and those in use. */
export function projectsOf({ options, services }: World): string[] {
  if (options.projects !== 'any') return [...options.projects];
  return [...new Set([defaultProject, ...services.map(({ projectId }) => projectId)])];
}

export function checkProject({ options }: World, projectId: string): void {
  if (options.projects === 'any' || options.projects.includes(projectId)) return;
  throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with ID ${projectId} exists.`, [projectId]);
}

export function replaceService(world: World, service: Service): World {
  return { ...world, services: world.services.map((other) => (other.id === service.id ? service : other)) };
}
