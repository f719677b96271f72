import { fromAtlasRegion } from '../../clouds/regions.js';
import { sandboxClouds } from '../clouds/all.js';
import { statusOf } from '../services.js';
import type { Service, WorldView } from '../world.js';
import { atlasAccount, fixedAwsId, partitionOf } from './identity.js';
import { usualZones, type Zone, zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredEndpoint } from './resources.js';

/* The endpoint services that a VPC can connect to: those of Atlas, and one of AWS, which exists before those do. */

export interface EndpointService {
  name: string;
  id: string;
  region: string;
  owner: string;
  zones: readonly Zone[];
  /** Other regions from which VPCs can connect. */
  remoteRegions: readonly string[];
  acceptanceRequired: boolean;
}

/** The service of EC2 itself. It supports all zones and accepts every endpoint. */
function amazonService(region: string): EndpointService {
  const prefix = partitionOf(region) === 'aws-cn' ? 'cn.com.amazonaws' : 'com.amazonaws';
  return {
    name: `${prefix}.${region}.ec2`,
    id: fixedAwsId('vpce-svc', `ec2 in ${region}`),
    region,
    owner: 'amazon',
    zones: zonesOf(region),
    remoteRegions: [],
    acceptanceRequired: false,
  };
}

/** The services of Atlas in a region, from ready until deleted. */
function atlasServices(view: WorldView, region: string): EndpointService[] {
  return view.world.services.flatMap((service) => {
    const name = sandboxClouds[service.provider].endpointService?.(service.id, region);
    const isHere = fromAtlasRegion(service.provider, service.atlasRegion) === region;
    const isReady = view.now >= service.readyAt && service.fate === undefined && statusOf(service, view) !== null;
    return name !== undefined && isHere && isReady ? [ofAtlas(service, name, region)] : [];
  });
}

function ofAtlas({ provider, supportedRemoteRegions }: Service, name: string, region: string): EndpointService {
  return {
    name,
    id: name.split('.').at(-1) ?? '',
    region,
    owner: atlasAccount,
    zones: zonesOf(region).slice(0, usualZones),
    remoteRegions: (supportedRemoteRegions ?? []).map((remote) => fromAtlasRegion(provider, remote)),
    acceptanceRequired: true,
  };
}

export function endpointServices(view: WorldView, region: string): EndpointService[] {
  return [amazonService(region), ...atlasServices(view, region)];
}

/** The service that an endpoint connects to. */
export function serviceOf(
  view: WorldView,
  { serviceRegion, serviceName }: Pick<StoredEndpoint, 'serviceRegion' | 'serviceName'>,
): EndpointService | undefined {
  return endpointServices(view, serviceRegion).find(({ name }) => name === serviceName);
}

/** A service is reachable from its own region and from its remote regions. */
export function isReachable({ region, remoteRegions }: EndpointService, from: string): boolean {
  return region === from || remoteRegions.includes(from);
}

export function missingService(name: string): AwsRefusal {
  return new AwsRefusal('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
}
