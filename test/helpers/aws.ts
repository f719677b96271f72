import { EC2, EC2ServiceException } from '@aws-sdk/client-ec2';
import { STS, STSServiceException } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, onTestFinished } from 'vitest';
import { type AwsKeys, sandboxAwsKeys } from '../../src/sandbox/aws/identity.js';
import { defaultProject } from '../../src/sandbox/world.js';
import type { ownSandbox } from './run-cli.js';
import { type CloudOptions, cloudSandbox, type startSandbox } from './sandbox.js';

/** Clients of the official SDK without retries. They use the sandbox as the region's endpoint. */
export function awsClients(baseUrl: string, region = 'us-east-1', credentials: AwsKeys = sandboxAwsKeys) {
  const common = { region, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2({ ...common, endpoint: `${baseUrl}/aws/ec2` }),
    sts: new STS({ ...common, endpoint: `${baseUrl}/aws/sts` }),
  };
}

/** A sandbox for one test: its AWS, and functions that act as Atlas. */
export async function awsSandbox(options?: CloudOptions) {
  const sandbox = await cloudSandbox('AWS', options);
  const { atlas } = sandbox;
  const clients = new Map<string, ReturnType<typeof awsClients>>();
  const clientsOf = (region = 'us-east-1') => {
    const made = clients.get(region) ?? awsClients(sandbox.baseUrl, region);
    clients.set(region, made);
    return made;
  };
  onTestFinished(() => {
    for (const { ec2, sts } of clients.values()) for (const client of [ec2, sts]) client.destroy();
  });
  return {
    ...sandbox,
    ec2: clientsOf().ec2,
    sts: clientsOf().sts,
    ec2In: (region: string) => clientsOf(region).ec2,
    network: async (region?: string) => {
      const { ec2 } = clientsOf(region);
      const { Vpcs: [vpc] = [] } = await ec2.describeVpcs();
      const { Subnets: subnets = [] } = await ec2.describeSubnets();
      return { vpc: vpc?.VpcId ?? '', subnets: subnets.map(({ SubnetId }) => SubnetId ?? '') };
    },
    atlas: {
      ...atlas,
      service: async (region = 'us-east-1', supportedRemoteRegions: string[] | null = null) => {
        const { id, endpointServiceName } = await atlas.create(region, { supportedRemoteRegions });
        return { id: id as string, name: endpointServiceName as string };
      },
      attach: (service: string, id: string) => atlas.attach(service, { id }),
    },
  };
}

/** The error code and HTTP status of a refused call. If it succeeds: a list with its result. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown[]> {
  try {
    return [await call];
  } catch (error) {
    if (error instanceof EC2ServiceException || error instanceof STSServiceException)
      return [error.name, error.$metadata.httpStatusCode];
    throw error;
  }
}

type Sandbox = Pick<Awaited<ReturnType<typeof startSandbox>>, 'baseUrl' | 'ask'>;

/** What there is on both sides, as other programs see it. */
async function stateInAws({ baseUrl, ask }: Sandbox, region = 'us-east-1') {
  const { ec2, sts } = awsClients(baseUrl, region);
  try {
    const { VpcEndpoints = [] } = await ec2.describeVpcEndpoints({});
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({});
    const url = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AWS/endpointService`;
    const services: { id: string; status: string; interfaceEndpoints: string[] }[] = (await ask(url)).body;
    return {
      services: services.filter(({ status }) => status !== 'DELETING'),
      attached: services.flatMap(({ interfaceEndpoints }) => interfaceEndpoints),
      endpoints: VpcEndpoints.filter(({ State }) => !/delet/i.test(String(State))),
      groups: SecurityGroups.filter(({ GroupName }) => GroupName !== 'default'),
    };
  } finally {
    ec2.destroy();
    sts.destroy();
  }
}

/** How many services, attached interface endpoints, VPC endpoints and security groups there are. */
export async function countsInAws(sandbox: Sandbox, region?: string): Promise<number[]> {
  const { services, attached, endpoints, groups } = await stateInAws(sandbox, region);
  return [services.length, attached.length, endpoints.length, groups.length];
}

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

/** A VPC endpoint without our tags, as Terraform creates it, in a VPC of its own. Attached to the service of the region. */
export async function attachForeign(own: ReturnType<typeof ownSandbox>, region = 'us-east-1', cidr = '10.9.0.0/16') {
  const aws = await ownAws(own.sandbox.baseUrl, region);
  const vpc = await aws.createVpc(cidr);
  const subnet = await aws.createSubnet(vpc, `${region}a`, cidr.replace('/16', '/24'));
  const { endpointServiceName } = await own.json(`get ${region}`);
  const id = await aws.createEndpoint(endpointServiceName, vpc, [subnet]);
  aws.ec2.destroy();
  await own.json(`interface add ${region} ${id} --wait`);
  return id;
}

/** What `ownAws` has, for the sandbox of each test. */
export function besideAws(own: ReturnType<typeof ownSandbox>) {
  const aws = {} as Awaited<ReturnType<typeof ownAws>>;
  beforeEach(async () => {
    Object.assign(aws, await ownAws(own.sandbox.baseUrl));
  });
  afterEach(() => aws.ec2.destroy());
  return {
    aws,
    state: (region?: string) => stateInAws(own.sandbox, region),
    signedOut: () => {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
      return env;
    },
    /** The requests of an action of AWS, as forms. */
    sent: (action: string) =>
      own.sandbox.exchanges
        .map(({ requestBody }) => new URLSearchParams(requestBody))
        .filter((form) => form.get('Action') === action),
  };
}
