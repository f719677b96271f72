import {
  type $Command,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type EC2ClientResolvedConfig,
  type Filter,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import type { RequestLimits } from '../../base/request-limits.js';
import type { CloudCall, How } from '../call.js';
import { CloudError, unlessRefused } from '../errors.js';
import { toGroup, toSubnet, toVpc, toVpcEndpoint, toVpcInterface } from './read.js';

/** No list has this many pages: a page has up to 1000 items. */
const mostPages = 100;

/** Selects resources by id, or by EC2's filters. */
interface Which {
  ids?: readonly string[];
  filters?: Readonly<Record<string, string | readonly string[]>>;
}

/** The calls of EC2 that change nothing. */
export function readsOf(ec2: EC2Client, call: CloudCall) {
  const read = <T>(name: string, send: (how: How) => Promise<T>, limits?: RequestLimits) =>
    call({ action: `ec2:${name}`, send, isHarmless: true, limits });
  /** Reads everything that a list in pages has, once. Stops at a page that leads nowhere. An empty page may have a next one. */
  const lister =
    <I extends ServiceInputTypes, A extends Answer, T extends { id: string }>(
      name: string,
      Describe: new (input: I) => $Command<I, A, EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
      idKey: keyof I & string,
      itemsOf: (answer: A) => T[],
    ) =>
    async (which: Which, limits?: RequestLimits) => {
      const all = new Map<string, T>();
      let NextToken: string | undefined;
      for (let number = 1; number <= mostPages; number++) {
        const command = new Describe({ ...chosen(idKey, which), NextToken } as unknown as I);
        const answer = await read(name, (how) => ec2.send(command, how), limits);
        const items = itemsOf(answer);
        const before = all.size;
        for (const item of items) all.set(item.id, item);
        const isStuck = all.size === before && (items.length > 0 || answer.NextToken === NextToken);
        if (!answer.NextToken || isStuck) return [...all.values()];
        NextToken = answer.NextToken;
      }
      throw new CloudError(`AWS returned more than ${mostPages} pages for one list.`);
    };
  const endpoints = lister('DescribeVpcEndpoints', DescribeVpcEndpointsCommand, 'VpcEndpointIds', (answer) =>
    (answer.VpcEndpoints ?? []).map(toVpcEndpoint),
  );
  return {
    vpcs: lister('DescribeVpcs', DescribeVpcsCommand, 'VpcIds', ({ Vpcs = [] }) => Vpcs.map(toVpc)),
    subnets: lister('DescribeSubnets', DescribeSubnetsCommand, 'SubnetIds', ({ Subnets = [] }) =>
      Subnets.map(toSubnet),
    ),
    groups: lister('DescribeSecurityGroups', DescribeSecurityGroupsCommand, 'GroupIds', (answer) =>
      (answer.SecurityGroups ?? []).map(toGroup),
    ),
    endpoints,
    /** Null if AWS doesn't know it, which may be so for some seconds after its creation. */
    endpoint: async (id: string, limits?: RequestLimits) => {
      const found = await unlessRefused(endpoints({ ids: [id] }, limits), 'InvalidVpcEndpointId.NotFound');
      return found?.[0] ?? null;
    },
    interfaces: lister('DescribeNetworkInterfaces', DescribeNetworkInterfacesCommand, 'NetworkInterfaceIds', (answer) =>
      (answer.NetworkInterfaces ?? []).flatMap(toVpcInterface),
    ),
    acls: lister('DescribeNetworkAcls', DescribeNetworkAclsCommand, 'NetworkAclIds', ({ NetworkAcls = [] }) =>
      NetworkAcls.map((each) => ({ ...each, id: each.NetworkAclId ?? '' })),
    ),
    routeTables: lister('DescribeRouteTables', DescribeRouteTablesCommand, 'RouteTableIds', ({ RouteTables = [] }) =>
      RouteTables.map((each) => ({ ...each, id: each.RouteTableId ?? '' })),
    ),
    /** Whether machines in the VPC can use its DNS server. */
    resolvesNames: async (VpcId: string) => {
      const command = new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' });
      const { EnableDnsSupport } = await read('DescribeVpcAttribute', (how) => ec2.send(command, how));
      return EnableDnsSupport?.Value === true;
    },
    /** The availability zones that an endpoint service supports; null if AWS doesn't tell here. */
    zones: async (serviceName: string): Promise<readonly string[] | null> => {
      const command = new DescribeVpcEndpointServicesCommand({ ServiceNames: [serviceName] });
      const answer = read('DescribeVpcEndpointServices', (how) => ec2.send(command, how));
      // AWS may not know a service of another region, or a new one.
      const { ServiceDetails = [] } = (await unlessRefused(answer, 'InvalidServiceName', 'InvalidParameter')) ?? {};
      const zones = ServiceDetails.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
      return zones.length > 0 ? zones : null;
    },
  };
}

type Answer = ServiceOutputTypes & { NextToken?: string | undefined };

/** The ids and filters as a request has them. `key` is that of the ids. */
function chosen(key: string, { ids, filters = {} }: Which) {
  const all = Object.entries(filters).map(
    ([Name, values]): Filter => ({ Name, Values: [...new Set([values].flat())] }),
  );
  return { ...(ids && { [key]: ids }), ...(all.length > 0 && { Filters: all }) };
}
