import { createHash } from 'node:crypto';
import type { Provider } from '../atlas/provider.js';
import { fromAtlasRegion } from '../atlas/regions.js';
import { type Attachment, attachmentStatus, interfacesOf } from './attachments.js';
import { clusterState } from './clusters.js';
import { type ClusterSpec, defaultProject, type Refusal, type Service, statusOf, type World } from './world.js';

/* How the API writes what is in the world: field names, and nulls where the live API has them. */

export function serviceAnswer({ options }: World, service: Service, now: number): Record<string, unknown> {
  const { id, provider, atlasRegion } = service;
  const status = statusOf(service, options, now);
  const isUp = now >= service.readyAt && service.fate === undefined;
  const region = fromAtlasRegion(provider, atlasRegion);
  const attached = interfacesOf(service, now).map((each) => each.id);
  const shared = {
    cloudProvider: provider,
    errorMessage: status === 'FAILED' && service.fate?.kind === 'failed' ? service.fate.reason : null,
    id,
    regionName: atlasRegion,
    status,
  };
  switch (provider) {
    case 'AWS':
      return {
        ...shared,
        endpointServiceName: isUp ? `com.amazonaws.vpce.${region}.vpce-svc-${digits(id, 17)}` : null,
        interfaceEndpoints: attached,
        supportedRemoteRegions: service.supportedRemoteRegions,
      };
    case 'AZURE': {
      const name = `pls_${id}`;
      const resource = `/subscriptions/${uuid(id)}/resourceGroups/rg_${digits(id, 24)}/providers/Microsoft.Network/privateLinkServices/${name}`;
      return {
        ...shared,
        privateEndpoints: attached,
        privateLinkServiceName: isUp ? name : null,
        privateLinkServiceResourceId: isUp ? resource : null,
      };
    }
    case 'GCP': {
      // Port mapping needs one attachment; without it there were six in all recordings of 2026.
      const count = service.portMappingEnabled ? 1 : 6;
      const attachment = (index: number) =>
        `projects/p-${digits(id, 24)}/regions/${region}/serviceAttachments/sa-${region}-${digits(id, 24)}-${index}`;
      return {
        ...shared,
        endpointGroupNames: attached,
        serviceAttachmentNames: isUp ? Array.from({ length: count }, (_, index) => attachment(index)) : [],
        portMappingEnabled: service.portMappingEnabled,
      };
    }
  }
}

export function interfaceAnswer(service: Service, attachment: Attachment, now: number): Record<string, unknown> {
  const { provider, portMappingEnabled } = service;
  const { id, ip, gcpProjectId, endpoints = [], goneAt, fate } = attachment;
  const status = attachmentStatus(provider, attachment, now);
  const isBad = status === 'REJECTED' || status === 'FAILED';
  const shared = {
    cloudProvider: provider,
    deleteRequested: goneAt !== null,
    errorMessage: isBad && fate?.kind === 'failed' ? fate.reason : null,
  };
  switch (provider) {
    case 'AWS':
      return { ...shared, connectionStatus: status, interfaceEndpointId: id };
    case 'AZURE': {
      const [, , subscription = '', , group = ''] = id.split('/');
      return {
        ...{ ...shared, status, privateEndpointIPAddress: ip, privateEndpointResourceId: id },
        privateEndpointConnectionName: `${subscription}%2f${group}%2f${id.split('/').at(-1)}`,
      };
    }
    case 'GCP': {
      const rules = endpoints.map((each) => ({ ...each, status: status === 'VERIFIED' ? 'INITIATING' : status }));
      return { ...shared, status, endpointGroupName: id, gcpProjectId, endpoints: rules, portMappingEnabled };
    }
  }
}

/** The versions of a cluster: until the second one a spec stood for several shards, and the disk's size at the top. */
export const clusterVersions = ['2023-02-01', '2024-08-05'] as const;

