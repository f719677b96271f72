import type { EndpointService } from './endpoint-services.js';
import { zoneIdOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredSubnet, StoredTags, StoredVpc } from './resources.js';

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
