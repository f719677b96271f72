import { knownRegions } from '../../clouds/regions.js';
import { addressIn, parseCidr } from '../aws/cidr.js';
import { digits } from '../chance.js';
import type { World } from '../world.js';
import { sandboxGcpProject } from './resources.js';

/* The projects and networks of the sandbox's Google Cloud, which follow from the set-up. */

export interface Subnetwork {
  /** From `projects/` on, as the network. */
  path: string;
  name: string;
  region: string;
  network: string;
  range: string;
  purpose: string;
  stackType: string;
}

export function gcpProjects({ options: { gcp } }: World): string[] {
  return [sandboxGcpProject, ...(gcp.hostProject === undefined ? [] : [gcp.hostProject]), ...(gcp.projects ?? [])];
}

/** The paths of the networks of a project. In a shared VPC, only the host project has some. */
export function networksOf({ options: { gcp } }: World, project: string): string[] {
  if ((gcp.hostProject ?? project) !== project) return [];
  return (gcp.networks ?? [{ name: 'default' }]).map(({ name }) => `projects/${project}/global/networks/${name}`);
}

export function subnetworksOf(world: World, project: string): Subnetwork[] {
  const networks = networksOf(world, project);
  const { networks: given = [{ name: 'default', subnets: undefined }] } = world.options.gcp;
  return networks.flatMap((network, n) => {
    const { name = '', subnets } = given[n] ?? {};
    const all = subnets ?? knownRegions('GCP').map((region) => ({ name, region }));
    return all.map((subnet, index) => ({
      range: subnets ? `10.${n}.${index}.0/24` : `10.${128 + index}.0.0/20`,
      purpose: 'PRIVATE',
      stackType: 'IPV4_ONLY',
      ...subnet,
      path: `projects/${project}/regions/${subnet.region}/subnetworks/${subnet.name}`,
      network,
    }));
  });
}

export function findSubnetwork(world: World, path: string): Subnetwork | undefined {
  const project = path.split('/')[1] ?? '';
  return gcpProjects(world).includes(project)
    ? subnetworksOf(world, project).find((subnet) => subnet.path === path)
    : undefined;
}

export function subnetworkAnswer(subnet: Subnetwork, url: (path: string) => string) {
  const { path, name, region, network, range, purpose, stackType } = subnet;
  const project = path.split('/')[1];
  const cidr = parseCidr(range);
  return {
    kind: 'compute#subnetwork',
    id: BigInt(`0x${digits(path, 15)}`).toString(),
    creationTimestamp: new Date(0).toISOString(),
    name,
    region: url(`projects/${project}/regions/${region}`),
    network: url(network),
    ipCidrRange: range,
    ...(cidr && { gatewayAddress: addressIn(cidr, 1) }),
    purpose,
    stackType,
    privateIpGoogleAccess: false,
    fingerprint: digits(path, 12),
    selfLink: url(path),
  };
}
