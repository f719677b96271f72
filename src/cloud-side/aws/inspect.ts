import { cmd } from '../../base/shell.js';
import type { Line } from '../cloud-side.js';
import { hasCode } from '../errors.js';
import type { CloudEnd, Inspector } from '../inspect.js';
import type { Access } from './client.js';
import { type Ec2, openEc2 } from './ec2.js';
import type { VpcEndpoint } from './model.js';
import { isAlive, isState } from './states.js';

/** VPC endpoints of one region, with what clients need to reach them. */
export function openAwsInspector(region: string, access: Access, line: Line): Inspector {
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

async function describe(ec2: Ec2, endpoint: VpcEndpoint, region: string): Promise<CloudEnd> {
  const { id, state, vpc, groups: groupIds, interfaces, subnets: subnetIds, serviceName } = endpoint;
  const [addresses, groups, resolvesNames, subnets, serviceZones] = await Promise.all([
    interfaces.length > 0 ? ec2.addresses(interfaces) : [],
    groupIds.length > 0 ? ec2.groups({ ids: groupIds }) : [],
    ec2.resolvesNames(vpc),
    subnetIds.length > 0 ? ec2.subnets({ ids: subnetIds }) : [],
    ec2.zones(serviceName),
  ]);
  return {
    id,
    state,
    stage: isState(endpoint, 'available') ? 'connected' : isAlive(endpoint) ? 'pending' : 'ended',
    network: vpc,
    addresses,
    guards: groupIds,
    openings: groups.flatMap(({ rules }) => rules),
    resolvesNames,
    turnOnNames: cmd`aws ec2 modify-vpc-attribute --region ${region} --vpc-id ${vpc} --enable-dns-support`.text,
    zones: [...new Set(subnets.map(({ zone }) => zone))].sort(),
    serviceZones,
  };
}
