import type { IpPermission } from '@aws-sdk/client-ec2';
import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/lists.js';
import { cmd } from '../../base/shell.js';
import { type Inspection, opening, skippedFor } from '../checks.js';
import type { VpcEndpoint, VpcGroup } from './answers.js';
import type { Access, Ec2 } from './ec2.js';
import { isDenied } from './explain.js';
import { type Find, isFor, pathFindings, portsOf, type Surroundings, surroundingsOf, worst } from './path.js';

/** A VPC endpoint with what clients need to reach it. `client`: what the path is checked from. */
export function inspectVpcEndpoint(ec2: Ec2, endpoint: VpcEndpoint, access: Access, client?: string): Inspection {
  const surroundings = surroundingsOf(ec2, endpoint, access, client);
  const path = pathFindings(surroundings);
  const findings = { ...findingsOf(surroundings), ...path };
  return {
    ...endpoint,
    network: endpoint.vpc,
    addresses: async () => (await surroundings.endsOf()).map(({ address }) => address),
    check: async (checkId, ports) => {
      const find = findings[checkId];
      if (!find) throw new Error(`Unknown check: ${checkId}`);
      return find(ports).catch((error: unknown) => {
        if (!isDenied(error) || path[checkId] === undefined) throw error;
        return skippedFor(error);
      });
    },
    resources: async () => resourcesOf(endpoint, await surroundings.groupsOf()),
  };
}

function findingsOf({ ec2, endpoint, place, groupsOf, clientOf }: Surroundings): Record<string, Find> {
  const { id, vpc, subnets, target, uses: groups } = endpoint;
  return {
    'cloud-ports': async (ports) => {
      // Another check says why the client can't be read.
      const [read, client] = await Promise.all([groupsOf(), clientOf(ports).catch(ignoreFailure)]);
      const all = read.flatMap(({ rules }) => rules);
      const needed = `TCP ${ports.from}-${ports.to}`;
      const sources = listed([...new Set(all.flatMap(({ from, toPort }) => (toPort < ports.from ? [] : from)))]);
      const own = client ? all.filter((each) => isFor(each, client.source?.address, client.groups)) : all;
      const result = opening(own, ports);
      if (result === 'success') return { result, detail: `${needed} from ${sources}` };
      const names = listed(groups) || 'a security group; the interface endpoint has none';
      const hint = `Allow inbound ${needed} from ${client?.name ?? 'your clients'} in ${names}.`;
      if (client && opening(all, ports) === 'success') {
        const detail = `open, but not from ${client.name}: ${needed} from ${sources}`;
        return { result: worst([{ result }], client), brief: `${id}: closed for ${client.name}`, detail, hint };
      }
      const open = listed(all.map((each) => `${portsOf(each)} from ${each.from}`)) || 'nothing';
      const now = result === 'error' ? '' : '. The ports in use now are open, but Atlas changes ports';
      const detail = `inbound rules allow ${open}; ${needed} is required${now}`;
      return { result, brief: `${id}: ports are closed`, detail, hint };
    },
    'cloud-dns': async () => {
      if (await ec2.resolvesNames(vpc)) return { result: 'success', detail: 'on' };
      const turnOn = cmd`aws ec2 modify-vpc-attribute ${place} --vpc-id ${vpc} --enable-dns-support`;
      return {
        result: 'error',
        brief: `${id}: no DNS in the VPC`,
        detail: `enableDnsSupport of ${vpc} is off, so machines there cannot use its DNS server`,
        hint: { text: 'Turn it on:', commands: [turnOn.text] },
      };
    },
    'cloud-zones': async () => {
      const read = subnets.length > 0 ? ec2.subnets({ ids: subnets }) : [];
      const [own, ofService] = await Promise.all([read, ec2.zones(target)]);
      const zones = [...new Set(own.map(({ zone }) => zone))].sort();
      const shown = listed(zones) || 'none';
      if (ofService === null) return { result: 'success', detail: `${shown} (those of the service are not known)` };
      const missing = ofService.filter((zone) => !zones.includes(zone));
      if (missing.length === 0) return { result: 'success', detail: shown };
      return {
        result: 'warning',
        brief: `${id}: not in all zones`,
        detail: `in ${shown}, but not in ${listed(missing)}, where the service and its cluster nodes can be. If a zone fails, clients may lose the connection`,
        hint: 'Add a subnet in each zone of the service to the interface endpoint.',
      };
    },
  };
}

function resourcesOf(endpoint: VpcEndpoint, groups: readonly VpcGroup[]) {
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
  return [...marked.map(groupResource), { type: 'aws_vpc_endpoint', id, importId: `${id}@${region}`, values }];
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
