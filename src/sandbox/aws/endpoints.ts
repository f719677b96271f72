import { addressIn, parseCidr } from '../../base/cidr.js';
import { regionNames } from '../../clouds/regions.js';
import { endpointServiceName } from '../clouds/aws.js';
import { ensure } from '../frontend.js';
import { type LinkStage, linkStage, servingOn } from '../services.js';
import { type Accept, briefly, type WorldView } from '../world.js';
import { type NetworkInterface, type StoredEndpoint, withResource } from './account.js';
import { fixedAwsId, partitionOf } from './identity.js';
import { isFound, subnetsOf, usualZones, vpcsOf, zonesOf } from './network.js';
import type { RegionView } from './request.js';

/** Guess: how long EC2 still returns a deleted endpoint. */
const rememberedMs = 60_000;

export function endpointsOf(view: RegionView): StoredEndpoint[] {
  return view.world.clouds.AWS.endpoints.filter((each) => isFound(each, view) && stateOf(view, each) !== null);
}

export function stateOf(view: WorldView, endpoint: StoredEndpoint) {
  const { world, now } = view;
  const { goneAt, createdAt, fate } = endpoint;
  if (goneAt !== null && now < goneAt) return 'deleting';
  if (goneAt !== null) return now < goneAt + rememberedMs ? 'deleted' : null;
  const isDue = now >= createdAt + briefly(world.options);
  if (fate?.kind === 'never-ready') return 'pending';
  if (fate && isDue) return fate.kind === 'failed' ? 'failed' : null;
  if (endpoint.acceptedBy !== null) {
    const service = world.services.find(({ id }) => id === endpoint.acceptedBy);
    return statesByStage[linkStage(service, endpoint.id, now)];
  }
  const service = serviceOf(view, endpoint);
  if (!service) return 'rejected';
  if (!service.isOfAtlas) return isDue ? 'available' : 'pending';
  return 'pendingAcceptance';
}

/** Guess: which state Atlas's stages give. */
const statesByStage = {
  requested: 'pendingAcceptance',
  pending: 'pending',
  ready: 'available',
  failed: 'rejected',
  gone: 'rejected',
} as const satisfies Record<LinkStage, string>;

export const acceptVpcEndpoint: Accept = (view, { id: serviceId }, { id }) => {
  const { world } = view;
  const endpoint = world.clouds.AWS.endpoints.find((each) => each.id === id);
  if (!endpoint && world.options.anyVpce) return world;
  // The text of the live API since 22 July 2026, after 3 minutes. Guess: the texts below, which say what the sandbox sees.
  if (!endpoint) return 'Verify endpoint ID and accepted regions, then retry your connection.';
  if (endpoint.serviceName !== endpointServiceName(serviceId, endpoint.serviceRegion)) {
    return `The VPC endpoint ${id} belongs to another service.`;
  }
  if (!isFound(endpoint, { ...view, region: endpoint.region })) {
    return `Cannot modify VPC Endpoint ${id}: idempotent operation going on`;
  }
  const state = stateOf(view, endpoint);
  if (state !== 'pendingAcceptance') return `The VPC endpoint ${id} is ${state ?? 'gone'}.`;
  return withResource(world, 'endpoints', { ...endpoint, acceptedBy: serviceId });
};

/** They exist until the endpoint is deleted, and keep its groups from being deleted. */
export function networkInterfacesOf(view: WorldView, endpoint: StoredEndpoint): NetworkInterface[] {
  const state = stateOf(view, endpoint);
  if (state === null || state === 'deleted' || state === 'failed') return [];
  const { id: endpointId, region, vpcId, groupIds } = endpoint;
  const subnets = subnetsOf({ ...view, region });
  return endpoint.subnetIds.map((subnetId) => {
    const { cidr = '', zone = '' } = subnets.find(({ id }) => id === subnetId) ?? {};
    const id = fixedAwsId('eni', `${endpointId} in ${subnetId}`);
    const range = parseCidr(cidr);
    // AWS reserves the first four addresses. The smallest subnet has 16.
    const ip = range ? addressIn(range, 4 + (Number.parseInt(id.slice(-2), 16) % 11)) : '';
    return { id, endpointId, vpcId, subnetId, zone, ip, groupIds };
  });
}

export function addressesOfEndpoint(view: WorldView, endpointId: string) {
  const endpoint = view.world.clouds.AWS.endpoints.find(({ id }) => id === endpointId);
  if (!endpoint) return undefined;
  const addresses = networkInterfacesOf(view, endpoint).map(({ ip }) => ip);
  return { region: endpoint.region, addresses };
}

export function networkInterfacesIn(view: RegionView): NetworkInterface[] {
  const endpoints = view.world.clouds.AWS.endpoints.filter(({ region }) => region === view.region);
  const others = vpcsOf(view).flatMap(({ interfaces = [] }) => interfaces);
  return [...others, ...endpoints.flatMap((endpoint) => networkInterfacesOf(view, endpoint))];
}

export type EndpointService = ReturnType<typeof endpointServices>[number];

/** Those of Atlas, and that of EC2, which accepts every endpoint, in all zones. */
export function endpointServices(view: WorldView, region: string) {
  const here = servingOn('AWS', view).filter((each) => regionNames('AWS', each.atlasRegion).region === region);
  const ofAtlas = here.map(({ id, supportedRemoteRegions }) => ({
    name: endpointServiceName(id, region),
    region,
    zones: zonesOf(region).slice(0, usualZones),
    remoteRegions: (supportedRemoteRegions ?? []).map((each) => regionNames('AWS', each).region),
    isOfAtlas: true,
  }));
  const prefix = partitionOf(region) === 'aws-cn' ? 'cn.com.amazonaws' : 'com.amazonaws';
  const ofEc2 = {
    name: `${prefix}.${region}.ec2`,
    region,
    zones: zonesOf(region),
    remoteRegions: [] as string[],
    isOfAtlas: false,
  };
  return [ofEc2, ...ofAtlas];
}

export function serviceOf(
  view: WorldView,
  { serviceRegion, serviceName }: Pick<StoredEndpoint, 'serviceRegion' | 'serviceName'>,
): EndpointService | undefined {
  return endpointServices(view, serviceRegion).find(({ name }) => name === serviceName);
}

export function isReachable({ region, remoteRegions }: EndpointService, from: string): boolean {
  return region === from || remoteRegions.includes(from);
}

export function ensureService(isFound: unknown, name: string | undefined): asserts isFound {
  ensure(isFound, 'InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
}
