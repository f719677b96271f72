import { digits } from '../world.js';
import type { NetworkInterface, StoredEndpoint } from './account.js';
import {
  type EndpointService,
  endpointServices,
  ensureService,
  isReachable,
  networkInterfacesOf,
  stateOf,
} from './endpoints.js';
import { accountDomain, atlasAccount, endpointDnsName, fixedAwsId, sandboxAccount } from './identity.js';
import { byIds, describe, filtered, pageIn } from './lookup.js';
import { groupsOf } from './network.js';
import type { Action, RegionView, Xml } from './request.js';
import { tagSet } from './tags.js';

export const endpointReads = {
  DescribeVpcEndpoints: describe(
    byIds('vpce', 'VpcEndpointId'),
    'vpcEndpointSet',
    ['vpc-endpoint-id', 'vpc-id', 'service-name', ['vpc-endpoint-state', 'state']],
    endpointAnswer,
  ),

  DescribeNetworkInterfaces: describe(
    byIds('eni', 'NetworkInterfaceId'),
    'networkInterfaceSet',
    [
      ...['network-interface-id', 'vpc-id', 'subnet-id'],
      ['group-id', 'groupSet.groupId'],
      ['addresses.private-ip-address', 'privateIpAddressesSet.privateIpAddress'],
      ['attachment.instance-id', 'attachment.instanceId'],
      ['attachment.device-index', 'attachment.deviceIndex'],
    ],
    (request, each) => ({
      networkInterfaceId: each.id,
      subnetId: each.subnetId,
      vpcId: each.vpcId,
      availabilityZone: each.zone,
      description: each.endpointId && `VPC Endpoint Interface ${each.endpointId}`,
      ownerId: sandboxAccount,
      requesterManaged: each.endpointId !== undefined,
      status: 'in-use',
      interfaceType: each.endpointId === undefined ? 'interface' : 'vpc_endpoint',
      privateIpAddress: each.ip,
      privateIpAddressesSet: [{ privateIpAddress: each.ip, primary: true }],
      sourceDestCheck: true,
      ...(each.instanceId !== undefined && { attachment: { instanceId: each.instanceId, deviceIndex: 0 } }),
      groupSet: groupSet(request, each.groupIds),
      tagSet: [],
    }),
  ),

  /** For a service in another region, EC2 returns no zones: only the error of a create names them. */
  DescribeVpcEndpointServices: (request) => {
    const { query, region, world } = request;
    const names = query.list('ServiceName');
    const regions = query.list('ServiceRegion');
    const all = (regions.length > 0 ? regions : [region])
      .flatMap((each) => endpointServices(request, each))
      .filter((service) => isReachable(service, region));
    const unknown = names.find((name) => !all.some((service) => service.name === name));
    ensureService(unknown === undefined, unknown);
    const selected = all.filter(({ name }) => names.length === 0 || names.includes(name));
    const details = selected.map((each) => serviceDetail(each, region));
    const found = filtered(request, details, ['service-name', ['service-type', 'serviceType.serviceType']]);
    const page = pageIn(request, 'serviceDetailSet', found);
    const serviceNameSet = page.serviceDetailSet.map(({ serviceName }) => serviceName);
    return { world, answer: { serviceNameSet, ...page } };
  },
} satisfies Record<string, Action>;

/** The policy of an endpoint that has no other, as recorded. */
const fullAccess = JSON.stringify({ Statement: [{ Action: '*', Effect: 'Allow', Principal: '*', Resource: '*' }] });

export function endpointAnswer(view: RegionView, endpoint: StoredEndpoint) {
  const { id, vpcId, serviceName, serviceRegion, subnetIds, groupIds, createdAt, fate } = endpoint;
  const state = stateOf(view, endpoint) ?? 'deleted';
  const interfaces = networkInterfacesOf(view, endpoint);
  return {
    vpcEndpointId: id,
    vpcEndpointType: 'Interface',
    vpcId,
    serviceName,
    state,
    policyDocument: fullAccess,
    routeTableIdSet: [],
    subnetIdSet: subnetIds,
    groupSet: groupSet(view, groupIds),
    ipAddressType: 'ipv4',
    dnsOptions: { dnsRecordIpType: 'ipv4' },
    privateDnsEnabled: false,
    requesterManaged: false,
    networkInterfaceIdSet: interfaces.map((each) => each.id),
    dnsEntrySet: dnsEntries(endpoint, interfaces),
    creationTimestamp: new Date(createdAt).toISOString(),
    tagSet: tagSet(view.world, id),
    ownerId: sandboxAccount,
    serviceRegion,
    // Guess: the code.
    ...(state === 'failed' &&
      fate?.kind === 'failed' && { lastError: { code: 'InternalError', message: fate.reason } }),
  };
}

function dnsEntries(endpoint: StoredEndpoint, interfaces: readonly NetworkInterface[]): Xml {
  if (interfaces.length === 0) return [];
  const hostedZoneId = `Z${digits(`hosted zone of ${endpoint.region}`, 13).toUpperCase()}`;
  const zones = [undefined, ...interfaces.map(({ zone }) => zone)];
  return zones.map((zone) => ({ dnsName: endpointDnsName(endpoint, zone), hostedZoneId }));
}

function groupSet(view: RegionView, groupIds: readonly string[]): Xml {
  const groups = groupsOf(view);
  return groupIds.map((groupId) => ({ groupId, groupName: groups.find(({ id }) => id === groupId)?.name }));
}

function serviceDetail(service: EndpointService, from: string) {
  const { name, region, zones, isOfAtlas } = service;
  const id = isOfAtlas ? (name.split('.').at(-1) ?? '') : fixedAwsId('vpce-svc', `ec2 in ${region}`);
  const isNear = region === from;
  return {
    serviceName: name,
    serviceId: id,
    serviceType: [{ serviceType: 'Interface' }],
    serviceRegion: region,
    // Guess: it has no zones seen from another region.
    availabilityZoneSet: isNear ? zones.map((zone) => zone.name) : [],
    availabilityZoneIdSet: isNear ? zones.map((zone) => zone.id) : [],
    owner: isOfAtlas ? atlasAccount : 'amazon',
    baseEndpointDnsNameSet: [`${id}.${region}.vpce.${accountDomain(region)}`],
    privateDnsNameSet: [],
    vpcEndpointPolicySupported: !isOfAtlas,
    acceptanceRequired: isOfAtlas,
    managesVpcEndpoints: false,
    tagSet: [],
    supportedIpAddressTypeSet: ['ipv4'],
  };
}
