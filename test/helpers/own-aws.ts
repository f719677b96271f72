import { awsClients } from './aws.js';

/** What a test does in the AWS of a sandbox, beside the program. */
export async function ownAws(baseUrl: string, region = 'us-east-1') {
  const { ec2, sts } = awsClients(baseUrl, region);
  sts.destroy();
  const { Vpcs: [first] = [] } = await ec2.describeVpcs();
  const vpc = first?.VpcId ?? '';
  const { Subnets = [] } = await ec2.describeSubnets({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] });
  return {
    ec2,
    vpc,
    subnets: Subnets.map(({ SubnetId = '' }) => SubnetId),
    createVpc: async (cidr: string) => (await ec2.createVpc({ CidrBlock: cidr })).Vpc?.VpcId ?? '',
    createSubnet: async (vpcId: string, zone: string, cidr: string) => {
      const { Subnet } = await ec2.createSubnet({ VpcId: vpcId, AvailabilityZone: zone, CidrBlock: cidr });
      return Subnet?.SubnetId ?? '';
    },
    createGroup: async (vpcId: string, name = 'mine') =>
      (await ec2.createSecurityGroup({ VpcId: vpcId, GroupName: name, Description: 'mine' })).GroupId ?? '',
    createEndpoint: async (service: string, vpcId: string, subnetIds: readonly string[]) => {
      const where = { VpcId: vpcId, SubnetIds: [...subnetIds] };
      const options = { VpcEndpointType: 'Interface', ServiceName: service, ...where } as const;
      return (await ec2.createVpcEndpoint(options)).VpcEndpoint?.VpcEndpointId ?? '';
    },
  };
}
