import type { NetworkAcl, NetworkAclEntry, Route, RouteTable, RouteTableAssociation } from '@aws-sdk/client-ec2';
import { isWithin } from '../../base/cidr.js';
import { CliError, orNone } from '../../base/errors.js';
import { once } from '../../base/once.js';
import { cmd, option } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { type ClientPorts, type CloudFinding, opening, type PortRule, passed, unchecked } from '../checks.js';
import { unlessRefused } from '../errors.js';
import { type Rule, toRules, type VpcEndpoint, type VpcInterface } from './answers.js';
import type { Access, Ec2 } from './ec2.js';

export type Client = Awaited<ReturnType<typeof findClient>>;

/** A check of an interface endpoint. What several of them need is read once, by its surroundings. */
export type Find = (surroundings: Surroundings, ports: ClientPorts) => Promise<CloudFinding>;

/** What --client names, or this machine by its address, which another machine may have by chance. Null if it is neither. */
async function findClient(ec2: Ec2, vpc: string, region: string, given: string | undefined, own: readonly string[]) {
  if (given?.startsWith('sg-')) {
    const group = await unlessRefused(ec2.groups({ ids: [given] }), 'InvalidGroup.NotFound');
    if (group) return { name: given, isGiven: true, source: undefined, groups: [given] };
  } else if (given !== undefined || own.length > 0) {
    const ofInstance = { 'attachment.instance-id': given ?? '', 'attachment.device-index': '0' };
    const filters = given === undefined ? { 'addresses.private-ip-address': own } : ofInstance;
    const read = ec2.interfaces(given?.startsWith('eni-') ? { ids: [given] } : { filters });
    const found = (await unlessRefused(read, 'InvalidNetworkInterfaceID.NotFound')) ?? [];
    const source = found.find((each) => each.vpc === vpc) ?? (found.length === 1 ? found[0] : undefined);
    const name = `${given ?? 'this machine'} (${source?.address})`;
    if (source) return { name, isGiven: given !== undefined, source, groups: source.groups };
  }
  if (given === undefined) return null;
  throw new CliError('notFound', `AWS has no ${given} in ${region}, the region of the interface endpoint.`, {
    hint:
      'Check the id and the AWS account. doctor finds clients only in this region. For a ' +
      'client in another region, run doctor there with the connection string.',
  });
}

export type Surroundings = ReturnType<typeof surroundingsOf>;

export function surroundingsOf(ec2: Ec2, endpoint: VpcEndpoint, { profile }: Access, client?: string) {
  const { region, vpc, uses: groups, interfaces } = endpoint;
  const endsOf = once(async () => (interfaces.length > 0 ? ec2.interfaces({ ids: interfaces }) : []));
  return {
    ec2,
    endpoint,
    place: cmd`--region ${region} ${option('--profile', profile)}`,
    groupsOf: once(async () => (groups.length > 0 ? ec2.groups({ ids: groups }) : [])),
    endsOf,
    clientOf: once(({ own }: ClientPorts) => findClient(ec2, vpc, region, client, own)),
    routesOf: once(async (source: VpcInterface) => {
      const reading = ec2.routeTables({ filters: { 'vpc-id': [source.vpc, vpc] } });
      const [tables, ends] = await Promise.all([reading, endsOf()]);
      return firstHops(tables, source, ends);
    }),
  };
}

export const pathFindings: Readonly<Record<string, Find>> = {
  'cloud-client': findingOfClient,
  'cloud-acl': findingOfAcls,
  'cloud-routes': findingOfRoutes,
  'cloud-egress': findingOfEgress,
  'cloud-path': findingOfPath,
};

async function findingOfClient({ clientOf }: Surroundings, ports: ClientPorts): Promise<CloudFinding> {
  const client = await clientOf(ports);
  return client ? passed(client.name) : unchecked('no client is given: --client i-…');
}

