import type { Provider } from '../clouds/all.js';
import { parseRegion, type Region } from '../clouds/regions.js';
import { sandboxClouds } from './clouds/all.js';
import { checkBody, ensureAtlas, ensureKnown } from './frontend.js';
import {
  type Attachment,
  briefly,
  type Chance,
  type FaultOutcome,
  isSame,
  newId,
  replaceService,
  type Service,
  stageOf,
  type World,
  type WorldView,
} from './world.js';

export function serviceStage(service: Service, now: number) {
  const stage = stageOf(service, now);
  return stage === 'ready' && whyDisabled(service, now) !== undefined ? 'failed' : stage;
}

const statuses = { pending: 'INITIATING', failed: 'FAILED', deleting: 'DELETING' } as const;

export function statusOf(service: Service, { world, now }: WorldView): string | null {
  const stage = serviceStage(service, now);
  if (stage !== 'ready') return stage && statuses[stage];
  return service.interfaces.some((each) => attachmentStage(service, each, now) === 'ready')
    ? 'AVAILABLE'
    : world.options.readyStatus;
}

/** The services whose offer the cloud has: from ready until deleted. */
export function servingOn(provider: Provider, { world, now }: WorldView): Service[] {
  const isServing = (each: Service) => now >= each.readyAt && !each.fate && serviceStage(each, now) !== null;
  return world.services.filter((each) => each.provider === provider && isServing(each));
}

interface CloudPlace extends WorldView {
  project: string;
  provider: Provider;
}

export function servicesOf({ project, provider, ...view }: CloudPlace): Service[] {
  return view.world.services.filter(
    (each) => each.projectId === project && each.provider === provider && serviceStage(each, view.now) !== null,
  );
}

