import { defaultProject } from '../../src/sandbox/world.js';
import { awsClients } from './aws.js';
import type { startSandbox } from './sandbox.js';

type Sandbox = Pick<Awaited<ReturnType<typeof startSandbox>>, 'baseUrl' | 'ask'>;

/** What there is on both sides, as other programs see it. */
export async function connectionState({ baseUrl, ask }: Sandbox, region = 'us-east-1') {
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

/** How many there are of each. */
export async function counts(sandbox: Sandbox, region?: string) {
  const { services, attached, endpoints, groups } = await connectionState(sandbox, region);
  return [services.length, attached.length, endpoints.length, groups.length];
}
