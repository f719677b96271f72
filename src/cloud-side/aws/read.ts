import type {
  VpcEndpoint as EndpointAnswer,
  SecurityGroup as GroupAnswer,
  NetworkInterface as InterfaceAnswer,
  IpPermission,
  Subnet as SubnetAnswer,
  Tag,
  Vpc as VpcAnswer,
} from '@aws-sdk/client-ec2';
import type { Tags } from '../tags.js';
import type { Rule, Subnet, Vpc, VpcEndpoint, VpcGroup, VpcInterface } from './model.js';
import { isUsualZone } from './model.js';

/* AWS's answers, in which any key may be missing, as the model. */

export function toVpc(answer: VpcAnswer): Vpc {
  const { VpcId = '', IsDefault = false, OwnerId = '', CidrBlock, CidrBlockAssociationSet = [] } = answer;
  const associated = CidrBlockAssociationSet.filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated');
  const cidrs = associated.flatMap((each) => each.CidrBlock ?? []);
  const all = cidrs.length > 0 ? cidrs : [CidrBlock ?? []].flat();
  return { id: VpcId, isDefault: IsDefault, owner: OwnerId, cidrs: all };
}

export function toSubnet(answer: SubnetAnswer): Subnet {
  const {
    SubnetId = '',
    VpcId = '',
    AvailabilityZone = '',
    AvailabilityZoneId = '',
    AvailableIpAddressCount = 0,
    Ipv6Native,
    OutpostArn,
  } = answer;
  return {
    id: SubnetId,
    vpc: VpcId,
    zone: AvailabilityZone,
    zoneId: AvailabilityZoneId,
    freeAddresses: AvailableIpAddressCount,
    isUsable: Ipv6Native !== true && !OutpostArn && (AvailabilityZoneId === '' || isUsualZone(AvailabilityZoneId)),
  };
}

export function toGroup(answer: GroupAnswer): VpcGroup {
  const { GroupId = '', GroupName = '', VpcId = '', Tags, IpPermissions } = answer;
  return { id: GroupId, name: GroupName, vpc: VpcId, tags: toTags(Tags), rules: toRules(IpPermissions), answer };
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

export function toVpcInterface(answer: InterfaceAnswer): VpcInterface[] {
  const { NetworkInterfaceId: id = '', VpcId: vpc = '', SubnetId: subnet = '', PrivateIpAddress, Groups = [] } = answer;
  const groups = Groups.flatMap(({ GroupId }) => GroupId ?? []);
  return PrivateIpAddress === undefined ? [] : [{ id, vpc, subnet, address: PrivateIpAddress, groups }];
}

export function toVpcEndpoint(answer: EndpointAnswer): VpcEndpoint {
  const { VpcEndpointId = '', State = '', ServiceName = '', VpcId = '', SubnetIds = [], Groups = [] } = answer;
  return {
    id: VpcEndpointId,
    state: State,
    serviceName: ServiceName,
    interfaces: answer.NetworkInterfaceIds ?? [],
    vpc: VpcId,
    subnets: SubnetIds,
    groups: Groups.flatMap(({ GroupId }) => GroupId ?? []),
    tags: toTags(answer.Tags),
    createdAt: answer.CreationTimestamp?.getTime() ?? 0,
    answer,
  };
}

function toTags(tags: readonly Tag[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
