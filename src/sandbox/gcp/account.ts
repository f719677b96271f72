import { knownRegions } from '../../clouds/regions.js';
import type { Lifetime } from '../lifetime.js';
import * as read from '../read-keys.js';

/** An address or a forwarding rule. A subnet, which is not saved, has the same form. */
export interface GcpResource extends Lifetime {
  id: string;
  /** From `projects/` on. */
  path: string;
  /** What answers say of it. It names others by their paths. */
  body: Record<string, unknown>;
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

export interface GcpAccount {
  resources: readonly GcpResource[];
  operations: readonly GcpOperation[];
}

export function partsOf(path: string) {
  const [, project = '', , region = '', , name = ''] = path.split('/');
  return { project, place: `projects/${project}/regions/${region}`, region, name };
}

/* How the Google projects differ from the usual one, as the faults file says. Everything is optional. */

const subnetKeys = {
  name: read.lineOfText,
  region: read.choice(knownRegions('GCP')),
  range: read.ipRange,
  purpose: read.lineOfText,
  stackType: read.lineOfText,
} satisfies read.Readers;
const readSubnet = read.keysOf(subnetKeys, 'name', 'region');
export type SubnetSetup = ReturnType<typeof readSubnet>;

/** Without `subnets`, a network has a subnet in each region, with its own name. */
const networkKeys = { name: read.lineOfText, subnets: read.several(readSubnet) } satisfies read.Readers;

export const gcpApis = ['compute', 'cloudresourcemanager', 'servicedirectory'] as const;

const limit = read.whole(0, 1_000_000);

export const gcpKeys = {
  /** The project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject: read.lineOfText,
  projects: read.several(read.lineOfText),
  networks: read.several(read.keysOf(networkKeys, 'name')),
  /* Of all networks, as Google describes them. */
  firewalls: read.several(read.anyKeys),
  firewallPolicies: read.several(read.anyKeys),
  without: read.several(read.lineOfText),
  quotas: read.keysOf({ INTERNAL_ADDRESSES: limit, PSC_INTERNAL_LB_FORWARDING_RULES: limit }),
  /** The APIs that are not enabled: `compute`. */
  disabledApis: read.several(read.choice(gcpApis)),
} satisfies read.Readers;

export type GcpSetup = Partial<read.Values<typeof gcpKeys>>;
