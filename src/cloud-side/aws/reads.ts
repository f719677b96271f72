import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
} from '@aws-sdk/client-ec2';
import type { RequestLimits } from '../../base/request-limits.js';
import type { CloudCall, How } from '../call.js';
import { CloudError, unlessRefused } from '../errors.js';
import type { Subnet, Vpc, VpcEndpoint, VpcGroup } from './model.js';
import { toGroup, toSubnet, toVpc, toVpcEndpoint } from './read.js';

/** No list has this many pages: a page has up to 1000 items. */
const mostPages = 100;

/** Selects resources by id, or by EC2's filters. */
interface Which {
  ids?: readonly string[];
  filters?: Readonly<Record<string, string | readonly string[]>>;
}

/** The calls of EC2 that change nothing. */
export interface Reads {
  vpcs(which: Which): Promise<Vpc[]>;
  subnets(which: Which): Promise<Subnet[]>;
  groups(which: Which): Promise<VpcGroup[]>;
  endpoints(which: Which, limits?: RequestLimits): Promise<VpcEndpoint[]>;
  /** Null if AWS doesn't know it, which may be so for some seconds after its creation. */
  endpoint(id: string, limits?: RequestLimits): Promise<VpcEndpoint | null>;
  /** The private IPv4 addresses of network interfaces. */
  addresses(interfaceIds: readonly string[]): Promise<string[]>;
  /** Whether machines in the VPC can use its DNS server. */
  resolvesNames(vpcId: string): Promise<boolean>;
  /** The availability zones that an endpoint service supports; null if AWS doesn't tell here. */
  zones(serviceName: string): Promise<readonly string[] | null>;
}

export function readsOf(ec2: EC2Client, call: CloudCall): Reads {
  const read = <T>(name: string, send: (how: How) => Promise<T>, limits?: RequestLimits) =>
    call({ action: `ec2:${name}`, send, isHarmless: true, limits });
  /** Everything that a list in pages has, once. Stops at a page that leads nowhere. An empty page may have a next one. */
  const list = async <A extends { NextToken?: string | undefined }, T extends string | { id: string }>(
    name: string,
    send: (page: Page, how: How) => Promise<A>,
    itemsOf: (answer: A) => T[],
    limits?: RequestLimits,
  ) => {
    const all = new Map<string, T>();
    const page: Page = { NextToken: undefined };
    for (let number = 1; number <= mostPages; number++) {
      const answer = await read(name, (how) => send(page, how), limits);
      const items = itemsOf(answer);
      const before = all.size;
      for (const item of items) all.set(typeof item === 'string' ? item : item.id, item);
      const isStuck = all.size === before && (items.length > 0 || answer.NextToken === page.NextToken);
      if (!answer.NextToken || isStuck) return [...all.values()];
      page.NextToken = answer.NextToken;
    }
    throw new CloudError(`AWS returned more than ${mostPages} pages for one list.`);
  };
  const endpoints: Reads['endpoints'] = (which, limits) =>
    list(
      'DescribeVpcEndpoints',
      (page, how) => ec2.send(new DescribeVpcEndpointsCommand({ ...chosen('VpcEndpointIds', which), ...page }), how),
      ({ VpcEndpoints = [] }) => VpcEndpoints.map(toVpcEndpoint),
      limits,
    );
  return {
    vpcs: (which) =>
      list(
        'DescribeVpcs',
        (page, how) => ec2.send(new DescribeVpcsCommand({ ...chosen('VpcIds', which), ...page }), how),
        ({ Vpcs = [] }) => Vpcs.map(toVpc),
      ),
    subnets: (which) =>
      list(
        'DescribeSubnets',
        (page, how) => ec2.send(new DescribeSubnetsCommand({ ...chosen('SubnetIds', which), ...page }), how),
        ({ Subnets = [] }) => Subnets.map(toSubnet),
      ),
    groups: (which) =>
      list(
        'DescribeSecurityGroups',
        (page, how) => ec2.send(new DescribeSecurityGroupsCommand({ ...chosen('GroupIds', which), ...page }), how),
        ({ SecurityGroups = [] }) => SecurityGroups.map(toGroup),
      ),
    endpoints,
    endpoint: async (id, limits) => {
      const found = await unlessRefused(endpoints({ ids: [id] }, limits), 'InvalidVpcEndpointId.NotFound');
      return found?.[0] ?? null;
    },
    addresses: (ids) =>
      list(
        'DescribeNetworkInterfaces',
        (page, how) =>
          ec2.send(new DescribeNetworkInterfacesCommand({ ...chosen('NetworkInterfaceIds', { ids }), ...page }), how),
        ({ NetworkInterfaces = [] }) => NetworkInterfaces.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
      ),
    resolvesNames: async (VpcId) => {
      const command = new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' });
      const { EnableDnsSupport } = await read('DescribeVpcAttribute', (how) => ec2.send(command, how));
      return EnableDnsSupport?.Value === true;
    },
    zones: async (serviceName) => {
      const command = new DescribeVpcEndpointServicesCommand({ ServiceNames: [serviceName] });
      const answer = read('DescribeVpcEndpointServices', (how) => ec2.send(command, how));
      // AWS may not know a service of another region, or a new one.
      const { ServiceDetails = [] } = (await unlessRefused(answer, 'InvalidServiceName', 'InvalidParameter')) ?? {};
      const zones = ServiceDetails.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
      return zones.length > 0 ? zones : null;
    },
  };
}

interface Page {
  NextToken: string | undefined;
}

/** The ids and filters as a request has them. `key` is that of the ids. */
function chosen<Key extends string>(key: Key, { ids, filters = {} }: Which) {
  const all = Object.entries(filters).map(([Name, values]): Filter => ({ Name, Values: [values].flat() }));
  const named = { ...(ids && { [key]: [...ids] }) } as { [key in Key]?: string[] };
  return { ...named, ...(all.length > 0 && { Filters: all }) };
}
