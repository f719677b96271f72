import { knownRegions } from '../../clouds/regions.js';
import { addressIn, parseCidr } from '../aws/cidr.js';
import { digits } from '../chance.js';
import type { World } from '../world.js';
import type { GcpRequest } from './request.js';
import { type GcpResource, isThere, type OperationError, partsOf } from './resources.js';
import type { GcpSetup } from './setup.js';

/* What follows from the set-up in the faults file: projects, networks and quotas. */

/** The project that exists in every sandbox. */
export const sandboxGcpProject = 'atlas-pe-sandbox';
/** The only access token. It is not secret, because it works nowhere else. */
export const sandboxGcpToken = 'sandbox';

type SubnetSetup = NonNullable<NonNullable<GcpSetup['networks']>[number]['subnets']>[number];

const usualNetworks: NonNullable<GcpSetup['networks']> = [{ name: 'default' }];

export function gcpProjects({ options: { gcp } }: World): string[] {
  return [sandboxGcpProject, gcp.hostProject ?? [], gcp.projects ?? []].flat();
}

/** The paths of the networks of a project. In a shared VPC, only the host project has some. */
export function networksOf(world: World, project: string): string[] {
  const { gcp } = world.options;
  if (!gcpProjects(world).includes(project) || (gcp.hostProject ?? project) !== project) return [];
  return (gcp.networks ?? usualNetworks).map(({ name }) => `projects/${project}/global/networks/${name}`);
}

export function subnetworksOf(world: World, project: string): GcpResource[] {
  const { networks = usualNetworks } = world.options.gcp;
  return networksOf(world, project).flatMap((network, n) => {
    const { name = '', subnets } = networks[n] ?? {};
    const all = subnets ?? knownRegions('GCP').map((region) => ({ name, region }));
    return all.map(({ name, region, range, purpose = 'PRIVATE', stackType = 'IPV4_ONLY' }: SubnetSetup, index) => {
      const ipCidrRange = range ?? (subnets ? `10.${n}.${index}.0/24` : `10.${128 + index}.0.0/20`);
      const gatewayAddress = addressIn(parseCidr(ipCidrRange) ?? { first: 0, bits: 0 }, 1);
      const path = `projects/${project}/regions/${region}/subnetworks/${name}`;
      const body = { network, ipCidrRange, gatewayAddress, purpose, stackType };
      return { path, body, id: BigInt(`0x${digits(path, 15)}`).toString(), createdAt: 0, readyAt: 0, goneAt: null };
    });
  });
}

export function findSubnetwork(world: World, path: string): GcpResource | undefined {
  return subnetworksOf(world, partsOf(path).project).find((subnet) => subnet.path === path);
}

/** The quotas that concern private endpoints: their usual limits, and what they count in which place. */
const metrics = {
  INTERNAL_ADDRESSES: { usual: 175, counts: /^(projects\/[^/]+\/regions\/[^/]+)\/addresses\// },
  PSC_INTERNAL_LB_FORWARDING_RULES: { usual: 20, counts: /^(projects\/[^/]+)\/.*\/forwardingRules\// },
} as const;

export function quotaOf({ world, now, place }: GcpRequest, metric: keyof typeof metrics) {
  const { usual, counts } = metrics[metric];
  const isCounted = (path: string) => `${place}/`.startsWith(`${counts.exec(path)?.[1]}/`);
  const usage = world.gcp.resources.filter((each) => isCounted(each.path) && isThere(each, now)).length;
  return { metric, limit: world.options.gcp.quotas?.[metric] ?? usual, usage };
}

/** Why one more can't be created. */
export function quotaExceeded(request: GcpRequest, metric: keyof typeof metrics): OperationError | undefined {
  const { limit, usage } = quotaOf(request, metric);
  if (usage < limit) return undefined;
  const message = `Quota '${metric}' exceeded. Limit: ${limit}`;
  const metricName = `compute.googleapis.com/${metric.toLowerCase()}`;
  const quotaInfo = { metricName, limitName: metric, limit, dimensions: { region: request.parts.region } };
  return { code: 'QUOTA_EXCEEDED', message, errorDetails: [{ quotaInfo }] };
}
