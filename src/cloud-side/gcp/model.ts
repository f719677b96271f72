import { text, texts } from '../../base/json.js';
import type { CloudEndpoint, ServiceRef } from '../cloud-side.js';

/* What of Google's answers matters here, in which any key may be missing. A path is a URL from `projects/` on. */

/** A forwarding rule. Its id is its name, its state that of its connection. */
export interface PscRule extends CloudEndpoint {
  network: string;
  /** Empty while Google is creating it. */
  ip: string;
  target: string;
  description: string;
  hasGlobalAccess: boolean;
}

export interface PscAddress {
  name: string;
  /** Empty while Google is reserving it. */
  ip: string;
  subnet: string;
  description: string;
  /** The names of the forwarding rules that use it. */
  users: readonly string[];
}

export interface GcpSubnet {
  path: string;
  network: string;
  cidr: string;
  /** Why it can have no endpoint; undefined if it can. */
  unusable: string | undefined;
}

export type GcpAnswer = Record<string, unknown>;

/** Google returns URLs of several hosts and versions for one resource. */
export function pathOf(url: unknown): string {
  return (text(url) ?? '').replace(/^.*?(?=projects\/)/, '');
}

/** The last part of a path: the name of a network, a subnet or an address. */
export function nameIn(path: string): string {
  return path.split('/').at(-1) ?? path;
}

export function projectIn(path: string): string {
  return /^projects\/([^/]+)\//.exec(path)?.[1] ?? '';
}

export function toRule(answer: GcpAnswer): PscRule {
  return {
    id: text(answer.name) ?? '',
    state: text(answer.pscConnectionStatus) ?? 'CREATING',
    network: pathOf(answer.network),
    ip: text(answer.IPAddress) ?? '',
    target: pathOf(answer.target),
    description: text(answer.description) ?? '',
    hasGlobalAccess: answer.allowPscGlobalAccess === true,
  };
}

export function toAddress(answer: GcpAnswer): PscAddress {
  return {
    name: text(answer.name) ?? '',
    ip: answer.status === 'RESERVING' ? '' : (text(answer.address) ?? ''),
    subnet: pathOf(answer.subnetwork),
    description: text(answer.description) ?? '',
    users: texts(answer.users).map(nameIn),
  };
}

/** Google reserves some subnets for its own purposes. A list of shared subnets has another key for the path. */
export function toGcpSubnet(answer: GcpAnswer): GcpSubnet {
  const purpose = text(answer.purpose) ?? 'PRIVATE';
  const other = /^PRIVATE(?:_RFC_1918)?$/.test(purpose) ? undefined : `has the purpose ${purpose}`;
  return {
    path: pathOf(answer.selfLink ?? answer.subnetwork),
    network: pathOf(answer.network),
    cidr: text(answer.ipCidrRange) ?? '',
    unusable: answer.stackType === 'IPV6_ONLY' ? 'has no IPv4 addresses' : other,
  };
}

/* Later runs find what this program created by its description: Google sets it with the create, and it can't change. */

export function markOf({ id, projectId }: Pick<ServiceRef, 'id' | 'projectId'>): string {
  return `Created by atlas-pe for Atlas service ${id}, project ${projectId}`;
}

/** The Atlas service that something was created for, if this program created it for the project. */
export function ownerOf({ description }: { description: string }, projectId: string): string | null {
  const id = /^Created by atlas-pe for Atlas service ([0-9a-f]{24}),/.exec(description)?.[1];
  return id !== undefined && description === markOf({ id, projectId }) ? id : null;
}

export function hasMark(thing: { description: string }, service: ServiceRef | undefined): boolean {
  return service !== undefined && thing.description === markOf(service);
}

/** An address and its rule have the same name, so ids say which it is. */
export function addressId(name: string): string {
  return `addresses/${name}`;
}

/** CLOSED: Atlas's side is gone. REJECTED: Atlas's side refused it. Neither becomes a connection again. */
export function canConnect({ state }: { state: string }): boolean {
  return state !== 'REJECTED' && state !== 'CLOSED';
}

/** Whether Atlas can be asked to attach it. NEEDS_ATTENTION: it is accepted, and Atlas has something to do. */
export function ruleVerdict(rule: { state: string }): 'reached' | 'failed' | 'pending' {
  if (!canConnect(rule)) return 'failed';
  return ['PENDING', 'ACCEPTED', 'NEEDS_ATTENTION'].includes(rule.state) ? 'reached' : 'pending';
}

/** Whether it can still become, or is, a connection to this service, which did not refuse it. */
export function isUsable(rule: PscRule, service: ServiceRef | undefined): boolean {
  return canConnect(rule) && !service?.refused.includes(rule.id);
}
