import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type Filter,
  type ResourceType,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Effort } from '../../base/effort.js';
import type { Line } from '../cloud-side.js';
import { CloudError, hasCode } from '../errors.js';
import { createCall, type How } from './call.js';
import { type Access, createClients } from './client.js';
import type { Group, Identity, Rule, Subnet, Tags, Vpc, VpcEndpoint } from './model.js';
import { toGroup, toSubnet, toVpc, toVpcEndpoint } from './read.js';

/** Which of a kind are meant: by id, or by EC2's filters. */
interface Which {
  ids?: readonly string[];
  filters?: Readonly<Record<string, string | readonly string[]>>;
}

interface NewGroup {
  name: string;
  vpc: string;
  tags: Tags;
}

interface NewEndpoint {
  /** The same create, sent twice with one token, creates one endpoint. */
  token?: string | undefined;
  serviceName: string;
  /** The region of the service, if it isn't the VPC's. */
  serviceRegion?: string | undefined;
  vpc: string;
  subnets: readonly string[];
  groups: readonly string[];
  tags: Tags;
}

/** The calls of EC2 and STS in one region. Each throws a CloudError. */
export interface Ec2 {
  identity(): Promise<Identity>;
  vpcs(which: Which): Promise<Vpc[]>;
  subnets(which: Which): Promise<Subnet[]>;
  groups(which: Which): Promise<Group[]>;
  endpoints(which: Which, effort?: Effort): Promise<VpcEndpoint[]>;
  /** The availability zones that an endpoint service supports; null if AWS doesn't tell here. */
  zones(serviceName: string): Promise<readonly string[] | null>;
  createGroup(group: NewGroup): Promise<string>;
  allow(groupId: string, rules: readonly Rule[]): Promise<void>;
  createEndpoint(endpoint: NewEndpoint): Promise<VpcEndpoint>;
  deleteEndpoint(id: string): Promise<void>;
  deleteGroup(id: string): Promise<void>;
  /** Throws if the signed-in role may not do the same. Nothing is changed. */
  rehearse: {
    /** Of the reads those that come only once there is a service. */
    reads(): Promise<void>;
    createGroup(group: NewGroup): Promise<void>;
    allow(groupId: string, rules: readonly Rule[]): Promise<void>;
    createEndpoint(endpoint: NewEndpoint): Promise<void>;
    deleteEndpoint(id: string): Promise<void>;
    deleteGroup(id: string): Promise<void>;
  };
  close(): void;
}

