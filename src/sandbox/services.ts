import type { Provider } from '../clouds/all.js';
import { parseRegion } from '../clouds/regions.js';
import { type Chance, newId, readyMs } from './chance.js';
import { sandboxClouds } from './clouds/all.js';
import type { Fate } from './faults.js';
import { checkBody, Refusal } from './refusal.js';
import { type Attachment, briefly, replaceService, type Service, type World, type WorldOptions } from './world.js';

/* The private endpoint services of a world and their interface endpoints, as functions of time. */

/** The status at this time, or null if the service is gone. */
export function statusOf(service: Service, options: WorldOptions, now: number): string | null {
  if (service.goneAt !== null) return now < service.goneAt ? 'DELETING' : null;
  if (now < service.readyAt) return 'INITIATING';
  switch (service.fate?.kind) {
    case 'never-ready':
      return 'INITIATING';
    case 'vanishes':
      return null;
    case 'failed':
      return 'FAILED';
    case undefined:
      if (whyDisabled(service, now) !== undefined) return 'FAILED';
      return service.interfaces.some((each) => attachmentStatus(service, each, now) === 'AVAILABLE')
        ? 'AVAILABLE'
        : options.readyStatus;
  }
}

export function servicesOf(world: World, now: number, projectId: string, provider: Provider): Service[] {
  return world.services.filter(
    (service) =>
      service.projectId === projectId &&
      service.provider === provider &&
      statusOf(service, world.options, now) !== null,
  );
}

export function findService(world: World, now: number, projectId: string, provider: Provider, id: string): Service {
  const found = servicesOf(world, now, projectId, provider).find((service) => service.id === id);
  if (found) return found;
  const what = `No private endpoint service with ID ${id} exists.`;
  throw new Refusal(404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', what, [id]);
}

export interface CreateRequest {
  provider: Provider;
  region: string;
  supportedRemoteRegions: string[] | null;
  portMappingEnabled: boolean;
}

/** Creates a service. Without regional mode, a project has one per provider, region and kind. */
export function createService(
  world: World,
  chance: Chance,
  projectId: string,
  request: CreateRequest,
  fate?: Fate,
): { world: World; service: Service } {
  const { now, random } = chance;
  const { provider, supportedRemoteRegions, portMappingEnabled } = request;
  const atlasRegion = checkRegion(provider, request.region);
  if (supportedRemoteRegions) checkRemoteRegions(provider, atlasRegion, supportedRemoteRegions);
  checkBody({ portMappingEnabled: [whyDisabled(request, now) === undefined, 'must be true'] });
  const taken = servicesOf(world, now, projectId, provider).find(
    (service) => service.atlasRegion === atlasRegion && lacksPortMapping(service) === lacksPortMapping(request),
  );
  if (taken && !world.regionalMode.includes(projectId)) {
    const code = 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION';
    const what = `A private endpoint service already exists for ${provider} in region ${atlasRegion}.`;
    throw new Refusal(409, code, what, [provider, atlasRegion]);
  }
  const service: Service = {
    id: newId(chance),
    projectId,
    provider,
    atlasRegion,
    supportedRemoteRegions,
    portMappingEnabled,
    createdAt: now,
    readyAt: now + readyMs(world.options, provider, random),
    goneAt: null,
    interfaces: [],
    fate,
  };
  return { world: { ...world, services: [...world.services, service] }, service };
}

/** Deletes a service: it is DELETING for some time, then gone. A second delete changes nothing. */
export function deleteService(world: World, now: number, projectId: string, provider: Provider, id: string): World {
  const service = findService(world, now, projectId, provider, id);
  const attached = interfacesOf(service, now);
  if (attached.length > 0) {
    const what = `Service ${id} has ${attached.length} interface endpoints.`;
    throw new Refusal(409, 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS', what, [id]);
  }
  return replaceService(world, { ...service, goneAt: service.goneAt ?? now + briefly(world.options) });
}

/** Replaces the remote regions of a service. */
export function updateService(
  world: World,
  now: number,
  projectId: string,
  provider: Provider,
  id: string,
  remote: string[] | null,
): { world: World; service: Service } {
  const found = findService(world, now, projectId, provider, id);
  if (remote) checkRemoteRegions(provider, found.atlasRegion, remote);
  const service = { ...found, supportedRemoteRegions: remote };
  return { world: replaceService(world, service), service };
}

/** The world without services that were deleted long ago. */
export function forgetGone(world: World, now: number): World {
  return { ...world, services: world.services.filter((service) => statusOf(service, world.options, now) !== null) };
}

function checkRegion(provider: Provider, region: string): string {
  try {
    return parseRegion(provider, region).atlasRegion;
  } catch {
    const what = `No region ${region} exists for provider ${provider}.`;
    throw new Refusal(400, 'INVALID_REGION', what, [region, provider]);
  }
}

function checkRemoteRegions(provider: Provider, own: string, remote: readonly string[]): void {
  const field = 'supportedRemoteRegions';
  const spelling = sandboxClouds[provider].remoteRegion;
  if (!spelling || !remote.every((region) => spelling.test(region))) {
    throw new Refusal(400, 'INVALID_ATTRIBUTE', `Invalid attribute ${field} specified.`, [field]);
  }
  for (const region of remote) checkRegion(provider, region);
  if (remote.includes(own)) {
    throw new Refusal(400, 'CROSS_REGION_PRIVATE_LINK_SELF_REGION', `${own} is the service's own region.`, [own]);
  }
}

/* Interface endpoints. */

type PortMapping = Pick<Service, 'provider' | 'portMappingEnabled'>;

/** The `connectionStatus` on AWS, the `status` on other clouds. Null if it is gone. */
export function attachmentStatus(service: Service, attachment: Attachment, now: number): string | null {
  const { createdAt, availableAt, goneAt, fate } = attachment;
  if (goneAt !== null) return now < goneAt ? 'DELETING' : null;
  const { onTheWay, failed } = sandboxClouds[service.provider].interfaces;
  if (whyDisabled(service, now) !== undefined) return failed;
  const [first, then] = onTheWay;
  if (now < availableAt) return now - createdAt < (availableAt - createdAt) / 2 ? first : then;
  switch (fate?.kind) {
    case 'never-ready':
      return then;
    case 'vanishes':
      return null;
    case 'failed':
      return failed;
    case undefined:
      return 'AVAILABLE';
  }
}

/** The interface endpoints that still exist. */
export function interfacesOf(service: Service, now: number): Attachment[] {
  return service.interfaces.filter((each) => attachmentStatus(service, each, now) !== null);
}

/* The two kinds of services that a cloud can have: with port mapping, and the older kind without it. */

export function lacksPortMapping({ provider, portMappingEnabled }: PortMapping): boolean {
  return sandboxClouds[provider].older !== null && !portMappingEnabled;
}

/** Why Atlas has disabled a service; undefined while it serves. */
export function whyDisabled(service: PortMapping, now: number): string | undefined {
  const { older } = sandboxClouds[service.provider];
  return older && lacksPortMapping(service) && now >= older.endsAt ? older.disabled : undefined;
}
