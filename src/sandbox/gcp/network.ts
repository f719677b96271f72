import { UsageError } from '../../base/errors.js';
import { knownRegions } from '../../clouds/regions.js';
import { asciiText, choice, ipRange, keysOf, type Readers, several, type Values, whole } from '../read-keys.js';
import type { World, WorldView } from '../world.js';
import { type GcpResource, isThere, partsOf } from './resources.js';

/* The set-up in the faults file, and what follows from it: projects, networks and quotas. */

const subnetKeys = {
  name: asciiText,
  region: choice(knownRegions('GCP')),
  range: ipRange,
  purpose: asciiText,
  stackType: asciiText,
} satisfies Readers;
const readSubnet = keysOf(subnetKeys, 'name', 'region');
type SubnetSetup = ReturnType<typeof readSubnet>;

/** Without `subnets`, a network has a subnet in each region, with its own name. */
const networkKeys = { name: asciiText, subnets: several(readSubnet) } satisfies Readers;

export const gcpApis = ['compute', 'cloudresourcemanager', 'servicedirectory'] as const;

const limit = whole(0, 1_000_000);

/** How the Google projects differ from the usual one, as the faults file says. Everything is optional. */
export const gcpKeys = {
  /** The project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject: asciiText,
  projects: several(asciiText),
  networks: several(keysOf(networkKeys, 'name')),
  /* Of all networks, as Google describes them. */
  firewalls: several(anyKeys),
  firewallPolicies: several(anyKeys),
  /** The permissions that the user does not have. */
  without: several(asciiText),
  /** Their limits. */
  quotas: keysOf({ INTERNAL_ADDRESSES: limit, PSC_INTERNAL_LB_FORWARDING_RULES: limit }),
  /** The APIs that are not enabled: `compute`. */
  disabledApis: several(choice(gcpApis)),
} satisfies Readers;

export type GcpSetup = Partial<Values<typeof gcpKeys>>;

function anyKeys(value: unknown, key: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`'${key}' has no keys.`);
}

/** The project that exists in every sandbox. */
export const sandboxGcpProject = 'atlas-pe-sandbox';
/** The only access token. It is not secret, because it works nowhere else. */
export const sandboxGcpToken = 'sandbox';

export function gcpProjects({ options: { gcp } }: World): string[] {
  return [sandboxGcpProject, gcp.hostProject ?? [], gcp.projects ?? []].flat();
}

/** The subnets of a project. In a shared VPC, only the host project has some. */
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

/** The quotas that concern private endpoints: their usual limits, and what they count. */
const metrics = {
  INTERNAL_ADDRESSES: { usual: 175, counts: 'addresses' },
  PSC_INTERNAL_LB_FORWARDING_RULES: { usual: 20, counts: 'forwardingRules' },
} as const;

/** `place`: a region, or a project. */
export function quotaOf({ world, now }: WorldView, place: string, metric: keyof typeof metrics) {
  const { usual, counts } = metrics[metric];
  const isCounted = ({ path }: GcpResource) => path.startsWith(`${place}/`) && path.includes(`/${counts}/`);
  const usage = world.gcp.resources.filter((each) => isCounted(each) && isThere(each, now)).length;
  return { metric, limit: world.options.gcp.quotas?.[metric] ?? usual, usage };
}

/** Why one more can't be created. */
export function quotaExceeded(view: WorldView, place: string, metric: keyof typeof metrics) {
  const { limit, usage } = quotaOf(view, place, metric);
  if (usage < limit) return undefined;
  return { code: 'QUOTA_EXCEEDED', message: `Quota '${metric}' exceeded. Limit: ${limit}` };
}