async function findingOfAcls(
  { ec2, endpoint, clientOf, endsOf }: Surroundings,
  ports: ClientPorts,
): Promise<CloudFinding> {
  // Another check says why the client can't be read.
  const [client, ends] = await Promise.all([orNone(clientOf(ports)), endsOf()]);
  const { source } = client ?? {};
  const subnets = [...ends, ...(source ? [source] : [])].map(({ subnet }) => subnet);
  const all = await ec2.acls({ filters: { 'vpc-id': [endpoint.vpc, source?.vpc ?? endpoint.vpc] } });
  const acls = all.filter((acl) => acl.Associations?.some(({ SubnetId = '' }) => subnets.includes(SubnetId)));
  const replies = { ...ports, inUse: usualReplyPorts };
  const found = [
    ...ends.flatMap((end) => blockOf(acls, 'outbound', end, source, replies)),
    ...ends.flatMap((end) => blockOf(acls, 'outbound', source, end, ports)),
    ...ends.flatMap((end) => blockOf(acls, 'inbound', end, source, ports)),
    ...ends.flatMap((end) => blockOf(acls, 'inbound', source, end, replies)),
  ];
  if (found.length === 0) return passed(listed(acls.map((acl) => acl.id)));
  return {
    result: worst(found, client),
    brief: `${endpoint.id}: a network ACL blocks traffic`,
    detail: listed([...new Set(found.map(({ text }) => text))], 2),
    hint:
      `Allow TCP ${ports.from}-${ports.to} inbound and outbound in the network ACL, ` +
      'for connections and their replies. A rule with a lower number comes first.',
  };
}

async function findingOfRoutes(
  { endpoint, clientOf, routesOf }: Surroundings,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const client = await clientOf(ports);
  if (!client?.source) return unchecked(`the subnet of ${client?.name} is not known`);
  const { lost, targets } = await routesOf(client.source);
  if (lost.length === 0) return passed(listed(targets));
  return {
    result: worst([{ result: 'error' }], client),
    brief: `${endpoint.id}: no route`,
    detail: listed(lost, 2),
    hint: `Both VPCs (${client.source.vpc}, ${endpoint.vpc}) need a route to the other one, to a peering connection or a transit gateway.`,
  };
}

async function findingOfEgress(
  { ec2, endpoint, clientOf, endsOf }: Surroundings,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const client = await clientOf(ports);
  if (!client?.groups.length) return unchecked(`${client?.name} has no security group`);
  const [groups, ends] = await Promise.all([ec2.groups({ ids: client.groups }), endsOf()]);
  const rules = groups.flatMap(({ answer }) => toRules(answer.IpPermissionsEgress));
  const found = ends.flatMap(({ address }) => {
    const rulesForEnd = rules.filter((rule) => isFor(rule, address, endpoint.uses));
    const result = opening(rulesForEnd, ports);
    return result === 'success' ? [] : [{ address, result }];
  });
  const [needed, names] = [`TCP ${ports.from}-${ports.to}`, listed(client.groups)];
  if (found.length === 0) return passed(`${needed} from ${names}`);
  const open = listed(rules.map((rule) => `${portsOf(rule)} to ${rule.from}`)) || 'nothing';
  return {
    result: worst(found, client),
    brief: `${endpoint.id}: closed for ${client.name}`,
    detail: `outbound rules of ${names} allow ${open}; ${needed} to ${listed(found.map(({ address }) => address))} is required`,
    hint: `Allow outbound ${needed} to ${listed(endpoint.uses) || 'the interface endpoint'} in ${names}.`,
  };
}

async function findingOfPath(
  { endpoint, place, clientOf, endsOf, routesOf }: Surroundings,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const [client, [end], tcp] = await Promise.all([clientOf(ports), endsOf(), ports.tcp()]);
  const { name, source } = client ?? {};
  if (!source || !end) return unchecked(`the subnet of ${name} is not known`);
  const { targets } = await routesOf(source);
  const further = listed(targets.filter((target) => target !== 'local' && !target.startsWith('pcx-')));
  if (tcp === 'open' && ports.own.includes(source.address)) return passed('connections from this machine work');
  if (tcp !== 'silent' && further === '') return passed('checked to its end');
  const port = `${ports.inUse[0] ?? ports.from}`;
  const target = cmd`--source ${source.id} --destination ${end.id} --protocol tcp --destination-port ${port}`;
  const create = cmd`aws ec2 create-network-insights-path ${place} ${target} --query NetworkInsightsPath.NetworkInsightsPathId --output text`;
  const start = cmd`aws ec2 start-network-insights-analysis ${place} --network-insights-path-id`;
  const what = further === '' ? 'has no known fault' : `leads through ${further}, which doctor does not check`;
  return {
    result: 'warning',
    brief: `${endpoint.id}: the path from ${name} is not checked to its end`,
    detail: `the path from ${name} ${what}${tcp === 'silent' ? ', but connections from this machine fail' : ''}`,
    hint: {
      text:
        'If connections fail, let AWS analyze the path. This costs money. After some ' +
        'minutes, aws ec2 describe-network-insights-analyses has the result.',
      commands: [`INSIGHTS_PATH=$(${create.text})`, `${start.text} "$INSIGHTS_PATH"`],
    },
  };
}

/** Linux uses these ports for connections, and with them for replies. Other systems may use all of the range. */
const usualReplyPorts = [32_768, 60_999];

