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
import { CloudError, hasCode } from '../errors.js';
import type { AwsCall, How } from './call.js';
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
  /** The private IPv4 addresses of network interfaces. */
  addresses(interfaceIds: readonly string[]): Promise<string[]>;
  /** Whether machines in the VPC can use its DNS server. */
  resolvesNames(vpcId: string): Promise<boolean>;
  /** The availability zones that an endpoint service supports; null if AWS doesn't tell here. */
  zones(serviceName: string): Promise<readonly string[] | null>;
}

export function readsOf(ec2: EC2Client, call: AwsCall): Reads {
  const read = <T>(name: string, send: (how: How) => Promise<T>, limits?: RequestLimits) =>
    call({ action: `ec2:${name}`, send, isHarmless: true, limits });
  return {
    vpcs: ({ ids, filters }) =>
      pages(async (NextToken) => {
        const command = new DescribeVpcsCommand({ ...filtered(filters), ...(ids && { VpcIds: [...ids] }), NextToken });
        const { Vpcs = [], NextToken: next } = await read('DescribeVpcs', (how) => ec2.send(command, how));
        return { items: Vpcs.map(toVpc), next };
      }),
    subnets: ({ ids, filters }) =>
      pages(async (NextToken) => {
        const command = new DescribeSubnetsCommand({
          ...filtered(filters),
          ...(ids && { SubnetIds: [...ids] }),
          NextToken,
        });
        const { Subnets = [], NextToken: next } = await read('DescribeSubnets', (how) => ec2.send(command, how));
        return { items: Subnets.map(toSubnet), next };
      }),
    groups: ({ ids, filters }) =>
      pages(async (NextToken) => {
        const command = new DescribeSecurityGroupsCommand({
          ...filtered(filters),
          ...(ids && { GroupIds: [...ids] }),
          NextToken,
        });
        const { SecurityGroups = [], NextToken: next } = await read('DescribeSecurityGroups', (how) =>
          ec2.send(command, how),
        );
        return { items: SecurityGroups.map(toGroup), next };
      }),
    endpoints: ({ ids, filters }, limits) =>
      pages(async (NextToken) => {
        const command = new DescribeVpcEndpointsCommand({
          ...filtered(filters),
          ...(ids && { VpcEndpointIds: [...ids] }),
          NextToken,
        });
        const send = (how: How) => ec2.send(command, how);
        const { VpcEndpoints = [], NextToken: next } = await read('DescribeVpcEndpoints', send, limits);
        return { items: VpcEndpoints.map(toVpcEndpoint), next };
      }),
    addresses: (interfaceIds) =>
      pages(async (NextToken) => {
        const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [...interfaceIds], NextToken });
        const send = (how: How) => ec2.send(command, how);
        const { NetworkInterfaces = [], NextToken: next } = await read('DescribeNetworkInterfaces', send);
        return { items: NetworkInterfaces.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []), next };
      }),
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
        // Of another region's service, and of a quite new one, AWS may know nothing here.
        if (hasCode(error, 'InvalidServiceName', 'InvalidParameter')) return null;
        throw error;
      }
    },
  };
}

/** Everything that a list in pages holds, once. Stops at a page that leads nowhere. A page may be empty before the last. */
async function pages<T extends string | { id: string }>(
  page: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all = new Map<string, T>();
  let token: string | undefined;
  for (let number = 1; number <= mostPages; number++) {
    const { items, next } = await page(token);
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
