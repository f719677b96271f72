import type { Change, Read } from './action.js';
import { createVpcEndpoint } from './create-endpoint.js';
import { deleteVpcEndpoints } from './delete-endpoints.js';
import { describeVpcEndpoints } from './describe-endpoints.js';
import {
  describeAvailabilityZones,
  describeRegions,
  describeSubnets,
  describeVpcAttribute,
  describeVpcs,
} from './describe-network.js';
import { describeVpcEndpointServices } from './describe-services.js';
import { describeNetworkInterfaces } from './interfaces.js';
import { authorizeSecurityGroupIngress } from './rules.js';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.js';
import { createTags, deleteTags } from './tags.js';

/** What the sandbox does of EC2, by the names of the actions. */
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
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateSecurityGroup: createSecurityGroup,
  CreateTags: createTags,
  CreateVpcEndpoint: createVpcEndpoint,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteTags: deleteTags,
  DeleteVpcEndpoints: deleteVpcEndpoints,
};
