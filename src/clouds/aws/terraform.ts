import type { IpPermission } from '@aws-sdk/client-ec2';
import type { VpcEndpoint, VpcGroup } from './answers.js';

/** A VPC endpoint, and the security groups that this program created, as resources of Terraform's aws provider. */
export function vpcResources(endpoint: VpcEndpoint, groups: readonly VpcGroup[]) {
  const { id, region, vpc, target, subnets, uses, tags, answer } = endpoint;
  const { ServiceRegion = region, PrivateDnsEnabled = false } = answer;
  const values = {
    region,
    vpc_id: vpc,
    service_name: target,
    service_region: ServiceRegion === region ? undefined : ServiceRegion,
    vpc_endpoint_type: 'Interface',
    subnet_ids: subnets,
    security_group_ids: uses,
    private_dns_enabled: PrivateDnsEnabled,
    tags,
  };
  const marked = groups.filter(({ mark }) => mark !== null);
  const own = { type: 'aws_vpc_endpoint', id, atlasId: id, importId: `${id}@${region}`, values };
  return [...marked.map(groupResource), own];
}

/** Without egress rules, which Terraform then leaves as they are: a VPC endpoint opens no connections. */
function groupResource({ id, region, name, vpc, tags, answer }: VpcGroup) {
  const { Description: description, IpPermissions = [], OwnerId } = answer;
  const ingress = IpPermissions.flatMap((each) => ingressOf(each, id, OwnerId));
  const values = { region, vpc_id: vpc, name, description, tags, ingress };
  return { type: 'aws_security_group', id, importId: `${id}@${region}`, values };
}

/** As the provider reads a permission: a block for each description. */
function ingressOf(permission: IpPermission, own: string, account: string | undefined) {
  const { IpProtocol, FromPort = 0, ToPort = 0, UserIdGroupPairs = [] } = permission;
  const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] } = permission;
  const sources = [
    ...IpRanges.map((each) => ({ key: 'cidr_blocks', value: each.CidrIp, of: each.Description })),
    ...Ipv6Ranges.map((each) => ({ key: 'ipv6_cidr_blocks', value: each.CidrIpv6, of: each.Description })),
    ...PrefixListIds.map((each) => ({ key: 'prefix_list_ids', value: each.PrefixListId, of: each.Description })),
    ...UserIdGroupPairs.map(({ GroupId, UserId = account, Description }) => ({
      key: GroupId === own ? 'self' : 'security_groups',
      value: UserId === account ? GroupId : `${UserId}/${GroupId}`,
      of: Description,
    })),
  ];
  return [...new Set(sources.map(({ of }) => of))].map((description) => {
    const its = sources.filter(({ of }) => of === description);
    const lists = its.map(({ key }) => [key, its.flatMap((each) => (each.key === key ? (each.value ?? []) : []))]);
    const { self, ...rest } = Object.fromEntries(lists) as Record<string, string[]>;
    const ports = { protocol: IpProtocol, from_port: FromPort, to_port: ToPort };
    return { description, ...ports, ...rest, self: self && true };
  });
}
