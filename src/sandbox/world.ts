import { readyTimes } from '../atlas/durations.js';
import { type Provider, providers } from '../atlas/provider.js';
import { parseRegion } from '../atlas/regions.js';
import { type Attachment, hasConnection, interfacesOf } from './attachments.js';
import type { Fate } from './faults.js';

/*
 * The sandbox's Atlas as a pure state machine. Nothing runs in between: a service's status follows from the timestamps
 * it was given when it was created and deleted, and from the time of asking. Times are milliseconds since 1970.
 */

export const readyStatuses = ['WAITING_FOR_USER', 'AVAILABLE'] as const;

export interface WorldOptions {
  /** Milliseconds from create to ready, or drawn for each service from what real ones took. */
  readyAfter: number | 'realistic';
  /** The documentation promises WAITING_FOR_USER; the live API goes straight to AVAILABLE. */
  readyStatus: (typeof readyStatuses)[number];
  /** The projects that exist, or `any`: each that a request names. */
  projects: readonly string[] | 'any';
  /** The clusters that each project has. */
  clusters: readonly ClusterSpec[];
  /** Removing the last interface endpoint of a service removes the service too, as Atlas may do. */
  lastTakesService: boolean;
}

export interface ClusterSpec {
  name: string;
  /** Those that have nodes, in Atlas's spelling. */
  regions: readonly { provider: Provider; atlasRegion: string }[];
}

export interface Service {
  id: string;
  projectId: string;
  provider: Provider;
  atlasRegion: string;
  supportedRemoteRegions: string[] | null;
  portMappingEnabled: boolean;
  createdAt: number;
  readyAt: number;
  /** Null until a delete is asked for. */
  goneAt: number | null;
  interfaces: readonly Attachment[];
  fate?: Fate | undefined;
}

export interface World {
  options: WorldOptions;
  services: readonly Service[];
  /** The projects in which a region may have several private endpoints. */
  regionalMode: readonly string[];
}

export const defaultProject = '64f0c2a7e1b2c3d4e5f60718';
export const defaultWorldOptions: WorldOptions = {
  readyAfter: 5000,
  readyStatus: 'WAITING_FOR_USER',
  projects: 'any',
  clusters: [{ name: 'Cluster0', regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] }],
  lastTakesService: false,
};

/** No record says how long real deletes take; here it is short, and never longer than a create. */
export function briefly({ readyAfter }: WorldOptions): number {
  return Math.min(3000, readyAfter === 'realistic' ? 3000 : readyAfter);
}

/** Time, and numbers from 0 to 1: the two things that a pure world needs from outside. */
export interface Chance {
  now: number;
  random: () => number;
}

/** Atlas says no: the fields of its error body. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    readonly detail: string,
    readonly parameters: readonly string[] = [],
    readonly fields: readonly { field: string; description: string }[] = [],
  ) {
    super(detail);
  }
}

export function emptyWorld(options: Partial<WorldOptions> = {}): World {
  return { options: { ...defaultWorldOptions, ...options }, services: [], regionalMode: [] };
}

/** The projects that this key can see: those that were declared, or the default one and those in use. */
export function projectsOf({ options, services }: World): string[] {
  if (options.projects !== 'any') return [...options.projects];
  return [...new Set([defaultProject, ...services.map(({ projectId }) => projectId)])];
}

/** The status at this moment, or null once the service is gone. */
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
      return hasConnection(service, now) ? 'AVAILABLE' : options.readyStatus;
  }
}

export function servicesOf(world: World, now: number, projectId: string, provider: Provider): Service[] {
  checkProject(world, projectId);
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
  throw new Refusal(404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', `No private endpoint service with ID ${id} exists.`, [
    id,
  ]);
}

export interface CreateRequest {
  provider: Provider;
  region: string;
  supportedRemoteRegions: string[] | null;
  portMappingEnabled: boolean;
}

/** Asks for a service. A project has one per provider and region. */
export function createService(
  world: World,
  { now, random }: Chance,
  projectId: string,
  request: CreateRequest,
  fate?: Fate,
): { world: World; service: Service } {
  const { provider, supportedRemoteRegions, portMappingEnabled } = request;
  const atlasRegion = checkRegion(provider, request.region);
  if (supportedRemoteRegions) checkRemoteRegions(provider, atlasRegion, supportedRemoteRegions);
  const taken = servicesOf(world, now, projectId, provider).find((service) => service.atlasRegion === atlasRegion);
  if (taken && !world.regionalMode.includes(projectId)) {
    throw new Refusal(
      409,
      'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION',
      `A private endpoint service already exists for ${provider} in region ${atlasRegion}.`,
      [provider, atlasRegion],
    );
  }
  const service: Service = {
    id: newId(now, random),
    ...{ projectId, provider, atlasRegion, supportedRemoteRegions, portMappingEnabled },
    createdAt: now,
    readyAt: now + readyMs(world.options, provider, random),
    goneAt: null,
    interfaces: [],
    fate,
  };
  return { world: { ...world, services: [...world.services, service] }, service };
}

