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
import { CloudError, hasCode } from '../errors.js';
import type { Subnet, Vpc, VpcEndpoint, VpcGroup } from './model.js';
import { toGroup, toSubnet, toVpc, toVpcEndpoint } from './read.js';

/** No list has this many pages: a page has up to 1000 items. */
const mostPages = 100;

/** Which of a kind are meant: by id, or by EC2's filters. */
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
  const list = <A extends { NextToken?: string | undefined }, T extends string | { id: string }>(
    name: string,
    send: (page: Page, how: How) => Promise<A>,
    itemsOf: (answer: A) => T[],
    limits?: RequestLimits,
  ) =>
    pages(async (page) => {
      const answer = await read(name, (how) => send(page, how), limits);
      return { items: itemsOf(answer), next: answer.NextToken };
    });
  const endpoints: Reads['endpoints'] = ({ ids, filters }, limits) => {
    const named = { ...(ids && { VpcEndpointIds: [...ids] }), ...filtered(filters) };
    return list(
      'DescribeVpcEndpoints',
      (page, how) => ec2.send(new DescribeVpcEndpointsCommand({ ...named, ...page }), how),
      ({ VpcEndpoints = [] }) => VpcEndpoints.map(toVpcEndpoint),
      limits,
    );
  };
  return {
    vpcs: ({ ids, filters }) => {
      const named = { ...(ids && { VpcIds: [...ids] }), ...filtered(filters) };
      return list(
        'DescribeVpcs',
        (page, how) => ec2.send(new DescribeVpcsCommand({ ...named, ...page }), how),
        ({ Vpcs = [] }) => Vpcs.map(toVpc),
      );
    },
    subnets: ({ ids, filters }) => {
      const named = { ...(ids && { SubnetIds: [...ids] }), ...filtered(filters) };
      return list(
        'DescribeSubnets',
        (page, how) => ec2.send(new DescribeSubnetsCommand({ ...named, ...page }), how),
        ({ Subnets = [] }) => Subnets.map(toSubnet),
      );
    },
    groups: ({ ids, filters }) => {
      const named = { ...(ids && { GroupIds: [...ids] }), ...filtered(filters) };
      return list(
        'DescribeSecurityGroups',
        (page, how) => ec2.send(new DescribeSecurityGroupsCommand({ ...named, ...page }), how),
        ({ SecurityGroups = [] }) => SecurityGroups.map(toGroup),
      );
    },
    endpoints,
    endpoint: async (id, limits) => {
      try {
        return (await endpoints({ ids: [id] }, limits))[0] ?? null;
      } catch (error) {
        if (hasCode(error, 'InvalidVpcEndpointId.NotFound')) return null;
        throw error;
      }
    },
    addresses: (interfaceIds) => {
      const named = { NetworkInterfaceIds: [...interfaceIds] };
      return list(
        'DescribeNetworkInterfaces',
        (page, how) => ec2.send(new DescribeNetworkInterfacesCommand({ ...named, ...page }), how),
        ({ NetworkInterfaces = [] }) => NetworkInterfaces.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
      );
    },
    resolvesNames: async (VpcId) => {
      const command = new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' });
      const { EnableDnsSupport } = await read('DescribeVpcAttribute', (how) => ec2.send(command, how));
      return EnableDnsSupport?.Value === true;
    },
    zones: async (serviceName) => {
      const command = new DescribeVpcEndpointServicesCommand({ ServiceNames: [serviceName] });
      try {
        const { ServiceDetails = [] } = await read('DescribeVpcEndpointServices', (how) => ec2.send(command, how));
        const zones = ServiceDetails.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
        return zones.length > 0 ? zones : null;
      } catch (error) {
        // AWS may not know a service of another region, or a new one.
        if (hasCode(error, 'InvalidServiceName', 'InvalidParameter')) return null;
        throw error;
      }
    },
  };
}

interface Page {
  NextToken: string | undefined;
}

/** Everything that a list in pages holds, once. Stops at a page that leads nowhere. A page may be empty before the last. */
async function pages<T extends string | { id: string }>(
  read: (page: Page) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all = new Map<string, T>();
  let token: string | undefined;
  for (let number = 1; number <= mostPages; number++) {
    const { items, next } = await read({ NextToken: token });
    const before = all.size;
    for (const item of items) all.set(typeof item === 'string' ? item : item.id, item);
    const isStuck = all.size === before && (items.length > 0 || next === token);
    if (!next || isStuck) return [...all.values()];
    token = next;
  }
  throw new CloudError(`AWS returned more than ${mostPages} pages for one list.`);
}

function filtered(filters: Which['filters'] = {}): { Filters?: Filter[] } {
  const all = Object.entries(filters).map(([Name, values]) => ({ Name, Values: [values].flat() }));
  return all.length > 0 ? { Filters: all } : {};
}
