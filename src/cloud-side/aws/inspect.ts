import type { IpPermission } from '@aws-sdk/client-ec2';
import type { TerraformResource } from '../../clouds/cloud.js';
import type { CloudContext } from '../cloud-side.js';
import type { CloudEnd, Inspector } from '../inspect.js';
import type { Access } from './client.js';
import { isDenied } from './codes.js';
import { openEc2 } from './ec2.js';
import { findingsOf } from './findings.js';
import { tagKeys } from './model.js';
import { pathFindings, type Surroundings, surroundingsOf } from './path.js';
import type { VpcEndpoint, VpcGroup } from './read.js';
import { isAlive, isState } from './states.js';

/** VPC endpoints of one region, with what clients need to reach them. */
export function openAwsInspector(region: string, access: Access, line: CloudContext, client?: string): Inspector {
  const ec2 = openEc2(region, access, line);
  return {
    inspect: async (id) => {
      const endpoint = await ec2.endpoint(id);
      return endpoint && describe(surroundingsOf(ec2, endpoint, region, access, client));
    },
    close: ec2.close,
  };
}

function describe(surroundings: Surroundings): CloudEnd {
  const { endpoint, region, endsOf, groupsOf } = surroundings;
  const { id, state, vpc } = endpoint;
  const path = pathFindings(surroundings);
  const findings = { ...findingsOf(surroundings), ...path };
  return {
    id,
    state,
    stage: isState(endpoint, 'available') ? 'connected' : isAlive(endpoint) ? 'pending' : 'ended',
    network: vpc,
    addresses: async () => (await endsOf()).map(({ address }) => address),
    check: async (checkId, ports) => {
      const find = findings[checkId];
      if (!find) throw new Error(`Unknown check: ${checkId}`);
      return find(ports).catch((error: unknown) => {
        // The endpoint may work although nobody may read what is around it.
        if (!isDenied(error) || path[checkId] === undefined) throw error;
        return { result: 'skipped', detail: error.message.replace(/\.$/, '') };
      });
    },
    resources: async () => resourcesOf(endpoint, await groupsOf(), region),
  };
}

/** A VPC endpoint, and the security groups that this program created, as resources of Terraform's aws provider. */
function resourcesOf(endpoint: VpcEndpoint, groups: readonly VpcGroup[], region: string): TerraformResource[] {
  const { id, vpc, serviceName, subnets, tags, answer } = endpoint;
  const { ServiceRegion = region, PrivateDnsEnabled = false } = answer;
  const values = {
    region,
    vpc_id: vpc,
    service_name: serviceName,
    service_region: ServiceRegion === region ? undefined : ServiceRegion,
    vpc_endpoint_type: 'Interface',
    subnet_ids: subnets,
    security_group_ids: endpoint.groups,
    private_dns_enabled: PrivateDnsEnabled,
    tags,
  };
  const own = groups.filter(({ tags }) => tags[tagKeys.service] !== undefined);
  return [
    ...own.map((group) => groupResource(group, region)),
    { type: 'aws_vpc_endpoint', id, importId: `${id}@${region}`, values },
  ];
}

/** Without egress rules, which Terraform then leaves as they are: a VPC endpoint opens no connections. */
function groupResource({ id, name, vpc, tags, answer }: VpcGroup, region: string): TerraformResource {
  const { Description: description, IpPermissions = [], OwnerId } = answer;
  const ingress = IpPermissions.flatMap((each) => ingressOf(each, id, OwnerId));
  const values = { region, vpc_id: vpc, name, description, tags, ingress };
  return { type: 'aws_security_group', id, importId: `${id}@${region}`, values };
}

/** As the provider reads a permission: a block for each description. */
function ingressOf(permission: IpPermission, own: string, account: string | undefined): TerraformResource['values'][] {
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
