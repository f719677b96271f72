import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  type ResourceType,
} from '@aws-sdk/client-ec2';
import type { Tags } from '../tags.js';
import type { Rule } from './read.js';

/* The requests that change something. Each can be a dry run, which changes nothing. */

export interface NewGroup {
  name: string;
  vpc: string;
  tags: Tags;
}

export interface NewEndpoint {
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

export const createGroup = ({ name, vpc, tags }: NewGroup, DryRun = false) =>
  new CreateSecurityGroupCommand({
    DryRun,
    GroupName: name,
    VpcId: vpc,
    Description: 'Clients of a MongoDB Atlas private endpoint',
    TagSpecifications: tagged('security-group', tags),
  });
export const allow = (GroupId: string, rules: readonly Rule[], DryRun = false) =>
  new AuthorizeSecurityGroupIngressCommand({
    DryRun,
    GroupId,
    IpPermissions: rules.map(({ from, fromPort, toPort }) => ({
      IpProtocol: 'tcp',
      FromPort: fromPort,
      ToPort: toPort,
      ...(from.startsWith('sg-') ? { UserIdGroupPairs: [{ GroupId: from }] } : { IpRanges: [{ CidrIp: from }] }),
    })),
  });
export const createEndpoint = (endpoint: NewEndpoint, DryRun = false) => {
  const { token, serviceName, serviceRegion, vpc, subnets, groups, tags } = endpoint;
  return new CreateVpcEndpointCommand({
    DryRun,
    VpcEndpointType: 'Interface',
    ServiceName: serviceName,
    VpcId: vpc,
    ...(token !== undefined && { ClientToken: token }),
    ...(serviceRegion !== undefined && { ServiceRegion: serviceRegion }),
    SubnetIds: [...subnets],
    PrivateDnsEnabled: false,
    ...(groups.length > 0 && { SecurityGroupIds: [...groups] }),
    TagSpecifications: tagged('vpc-endpoint', tags),
  });
};
export const deleteEndpoint = (id: string, DryRun = false) =>
  new DeleteVpcEndpointsCommand({ DryRun, VpcEndpointIds: [id] });
export const deleteGroup = (id: string, DryRun = false) => new DeleteSecurityGroupCommand({ DryRun, GroupId: id });

function tagged(ResourceType: ResourceType, tags: Tags) {
  return [{ ResourceType, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }];
}
