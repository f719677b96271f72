import { type Chance, digits } from '../chance.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { FaultOutcome } from '../faults.js';
import type { World } from '../world.js';

/* What the user has in Google Cloud, as it is saved. Networks are not saved: they follow from the set-up (network.ts). */

/** The project that exists in every sandbox. */
export const sandboxGcpProject = 'atlas-pe-sandbox';
/** The only access token that it accepts. It is not secret, because it works nowhere else. */
export const gcpToken = 'sandbox';

/** What a faults file says of Google Cloud. Everything is optional. */
export interface GcpSetup {
  /** The host project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject?: string;
  /** More projects. */
  projects?: readonly string[];
  networks?: readonly GcpNetwork[];
  /** The firewall rules of all networks, as Google describes them. */
  firewalls?: readonly AnswerBody[];
  /** The permissions that the user doesn't have. */
  without?: readonly string[];
  /** The limits of quotas, by metric: `INTERNAL_ADDRESSES`. */
  quotas?: Readonly<Record<string, number>>;
  /** The APIs that are not enabled: `compute`. */
  disabledApis?: readonly string[];
}

interface GcpNetwork {
  name: string;
  /** Default: one in each region, with the name of the network. */
  subnets?: readonly { name: string; region: string; range?: string; purpose?: string; stackType?: string }[];
}

/** Times are milliseconds since 1970. */
interface StoredGcpResource {
  project: string;
  region: string;
  name: string;
  id: string;
  createdAt: number;
  /** When the operation that creates it is done. */
  readyAt: number;
  /** When the operation that deletes it is done. Null if there is none. */
  goneAt: number | null;
  description: string;
  labels: Readonly<Record<string, string>>;
  fate?: FaultOutcome | undefined;
}

/* What a resource refers to is saved as its path, from `projects/` on. */

export interface StoredAddress extends StoredGcpResource {
  subnetwork: string;
  ip: string;
}

export interface StoredForwardingRule extends StoredGcpResource {
  target: string;
  network: string;
  address: string;
  ip: string;
  globalAccess: boolean;
  connectionId: string;
  /** The private endpoint service of Atlas that accepted it, and its interface endpoint. */
  acceptedBy: { service: string; endpoint: string } | null;
}

export interface OperationError {
  status: number;
  code: string;
  message: string;
  errorDetails?: readonly unknown[];
}

export interface StoredOperation {
  project: string;
  region: string;
  name: string;
  id: string;
  type: string;
  target: string;
  targetId: string;
  createdAt: number;
  /** Null if it never ends. */
  doneAt: number | null;
  requestId: string | null;
  error: OperationError | null;
}

export interface GcpAccount {
  addresses: readonly StoredAddress[];
  forwardingRules: readonly StoredForwardingRule[];
  operations: readonly StoredOperation[];
}

export function emptyGcp(): GcpAccount {
  return { addresses: [], forwardingRules: [], operations: [] };
}

export type GcpKind = 'addresses' | 'forwardingRules';

export function gcpPath(
  kind: GcpKind,
  { project, region, name }: Pick<StoredGcpResource, 'project' | 'region' | 'name'>,
): string {
  return `projects/${project}/regions/${region}/${kind}/${name}`;
}

/** The URL of a path, on this server. */
export function gcpUrl({ root }: { root: string }, path: string): string {
  return `${root}/compute/v1/${path}`;
}

/** The world with this resource. It replaces the one that has its id. */
export function withGcp<K extends keyof GcpAccount>(world: World, kind: K, resource: GcpAccount[K][number]): World {
  const others = (world.gcp[kind] as readonly { id: string }[]).filter(({ id }) => id !== resource.id);
  return { ...world, gcp: { ...world.gcp, [kind]: [...others, resource] } };
}

/** Whether it was not deleted, found or not. */
export function isThere({ readyAt, goneAt, fate }: StoredGcpResource, now: number): boolean {
  return now < (goneAt ?? (fate?.kind === 'vanishes' ? readyAt : Number.POSITIVE_INFINITY));
}

/** An id of Google: a number of this many digits. */
export function gcpId({ random }: Chance, digits = 19): string {
  const rest = Array.from({ length: digits - 1 }, () => Math.floor(random() * 10));
  return `${1 + Math.floor(random() * 9)}${rest.join('')}`;
}

export function fingerprintOf(value: unknown): string {
  return Buffer.from(digits(JSON.stringify(value), 16), 'hex').toString('base64');
}
