import { type EC2, EC2ServiceException } from '@aws-sdk/client-ec2';

/* Requests to EC2 that two servers get alike, and the form of their answers: status, code of the error, keys. */

const none = '0123456789abcdef0';
const fromHere = [{ IpProtocol: 'tcp', FromPort: 1024, ToPort: 65_535, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }];

/** What the first requests find and make. */
interface Made {
  vpc: string;
  subnet: string;
  group: string;
  endpoint: string;
}

const created = ({ vpc, subnet, group }: Made) => ({
  VpcEndpointType: 'Interface' as const,
  ServiceName: 'com.amazonaws.us-east-1.ec2',
  VpcId: vpc,
  SubnetIds: [subnet],
  SecurityGroupIds: [group],
  PrivateDnsEnabled: false,
});

/** In this order. Each may change what later ones use. */
const requests: Record<string, (ec2: EC2, made: Made) => Promise<object>> = {
  vpcs: async (ec2, made) => {
    const answer = await ec2.describeVpcs();
    made.vpc = answer.Vpcs?.[0]?.VpcId ?? '';
    return answer;
  },
  subnets: async (ec2, made) => {
    const answer = await ec2.describeSubnets({ Filters: [{ Name: 'vpc-id', Values: [made.vpc] }] });
    made.subnet = answer.Subnets?.[0]?.SubnetId ?? '';
    return answer;
  },
  'a new group': async (ec2, made) => {
    const answer = await ec2.createSecurityGroup({ GroupName: 'forms', Description: 'forms', VpcId: made.vpc });
    made.group = answer.GroupId ?? '';
    return answer;
  },
  'a group with a name that is taken': (ec2, { vpc }) =>
    ec2.createSecurityGroup({ GroupName: 'forms', Description: 'forms', VpcId: vpc }),
  'a rule': (ec2, { group }) => ec2.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions: fromHere }),
  'the same rule': (ec2, { group }) => ec2.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions: fromHere }),
  tags: (ec2, { group }) => ec2.createTags({ Resources: [group], Tags: [{ Key: 'a', Value: 'b' }] }),
  'a group': (ec2, { group }) => ec2.describeSecurityGroups({ GroupIds: [group] }),
  'an endpoint': async (ec2, made) => {
    const answer = await ec2.createVpcEndpoint(created(made));
    made.endpoint = answer.VpcEndpoint?.VpcEndpointId ?? '';
    return answer;
  },
  endpoints: (ec2, { endpoint }) => ec2.describeVpcEndpoints({ VpcEndpointIds: [endpoint] }),
  'endpoints with a tag that none has': (ec2) =>
    ec2.describeVpcEndpoints({ Filters: [{ Name: 'tag:nobody', Values: ['x'] }] }),
  services: (ec2) => ec2.describeVpcEndpointServices({ ServiceNames: ['com.amazonaws.us-east-1.ec2'] }),
  'an unknown service': (ec2) => ec2.describeVpcEndpointServices({ ServiceNames: ['com.amazonaws.us-east-1.none'] }),
  'an endpoint in an unknown subnet': (ec2, made) =>
    ec2.createVpcEndpoint({ ...created(made), SubnetIds: [`subnet-${none}`] }),
  'an endpoint in an unknown VPC': (ec2, made) => ec2.createVpcEndpoint({ ...created(made), VpcId: `vpc-${none}` }),
  'a dry run of an endpoint': (ec2, made) => ec2.createVpcEndpoint({ ...created(made), DryRun: true }),
  'a dry run of a group': (ec2, { vpc }) =>
    ec2.createSecurityGroup({ GroupName: 'dry', Description: 'dry', VpcId: vpc, DryRun: true }),
  'a dry run of a read': (ec2) => ec2.describeVpcEndpoints({ DryRun: true }),
  'a rule with a range that is none': (ec2, { group }) =>
    ec2.authorizeSecurityGroupIngress({
      GroupId: group,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '10.0.0.0/99' }] }],
    }),
  'a VPC with a subnet is deleted': async (ec2) => {
    const { Vpc } = await ec2.createVpc({ CidrBlock: '10.9.0.0/16' });
    const { Subnet } = await ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/24' });
    try {
      return await ec2.deleteVpc({ VpcId: Vpc?.VpcId });
    } finally {
      await ec2.deleteSubnet({ SubnetId: Subnet?.SubnetId });
      await ec2.deleteVpc({ VpcId: Vpc?.VpcId });
    }
  },
  'tags of a malformed id': (ec2) => ec2.createTags({ Resources: ['nothing'], Tags: [{ Key: 'a', Value: 'b' }] }),
  'no tags any more': (ec2, { group }) => ec2.deleteTags({ Resources: [group], Tags: [{ Key: 'a' }] }),
  'network interfaces': (ec2, { vpc }) =>
    ec2.describeNetworkInterfaces({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }),
  'an unknown network interface': (ec2) => ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [`eni-${none}`] }),
  'an unknown VPC': (ec2) => ec2.describeVpcs({ VpcIds: [`vpc-${none}`] }),
  'an unknown subnet': (ec2) => ec2.describeSubnets({ SubnetIds: [`subnet-${none}`] }),
  'an unknown group': (ec2) => ec2.describeSecurityGroups({ GroupIds: [`sg-${none}`] }),
  'an unknown endpoint': (ec2) => ec2.describeVpcEndpoints({ VpcEndpointIds: [`vpce-${none}`] }),
  'a rule of an unknown group': (ec2) =>
    ec2.authorizeSecurityGroupIngress({ GroupId: `sg-${none}`, IpPermissions: fromHere }),
  'no endpoint any more': (ec2, { endpoint }) => ec2.deleteVpcEndpoints({ VpcEndpointIds: [endpoint] }),
  'no unknown endpoint any more': (ec2) => ec2.deleteVpcEndpoints({ VpcEndpointIds: [`vpce-${none}`] }),
  'no unknown group any more': (ec2) => ec2.deleteSecurityGroup({ GroupId: `sg-${none}` }),
};

/** The form of each answer, by the name of its request. */
export async function formsOf(ec2: EC2): Promise<Record<string, Set<string>>> {
  const made: Made = { vpc: '', subnet: '', group: '', endpoint: '' };
  const forms: Record<string, Set<string>> = {};
  for (const [name, send] of Object.entries(requests)) {
    try {
      const { $metadata, ...body } = (await send(ec2, made)) as { $metadata: { httpStatusCode?: number } };
      forms[name] = new Set([`${$metadata.httpStatusCode}`, ...keysIn(body, '')]);
    } catch (error) {
      if (!(error instanceof EC2ServiceException)) throw error;
      forms[name] = new Set([`${error.$metadata.httpStatusCode} ${error.name}`]);
    }
  }
  return forms;
}

/** The paths of all keys that have a value. Of a list, those of its first item. */
function keysIn(value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.length > 0 ? keysIn(value[0], `${path}[]`) : [];
  if (typeof value !== 'object' || value instanceof Date) return [path];
  return Object.entries(value).flatMap(([key, each]) => keysIn(each, path === '' ? key : `${path}.${key}`));
}

/** What only the first has, and what only the second has. Answers with another status differ in nothing else. */
export function differencesIn(first: Set<string> = new Set(), second: Set<string> = new Set()): string[] {
  const [there = '', here = ''] = [[...first][0], [...second][0]];
  if (there !== here) return [`${there} / ${here}`];
  const only = (some: Set<string>, others: Set<string>) => [...some].filter((each) => !others.has(each)).sort();
  return [...only(first, second).map((each) => `- ${each}`), ...only(second, first).map((each) => `+ ${each}`)];
}
