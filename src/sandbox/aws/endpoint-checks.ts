import type { World } from '../world.js';
import type { EndpointService } from './endpoint-services.js';
import { isFound, zoneIdOf } from './network.js';
import { AwsRefusal, checkShape } from './refusal.js';
import type { StoredEndpoint, StoredSubnet, StoredTags, StoredVpc } from './resources.js';
import { stateOf } from './states.js';

/* Checks of a new interface endpoint against its service and its VPC. */

export interface EndpointRequest {
  vpcId: string;
  serviceName: string;
  serviceRegion: string;
  type: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  privateDns: boolean;
  ipAddressType: string;
  tags: StoredTags;
}

export function checkEndpointKind(
  { type, ipAddressType, privateDns }: Pick<EndpointRequest, 'type' | 'ipAddressType' | 'privateDns'>,
  service: EndpointService,
  vpc: StoredVpc,
): void {
  if (type !== 'Interface') {
    const what = `Endpoint type (${type}) does not match available service types ([Interface]).`;
    throw new AwsRefusal('InvalidParameter', what);
  }
  if (ipAddressType !== 'ipv4') {
    const what = `The endpoint service ${service.name} does not support the IP address type ${ipAddressType}.`;
    throw new AwsRefusal('InvalidParameter', what);
  }
  if (!privateDns) return;
  if (service.privateDnsName === undefined) {
    const what = `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`;
    throw new AwsRefusal('InvalidParameter', what);
  }
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    const what = `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`;
    throw new AwsRefusal('InvalidParameter', what);
  }
}

export function checkEndpointSubnets(subnets: readonly StoredSubnet[], vpc: StoredVpc, service: EndpointService): void {
  const { region } = vpc;
  for (const [index, { id, vpcId, zone }] of subnets.entries()) {
    if (vpcId !== vpc.id)
      throw new AwsRefusal('InvalidParameter', `Subnet ${id} does not belong to the VPC ${vpc.id}.`);
    if (service.region === region && !service.zones.some(({ name }) => name === zone)) {
      const what = `The VPC endpoint service ${service.name} does not support the availability zone of the subnet: ${id}.`;
      throw new AwsRefusal('InvalidParameter', what);
    }
    // Across regions, the error of EC2 lists the supported zones.
    const remote = service.zones.map(({ name }) => zoneIdOf(region, name.replace(service.region, region)));
    if (!remote.includes(zoneIdOf(region, zone))) {
      const what = `Only the following availability zones are supported for remote access: ${remote.join(', ')}`;
      throw new AwsRefusal('InvalidParameter', what);
    }
    if (subnets.slice(0, index).some((other) => other.zone === zone && other.id !== id)) {
      const what = `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`;
      throw new AwsRefusal('DuplicateSubnetsInSameZone', what);
    }
  }
}

/** The endpoints of a region that EC2 returns. */
export function storedEndpointsOf(world: World, region: string, now: number): StoredEndpoint[] {
  return world.aws.endpoints.filter(
    (each) => each.region === region && isFound(each, world.options, now) && stateOf(world, each, now) !== null,
  );
}

export function findStoredEndpoint(world: World, region: string, now: number, id: string): StoredEndpoint {
  checkShape('InvalidVpcEndpointId', 'vpce', id);
  const found = storedEndpointsOf(world, region, now).find((each) => each.id === id);
  if (found) return found;
  throw missing(id);
}

/** The endpoint, unless it was or is being deleted. */
export function findLiving(world: World, region: string, now: number, id: string): StoredEndpoint {
  const endpoint = findStoredEndpoint(world, region, now, id);
  const state = stateOf(world, endpoint, now);
  if (state === 'deleted') throw missing(id);
  if (state === 'deleting') throw new AwsRefusal('IncorrectState', `The VPC endpoint ${id} is being deleted.`);
  return endpoint;
}

function missing(id: string): AwsRefusal {
  return new AwsRefusal('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);
}
