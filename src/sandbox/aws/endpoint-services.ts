import { fromAtlasRegion } from '../../clouds/regions.js';
import { sandboxClouds } from '../clouds/all.js';
import { statusOf } from '../services.js';
import type { Service, WorldView } from '../world.js';
import { accountDomain, atlasAccount, fixedAwsId, partitionOf } from './identity.js';
import { usualZones, type Zone, zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredEndpoint } from './resources.js';

/* The endpoint services that a VPC can connect to: those of Atlas, and a few of AWS. */

export interface EndpointService {
  name: string;
  id: string;
  region: string;
  owner: string;
  zones: readonly Zone[];
  /** Other regions from which VPCs can connect. */
  remoteRegions: readonly string[];
  acceptanceRequired: boolean;
  privateDnsName: string | undefined;
}

const amazonNames = ['ec2', 's3', 'sts'] as const;

/** The services of AWS support all zones and accept every endpoint. */
function amazonServices(region: string): EndpointService[] {
  return amazonNames.map((short) => {
    // In China, the names have another prefix, except the name of S3.
    const prefix = partitionOf(region) === 'aws-cn' && short !== 's3' ? 'cn.com.amazonaws' : 'com.amazonaws';
    return {
      name: `${prefix}.${region}.${short}`,
      id: fixedAwsId('vpce-svc', `${short} in ${region}`),
      region,
      owner: 'amazon',
      zones: zonesOf(region),
      remoteRegions: [],
      acceptanceRequired: false,
      privateDnsName: `${short}.${region}.${accountDomain(region)}`,
    };
  });
}

export function amazonService(region: string, name: string): EndpointService | undefined {
  return amazonServices(region).find((each) => each.name === name);
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
    privateDnsName: undefined,
  };
}

export function endpointServices(view: WorldView, region: string): EndpointService[] {
  return [...amazonServices(region), ...atlasServices(view, region)];
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
