import { once } from '../../base/once.js';
import { cmd } from '../../base/shell.js';
import type { CloudContext } from '../cloud-side.js';
import { hasCode } from '../errors.js';
import type { CloudEnd, Inspector } from '../inspect.js';
import type { Access } from './client.js';
import { type Ec2, openEc2 } from './ec2.js';
import type { VpcEndpoint } from './model.js';
import { isAlive, isState } from './states.js';
import { resourcesOf } from './terraform.js';

/** VPC endpoints of one region, with what clients need to reach them. */
export function openAwsInspector(region: string, access: Access, line: CloudContext): Inspector {
  const ec2 = openEc2(region, access, line);
  return {
    inspect: async (id) => {
      const endpoint = await endpointNamed(ec2, id);
      return endpoint && describe(ec2, endpoint, region);
    },
    close: ec2.close,
  };
}

async function endpointNamed(ec2: Ec2, id: string): Promise<VpcEndpoint | null> {
  try {
    return (await ec2.endpoints({ ids: [id] }))[0] ?? null;
  } catch (error) {
    if (hasCode(error, 'InvalidVpcEndpointId.NotFound')) return null;
    throw error;
  }
}

function describe(ec2: Ec2, endpoint: VpcEndpoint, region: string): CloudEnd {
  const { id, state, vpc, groups, interfaces, subnets, serviceName } = endpoint;
  const groupsRead = once(async () => (groups.length > 0 ? ec2.groups({ ids: groups }) : []));
  return {
    id,
    state,
    stage: isState(endpoint, 'available') ? 'connected' : isAlive(endpoint) ? 'pending' : 'ended',
    network: vpc,
    guards: groups,
    addresses: once(async () => (interfaces.length > 0 ? ec2.addresses(interfaces) : [])),
    openings: once(async () => (await groupsRead()).flatMap(({ rules }) => rules)),
    resolvesNames: once(() => ec2.resolvesNames(vpc)),
    turnOnNames: cmd`aws ec2 modify-vpc-attribute --region ${region} --vpc-id ${vpc} --enable-dns-support`.text,
    zones: once(async () => {
      const read = subnets.length > 0 ? await ec2.subnets({ ids: subnets }) : [];
      return [...new Set(read.map(({ zone }) => zone))].sort();
    }),
    serviceZones: once(() => ec2.zones(serviceName)),
    resources: async () => resourcesOf(endpoint, await groupsRead(), region),
  };
}