/** Whether the network ACL of the subnet of `at` blocks its traffic with `peer`. */
function blockOf(
  acls: readonly NetworkAcl[],
  direction: 'inbound' | 'outbound',
  at: VpcInterface | undefined,
  peer: VpcInterface | undefined,
  needed: ClientPorts,
) {
  const acl = acls.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === at?.subnet));
  // A network ACL does not see what stays in its subnet. That of another account can't be read.
  if (!at || !acl || at.subnet === peer?.subnet) return [];
  const result = opening(entriesFor(acl.Entries ?? [], direction === 'outbound', peer?.address), needed);
  if (result === 'success') return [];
  const traffic = `${direction} traffic of ${at.subnet} (${peer?.address ?? 'any address'})`;
  return [{ result, text: `${acl.NetworkAclId} blocks ${traffic}` }];
}

/** Faults on the path from a client that isn't certain are warnings. */
export function worst(found: readonly { result: string }[], client: Client | undefined): 'error' | 'warning' {
  return client?.isGiven !== false && found.some(({ result }) => result === 'error') ? 'error' : 'warning';
}

/** Whether a rule of a security group is for this peer. What isn't known, such as a prefix list, counts as for it. */
export function isFor({ from }: Rule, address: string | undefined, groups: readonly string[]) {
  if (from.startsWith('sg-')) return groups.includes(from);
  return address === undefined || !from.includes('/') || isWithin(address, from);
}

/** The rules of a network ACL for TCP with this peer, in order; without a peer, those that allow anybody or deny everybody. */
function entriesFor(entries: readonly NetworkAclEntry[], isEgress: boolean, peer: string | undefined) {
  const matching = entries.filter(({ Egress, CidrBlock = '', Protocol = '', RuleAction }) => {
    const isAny = CidrBlock === '0.0.0.0/0' || RuleAction === 'allow';
    const isPeer = peer === undefined ? CidrBlock !== '' && isAny : isWithin(peer, CidrBlock);
    // 6 is TCP, -1 is everything.
    return Egress === isEgress && ['6', '-1'].includes(Protocol) && isPeer;
  });
  return matching
    .toSorted((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0))
    .map(({ PortRange: { From = 0, To = 65_535 } = {}, RuleAction }) => {
      return { fromPort: From, toPort: To, isDenied: RuleAction !== 'allow' };
    });
}

/** Where packets between a client and the interface endpoint go first, both ways. */
function firstHops(tables: readonly RouteTable[], source: VpcInterface, ends: readonly VpcInterface[]) {
  const ways = ends.flatMap((end) => [routeOf(tables, source, end), routeOf(tables, end, source)]);
  return {
    lost: [...new Set(ways.flatMap((way) => way.lost ?? []))],
    targets: [...new Set(ways.flatMap(({ target }) => target ?? []))],
  };
}

/** Where packets from one network interface to another go first, or why they get lost. */
function routeOf(tables: readonly RouteTable[], { subnet, vpc }: VpcInterface, { address }: VpcInterface) {
  const tableOf = (isIts: (association: RouteTableAssociation) => boolean) =>
    tables.find(({ VpcId, Associations = [] }) => VpcId === vpc && Associations.some(isIts));
  const table = tableOf(({ SubnetId }) => SubnetId === subnet) ?? tableOf(({ Main }) => Main === true);
  // Another account may own it.
  if (!table) return {};
  // What a prefix list has isn't known: it counts as more specific than the default route. vpce- is for AWS's services.
  const bitsOf = ({ DestinationCidrBlock: cidr }: Route) => Number(cidr?.split('/')[1] ?? 0.5);
  const [route] = (table.Routes ?? [])
    .filter(({ DestinationCidrBlock: cidr, DestinationPrefixListId: list, GatewayId = '' }) =>
      list === undefined ? isWithin(address, cidr ?? '') : !GatewayId.startsWith('vpce-'),
    )
    .toSorted((one, other) => bitsOf(other) - bitsOf(one));
  const { GatewayId, VpcPeeringConnectionId, TransitGatewayId, NatGatewayId, State } = route ?? {};
  const target = GatewayId ?? VpcPeeringConnectionId ?? TransitGatewayId ?? NatGatewayId ?? 'another gateway';
  // A gateway to the internet drops packets to private addresses.
  if (!route || /^(?:igw|nat)-/.test(target)) return { lost: `${table.RouteTableId} has no route to ${address}` };
  if (State !== 'blackhole') return { target };
  return { lost: `the route to ${address} in ${table.RouteTableId} is a blackhole (${target})` };
}

export function portsOf({ fromPort, toPort }: PortRule) {
  return `TCP ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
}