/** With the regions that have nodes, as `replicationSpecs`; connection strings hold no password. */
export function clusterAnswer(
  world: World,
  now: number,
  projectId: string,
  spec: ClusterSpec,
  version: string,
): Record<string, unknown> {
  const isOld = version < clusterVersions[1];
  const disk = { diskSizeGB: 10 };
  const { status, ways } = clusterState(world, now, projectId, spec);
  const [name, host] = [spec.name.toLowerCase(), `${digits(projectId + spec.name, 5)}.mongodb.net`];
  const nodes = (prefix: string, port: number) =>
    [0, 1, 2].map((index) => `${prefix}.${host}:${port + index}`).join(',');
  const query = `ssl=true&authSource=admin&replicaSet=atlas-${digits(spec.name, 6)}-shard-0`;
  const privateEndpoint = ways.map((way, index) => ({
    connectionString: `mongodb://${nodes(`pl-${index}-${(way[0]?.region ?? '').toLowerCase().replaceAll('_', '-')}`, 1024)}/?${query}`,
    srvConnectionString: `mongodb+srv://${name}-pl-${index}.${host}`,
    type: 'MONGOD',
    endpoints: way,
  }));
  return {
    ...{ id: digits(projectId + spec.name, 24), name: spec.name, groupId: projectId, stateName: status },
    ...{ clusterType: 'REPLICASET', paused: false, links: [] },
    ...{ mongoDBMajorVersion: '8.0', mongoDBVersion: '8.0.12', versionReleaseSystem: 'LTS', ...(isOld && disk) },
    connectionStrings: {
      standard: `mongodb://${nodes(`${name}-shard-00-00`, 27_017)}/?${query}`,
      standardSrv: `mongodb+srv://${name}.${host}`,
      ...(privateEndpoint.length > 0 && { privateEndpoint }),
    },
    replicationSpecs: [
      {
        id: digits(`${projectId}${spec.name}spec`, 24),
        ...(isOld ? { numShards: 1 } : { zoneId: digits(`${projectId}${spec.name}zone`, 24) }),
        zoneName: 'Zone 1',
        regionConfigs: spec.regions.map(({ provider, atlasRegion }, index) => ({
          ...{ providerName: provider, regionName: atlasRegion, priority: 7 - index },
          electableSpecs: { instanceSize: 'M10', nodeCount: 3, ...(!isOld && disk) },
        })),
      },
    ],
  };
}

/** The networks that the clusters of a project lie in: one a region, but one for all regions of GCP. */
export function containerAnswers({ options }: World, projectId: string, provider: Provider): Record<string, unknown>[] {
  const own = options.clusters.flatMap(({ regions }) => regions).filter((each) => each.provider === provider);
  const regions = [...new Set(own.map(({ atlasRegion }) => atlasRegion))];
  const container = (name: string, more: Record<string, unknown>) => ({
    ...{ id: digits(`${projectId}${provider}${name}container`, 24), providerName: provider, provisioned: true },
    ...{ atlasCidrBlock: '192.168.248.0/21', ...more },
  });
  if (provider === 'GCP') return regions.length > 0 ? [container('', { regions })] : [];
  const key = provider === 'AWS' ? 'regionName' : 'region';
  return regions.map((region) => container(region, { [key]: region }));
}

export function projectAnswer(id: string, baseUrl: string): Record<string, unknown> {
  return {
    id,
    name: projectName(id),
    orgId: digits('org', 24),
    clusterCount: 0,
    created: new Date(Number.parseInt(id.slice(0, 8), 16) * 1000).toISOString(),
    links: [{ href: `${baseUrl}/api/atlas/v2/groups/${id}`, rel: 'self' }],
    tags: [],
  };
}

export function projectName(id: string): string {
  return id === defaultProject ? 'Sandbox' : `Sandbox-${id.slice(-6)}`;
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export function errorAnswer({ status, errorCode, detail, parameters, fields }: Refusal): Record<string, unknown> {
  return {
    ...{ detail, error: status, errorCode, parameters, reason: reasons[status] ?? 'Error' },
    ...(fields.length > 0 && { badRequestDetail: { fields } }),
  };
}

/** Hex digits that stay the same for a name, so that nothing more need be kept. */
function digits(name: string, length: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, length);
}

function uuid(name: string): string {
  return digits(name, 32).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
