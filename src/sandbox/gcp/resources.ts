import type { FaultOutcome } from '../faults.js';
import type { World } from '../world.js';

/* What the user has in Google Cloud, as it is saved. Networks are not saved: they follow from the set-up (network.ts). */

/** What answers say of a resource. It refers to others by their paths. */
export interface GcpBody {
  description?: string;
  labels?: Readonly<Record<string, string>>;
  network?: string;
  subnetwork?: string;
  address?: string;
  target?: string;
  IPAddress?: string;
  allowPscGlobalAccess?: boolean;
  [key: string]: unknown;
}

/** An address or a forwarding rule. Times are milliseconds since 1970. */
export interface GcpResource {
  /** From `projects/` on. */
  path: string;
  body: GcpBody;
  id: string;
  createdAt: number;
  /** When the operation that creates it is done. */
  readyAt: number;
  /** When the operation that deletes it is done. Null if there is none. */
  goneAt: number | null;
  fate?: FaultOutcome | undefined;
  /** The path of a forwarding rule's address. */
  uses?: string;
  /** The private endpoint service of Atlas that accepted a forwarding rule, and its interface endpoint. */
  acceptedBy?: { service: string; endpoint: string };
}

export interface GcpOperation {
  path: string;
  id: string;
  operationType: string;
  /** The path and the id of the resource. */
  targetLink: string;
  targetId: string;
  createdAt: number;
  doneAt: number;
  requestId: string | null;
  /** Why it fails. */
  error?: OperationError | undefined;
}

export interface OperationError {
  code: string;
  message: string;
  errorDetails?: readonly unknown[];
}

export interface GcpAccount {
  resources: readonly GcpResource[];
  operations: readonly GcpOperation[];
}

export function emptyGcp(): GcpAccount {
  return { resources: [], operations: [] };
}

/** The world with this resource. It replaces the one that has its id. */
export function withGcp(world: World, resource: GcpResource): World {
  const others = world.gcp.resources.filter(({ id }) => id !== resource.id);
  return { ...world, gcp: { ...world.gcp, resources: [...others, resource] } };
}

/** Whether it was not deleted, found or not. */
export function isThere({ readyAt, goneAt, fate }: GcpResource, now: number): boolean {
  return now < (goneAt ?? (fate?.kind === 'vanishes' ? readyAt : Number.POSITIVE_INFINITY));
}

/** `addresses` or `forwardingRules`, then the name. */
export function partsOf(path: string): { place: string; region: string; collection: string; name: string } {
  const [, project, , region = '', collection = '', name = ''] = path.split('/');
  return { place: `projects/${project}/regions/${region}`, region, collection, name };
}
