import type { ActionResult, Read } from './action.js';
import { authorize, describeSecurityGroupRules, revoke } from './authorize.js';
import {
  createSubnet,
  createVpc,
  deleteSubnet,
  deleteVpc,
  modifySubnetAttribute,
  modifyVpcAttribute,
} from './change-network.js';
import { createVpcEndpoint, modifyVpcEndpoint } from './create-endpoint.js';
import { deleteVpcEndpoints } from './delete-endpoints.js';
import { describeVpcEndpoints } from './describe-endpoints.js';
import { describeSubnets, describeVpcAttribute, describeVpcs } from './describe-network.js';
import { describeNetworkAcls, describePrefixLists, describeRouteTables } from './describe-routes.js';
import { describeVpcEndpointServices } from './describe-services.js';
import { describeAvailabilityZones } from './describe-zones.js';
import { describeNetworkInterfaces } from './interfaces.js';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.js';
import { createTags, deleteTags } from './tags.js';

/** The actions of EC2 that the sandbox supports. */
export const reads: Readonly<Record<string, Read>> = {
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribePrefixLists: describePrefixLists,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcs: describeVpcs,
};

export const changes: Readonly<Record<string, ActionResult>> = {
  AuthorizeSecurityGroupEgress: authorize(true),
  AuthorizeSecurityGroupIngress: authorize(false),
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
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  RevokeSecurityGroupEgress: revoke(true),
  RevokeSecurityGroupIngress: revoke(false),
};
