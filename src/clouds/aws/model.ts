import type { ResourceType } from '@aws-sdk/client-ec2';
import type { ServiceRef } from '../cloud.js';
import type { Tags } from '../shapes.js';
import type { Wanted } from './access.js';
import { type Rule, type Subnet, tagKeys, type Vpc, type VpcEndpoint, type VpcGroup } from './answers.js';
import type { Ec2 } from './ec2.js';

/** The part of an ARN that names a user or a role in its account: `user/deploy`, `assumed-role/Deploy/session`. */
export function shortArn(arn: string) {
  return arn.split(':').slice(5).join(':') || arn;
}

export interface Existing {
  /** Null if AWS could not be read: then nothing is known of the account. */
  identity: Awaited<ReturnType<Ec2['identity']>> | null;
  unread?: string | undefined;
  region: string;
  serviceRegion: string;
  wanted: Wanted;
  service: ServiceRef | undefined;
  zones: readonly string[] | null;
  vpc: Vpc | null;
  /** The VPC's own group `default`, with which permissions are tried out. */
  defaultGroup: string | null;
  subnets: readonly Subnet[];
  /** The security group that this program created for the service in this VPC. */
  ownGroup: VpcGroup | undefined;
  /** The VPC endpoints for the service in this VPC, also those that others created; or the one to adopt. */
  endpoints: readonly VpcEndpoint[];
}

type Owner = Pick<ServiceRef, 'projectId' | 'id' | 'isOurs'>;

export function ownTags({ projectId, id, isOurs }: Owner): Tags {
  return { [tagKeys.project]: projectId, [tagKeys.service]: id, ...(isOurs && { [tagKeys.created]: 'true' }) };
}

/** A name is the only one in its VPC, so that a create which is sent twice makes one group. */
export function groupName({ id }: Pick<Owner, 'id'>) {
  return `atlas-pe-${id}`;
}

/** Atlas uses ports of this range, which change. */
export const ports = { fromPort: 1024, toPort: 65_535 } as const;

export function groupIds({ wanted, ownGroup }: Pick<Existing, 'wanted' | 'ownGroup'>) {
  return wanted.groups.length > 0 || !ownGroup ? wanted.groups : [ownGroup.id];
}

export function ruleSources({ wanted, vpc }: Existing) {
  return wanted.from.length > 0 ? wanted.from : (vpc?.cidrs ?? []);
}

export function newGroup({ vpc, wanted }: Existing, owner: Owner) {
  return {
    GroupName: groupName(owner),
    Description: 'Clients of a MongoDB Atlas private endpoint',
    VpcId: vpc?.id,
    TagSpecifications: tagged('security-group', { ...wanted.tags, ...ownTags(owner) }),
  };
}

export function newEndpoint(existing: Existing, owner: Owner, serviceName: string) {
  const { vpc, wanted, region, serviceRegion, subnets } = existing;
  const groups = groupIds(existing);
  return {
    VpcEndpointType: 'Interface' as const,
    ServiceName: serviceName,
    ServiceRegion: serviceRegion === region ? undefined : serviceRegion,
    VpcId: vpc?.id,
    SubnetIds: subnets.map(({ id }) => id),
    SecurityGroupIds: groups.length > 0 ? [...groups] : undefined,
    PrivateDnsEnabled: false,
    TagSpecifications: tagged('vpc-endpoint', { ...wanted.tags, ...ownTags(owner) }),
  };
}

function tagged(ResourceType: ResourceType, tags: Tags) {
  return [{ ResourceType, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }];
}

export function missingRules(existing: Existing): readonly Rule[] {
  const rules = existing.ownGroup?.rules ?? [];
  const isThere = (source: string) =>
    rules.some(
      ({ from, fromPort, toPort }) => from === source && fromPort <= ports.fromPort && toPort >= ports.toPort,
    );
  return ruleSources(existing)
    .filter((source) => !isThere(source))
    .map((from) => ({ from, ...ports }));
}
