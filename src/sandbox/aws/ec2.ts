import type { Change, Read } from './action.js';
import { authorizeSecurityGroupIngress } from './authorize.js';
import {
  associateVpcCidrBlock,
  createSubnet,
  createVpc,
  deleteSubnet,
  deleteVpc,
  modifyVpcAttribute,
} from './change-network.js';
import { createVpcEndpoint } from './create-endpoint.js';
import { deleteVpcEndpoints } from './delete-endpoints.js';
import { describeVpcEndpoints } from './describe-endpoints.js';
import { describeSubnets, describeVpcAttribute, describeVpcs } from './describe-network.js';
import { describeAvailabilityZones, describeRegions } from './describe-regions.js';
import { describeVpcEndpointServices } from './describe-services.js';
import { describeNetworkInterfaces } from './interfaces.js';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.js';
import { createTags, deleteTags } from './tags.js';

/** The actions of EC2 that the sandbox supports. */
export const reads: Readonly<Record<string, Read>> = {
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribeRegions: describeRegions,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcs: describeVpcs,
};

export const changes: Readonly<Record<string, Change>> = {
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateSecurityGroup: createSecurityGroup,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateVpc: createVpc,
  CreateVpcEndpoint: createVpcEndpoint,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteVpc: deleteVpc,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  ModifyVpcAttribute: modifyVpcAttribute,
};
