import { text, texts } from '../../base/json.js';
import type { ServiceRef } from '../cloud.js';
import type { TerraformResource } from '../facts.js';
import { type Mark, noEndpoint, type Stage, stageIn } from '../found.js';
import { shortName } from '../shapes.js';

/* What of Google's answers matters here, in which any key may be missing. A path is a URL from `projects/` on. */

export type GcpAnswer = Record<string, unknown>;

/** Google returns URLs of several hosts and versions for one resource. */
export function pathOf(url: unknown) {
  return (text(url) ?? '').replace(/^.*?(?=projects\/)/, '');
}

export function projectIn(path: string) {
  return /^projects\/([^/]+)\//.exec(path)?.[1] ?? '';
}

/**
 * Of the connection: https://cloud.google.com/vpc/docs/about-accessing-vpc-hosted-services-endpoints#connection-statuses.
 * NEEDS_ATTENTION: it is accepted, and Atlas has something to do. CLOSED: Atlas's end is gone.
 */
const stages: Readonly<Record<string, Stage>> = {
  PENDING: 'ready',
  ACCEPTED: 'connected',
  NEEDS_ATTENTION: 'connected',
  REJECTED: 'refused',
  CLOSED: 'ended',
};

export type PscRule = ReturnType<typeof toRule>;

/** A forwarding rule. Its id is its name, its state that of its connection, and its target a service attachment. */
export function toRule(answer: GcpAnswer, region: string) {
  const name = text(answer.name) ?? '';
  const ip = text(answer.IPAddress) ?? '';
  // Recorded: a rule that waits for Atlas has no status. Google's documents say PENDING.
  const status = text(answer.pscConnectionStatus) ?? 'PENDING';
  const state = ip === '' && (status === 'PENDING' || status === 'ACCEPTED') ? 'CREATING' : status;
  const description = text(answer.description) ?? '';
  return {
    stepId: 'forwarding-rule',
    id: name,
    name,
    region,
    state,
    stage: stageIn(stages, state),
    mark: markIn(description),
    target: pathOf(answer.target),
    uses: [] as readonly string[],
    network: pathOf(answer.network),
    /** Empty while it is created. */
    ip,
    description,
    hasGlobalAccess: answer.allowPscGlobalAccess === true,
  };
}

export type PscAddress = ReturnType<typeof toAddress>;

/** An address. A rule may have its name, so its id says what it is. */
export function toAddress(answer: GcpAnswer, region: string) {
  const name = text(answer.name) ?? '';
  const description = text(answer.description) ?? '';
  return {
    stepId: 'address',
    id: `addresses/${name}`,
    name,
    region,
    ...noEndpoint,
    mark: markIn(description),
    ip: answer.status === 'RESERVING' ? '' : (text(answer.address) ?? ''),
    subnet: pathOf(answer.subnetwork),
    description,
    users: texts(answer.users).map(shortName),
  };
}

export type GcpSubnet = ReturnType<typeof toGcpSubnet>;

/** A subnet, and whether it can have an endpoint. A list of shared subnets has another key for the path. */
export function toGcpSubnet({ selfLink, subnetwork, network, ipCidrRange, purpose, stackType }: GcpAnswer) {
  const isUsual = /^PRIVATE(?:_RFC_1918)?$/.test(text(purpose) ?? 'PRIVATE');
  const unusual = isUsual ? undefined : `has the purpose ${purpose}`;
  return {
    path: pathOf(selfLink ?? subnetwork),
    network: pathOf(network),
    cidr: text(ipCidrRange) ?? '',
    unusable: stackType === 'IPV6_ONLY' ? 'has no IPv4 addresses' : unusual,
  };
}

/* Later runs find what this program created by its description: Google sets it with the create, and it can't change. */

export function descriptionFor({ id, projectId, isOurs }: Pick<ServiceRef, 'id' | 'projectId' | 'isOurs'>) {
  return `Created by atlas-pe for Atlas service ${id}, project ${projectId}${isOurs ? withService : ''}`;
}

/** The end of a description if this program created the service too. */
const withService = ', together with the service';

export function bareDescription({ description }: { description: string }) {
  return description.endsWith(withService) ? description.slice(0, -withService.length) : description;
}

function markIn(description: string): Mark | null {
  const bare = bareDescription({ description });
  const [, serviceId, projectId] =
    /^Created by atlas-pe for Atlas service ([0-9a-f]{24}), project (.+)$/.exec(bare) ?? [];
  if (serviceId === undefined || projectId === undefined) return null;
  return { projectId, serviceId, isServiceOurs: bare !== description };
}

/** For Terraform's google provider. Without labels: it reads none when it imports, so they would be a change. */
export function ruleResources(project: string, rule: PscRule, address: PscAddress | undefined): TerraformResource[] {
  const own = resourceOf('forwardingRules', project, rule, {
    target: rule.target,
    network: rule.network,
    ip_address: rule.ip,
    load_balancing_scheme: '',
    allow_psc_global_access: rule.hasGlobalAccess || null,
  });
  const type = 'google_compute_forwarding_rule';
  const resource = { ...own, type, atlasId: rule.name, refs: { [own.id]: 'name' } };
  if (!address) return [resource];
  const where = { address_type: 'INTERNAL', subnetwork: address.subnet, address: address.ip };
  const used = { ...resourceOf('addresses', project, address, where), type: 'google_compute_address' };
  return [used, { ...resource, values: { ...own.values, ip_address: used.id } }];
}

function resourceOf(folder: string, project: string, one: PscRule | PscAddress, own: TerraformResource['values']) {
  const { name, region, description } = one;
  const id = `projects/${project}/regions/${region}/${folder}/${name}`;
  return { id, importId: id, values: { project, region, name, description: description || null, ...own } };
}
