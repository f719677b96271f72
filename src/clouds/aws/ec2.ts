import type { Agent } from 'node:https';
import {
  type $Command,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  type CreateSecurityGroupRequest,
  CreateVpcEndpointCommand,
  type CreateVpcEndpointRequest,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { version } from '../../../package.json';
import { type Clock, orAbort } from '../../base/clock.js';
import { CliError } from '../../base/errors.js';
import { type AskedRequest, type Attempt, ask, type RequestLimits, retryAfterMsIn } from '../../http/ask.js';
import { RequestError } from '../../http/request-error.js';
import type { CloudContext } from '../cloud.js';
import { unlessRefused } from '../errors.js';
import { readPages } from '../rest.js';
import { type Rule, toGroup, toSubnet, toVpc, toVpcEndpoint, toVpcInterface } from './answers.js';
import { brokenAnswer, isDenied, toRequestError } from './explain.js';
import { Transport } from './transport.js';

/** How to get into an AWS account. Without a sandbox the SDK finds endpoints as the AWS CLI does. */
export interface Access {
  profile?: string | undefined;
  credentials?: STSClientConfig['credentials'];
  httpsAgent?: Agent | undefined;
  proxyTo?(url: string): string | undefined;
  /** The sandbox's AWS, for which nothing is read from the user's AWS configuration. */
  sandbox?: { ec2: string; sts: string; keys: { accessKeyId: string; secretAccessKey: string } };
}

/** Sends a request to EC2. Throws a RequestError. Unless `how` says otherwise, it changes nothing. */
type SendEc2 = <I extends ServiceInputTypes, A extends ServiceOutputTypes>(
  name: string,
  Command: new (input: I) => $Command<I, A, EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
  input: I,
  how?: Sending,
) => Promise<A>;

type Sending = Partial<Pick<AskedRequest<unknown>, 'isHarmless' | 'isChange' | 'limits'>>;

type SdkRequest<A> = (options: { abortSignal: AbortSignal }) => Promise<A>;

/** The calls of EC2 and STS in one region. Each throws a RequestError. */
export type Ec2 = ReturnType<typeof openEc2>;

export function openEc2(region: string, access: Access, context: CloudContext) {
  const { ec2, sts } = createClients(region, access);
  const call = <A extends ServiceOutputTypes>(action: string, request: SdkRequest<A>, how?: Sending) => {
    const about = { action, region, profile: access.profile };
    const send = (attempt: Attempt) => sendOnce(attempt, request, about, context.clock);
    return ask(context, { title: `AWS ${region} ${action}`, isHarmless: true, isChange: false, ...how, send });
  };
  const send: SendEc2 = (name, Command, input, how) =>
    call(`ec2:${name}`, (options) => ec2.send(new Command(input), options), how);
  /** Sends a dry run, which changes nothing. Throws if the signed-in role may not send the request. */
  const rehearse: SendEc2 = async (name, Command, input) => {
    // This error means that the request would have been allowed.
    const answer = await unlessRefused(send(name, Command, { ...input, DryRun: true }), 'DryRunOperation');
    return answer ?? ({} as never);
  };
  const changes = changesOf(send);
  return {
    ...readsOf(send, region),
    ...changes,
    identity: async () => {
      const { Account = '', Arn = '' } = await call('sts:GetCallerIdentity', (options) =>
        sts.send(new GetCallerIdentityCommand({}), options),
      );
      return { account: Account, arn: Arn };
    },
    createGroup: async (group: CreateSecurityGroupRequest) => {
      const { GroupId = '' } = await changes.createGroup(group);
      if (GroupId === '') throw brokenAnswer('ec2:CreateSecurityGroup');
      return GroupId;
    },
    createEndpoint: async (endpoint: CreateVpcEndpointRequest) => {
      const { VpcEndpoint = {} } = await changes.createEndpoint(endpoint);
      if (!VpcEndpoint.VpcEndpointId) throw brokenAnswer('ec2:CreateVpcEndpoint');
      return toVpcEndpoint(VpcEndpoint, region);
    },
    deleteEndpoint: async (id: string) => {
      const { Unsuccessful = [] } = await changes.deleteEndpoint(id);
      // The status is 200 even if AWS deletes nothing.
      for (const { Error: refused } of Unsuccessful) {
        const { Code = 'Unsuccessful', Message = 'no reason given' } = refused ?? {};
        const what = `AWS cannot delete ${id}: ${Message.replace(/\.$/, '')} (${Code}).`;
        throw new RequestError(what, { errorCode: Code });
      }
    },
    rehearse: {
      ...changesOf(rehearse),
      reads: async () => {
        await rehearse('DescribeVpcEndpoints', DescribeVpcEndpointsCommand, {});
        await rehearse('DescribeVpcEndpointServices', DescribeVpcEndpointServicesCommand, {});
      },
    },
  };
}

async function sendOnce<A extends ServiceOutputTypes>(
  attempt: Attempt,
  request: SdkRequest<A>,
  about: Parameters<typeof toRequestError>[1],
  clock: Clock,
): Promise<A> {
  const { signal } = attempt.limit();
  // The SDK doesn't tell when it has sent something.
  attempt.hasLeft = true;
  try {
    // The SDK may wait for credentials although the request is aborted.
    const answer = await orAbort(request({ abortSignal: signal }), signal);
    attempt.trace(answer.$metadata.httpStatusCode ?? null);
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    // The SDK keeps the response beside an error that it read from it.
    const { $response } = Object(error) as { $response?: { headers?: Record<string, string> } };
    const retryAfterMs = retryAfterMsIn($response?.headers?.['retry-after'], clock.now());
    const fault =
      error instanceof CliError ? error : Object.assign(await toRequestError(error, about), { retryAfterMs });
    const { status, errorCode } = fault instanceof RequestError ? fault : { status: null, errorCode: null };
    attempt.trace(status, errorCode ?? undefined);
    throw fault;
  }
}

function changesOf(send: SendEc2) {
  const create = { isChange: true, isHarmless: false };
  const change = { isChange: true };
  return {
    createGroup: (input: CreateSecurityGroupRequest) =>
      send('CreateSecurityGroup', CreateSecurityGroupCommand, input, create),
    /** AWS refuses a rule that already exists, so a repeated request adds nothing. */
    allow: (GroupId: string, rules: readonly Rule[]) => {
      const IpPermissions = rules.map(({ from, fromPort, toPort }) => ({
        IpProtocol: 'tcp',
        FromPort: fromPort,
        ToPort: toPort,
        ...(from.startsWith('sg-') ? { UserIdGroupPairs: [{ GroupId: from }] } : { IpRanges: [{ CidrIp: from }] }),
      }));
      const input = { GroupId, IpPermissions };
      return send('AuthorizeSecurityGroupIngress', AuthorizeSecurityGroupIngressCommand, input, change);
    },
    createEndpoint: async (input: CreateVpcEndpointRequest) => {
      try {
        return await send('CreateVpcEndpoint', CreateVpcEndpointCommand, input, create);
      } catch (error) {
        // A service in another region takes a second permission, which the refusal may not name.
        if (input.ServiceRegion === undefined || !isDenied(error)) throw error;
        throw error.about(
          'A VPC endpoint to another region requires ec2:CreateVpcEndpoint and vpce:AllowMultiRegion',
        );
      }
    },
    deleteEndpoint: (id: string) =>
      send('DeleteVpcEndpoints', DeleteVpcEndpointsCommand, { VpcEndpointIds: [id] }, change),
    deleteGroup: (GroupId: string) => send('DeleteSecurityGroup', DeleteSecurityGroupCommand, { GroupId }, change),
  };
}

interface Which {
  ids?: readonly string[];
  filters?: Readonly<Record<string, string | readonly string[]>>;
}

type Answer = ServiceOutputTypes & { NextToken?: string | undefined };
type ItemOf<L> = NonNullable<L> extends readonly (infer T)[] ? T : never;

function readsOf(send: SendEc2, region: string) {
  /** Reads everything that a list has, once. EC2 names the action after the list, and with one exception the ids too. */
  const lister =
    <I extends ServiceInputTypes, A extends Answer, K extends keyof A & string, T extends { id: string }>(
      Describe: Parameters<typeof send<I, A>>[1],
      list: K,
      toItem: (each: ItemOf<A[K]>) => T | readonly T[],
      idKey = `${list.slice(0, -1)}Ids`,
    ) =>
    async ({ ids, filters = {} }: Which, limits?: RequestLimits) => {
      const given = Object.entries(filters);
      const Filters = given.map(([Name, values]) => ({ Name, Values: [...new Set([values].flat())] }));
      const which = { ...(ids && { [idKey]: ids }), ...(Filters.length > 0 && { Filters }) };
      const all = await readPages(`ec2:Describe${list}`, async (NextToken) => {
        const page = { ...which, ...(NextToken !== '' && { NextToken }) };
        const answer: A = await send(`Describe${list}`, Describe, page as unknown as I, { limits });
        return { items: ((answer[list] ?? []) as ItemOf<A[K]>[]).flatMap(toItem), next: answer.NextToken };
      });
      return [...new Map(all.map((each) => [each.id, each])).values()];
    };
  const endpoints = lister(DescribeVpcEndpointsCommand, 'VpcEndpoints', (each) => toVpcEndpoint(each, region));
  return {
    vpcs: lister(DescribeVpcsCommand, 'Vpcs', toVpc),
    subnets: lister(DescribeSubnetsCommand, 'Subnets', toSubnet),
    groups: lister(DescribeSecurityGroupsCommand, 'SecurityGroups', (each) => toGroup(each, region), 'GroupIds'),
    endpoints,
    endpoint: async (id: string, limits?: RequestLimits) => {
      const found = await unlessRefused(endpoints({ ids: [id] }, limits), 'InvalidVpcEndpointId.NotFound');
      return found?.[0] ?? null;
    },
    interfaces: lister(DescribeNetworkInterfacesCommand, 'NetworkInterfaces', toVpcInterface),
    acls: lister(DescribeNetworkAclsCommand, 'NetworkAcls', (each) => ({ ...each, id: each.NetworkAclId ?? '' })),
    routeTables: lister(DescribeRouteTablesCommand, 'RouteTables', (each) => ({
      ...each,
      id: each.RouteTableId ?? '',
    })),
    resolvesNames: async (VpcId: string) => {
      const attribute = { VpcId, Attribute: 'enableDnsSupport' } as const;
      const { EnableDnsSupport } = await send('DescribeVpcAttribute', DescribeVpcAttributeCommand, attribute);
      return EnableDnsSupport?.Value === true;
    },
    /** The availability zones that an endpoint service supports; null if AWS doesn't tell here. */
    zones: async (serviceName: string): Promise<readonly string[] | null> => {
      const named = { ServiceNames: [serviceName] };
      const answer = send('DescribeVpcEndpointServices', DescribeVpcEndpointServicesCommand, named);
      // AWS may not know a service of another region, or a new one.
      const { ServiceDetails = [] } = (await unlessRefused(answer, 'InvalidServiceName', 'InvalidParameter')) ?? {};
      const zones = ServiceDetails.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
      return zones.length > 0 ? zones : null;
    },
  };
}

function createClients(
  region: string,
  { profile, credentials, httpsAgent, proxyTo = () => undefined, sandbox }: Access,
) {
  const shared = {
    region,
    // `ask` retries: it knows which requests are safe to repeat.
    maxAttempts: 1,
    requestHandler: new Transport(httpsAgent ? { httpsAgent } : {}, proxyTo),
    customUserAgent: [['atlas-pe', version]] as [string, string][],
    ...(profile !== undefined && { profile }),
    ...(credentials && { credentials }),
  };
  if (sandbox === undefined) return { ec2: new EC2Client(shared), sts: new STSClient(shared) };
  const { ec2, sts, keys } = sandbox;
  const own = {
    ...shared,
    credentials: keys,
    // Otherwise the SDK would read these from the user's files.
    defaultsMode: 'standard',
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
    authSchemePreference: async () => [],
    disableClockSkewCorrection: false,
  } as const;
  return { ec2: new EC2Client({ ...own, endpoint: ec2 }), sts: new STSClient({ ...own, endpoint: sts }) };
}
