import type { AnswerBody } from '../clouds/cloud.js';
import { type Lifetime, type World, withNewest } from '../world.js';

/* What the user has in Google Cloud, as it is saved. */

/** An address or a forwarding rule. A subnet, which is not saved, has the same form. */
export interface GcpResource extends Lifetime {
  /** From `projects/` on. */
  path: string;
  /** What answers say of it. It names others by their paths. */
  body: AnswerBody;
  id: string;
  /** The path of a forwarding rule's address. */
  uses?: string | undefined;
  /** The private endpoint service of Atlas that accepted a forwarding rule, and its interface endpoint. */
  acceptedBy?: { service: string; endpoint: string };
}

export interface GcpOperation extends Pick<GcpResource, 'path' | 'readyAt'> {
  operationType: string;
  /** The path of the resource. */
  target: string;
  requestId: string | null;
  /** Why it fails. */
  error?: { code: string; message: string } | undefined;
}

export interface GcpAccount {
  resources: readonly GcpResource[];
  operations: readonly GcpOperation[];
}

export function withGcp(world: World, resource: GcpResource, now: number): World {
  return { ...world, gcp: { ...world.gcp, resources: withNewest(world.gcp.resources, resource, now) } };
}

/** Whether it was not deleted, found or not. */
export function isThere({ readyAt, goneAt, fate }: GcpResource, now: number): boolean {
  return now < (goneAt ?? (fate?.kind === 'vanishes' ? readyAt : Number.POSITIVE_INFINITY));
}

export function partsOf(path: string) {
  const [, project = '', , region = '', , name = ''] = path.split('/');
  return { project, place: `projects/${project}/regions/${region}`, region, name };
}
