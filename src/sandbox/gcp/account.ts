import { knownRegions } from '../../clouds/regions.js';
import { always, existing } from '../collection.js';
import type { GcpSubnetSetup } from '../faults-file.js';
import { digits, type Lifetime, type World, type WorldView } from '../world.js';

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

export interface GcpOperation extends Pick<GcpResource, 'path' | 'createdAt' | 'readyAt'> {
  operationType: string;
  target: string;
  targetId: string;
  error?: { code: string; message: string } | undefined;
}

export interface GcpAccount {
  resources: readonly GcpResource[];
  operations: readonly GcpOperation[];
}

/** `region` is empty for what is global, such as a network. */
export function partsOf(path: string) {
  const shape = /^projects\/([^/]+)(?:\/(?:global|regions\/([^/]+))(?:\/[^/]+\/(.+))?)?$/;
  const [, project = '', region = '', name = ''] = shape.exec(path) ?? [];
  return { project, place: gcpPlace(project, region), region, name };
}

export function gcpPlace(project: string, region: string): string {
  return region === '' ? `projects/${project}/global` : `projects/${project}/regions/${region}`;
}

/** A number in digits, as Google's ids are. It is always the same for a path. */
export function numberOf(path: string): string {
  return String(Number.parseInt(digits(path, 12), 16));
}

export const sandboxGcpProject = 'atlas-pe-sandbox';
/** The only access token. It is not secret, because it works nowhere else. */
export const sandboxGcpToken = 'sandbox';

export const sandboxGcpTokenPath = '/gcp/v1/token';

/** Application default credentials of the sandbox, for programs that take no token. `subjectFile`: a file with any text. */
export function sandboxGcpCredentials(baseUrl: string, subjectFile: string) {
  return {
    type: 'external_account',
    audience: '//iam.googleapis.com/atlas-pe-sandbox',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${baseUrl}${sandboxGcpTokenPath}`,
    credential_source: { file: subjectFile },
  };
}

export function gcpProjects({ options: { gcp } }: World): string[] {
  return [sandboxGcpProject, gcp.hostProject ?? [], gcp.projects ?? []].flat();
}

interface GcpNetwork extends GcpResource {
  subnets?: readonly GcpSubnetSetup[] | undefined;
}

export const usualNetwork = { autoCreateSubnetworks: true, routingConfig: { routingMode: 'REGIONAL' }, mtu: 1460 };

export function gcpNetworks(world: World, project: string): GcpNetwork[] {
  const { hostProject = project, networks = [{ name: 'default' }] } = world.options.gcp;
  const isHere = hostProject === project && gcpProjects(world).includes(project);
  const usual = (isHere ? networks : []).map(({ name, subnets }, n) => {
    const body = { ...usualNetwork, autoCreateSubnetworks: subnets === undefined };
    return { path: `${gcpPlace(project, '')}/networks/${name}`, id: `${n + 1}`, body, subnets, ...always };
  });
  return [...usual, ...createdIn(world, `${gcpPlace(project, '')}/networks/`)];
}

function createdIn({ clouds: { GCP } }: World, folder: string) {
  return GCP.resources.filter(({ path, goneAt }) => path.startsWith(folder) && goneAt === null);
}

/** The subnets that nobody created by hand. A network may have one in each region, with its own name. */
export function subnetworksOf(world: World, project: string): GcpResource[] {
  return gcpNetworks(world, project).flatMap(({ path: network, body: { autoCreateSubnetworks }, subnets }, n) => {
    const { name: own } = partsOf(network);
    const all =
      subnets ?? (autoCreateSubnetworks ? knownRegions('GCP').map((region) => ({ name: own, region })) : []);
    return all.map(({ name, region, range, purpose = 'PRIVATE', stackType = 'IPV4_ONLY' }: GcpSubnetSetup, index) => {
      const ipCidrRange = range ?? (subnets ? `10.${n}.${index}.0/24` : `10.${128 + index}.0.0/20`);
      const path = `${gcpPlace(project, region)}/subnetworks/${name}`;
      return { path, body: { network, ipCidrRange, purpose, stackType }, id: `${n + 1}${index}`, ...always };
    });
  });
}

export function findSubnetwork(world: World, path: string): GcpResource | undefined {
  const all = [...subnetworksOf(world, partsOf(path).project), ...createdIn(world, path)];
  return all.find((subnet) => subnet.path === path);
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