export function openEc2(region: string, access: Access, line: Line): Ec2 {
  const { ec2, sts } = createClients(region, access);
  const call = createCall(line, region, access.profile);
  const read = <T>(name: string, send: (how: How) => Promise<T>, effort?: Effort) =>
    call({ action: `ec2:${name}`, send, isHarmless: true, effort });
  const change = <T>(name: string, send: (how: How) => Promise<T>, isHarmless: boolean) =>
    call({ action: `ec2:${name}`, send, isHarmless });
  /** Refused with DryRunOperation it would have been allowed. */
  const rehearse = async (name: string, send: (how: How) => Promise<unknown>) => {
    try {
      await call({ action: `ec2:${name}`, send, isHarmless: true });
    } catch (error) {
      if (!hasCode(error, 'DryRunOperation')) throw error;
    }
  };

  const createGroup = ({ name, vpc, tags }: NewGroup, DryRun = false) =>
    new CreateSecurityGroupCommand({
      ...{ DryRun, GroupName: name, VpcId: vpc, Description: 'Clients of a MongoDB Atlas private endpoint' },
      TagSpecifications: tagged('security-group', tags),
    });
  const allow = (GroupId: string, rules: readonly Rule[], DryRun = false) =>
    new AuthorizeSecurityGroupIngressCommand({
      ...{ DryRun, GroupId },
      IpPermissions: rules.map(({ from, fromPort, toPort }) => ({
        ...{ IpProtocol: 'tcp', FromPort: fromPort, ToPort: toPort },
        ...(from.startsWith('sg-') ? { UserIdGroupPairs: [{ GroupId: from }] } : { IpRanges: [{ CidrIp: from }] }),
      })),
    });
  const createEndpoint = (endpoint: NewEndpoint, DryRun = false) => {
    const { token, serviceName, serviceRegion, vpc, subnets, groups, tags } = endpoint;
    return new CreateVpcEndpointCommand({
      ...{ DryRun, VpcEndpointType: 'Interface', ServiceName: serviceName, VpcId: vpc },
      ...(token !== undefined && { ClientToken: token }),
      ...(serviceRegion !== undefined && { ServiceRegion: serviceRegion }),
      ...{ SubnetIds: [...subnets], PrivateDnsEnabled: false },
      ...(groups.length > 0 && { SecurityGroupIds: [...groups] }),
      TagSpecifications: tagged('vpc-endpoint', tags),
    });
  };
  const deleteEndpoint = (id: string, DryRun = false) =>
    new DeleteVpcEndpointsCommand({ DryRun, VpcEndpointIds: [id] });
  const deleteGroup = (id: string, DryRun = false) => new DeleteSecurityGroupCommand({ DryRun, GroupId: id });

  return {
    identity: async () => {
      const send = (how: How) => sts.send(new GetCallerIdentityCommand({}), how);
      const { Account = '', Arn = '' } = await call({ action: 'sts:GetCallerIdentity', send, isHarmless: true });
      return { account: Account, arn: Arn };
    },
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
          ...{ ...filtered(filters), ...(ids && { GroupIds: [...ids] }), NextToken },
        });
        const { SecurityGroups = [], NextToken: next } = await read('DescribeSecurityGroups', (how) =>
          ec2.send(command, how),
        );
        return { items: SecurityGroups.map(toGroup), next };
      }),
    endpoints: ({ ids, filters }, effort) =>
      pages(async (NextToken) => {
        const command = new DescribeVpcEndpointsCommand({
          ...{ ...filtered(filters), ...(ids && { VpcEndpointIds: [...ids] }), NextToken },
        });
        const send = (how: How) => ec2.send(command, how);
        const { VpcEndpoints = [], NextToken: next } = await read('DescribeVpcEndpoints', send, effort);
        return { items: VpcEndpoints.map(toVpcEndpoint), next };
      }),
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
    createGroup: async (group) => {
      const { GroupId = '' } = await change('CreateSecurityGroup', (how) => ec2.send(createGroup(group), how), false);
      return GroupId;
    },
    allow: async (groupId, rules) => {
      // A rule that is there already is refused, which is as good.
      await change('AuthorizeSecurityGroupIngress', (how) => ec2.send(allow(groupId, rules), how), true);
    },
    createEndpoint: async (endpoint) => {
      const { VpcEndpoint = {} } = await change(
        'CreateVpcEndpoint',
        (how) => ec2.send(createEndpoint(endpoint), how),
        false,
      );
      return toVpcEndpoint(VpcEndpoint);
    },
    deleteEndpoint: async (id) => {
      const send = (how: How) => ec2.send(deleteEndpoint(id), how);
      const { Unsuccessful = [] } = await change('DeleteVpcEndpoints', send, true);
      // The answer is 200 all the same.
      for (const { Error: refused } of Unsuccessful) {
        const { Code = 'Unsuccessful', Message = 'no reason given' } = refused ?? {};
        throw new CloudError(`AWS refused to delete ${id}: ${Message} (${Code})`, { errorCode: Code });
      }
    },
    deleteGroup: async (id) => {
      await change('DeleteSecurityGroup', (how) => ec2.send(deleteGroup(id), how), true);
    },
    rehearse: {
      reads: async () => {
        const DryRun = true;
        await rehearse('DescribeVpcEndpoints', (how) => ec2.send(new DescribeVpcEndpointsCommand({ DryRun }), how));
        const services = new DescribeVpcEndpointServicesCommand({ DryRun });
        await rehearse('DescribeVpcEndpointServices', (how) => ec2.send(services, how));
      },
      createGroup: (group) => rehearse('CreateSecurityGroup', (how) => ec2.send(createGroup(group, true), how)),
      allow: (id, rules) => rehearse('AuthorizeSecurityGroupIngress', (how) => ec2.send(allow(id, rules, true), how)),
      createEndpoint: (endpoint) =>
        rehearse('CreateVpcEndpoint', (how) => ec2.send(createEndpoint(endpoint, true), how)),
      deleteEndpoint: (id) => rehearse('DeleteVpcEndpoints', (how) => ec2.send(deleteEndpoint(id, true), how)),
      deleteGroup: (id) => rehearse('DeleteSecurityGroup', (how) => ec2.send(deleteGroup(id, true), how)),
    },
    close: () => {
      ec2.destroy();
      sts.destroy();
    },
  };
}

/** Everything that a list in pages holds. */
async function pages<T>(
  page: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    all.push(...items);
    token = next === '' ? undefined : next;
  } while (token !== undefined);
  return all;
}

function filtered(filters: Which['filters'] = {}): { Filters?: Filter[] } {
  const all = Object.entries(filters).map(([Name, values]) => ({ Name, Values: [values].flat() }));
  return all.length > 0 ? { Filters: all } : {};
}

function tagged(ResourceType: ResourceType, tags: Tags) {
  return [{ ResourceType, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }];
}
