import { createHash } from 'node:crypto';
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

/** With the regions that have nodes, as `replicationSpecs`; connection strings hold no password. */
export function clusterAnswer(
  world: World,
  now: number,
  projectId: string,
  spec: ClusterSpec,
): Record<string, unknown> {
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
    connectionStrings: {
      standard: `mongodb://${nodes(`${name}-shard-00-00`, 27_017)}/?${query}`,
      standardSrv: `mongodb+srv://${name}.${host}`,
      ...(privateEndpoint.length > 0 && { privateEndpoint }),
    },
    replicationSpecs: [
      {
        id: digits(`${projectId}${spec.name}spec`, 24),
        zoneName: 'Zone 1',
        regionConfigs: spec.regions.map(({ provider, atlasRegion }, index) => ({
          ...{ providerName: provider, regionName: atlasRegion, priority: 7 - index },
          electableSpecs: { instanceSize: 'M10', nodeCount: 3 },
        })),
      },
    ],
  };
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
