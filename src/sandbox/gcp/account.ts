import { knownRegions } from '../../clouds/regions.js';
import { existing } from '../collection.js';
import type { Lifetime } from '../lifetime.js';
import * as read from '../read-keys.js';
import type { World, WorldView } from '../world.js';

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
type SubnetSetup = ReturnType<typeof readSubnet>;

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

export const sandboxGcpProject = 'atlas-pe-sandbox';
/** The only access token. It is not secret, because it works nowhere else. */
export const sandboxGcpToken = 'sandbox';

export function gcpProjects({ options: { gcp } }: World): string[] {
  return [sandboxGcpProject, gcp.hostProject ?? [], gcp.projects ?? []].flat();
}

export function subnetworksOf(world: World, project: string): GcpResource[] {
  const { hostProject = project, networks = [{ name: 'default' }] } = world.options.gcp;
  if (hostProject !== project || !gcpProjects(world).includes(project)) return [];
  return networks.flatMap(({ name: networkName, subnets }, n) => {
    const network = `projects/${project}/global/networks/${networkName}`;
    const all = subnets ?? knownRegions('GCP').map((region) => ({ name: networkName, region }));
    return all.map(({ name, region, range, purpose = 'PRIVATE', stackType = 'IPV4_ONLY' }: SubnetSetup, index) => {
      const ipCidrRange = range ?? (subnets ? `10.${n}.${index}.0/24` : `10.${128 + index}.0.0/20`);
      const path = `projects/${project}/regions/${region}/subnetworks/${name}`;
      const body = { network, ipCidrRange, purpose, stackType };
      return { path, body, id: `${n + 1}${index}`, createdAt: 0, readyAt: 0, goneAt: null };
    });
  });
}

export function findSubnetwork(world: World, path: string): GcpResource | undefined {
  return subnetworksOf(world, partsOf(path).project).find((subnet) => subnet.path === path);
}

const metrics = {
  INTERNAL_ADDRESSES: { usual: 175, counts: 'addresses' },
  PSC_INTERNAL_LB_FORWARDING_RULES: { usual: 20, counts: 'forwardingRules' },
} as const;

export function quotaOf(view: WorldView, place: string, metric: keyof typeof metrics) {
  const { usual, counts } = metrics[metric];
  const isCounted = ({ path }: GcpResource) => path.startsWith(`${place}/`) && path.includes(`/${counts}/`);
  const usage = existing('GCP', view).filter(isCounted).length;
  return { metric, limit: view.world.options.gcp.quotas?.[metric] ?? usual, usage };
}

export function quotaExceeded(view: WorldView, place: string, metric: keyof typeof metrics) {
  const { limit, usage } = quotaOf(view, place, metric);
  if (usage < limit) return undefined;
  return { code: 'QUOTA_EXCEEDED', message: `Quota '${metric}' exceeded. Limit: ${limit}` };
}
