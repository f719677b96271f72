import { createHash } from 'node:crypto';
import { fromAtlasRegion } from '../atlas/regions.js';
import { defaultProject, type Refusal, type Service, statusOf, type World } from './world.js';

/* How the API writes what is in the world: field names, and nulls where the live API has them. */

export function serviceAnswer({ options }: World, service: Service, now: number): Record<string, unknown> {
  const { id, provider, atlasRegion } = service;
  const status = statusOf(service, options, now);
  const isUp = now >= service.readyAt && service.fate === undefined;
  const region = fromAtlasRegion(provider, atlasRegion);
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
        interfaceEndpoints: [],
        supportedRemoteRegions: service.supportedRemoteRegions,
      };
    case 'AZURE': {
      const name = `pls_${id}`;
      const resource = `/subscriptions/${uuid(id)}/resourceGroups/rg_${digits(id, 24)}/providers/Microsoft.Network/privateLinkServices/${name}`;
      return {
        ...shared,
        privateEndpoints: [],
        privateLinkServiceName: isUp ? name : null,
        privateLinkServiceResourceId: isUp ? resource : null,
      };
    }
    case 'GCP': {
      // Port mapping needs one attachment; without it each of fifty ports has its own.
      const count = service.portMappingEnabled ? 1 : 50;
      const attachment = (index: number) =>
        `projects/p-${digits(id, 24)}/regions/${region}/serviceAttachments/sa-${region}-${digits(id, 24)}-${index}`;
      return {
        ...shared,
        endpointGroupNames: [],
        serviceAttachmentNames: isUp ? Array.from({ length: count }, (_, index) => attachment(index)) : [],
        portMappingEnabled: service.portMappingEnabled,
      };
    }
  }
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
