import {
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import type { RequestLimits } from '../../http/ask.js';
import { unlessRefused } from '../errors.js';
import { readPages } from '../rest.js';
import { toGroup, toSubnet, toVpc, toVpcEndpoint, toVpcInterface } from './answers.js';
import type { SendEc2 } from './ec2.js';

interface Which {
  ids?: readonly string[];
  filters?: Readonly<Record<string, string | readonly string[]>>;
}

type Answer = ServiceOutputTypes & { NextToken?: string | undefined };
type ItemOf<L> = NonNullable<L> extends readonly (infer T)[] ? T : never;

export function readsOf(send: SendEc2, region: string) {
  /** Reads everything that a list has, once. EC2 names the action after the list, and with one exception the ids too. */
  const lister =
    <I extends ServiceInputTypes, A extends Answer, K extends keyof A & string, T extends { id: string }>(
      Describe: Parameters<typeof send<I, A>>[1],
      list: K,
      toItem: (each: ItemOf<A[K]>) => T | readonly T[],
      idKey = `${list.slice(0, -1)}Ids`,
    ) =>
    async ({ ids, filters = {} }: Which, limits?: RequestLimits) => {
      const given = Object.entries(filters);
      const Filters = given.map(([Name, values]) => ({ Name, Values: [...new Set([values].flat())] }));
      const which = { ...(ids && { [idKey]: ids }), ...(Filters.length > 0 && { Filters }) };
      const all = await readPages(`ec2:Describe${list}`, async (NextToken) => {
        const page = { ...which, ...(NextToken !== '' && { NextToken }) };
        const answer: A = await send(`Describe${list}`, Describe, page as unknown as I, { limits });
        return { items: ((answer[list] ?? []) as ItemOf<A[K]>[]).flatMap(toItem), next: answer.NextToken };
      });
      return [...new Map(all.map((each) => [each.id, each])).values()];
    };
  const endpoints = lister(DescribeVpcEndpointsCommand, 'VpcEndpoints', (each) => toVpcEndpoint(each, region));
  return {
    vpcs: lister(DescribeVpcsCommand, 'Vpcs', toVpc),
    subnets: lister(DescribeSubnetsCommand, 'Subnets', toSubnet),
    groups: lister(DescribeSecurityGroupsCommand, 'SecurityGroups', (each) => toGroup(each, region), 'GroupIds'),
    endpoints,
    endpoint: async (id: string, limits?: RequestLimits) => {
      const found = await unlessRefused(endpoints({ ids: [id] }, limits), 'InvalidVpcEndpointId.NotFound');
      return found?.[0] ?? null;
    },
    interfaces: lister(DescribeNetworkInterfacesCommand, 'NetworkInterfaces', toVpcInterface),
    acls: lister(DescribeNetworkAclsCommand, 'NetworkAcls', (each) => ({ ...each, id: each.NetworkAclId ?? '' })),
    routeTables: lister(DescribeRouteTablesCommand, 'RouteTables', (each) => ({
      ...each,
      id: each.RouteTableId ?? '',
    })),
    resolvesNames: async (VpcId: string) => {
      const attribute = { VpcId, Attribute: 'enableDnsSupport' } as const;
      const { EnableDnsSupport } = await send('DescribeVpcAttribute', DescribeVpcAttributeCommand, attribute);
      return EnableDnsSupport?.Value === true;
    },
    /** The availability zones that an endpoint service supports; null if AWS doesn't tell here. */
    zones: async (serviceName: string): Promise<readonly string[] | null> => {
      const named = { ServiceNames: [serviceName] };
      const answer = send('DescribeVpcEndpointServices', DescribeVpcEndpointServicesCommand, named);
      // AWS may not know a service of another region, or a new one.
      const { ServiceDetails = [] } = (await unlessRefused(answer, 'InvalidServiceName', 'InvalidParameter')) ?? {};
      const zones = ServiceDetails.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
      return zones.length > 0 ? zones : null;
    },
  };
}