/** Asks for a service to be deleted: it is DELETING for a while, then gone. Asking again changes nothing. */
export function deleteService(world: World, now: number, projectId: string, provider: Provider, id: string): World {
  const service = findService(world, now, projectId, provider, id);
  const attached = interfacesOf(service, now);
  if (attached.length > 0) {
    const what = `Service ${id} has ${attached.length} interface endpoints.`;
    throw new Refusal(409, 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS', what, [id]);
  }
  return replaceService(world, { ...service, goneAt: service.goneAt ?? now + briefly(world.options) });
}

/** Replaces the remote regions of an AWS service. */
export function updateService(
  world: World,
  now: number,
  projectId: string,
  id: string,
  remote: string[] | null,
): { world: World; service: Service } {
  const found = findService(world, now, projectId, 'AWS', id);
  if (remote) checkRemoteRegions('AWS', found.atlasRegion, remote);
  const service = { ...found, supportedRemoteRegions: remote };
  return { world: replaceService(world, service), service };
}

export function replaceService(world: World, service: Service): World {
  return { ...world, services: world.services.map((other) => (other.id === service.id ? service : other)) };
}

/** Lets a region have several private endpoints, or one again, which takes that none has more. */
export function setRegionalMode(world: World, now: number, projectId: string, enabled: boolean): World {
  checkProject(world, projectId);
  const others = world.regionalMode.filter((id) => id !== projectId);
  if (enabled) return { ...world, regionalMode: [...others, projectId] };
  const places = providers.flatMap((provider) =>
    servicesOf(world, now, projectId, provider).map(({ atlasRegion }) => `${provider} ${atlasRegion}`),
  );
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) {
    const what = `${twice} has several private endpoints.`;
    throw new Refusal(409, 'MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION', what, [projectId]);
  }
  return { ...world, regionalMode: others };
}

/** The world without services that are long gone. */
export function forgetGone(world: World, now: number): World {
  return { ...world, services: world.services.filter((service) => statusOf(service, world.options, now) !== null) };
}

export function checkProject({ options }: World, projectId: string): void {
  if (options.projects === 'any' || options.projects.includes(projectId)) return;
  throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with ID ${projectId} exists.`, [projectId]);
}

function checkRegion(provider: Provider, region: string): string {
  try {
    return parseRegion(provider, region).atlasRegion;
  } catch {
    throw new Refusal(400, 'INVALID_REGION', `No region ${region} exists for provider ${provider}.`, [
      region,
      provider,
    ]);
  }
}

/** Remote regions, unlike the region itself, are taken in Atlas's spelling only. */
function checkRemoteRegions(provider: Provider, own: string, remote: readonly string[]): void {
  const field = 'supportedRemoteRegions';
  const bad = provider === 'AWS' ? remote.find((region) => !/^[A-Z0-9_]+$/.test(region)) : field;
  if (bad !== undefined) throw new Refusal(400, 'INVALID_ATTRIBUTE', `Invalid attribute ${field} specified.`, [field]);
  for (const region of remote) checkRegion('AWS', region);
  if (remote.includes(own)) {
    throw new Refusal(400, 'CROSS_REGION_PRIVATE_LINK_SELF_REGION', `${own} is the service's own region.`, [own]);
  }
}

/** As Atlas makes them: 8 hex digits of seconds since 1970, then 16 random ones. */
function newId(now: number, random: () => number): string {
  return (
    Math.floor(now / 1000)
      .toString(16)
      .padStart(8, '0') + hex(16, random)
  );
}

export function hex(digits: number, random: () => number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** Draws from the recorded times by their quantiles, straight lines in between. */
function readyMs({ readyAfter }: WorldOptions, provider: Provider, random: () => number): number {
  if (readyAfter !== 'realistic') return readyAfter;
  const { least, median, p95, most } = readyTimes[provider];
  const share = random();
  const seconds =
    share < 0.5
      ? least + (median - least) * (share / 0.5)
      : share < 0.95
        ? median + (p95 - median) * ((share - 0.5) / 0.45)
        : p95 + (most - p95) * ((share - 0.95) / 0.05);
  return Math.round(seconds * 1000);
}