export function findService({ service: id, ...place }: CloudPlace & { service: string }): Service {
  const found = servicesOf(place).find((service) => service.id === id);
  ensureKnown(found, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', 'private endpoint service with ID', id);
  return found;
}

export interface CreateRequest extends Pick<Service, 'provider' | 'supportedRemoteRegions' | 'portMappingEnabled'> {
  region: string;
}

export function createService(
  { project, fate, ...chance }: WorldView & Chance & { project: string; fate?: FaultOutcome | undefined },
  request: CreateRequest,
) {
  const { world, now } = chance;
  const { region, ...wanted } = request;
  const { provider } = wanted;
  const atlasRegion = checkRegion(provider, region);
  const made = { id: newId(chance), projectId: project, atlasRegion };
  const readyAt = now + world.options.readyAfter;
  const service: Service = { ...wanted, ...made, createdAt: now, readyAt, goneAt: null, fate, interfaces: [] };
  checkRemoteRegions(service);
  checkBody({ portMappingEnabled: [whyDisabled(service, now) === undefined, 'must be true'] });
  const isTaken = servicesOf({ world, now, project, provider }).some(
    (each) => each.atlasRegion === atlasRegion && lacksPortMapping(each) === lacksPortMapping(service),
  );
  const isFine = !isTaken || world.regionalMode.includes(project);
  // Sentence and parameter as in an answer to MongoDB's Terraform provider (its issue 3422).
  const what = `A private endpoint service already exists for ${provider} region ${atlasRegion}.`;
  const place = `${provider} ${atlasRegion}`;
  ensureAtlas(isFine, 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', what, 409, place);
  return { world: { ...world, services: [...world.services, service] }, service };
}

export function deleteService(service: Service, { world, now }: WorldView): World {
  const { length } = interfacesOf(service, now);
  const what = `Service ${service.id} has ${length} interface endpoints.`;
  ensureAtlas(length === 0, 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS', what, 409, service.id);
  return replaceService(world, { ...service, goneAt: service.goneAt ?? now + briefly(world.options) });
}

export function forgetGone({ world, now }: WorldView): World {
  return { ...world, services: world.services.filter((service) => serviceStage(service, now) !== null) };
}

export function regionOf(provider: Provider, text: string): Region | undefined {
  try {
    return parseRegion(provider, text);
  } catch {
    return undefined;
  }
}

function checkRegion(provider: Provider, region: string) {
  const found = regionOf(provider, region);
  ensureAtlas(found, 'INVALID_REGION', `No region ${region} exists for provider ${provider}.`, 400, region, provider);
  return found.atlasRegion;
}

/** How remote regions are written. Throws a refusal for a cloud that has none. */
export function remoteRegionForm(provider: Provider): RegExp {
  const { remoteRegion } = sandboxClouds[provider];
  // MongoDB's list of error codes has this sentence.
  const what = `Provider ${provider} not currently supported.`;
  ensureAtlas(remoteRegion, 'PROVIDER_UNSUPPORTED', what, 404, provider);
  return remoteRegion;
}

export function checkRemoteRegions({ provider, atlasRegion: own, supportedRemoteRegions: remote }: Service): void {
  if (remote === null) return;
  const form = remoteRegionForm(provider);
  const isSpelled = remote.every((region) => form.test(region));
  const attribute = 'supportedRemoteRegions';
  ensureAtlas(isSpelled, 'INVALID_ATTRIBUTE', `Invalid attribute ${attribute} specified.`, 400, attribute);
  for (const region of remote) checkRegion(provider, region);
  const what = `${own} is the service's own region.`;
  ensureAtlas(!remote.includes(own), 'CROSS_REGION_PRIVATE_LINK_SELF_REGION', what, 400, own);
}

/** Each of the two stages before `ready` lasts half of the time. Null if it is gone. */
export function attachmentStage(service: Service, attachment: Attachment, now: number) {
  const { createdAt, readyAt } = attachment;
  const stage = stageOf(attachment, now);
  if (stage === null || stage === 'deleting') return stage;
  if (whyDisabled(service, now) !== undefined) return 'failed';
  return now < (createdAt + readyAt) / 2 ? 'requested' : stage;
}

/** The `connectionStatus` on AWS, the `status` on other clouds. Null if it is gone. */
export function attachmentStatus(service: Service, attachment: Attachment, now: number): string | null {
  const stage = attachmentStage(service, attachment, now);
  const { statuses: own } = sandboxClouds[service.provider].interfaces;
  const statuses = { ready: 'AVAILABLE', deleting: 'DELETING', ...own };
  return stage && statuses[stage];
}

export function failureOf(fate: FaultOutcome | undefined, service: Service, now: number): string | null {
  return fate?.kind === 'failed' ? fate.reason : (whyDisabled(service, now) ?? null);
}

export function interfacesOf(service: Service, now: number): Attachment[] {
  return service.interfaces.filter((each) => attachmentStage(service, each, now) !== null);
}

export function lacksPortMapping({ provider, portMappingEnabled }: Service): boolean {
  return sandboxClouds[provider].older !== undefined && !portMappingEnabled;
}

function whyDisabled(service: Service, now: number) {
  const { older } = sandboxClouds[service.provider];
  return older && lacksPortMapping(service) && now >= older.endsAt ? older.disabled : undefined;
}

/** How far Atlas is with an endpoint that was attached. `gone`: Atlas has removed it, or its service. */
export type LinkStage = 'requested' | 'pending' | 'ready' | 'failed' | 'gone';

export function linkStage(service: Service | undefined, endpointId: string, now: number): LinkStage {
  const attachment = service?.interfaces.find((each) => isSame(each.id, endpointId));
  if (!service || !attachment || serviceStage(service, now) === null) return 'gone';
  const stage = attachmentStage(service, attachment, now);
  if (stage === null) return 'gone';
  // The cloud notices a deletion when it has ended.
  if (stage === 'deleting' && attachment.fate) return 'failed';
  if (stage === 'deleting') return now < attachment.readyAt ? 'pending' : 'ready';
  // The cloud never connects an endpoint that Atlas will refuse.
  return stage === 'pending' && attachment.fate?.kind === 'failed' ? 'requested' : stage;
}

/** Its interface endpoint then fails. `serviceId`: only that of this service, where others can have the same id. */
export function tellAtlasOfDelete(world: World, what: string, endpointId: string, now: number, serviceId?: string) {
  const fate = { kind: 'failed', reason: `The ${what} ${endpointId} was deleted.` } as const;
  const cut = (attachment: Attachment): Attachment =>
    isSame(attachment.id, endpointId)
      ? { ...attachment, readyAt: Math.min(attachment.readyAt, now), fate }
      : attachment;
  return {
    ...world,
    services: world.services.map((service) =>
      (serviceId ?? service.id) === service.id ? { ...service, interfaces: service.interfaces.map(cut) } : service,
    ),
  };
}
