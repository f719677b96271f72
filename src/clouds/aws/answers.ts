import type {
  VpcEndpoint as EndpointAnswer,
  SecurityGroup as GroupAnswer,
  NetworkInterface as InterfaceAnswer,
  IpPermission,
  Subnet as SubnetAnswer,
  Tag,
  Vpc as VpcAnswer,
} from '@aws-sdk/client-ec2';
import { type Mark, noEndpoint, type Stage, stageIn } from '../found.js';
import { isSameId, type Tags } from '../shapes.js';

/* What of AWS's answers matters here. Any key of an answer may be missing. */

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html. Their case has changed more than once. */
const stages: Readonly<Record<string, Stage>> = {
  pendingAcceptance: 'ready',
  available: 'connected',
  // Detaching it at Atlas does this, so another one can connect.
  rejected: 'ended',
  expired: 'ended',
  failed: 'refused',
  deleting: 'deleting',
  deleted: 'deleting',
};

/** Tags by which later runs find what this program created, also for which service, and whether it created that too. */
export const tagKeys = {
  project: 'atlas-pe:project',
  service: 'atlas-pe:service',
  created: 'atlas-pe:created-service',
} as const;

function markIn(tags: Tags): Mark | null {
  const { [tagKeys.project]: projectId, [tagKeys.service]: serviceId, [tagKeys.created]: created } = tags;
  if (projectId === undefined || serviceId === undefined) return null;
  return { projectId, serviceId, isServiceOurs: created === 'true' };
}

export type Vpc = ReturnType<typeof toVpc>;

export function toVpc(answer: VpcAnswer) {
  const { VpcId = '', IsDefault = false, OwnerId = '', CidrBlock, CidrBlockAssociationSet = [] } = answer;
  const associated = CidrBlockAssociationSet.filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated');
  const cidrs = associated.flatMap((each) => each.CidrBlock ?? []);
  return {
    id: VpcId,
    isDefault: IsDefault,
    /** The account that it belongs to, which may share it with others. */
    owner: OwnerId,
    cidrs: cidrs.length > 0 ? cidrs : [CidrBlock ?? []].flat(),
  };
}

export type Subnet = ReturnType<typeof toSubnet>;

export function toSubnet(answer: SubnetAnswer) {
  const { SubnetId = '', VpcId = '', AvailabilityZone = '', AvailabilityZoneId = '' } = answer;
  const { AvailableIpAddressCount = 0, Ipv6Native, OutpostArn } = answer;
  return {
    id: SubnetId,
    vpc: VpcId,
    /** The name of its availability zone, which is the account's own. */
    zone: AvailabilityZone,
    /** The id of this zone, which is the same in every account. */
    zoneId: AvailabilityZoneId,
    freeAddresses: AvailableIpAddressCount,
    /** An interface endpoint gets an IPv4 address in it, in an availability zone of the region. */
    isUsable: Ipv6Native !== true && !OutpostArn && (AvailabilityZoneId === '' || isUsualZone(AvailabilityZoneId)),
  };
}

/** Whether this is the id of a zone of the region itself: `use1-az1`, but not the Local Zone `use1-bos1-az1`. */
export function isUsualZone(zoneId: string) {
  return /^[a-z]+\d+-az\d+$/.test(zoneId);
}

export type VpcGroup = ReturnType<typeof toGroup>;

export function toGroup(answer: GroupAnswer, region: string) {
  const { GroupId = '', GroupName = '', VpcId = '', Tags, IpPermissions } = answer;
  const tags = toTags(Tags);
  return {
    stepId: 'security-group',
    id: GroupId,
    name: GroupName,
    region,
    ...noEndpoint,
    mark: markIn(tags),
    vpc: VpcId,
    tags,
    rules: toRules(IpPermissions),
    answer,
  };
}

/** What a rule lets in: TCP from one range or one group. One that lets out has where to instead. */
export interface Rule {
  from: string;
  fromPort: number;
  toPort: number;
}

export function toRules(permissions: readonly IpPermission[] = []): Rule[] {
  return permissions.flatMap(
    ({ IpProtocol, FromPort = 0, ToPort = 65_535, IpRanges = [], UserIdGroupPairs = [], PrefixListIds = [] }) => {
      if (IpProtocol !== 'tcp' && IpProtocol !== '-1') return [];
      const from = [
        ...IpRanges.map(({ CidrIp }) => CidrIp),
        ...UserIdGroupPairs.map(({ GroupId: id }) => id),
        ...PrefixListIds.map(({ PrefixListId: id }) => id),
      ];
      return from.flatMap((each): Rule[] =>
        each === undefined ? [] : [{ from: each, fromPort: FromPort, toPort: ToPort }],
      );
    },
  );
}

export type VpcInterface = ReturnType<typeof toVpcInterface>[number];

export function toVpcInterface(answer: InterfaceAnswer) {
  const {
    NetworkInterfaceId: id = '',
    VpcId: vpc = '',
    SubnetId: subnet = '',
    PrivateIpAddress,
    Groups = [],
  } = answer;
  const groups = Groups.flatMap(({ GroupId }) => GroupId ?? []);
  return PrivateIpAddress === undefined ? [] : [{ id, vpc, subnet, address: PrivateIpAddress, groups }];
}

export type VpcEndpoint = ReturnType<typeof toVpcEndpoint>;

export function toVpcEndpoint(answer: EndpointAnswer, region: string) {
  const { VpcEndpointId = '', State = '', ServiceName = '', VpcId = '', SubnetIds = [], Groups = [] } = answer;
  const tags = toTags(answer.Tags);
  return {
    stepId: 'vpc-endpoint',
    id: VpcEndpointId,
    name: VpcEndpointId,
    region,
    state: State as string,
    stage: stageIn(stages, State),
    mark: markIn(tags),
    target: ServiceName,
    uses: Groups.flatMap(({ GroupId }) => GroupId ?? []),
    /** The ids of its network interfaces, one in each subnet. */
    interfaces: answer.NetworkInterfaceIds ?? [],
    vpc: VpcId,
    subnets: SubnetIds,
    tags,
    createdAt: answer.CreationTimestamp?.getTime() ?? 0,
    answer,
  };
}

export function isDeleted({ state }: { state: string }) {
  return isSameId(state, 'deleted');
}

function toTags(tags: readonly Tag[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
