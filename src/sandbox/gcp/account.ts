import type { RestAccount, RestResource } from '../rest-account.js';

/* What the user has in Google Cloud, as it is saved. */

/** An address or a forwarding rule. A subnet, which is not saved, has the same form. */
export interface GcpResource extends RestResource {
  /** From `projects/` on. */
  path: string;
  /** What answers say of it. It names others by their paths. */
  body: Record<string, unknown>;
  /** The path of a forwarding rule's address. */
  uses?: string | undefined;
  /** The private endpoint service of Atlas that accepted a forwarding rule, and its interface endpoint. */
  acceptedBy?: { service: string; endpoint: string };
}

export interface GcpOperation extends Pick<GcpResource, 'path' | 'readyAt'> {
  operationType: string;
  target: string;
  requestId: string | null;
  error?: { code: string; message: string } | undefined;
}

export interface GcpAccount extends RestAccount<GcpResource> {
  operations: readonly GcpOperation[];
}

export function partsOf(path: string) {
  const [, project = '', , region = '', , name = ''] = path.split('/');
  return { project, place: `projects/${project}/regions/${region}`, region, name };
}
