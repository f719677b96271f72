import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { awsClients } from './aws.js';

/** What a test does in the AWS of a sandbox, beside the program. */
export async function ownAws(baseUrl: string, region = 'us-east-1') {
  const { ec2, sts } = awsClients(baseUrl, region);
  sts.destroy();
  const { Vpcs: [first] = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const vpc = first?.VpcId ?? '';
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }));
  return {
    ec2,
    vpc,
    subnets: Subnets.map(({ SubnetId = '' }) => SubnetId),
    createVpc: async (cidr: string) => (await ec2.send(new CreateVpcCommand({ CidrBlock: cidr }))).Vpc?.VpcId ?? '',
    createSubnet: async (vpcId: string, zone: string, cidr: string) => {
      const command = new CreateSubnetCommand({ VpcId: vpcId, AvailabilityZone: zone, CidrBlock: cidr });
      return (await ec2.send(command)).Subnet?.SubnetId ?? '';
    },
    createGroup: async (vpcId: string, name = 'mine') => {
      const command = new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: 'mine' });
      return (await ec2.send(command)).GroupId ?? '';
    },
    createEndpoint: async (service: string, vpcId: string, subnetIds: readonly string[]) => {
      const command = new CreateVpcEndpointCommand({
        ...{ VpcEndpointType: 'Interface', ServiceName: service, VpcId: vpcId, SubnetIds: [...subnetIds] },
      });
      return (await ec2.send(command)).VpcEndpoint?.VpcEndpointId ?? '';
    },
  };
}
