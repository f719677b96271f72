import type { NetworkAclEntry, Route, RouteTable, RouteTableAssociation } from '@aws-sdk/client-ec2';
import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { isWithin } from '../../base/within.js';
import { CloudError } from '../errors.js';
import type { ClientPorts, CloudFinding } from '../inspect.js';
import { opening, type PortRule } from '../ports.js';
import type { Ec2 } from './ec2.js';
import type { Rule, VpcEndpoint, VpcInterface } from './model.js';
import { toRules } from './read.js';

/* The checks on the path from a client to a VPC endpoint, and back. */

/** Who connects. `source` is not known for a security group. */
export type Client = Awaited<ReturnType<typeof findClient>>;

export type Find = (ports: ClientPorts) => Promise<CloudFinding>;

/** What --client names, or this machine by its address, which another machine may have by chance. Null if it is neither. */
export async function findClient(ec2: Ec2, vpc: string, given: string | undefined, own: readonly string[]) {
  if (given?.startsWith('sg-')) return { name: given, isGiven: true, source: undefined, groups: [given] };
  if (given === undefined && own.length === 0) return null;
  const ofInstance = { 'attachment.instance-id': given ?? '', 'attachment.device-index': '0' };
  const filters = given === undefined ? { 'addresses.private-ip-address': own } : ofInstance;
  const found = await ec2.interfaces(given?.startsWith('eni-') ? { ids: [given] } : { filters });
  const source = found.find((each) => each.vpc === vpc) ?? (found.length === 1 ? found[0] : undefined);
  const name = `${given ?? 'this machine'} (${source?.address})`;
  if (source) return { name, isGiven: given !== undefined, source, groups: source.groups };
  if (given === undefined) return null;
  const hint = 'Check the id and the AWS account. The client must be in the region of the interface endpoint.';
  throw new CloudError(`AWS has no network interface of ${given} here.`, { exit: 'notFound', hint });
}

