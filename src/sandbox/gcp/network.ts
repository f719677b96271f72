import { knownRegions } from '../../clouds/regions.js';
import { existing } from '../collection.js';
import type { World, WorldView } from '../world.js';
import { type GcpResource, partsOf, type SubnetSetup } from './account.js';

/* What follows from the set-up in the faults file: projects, networks and quotas. */

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
