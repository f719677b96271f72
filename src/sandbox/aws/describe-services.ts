import type { Read } from './action.js';
import { type EndpointService, endpointServices } from './endpoint-services.js';
import { ec2PageOf } from './filters.js';
import { accountDomain } from './identity.js';
import { AwsRefusal } from './refusal.js';

/**
 * The services of the region, or of the regions in ServiceRegion. For a service in another region, EC2 returns no
 * zones: only the error of a create names them.
 */
export const describeVpcEndpointServices: Read = (world, { query, region, now }) => {
  const names = query.list('ServiceName');
  const regions = query.list('ServiceRegion');
  const all = (regions.length > 0 ? regions : [region])
    .flatMap((each) => endpointServices(world, each, now))
    .filter((service) => isReachable(service, region));
  const unknown = names.find((name) => !all.some((service) => service.name === name));
  if (unknown !== undefined) throw missingService(unknown);
  const { page, nextToken } = ec2PageOf(
    query,
    all.filter(({ name }) => names.length === 0 || names.includes(name)),
    {
      'service-name': ({ name }) => [name],
      'service-type': () => ['Interface'],
      'service-region': (service) => [service.region],
      owner: ({ owner }) => [owner],
      'supported-ip-address-types': () => ['ipv4'],
    },
  );
  return {
    serviceNameSet: page.map(({ name }) => name),
    serviceDetailSet: page.map((each) => detail(each, region)),
    nextToken,
  };
};

/** A service is reachable from its own region and from its remote regions. */
export function isReachable({ region, remoteRegions }: EndpointService, from: string): boolean {
  return region === from || remoteRegions.includes(from);
}

export function missingService(name: string): AwsRefusal {
  return new AwsRefusal('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
}

function detail(service: EndpointService, from: string) {
  const { name, id, region, owner, zones, privateDnsName, acceptanceRequired } = service;
  const isNear = region === from;
  return {
    serviceName: name,
    serviceId: id,
    serviceType: [{ serviceType: 'Interface' }],
    serviceRegion: region,
    availabilityZoneSet: isNear ? zones.map((zone) => zone.name) : [],
    availabilityZoneIdSet: isNear ? zones.map((zone) => zone.id) : [],
    owner,
    baseEndpointDnsNameSet: [`${id}.${region}.vpce.${accountDomain(region)}`],
    privateDnsName,
    privateDnsNameSet: privateDnsName === undefined ? [] : [{ privateDnsName }],
    vpcEndpointPolicySupported: !acceptanceRequired,
    acceptanceRequired,
    managesVpcEndpoints: false,
    tagSet: [],
    supportedIpAddressTypeSet: ['ipv4'],
  };
}