export function pathFindings(
  ec2: Ec2,
  { id, vpc, groups }: VpcEndpoint,
  region: string,
  clientOf: (ports: ClientPorts) => Promise<Client>,
  endsOf: () => Promise<readonly VpcInterface[]>,
): Record<string, Find> {
  return {
    'cloud-acl': async (ports) => {
      // The last check says why the client can't be read.
      const [client, ends] = await Promise.all([clientOf(ports).catch(ignoreFailure), endsOf()]);
      const { source } = client ?? {};
      const subnets = [...ends, ...(source ? [source] : [])].map(({ subnet }) => subnet);
      const all = await ec2.acls({ filters: { 'vpc-id': [vpc, source?.vpc ?? vpc] } });
      const acls = all.filter((each) => each.Associations?.some(({ SubnetId = '' }) => subnets.includes(SubnetId)));
      const sides = [...ends.map((at) => ({ at, peer: source })), ...ends.map((peer) => ({ at: source, peer }))];
      const blocked = [true, false].flatMap((isEgress) =>
        sides.map(async ({ at, peer }) => {
          const acl = acls.find((each) => each.Associations?.some(({ SubnetId }) => SubnetId === at?.subnet));
          // A network ACL does not see what stays in its subnet. That of another account can't be read.
          if (!at || !acl || at.subnet === peer?.subnet) return [];
          const isReply = (at === source) !== isEgress;
          const needed = isReply ? { ...ports, inUse: async () => usualReplyPorts } : ports;
          const result = await opening(entriesFor(acl.Entries ?? [], isEgress, peer?.address), needed);
          if (result === 'success') return [];
          const way = `${isEgress ? 'outbound' : 'inbound'} traffic of ${at.subnet}`;
          return [{ result, text: `${acl.id} blocks ${way} (${peer?.address ?? 'any address'})` }];
        }),
      );
      const found = (await Promise.all(blocked)).flat();
      if (found.length === 0) return { result: 'success', detail: listed(acls.map((acl) => acl.id)) };
      return {
        result: worst(found, client),
        brief: `${id}: a network ACL blocks traffic`,
        detail: listed([...new Set(found.map(({ text }) => text))], 2),
        hint: `Allow TCP ${ports.from}-${ports.to} inbound and outbound in the network ACL, for connections and their replies. A rule with a lower number comes first.`,
      };
    },

    'cloud-routes': async (ports) => {
      const client = await clientOf(ports).catch(ignoreFailure);
      const { source } = client ?? {};
      if (!source) return { result: 'skipped', detail: 'the subnet of the client is not known: use --client i-…' };
      const [tables, ends] = await Promise.all([
        ec2.routeTables({ filters: { 'vpc-id': [source.vpc, vpc] } }),
        endsOf(),
      ]);
      const ways = ends.flatMap((end) => [routeOf(tables, source, end), routeOf(tables, end, source)]);
      const lost = [...new Set(ways.flatMap((way) => way.lost ?? []))];
      const brief = `${id}: no route`;
      const hint = `Both VPCs (${source.vpc}, ${vpc}) need a route to the other one, to a peering connection or a transit gateway.`;
      if (lost.length > 0)
        return { result: worst([{ result: 'error' }], client), brief, detail: listed(lost, 2), hint };
      const targets = [...new Set(ways.flatMap(({ target }) => target ?? []))];
      const further = listed(targets.filter((target) => target !== 'local' && !target.startsWith('pcx-')));
      if (further === '') return { result: 'success', detail: listed(targets) };
      const port = `${(await ports.inUse())[0] ?? ports.from}`;
      const analyze = cmd`aws ec2 create-network-insights-path --region ${region} --source ${source.id} --destination ${id} --protocol tcp --destination-port ${port}`;
      const text =
        'If connections fail, let AWS analyze the path (start-network-insights-analysis, which costs money):';
      return {
        result: 'warning',
        brief: `${id}: the path leads through ${further}`,
        detail: `the path leads through ${further}, which doctor does not check`,
        hint: { text, commands: [analyze.text] },
      };
    },

    'cloud-egress': async (ports) => {
      const client = await clientOf(ports);
      if (!client?.groups.length) return { result: 'skipped', detail: 'no client is known: use --client i-…' };
      const [own, ends] = await Promise.all([ec2.groups({ ids: client.groups }), endsOf()]);
      const rules = own.flatMap(({ answer }) => toRules(answer?.IpPermissionsEgress));
      const to = (end: VpcInterface) => rules.filter((rule) => isFor(rule, end.address, groups));
      const found = await Promise.all(ends.map(async (end) => ({ end, result: await opening(to(end), ports) })));
      const closed = found.flatMap(({ end, result }) => (result === 'success' ? [] : end.address));
      const [needed, names] = [`TCP ${ports.from}-${ports.to}`, listed(client.groups)];
      if (closed.length === 0) return { result: 'success', detail: `${needed} from ${names}` };
      const open = listed(rules.map((rule) => `${portsOf(rule)} to ${rule.from}`)) || 'nothing';
      return {
        result: worst(found, client),
        brief: `${id}: closed for ${client.name}`,
        detail: `outbound rules of ${names} allow ${open}; ${needed} to ${listed(closed)} is required`,
        hint: `Allow outbound ${needed} to ${listed(groups) || 'the interface endpoint'} in ${names}.`,
      };
    },
  };
}

/** Linux uses these ports for connections, and with them for replies. Other systems may use all of the range. */
const usualReplyPorts = [32_768, 60_999];

/** Faults on the path from a client that isn't certain are warnings. */
export function worst(found: readonly { result: string }[], client: Client | undefined): 'error' | 'warning' {
  return client?.isGiven !== false && found.some(({ result }) => result === 'error') ? 'error' : 'warning';
}

/** Whether a rule of a security group is for this peer. What isn't known, such as a prefix list, counts as for it. */
export function isFor({ from }: Rule, address: string | undefined, groups: readonly string[]): boolean {
  if (from.startsWith('sg-')) return groups.includes(from);
  return address === undefined || !from.includes('/') || isWithin(address, from);
}

/** The rules of a network ACL for TCP with this peer, in order; without a peer, those that allow anybody or deny everybody. */
function entriesFor(entries: readonly NetworkAclEntry[], isEgress: boolean, peer: string | undefined): PortRule[] {
  const its = entries.filter(({ Egress, CidrBlock = '', Protocol = '', RuleAction }) => {
    const isAny = CidrBlock === '0.0.0.0/0' || RuleAction === 'allow';
    const isPeer = peer === undefined ? CidrBlock !== '' && isAny : isWithin(peer, CidrBlock);
    // 6 is TCP, -1 is everything.
    return Egress === isEgress && ['6', '-1'].includes(Protocol) && isPeer;
  });
  return its
    .toSorted((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0))
    .map(({ PortRange: { From = 0, To = 65_535 } = {}, RuleAction }) => {
      return { fromPort: From, toPort: To, isDenied: RuleAction !== 'allow' };
    });
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

/** `TCP 443`, or `TCP 1024-65535`. */
export function portsOf({ fromPort, toPort }: PortRule): string {
  return `TCP ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
}
