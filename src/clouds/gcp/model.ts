import { text, texts } from '../../base/json.js';
import type { CloudEndpoint, ServiceRef } from '../cloud-side.js';
import { nameIn } from '../rest.js';

/* What of Google's answers matters here, in which any key may be missing. A path is a URL from `projects/` on. */

export type GcpAnswer = Record<string, unknown>;

/** Google returns URLs of several hosts and versions for one resource. */
export function pathOf(url: unknown): string {
  return (text(url) ?? '').replace(/^.*?(?=projects\/)/, '');
}

export function projectIn(path: string): string {
  return /^projects\/([^/]+)\//.exec(path)?.[1] ?? '';
}

export type PscRule = ReturnType<typeof toRule>;

/** A forwarding rule. Its id is its name, its state that of its connection. It has no IP address while it is created. */
export function toRule(answer: GcpAnswer) {
  const ip = text(answer.IPAddress) ?? '';
  const state = text(answer.pscConnectionStatus) ?? 'CREATING';
  return {
    id: text(answer.name) ?? '',
    state: ip === '' && (state === 'PENDING' || state === 'ACCEPTED') ? 'CREATING' : state,
    network: pathOf(answer.network),
    ip,
    target: pathOf(answer.target),
    description: text(answer.description) ?? '',
    hasGlobalAccess: answer.allowPscGlobalAccess === true,
  };
}

export type PscAddress = ReturnType<typeof toAddress>;

/** An address, and the names of the forwarding rules that use it. A rule may have its name, so its id says what it is. */
export function toAddress(answer: GcpAnswer) {
  const name = text(answer.name) ?? '';
  return {
    id: `addresses/${name}`,
    name,
    ip: answer.status === 'RESERVING' ? '' : (text(answer.address) ?? ''),
    subnet: pathOf(answer.subnetwork),
    description: text(answer.description) ?? '',
    users: texts(answer.users).map(nameIn),
  };
}

export type GcpSubnet = ReturnType<typeof toGcpSubnet>;

/** A subnet, and whether it can have an endpoint. A list of shared subnets has another key for the path. */
export function toGcpSubnet({ selfLink, subnetwork, network, ipCidrRange, purpose, stackType }: GcpAnswer) {
  const isUsual = /^PRIVATE(?:_RFC_1918)?$/.test(text(purpose) ?? 'PRIVATE');
  return {
    path: pathOf(selfLink ?? subnetwork),
    network: pathOf(network),
    cidr: text(ipCidrRange) ?? '',
    unusable: stackType === 'IPV6_ONLY' ? 'has no IPv4 addresses' : isUsual ? undefined : `has the purpose ${purpose}`,
  };
}

/* Later runs find what this program created by its description: Google sets it with the create, and it can't change. */

export function markOf({ id, projectId, isOurs = false }: Pick<ServiceRef, 'id' | 'projectId'> & { isOurs?: boolean }) {
  return `Created by atlas-pe for Atlas service ${id}, project ${projectId}${isOurs ? withService : ''}`;
}

/** The end of the mark if this program created the service too. */
const withService = ', together with the service';

/** The mark without that. */
export function bareMark({ description }: { description: string }): string {
  return description.endsWith(withService) ? description.slice(0, -withService.length) : description;
}

/** The Atlas service that something was created for, if this program created it for the project. */
export function marksOf(resource: { description: string }, projectId: string) {
  const id = /^Created by atlas-pe for Atlas service ([0-9a-f]{24}),/.exec(resource.description)?.[1] ?? '';
  const ownerId = bareMark(resource) === markOf({ id, projectId }) ? id : null;
  return { ownerId, isServiceOurs: resource.description.endsWith(withService) };
}

export function hasMark(resource: { description: string }, service: ServiceRef | undefined): boolean {
  return service !== undefined && marksOf(resource, service.projectId).ownerId === service.id;
}

/** Whether it is, or can become, a connection. CLOSED: Atlas's side is gone. REJECTED: Atlas's side refused it. */
export function canConnect({ id, state }: CloudEndpoint, service?: ServiceRef): boolean {
  return state !== 'REJECTED' && state !== 'CLOSED' && !service?.refused.includes(id);
}

/** Whether Atlas can be asked to attach it. NEEDS_ATTENTION: it is accepted, and Atlas has something to do. */
export function ruleVerdict(rule: CloudEndpoint): 'reached' | 'failed' | 'pending' {
  if (!canConnect(rule)) return 'failed';
  return ['PENDING', 'ACCEPTED', 'NEEDS_ATTENTION'].includes(rule.state) ? 'reached' : 'pending';
}
