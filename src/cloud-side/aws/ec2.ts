import { DescribeVpcEndpointServicesCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createCall, type How } from '../call.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError, unlessRefused } from '../errors.js';
import { type Access, createClients } from './client.js';
import { isDenied } from './codes.js';
import { brokenAnswer, toCloudError } from './explain.js';
import type { Identity } from './model.js';
import { type Rule, toVpcEndpoint } from './read.js';
import { readsOf } from './reads.js';
import type { NewEndpoint, NewGroup } from './requests.js';
import * as requests from './requests.js';

/** The calls of EC2 and STS in one region. Each throws a CloudError. */
export type Ec2 = ReturnType<typeof openEc2>;

export function openEc2(region: string, access: Access, line: CloudContext) {
  const { ec2, sts } = createClients(region, access);
  const { profile } = access;
  const call = createCall(line, {
    name: `AWS ${region}`,
    toFault: (error, about) => toCloudError(error, { ...about, region, profile }),
  });
  const change = <T>(name: string, send: (how: How) => Promise<T>, isHarmless: boolean) =>
    call({ action: `ec2:${name}`, send, isChange: true, isHarmless });
  /** The error DryRunOperation means that the request would have been allowed. */
  const rehearse = async (name: string, send: (how: How) => Promise<unknown>) => {
    await unlessRefused(call({ action: `ec2:${name}`, send, isHarmless: true }), 'DryRunOperation');
  };

  return {
    ...readsOf(ec2, call),
    identity: async (): Promise<Identity> => {
      const send = (how: How) => sts.send(new GetCallerIdentityCommand({}), how);
      const { Account = '', Arn = '' } = await call({ action: 'sts:GetCallerIdentity', send, isHarmless: true });
      return { account: Account, arn: Arn };
    },
    createGroup: async (group: NewGroup) => {
      const send = (how: How) => ec2.send(requests.createGroup(group), how);
      const { GroupId = '' } = await change('CreateSecurityGroup', send, false);
      if (GroupId === '') throw brokenAnswer('ec2:CreateSecurityGroup');
      return GroupId;
    },
    allow: async (groupId: string, rules: readonly Rule[]) => {
      // AWS refuses a rule that already exists, so a repeated request adds nothing.
      await change('AuthorizeSecurityGroupIngress', (how) => ec2.send(requests.allow(groupId, rules), how), true);
    },
    createEndpoint: async (endpoint: NewEndpoint) => {
      const send = (how: How) => ec2.send(requests.createEndpoint(endpoint), how);
      const { VpcEndpoint = {} } = await namingBoth(endpoint, change('CreateVpcEndpoint', send, false));
      if (!VpcEndpoint.VpcEndpointId) throw brokenAnswer('ec2:CreateVpcEndpoint');
      return toVpcEndpoint(VpcEndpoint);
    },
    deleteEndpoint: async (id: string) => {
      const send = (how: How) => ec2.send(requests.deleteEndpoint(id), how);
      const { Unsuccessful = [] } = await change('DeleteVpcEndpoints', send, true);
      // The status is 200 even if AWS deletes nothing.
      for (const { Error: refused } of Unsuccessful) {
        const { Code = 'Unsuccessful', Message = 'no reason given' } = refused ?? {};
        throw new CloudError(`AWS cannot delete ${id}: ${Message.replace(/\.$/, '')} (${Code}).`, { errorCode: Code });
      }
    },
    deleteGroup: async (id: string) => {
      await change('DeleteSecurityGroup', (how) => ec2.send(requests.deleteGroup(id), how), true);
    },
    /** Throws if the signed-in role may not do the same. Nothing is changed. */
    rehearse: {
      /** The reads that need a service: they come later. */
      reads: async () => {
        const DryRun = true;
        await rehearse('DescribeVpcEndpoints', (how) => ec2.send(new DescribeVpcEndpointsCommand({ DryRun }), how));
        const services = new DescribeVpcEndpointServicesCommand({ DryRun });
        await rehearse('DescribeVpcEndpointServices', (how) => ec2.send(services, how));
      },
      createGroup: (group: NewGroup) =>
        rehearse('CreateSecurityGroup', (how) => ec2.send(requests.createGroup(group, true), how)),
      allow: (id: string, rules: readonly Rule[]) =>
        rehearse('AuthorizeSecurityGroupIngress', (how) => ec2.send(requests.allow(id, rules, true), how)),
      createEndpoint: (endpoint: NewEndpoint) => {
        const send = (how: How) => ec2.send(requests.createEndpoint(endpoint, true), how);
        return namingBoth(endpoint, rehearse('CreateVpcEndpoint', send));
      },
      deleteEndpoint: (id: string) =>
        rehearse('DeleteVpcEndpoints', (how) => ec2.send(requests.deleteEndpoint(id, true), how)),
      deleteGroup: (id: string) =>
        rehearse('DeleteSecurityGroup', (how) => ec2.send(requests.deleteGroup(id, true), how)),
    },
    close: () => {
      ec2.destroy();
      sts.destroy();
    },
  };
}

/** A service in another region takes a second permission, which the refusal may not name. */
async function namingBoth<T>({ serviceRegion }: NewEndpoint, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (serviceRegion === undefined || !isDenied(error)) throw error;
    throw error.about('A VPC endpoint to another region requires ec2:CreateVpcEndpoint and vpce:AllowMultiRegion');
  }
}
