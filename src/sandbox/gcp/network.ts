import { knownRegions } from '../../clouds/regions.js';
import { addressIn, parseCidr } from '../aws/cidr.js';
import type { GcpSetup } from '../faults-file.js';
import type { World } from '../world.js';
import type { GcpResource } from './resources.js';

/* The projects and networks of the sandbox's Google Cloud, which follow from the set-up in the faults file. */

/** The project that exists in every sandbox. */
export const sandboxGcpProject = 'atlas-pe-sandbox';
/** The only access token. It is not secret, because it works nowhere else. */
export const sandboxGcpToken = 'sandbox';

type SubnetSetup = NonNullable<NonNullable<GcpSetup['networks']>[number]['subnets']>[number];
type Subnetwork = Pick<GcpResource, 'path' | 'body'>;

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

export function subnetworksOf(world: World, project: string): Subnetwork[] {
  const { networks = usualNetworks } = world.options.gcp;
  return networksOf(world, project).flatMap((network, n) => {
    const { name = '', subnets } = networks[n] ?? {};
    const all = subnets ?? knownRegions('GCP').map((region) => ({ name, region }));
    return all.map(({ name, region, range, purpose = 'PRIVATE', stackType = 'IPV4_ONLY' }: SubnetSetup, index) => {
      const ipCidrRange = range ?? (subnets ? `10.${n}.${index}.0/24` : `10.${128 + index}.0.0/20`);
      const gatewayAddress = addressIn(parseCidr(ipCidrRange) ?? { first: 0, bits: 0 }, 1);
      const path = `projects/${project}/regions/${region}/subnetworks/${name}`;
      return { path, body: { network, ipCidrRange, gatewayAddress, purpose, stackType } };
    });
  });
}

export function findSubnetwork(world: World, path = ''): Subnetwork | undefined {
  return subnetworksOf(world, path.split('/')[1] ?? '').find((subnet) => subnet.path === path);
}
