import { readyTimes } from '../atlas/durations.js';
import type { Provider } from '../atlas/provider.js';
import { parseRegion } from '../atlas/regions.js';

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
  fate?: Fate | undefined;
}

/** What becomes of a service, at the time when it would get ready, instead of getting ready. */
export type Fate = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

export interface World {
  options: WorldOptions;
  services: readonly Service[];
}

export const defaultProject = '64f0c2a7e1b2c3d4e5f60718';
export const defaultWorldOptions: WorldOptions = {
  readyAfter: 5000,
  readyStatus: 'WAITING_FOR_USER',
  projects: 'any',
};

/** No record says how long real deletes take; here it is short, and never longer than a create. */
const deletingMs = 3000;

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
  return { options: { ...defaultWorldOptions, ...options }, services: [] };
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
      return options.readyStatus;
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
  if (taken) {
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
    fate,
  };
  return { world: { ...world, services: [...world.services, service] }, service };
}

/** Asks for a service to be deleted: it is DELETING for a while, then gone. Asking again changes nothing. */
export function deleteService(world: World, now: number, projectId: string, provider: Provider, id: string): World {
  const service = findService(world, now, projectId, provider, id);
  const { readyAfter } = world.options;
  const goneAt = service.goneAt ?? now + Math.min(deletingMs, readyAfter === 'realistic' ? deletingMs : readyAfter);
  return { ...world, services: world.services.map((other) => (other === service ? { ...service, goneAt } : other)) };
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
