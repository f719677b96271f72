import type { Fate } from '../faults.js';

/*
 * What an AWS account holds, as it is saved. The network that every region has from the start isn't among it: that follows
 * from the region's name (network.ts). Regions are in AWS's spelling, times are milliseconds since 1970.
 */

export type Tags = Readonly<Record<string, string>>;

export interface Vpc {
  id: string;
  region: string;
  /** The first one is the primary one. */
  cidrs: readonly string[];
  isDefault: boolean;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  createdAt: number;
}

export interface Subnet {
  id: string;
  region: string;
  vpcId: string;
  cidr: string;
  /** The zone's name, `us-east-1a`. */
  zone: string;
  createdAt: number;
}

export const sourceKinds = ['cidr', 'cidr6', 'group', 'prefix'] as const;

/** Lets something in, or out. */
export interface Rule {
  id: string;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all. */
  protocol: string;
  from: number | null;
  to: number | null;
  source: { kind: (typeof sourceKinds)[number]; value: string };
  description: string | null;
}

export interface SecurityGroup {
  id: string;
  region: string;
  vpcId: string;
  name: string;
  description: string;
  createdAt: number;
  /** What it lets in. */
  rules: readonly Rule[];
}

export interface VpcEndpoint {
  id: string;
  /** That of its VPC. */
  region: string;
  vpcId: string;
  serviceName: string;
  serviceRegion: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  privateDns: boolean;
  clientToken: string | null;
  /** What was asked for, to compare with a later request of the same token. */
  asked: string;
  createdAt: number;
  /** When it is deleted; null until that is asked for. */
  goneAt: number | null;
  /** The Atlas service that has accepted it, or is about to. */
  acceptedBy: string | null;
  fate?: Fate | undefined;
}

export interface Account {
  vpcs: readonly Vpc[];
  subnets: readonly Subnet[];
  groups: readonly SecurityGroup[];
  endpoints: readonly VpcEndpoint[];
  /** By the id of what they are on. */
  tags: Readonly<Record<string, Tags>>;
}

export function emptyAccount(): Account {
  return { vpcs: [], subnets: [], groups: [], endpoints: [], tags: {} };
}
