import { type Lifetime, type World, withAccount } from '../world.js';
import type { Xml } from './request.js';

/* The saved resources of an AWS account. The default VPC of a region is not saved: it is derived (network.ts). */

export type StoredTags = Readonly<Record<string, string>>;

export interface StoredResource {
  id: string;
  region: string;
  createdAt: number;
}

export interface StoredVpc extends StoredResource {
  /** The first is the primary one. */
  cidrs: readonly string[];
  isDefault: boolean;
  sharedBy?: string | undefined;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  /** Other rules of its network ACL, and more routes, as EC2 describes them. */
  acl?: readonly Xml[];
  routes?: readonly Xml[];
  interfaces?: readonly NetworkInterface[];
}

export interface NetworkInterface {
  id: string;
  endpointId?: string;
  instanceId?: string;
  vpcId: string;
  subnetId: string;
  zone: string;
  ip: string;
  groupIds: readonly string[];
}

export interface StoredSubnet extends StoredResource {
  vpcId: string;
  cidr: string;
  zone: string;
  publicIps?: boolean;
}

export interface StoredRule {
  id: string;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all. */
  protocol: string;
  from: number | null;
  to: number | null;
  source: { kind: 'cidr' | 'cidr6' | 'group' | 'prefix'; value: string };
  description: string | null;
  isEgress?: boolean;
}

export interface SecurityGroup extends StoredResource {
  vpcId: string;
  name: string;
  description: string;
  rules: readonly StoredRule[];
}

export interface StoredEndpoint extends StoredResource, Omit<Lifetime, 'readyAt'> {
  vpcId: string;
  serviceName: string;
  serviceRegion: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  clientToken: string | null;
  /** A digest of the request, to compare with a later request that has the same token. */
  requestDigest: string;
  acceptedBy: string | null;
}

export interface AwsAccount {
  vpcs: readonly StoredVpc[];
  subnets: readonly StoredSubnet[];
  groups: readonly SecurityGroup[];
  endpoints: readonly StoredEndpoint[];
  tags: Readonly<Record<string, StoredTags>>;
}

export type ListName = Exclude<keyof AwsAccount, 'tags'>;

export function withResource<L extends ListName>(world: World, list: L, resource: AwsAccount[L][number]): World {
  const all: readonly { id: string }[] = world.clouds.AWS[list];
  const isKnown = all.some(({ id }) => id === resource.id);
  const next = isKnown ? all.map((each) => (each.id === resource.id ? resource : each)) : [...all, resource];
  return withAccount(world, 'AWS', { ...world.clouds.AWS, [list]: next });
}

export function withoutResource(world: World, list: ListName, id: string): World {
  const all: readonly { id: string }[] = world.clouds.AWS[list];
  return withAccount(world, 'AWS', { ...world.clouds.AWS, [list]: all.filter((each) => each.id !== id) });
}
