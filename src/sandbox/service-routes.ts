import { oneOf } from '../base/words.js';
import { type Provider, providers } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { accounts } from './accounts.js';
import { type AnswerBody, sandboxClouds } from './clouds/all.js';
import { checkBody, ensureAtlas } from './frontend.js';
import { type ApiRead, type ApiRoute, apiChange, apiRead, olderApiRead } from './requests.js';
import {
  attachmentStage,
  attachmentStatus,
  type CreateRequest,
  checkRemoteRegions,
  createService,
  deleteService,
  failureOf,
  findService,
  interfacesOf,
  remoteRegionForm,
  serviceStage,
  servicesOf,
  statusOf,
} from './services.js';
import {
  type Attachment,
  type AttachRequest,
  briefly,
  type FaultOutcome,
  replaceService,
  type Service,
  type WorldView,
} from './world.js';

const base = '/groups/{project}/privateEndpoint';
const one = `${base}/{provider}/endpointService/{service}`;
const interfaces = `${one}/endpoint`;
const readOne: ApiRead = (request) => serviceAnswer(findService(request), request);

export const serviceRoutes: readonly ApiRoute[] = [
  apiChange('POST', `${base}/endpointService`, 201, (request) => {
    const { world, service } = createService(request, createRequest(request.body));
    return { world, answer: serviceAnswer(service, request) };
  }),

  apiChange('PATCH', `${base}/endpointService/{service}`, 200, (request) => {
    const { cloudProvider, supportedRemoteRegions = null } = Object(request.body) as AnswerBody;
    const provider = providers.find((name) => name === cloudProvider) as Provider;
    checkBody({
      cloudProvider: [provider !== undefined, `must be ${oneOf(providers)}`],
      supportedRemoteRegions: [isRemote(supportedRemoteRegions), 'up to 35 regions'],
    });
    remoteRegionForm(provider);
    const found = findService({ ...request, provider });
    const service = { ...found, supportedRemoteRegions: supportedRemoteRegions as string[] | null };
    checkRemoteRegions(service);
    return { world: replaceService(request.world, service), answer: serviceAnswer(service, request) };
  }),

  apiRead(`${base}/{provider}/endpointService`, (request) =>
    servicesOf(request).map((service) => serviceAnswer(service, request)),
  ),

  apiRead(one, readOne),
  // Used by Terraform's import.
  olderApiRead(one, readOne),

  apiChange('DELETE', one, 202, (request) => {
    return { world: deleteService(findService(request), request), answer: {} };
  }),

  // Guess: how an attachment goes on. None was ever recorded; its form is that of the published description.
  apiChange('POST', interfaces, 201, (request) => {
    const found = findService(request);
    const wanted = sandboxClouds[request.provider].interfaces.read(Object(request.body) as AnswerBody, found);
    checkInterfaceId(request.provider, wanted.id);
    const { world, service, attachment } = attachInterface(request, found, wanted, request.fate);
    return { world, answer: interfaceAnswer(service, attachment, request.now) };
  }),

  apiRead(`${interfaces}/{name}`, (request) => {
    const service = findService(request);
    return interfaceAnswer(service, findAttachment(service, request.now, request.name), request.now);
  }),

  apiChange('DELETE', `${interfaces}/{name}`, 202, (request) => {
    return { world: detachInterface(request, findService(request), request.name), answer: {} };
  }),
];

// Guess: unknown members are ignored. The published description neither lists nor forbids them.
function createRequest(body: unknown) {
  const fields = Object(body) as AnswerBody;
  const { providerName, region, supportedRemoteRegions = null, portMappingEnabled = false } = fields;
  checkBody({
    providerName: [providers.some((name) => name === providerName), `must be ${oneOf(providers)}`],
    region: [typeof region === 'string' && region !== '', 'must not be empty'],
    supportedRemoteRegions: [isRemote(supportedRemoteRegions), 'up to 35 regions'],
    portMappingEnabled: [typeof portMappingEnabled === 'boolean', 'must be true or false'],
  });
  return { provider: providerName, region, supportedRemoteRegions, portMappingEnabled } as CreateRequest;
}

function isRemote(value: unknown) {
  if (value === null) return true;
  return Array.isArray(value) && value.length <= 35 && value.every((region) => typeof region === 'string');
}

function serviceAnswer(service: Service, view: WorldView) {
  const { id, provider, atlasRegion, readyAt, fate } = service;
  const { now } = view;
  const status = statusOf(service, view);
  return {
    cloudProvider: provider,
    errorMessage: status === 'FAILED' ? failureOf(fate, service, now) : null,
    id,
    regionName: atlasRegion,
    status,
    ...sandboxClouds[provider].service(service, {
      region: regionNames(provider, atlasRegion).region,
      isReady: now >= readyAt && fate === undefined,
      attached: interfacesOf(service, now).map((each) => each.id),
    }),
  };
}

function checkInterfaceId(provider: Provider, id: string) {
  const isFine = sandboxClouds[provider].interfaces.idShape.test(id);
  ensureAtlas(isFine, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', `${id} is malformed.`, 404, id);
}

export function attachInterface(view: WorldView, service: Service, request: AttachRequest, fate?: FaultOutcome) {
  const { now } = view;
  const isReady = serviceStage(service, now) === 'ready';
  const state = `Service ${service.id} is ${statusOf(service, view)}.`;
  ensureAtlas(isReady, 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS', state, 409, service.id);
  const isNew = interfacesOf(service, now).every(({ id }) => id !== request.id);
  const what = `Interface endpoint ${request.id} already exists.`;
  ensureAtlas(isNew, 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS', what, 409, request.id);
  const accepted = accounts[service.provider].accept(view, service, request);
  const isRefused = typeof accepted === 'string';
  const times = { createdAt: now, readyAt: now + briefly(view.world.options), goneAt: null };
  const outcome: FaultOutcome | undefined = isRefused ? { kind: 'failed', reason: accepted } : fate;
  const attachment = { ...request, ...times, fate: outcome };
  const changed = { ...service, interfaces: [...interfacesOf(service, now), attachment] };
  return { world: replaceService(isRefused ? view.world : accepted, changed), service: changed, attachment };
}

function findAttachment(service: Service, now: number, id: string) {
  checkInterfaceId(service.provider, id);
  const found = interfacesOf(service, now).find((each) => each.id === id);
  ensureAtlas(found, 'PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND', `There is no interface endpoint ${id}.`, 404, id);
  return found;
}

function detachInterface({ world, now }: WorldView, service: Service, id: string) {
  const found = findAttachment(service, now, id);
  const goneAt = found.goneAt ?? now + briefly(world.options);
  const interfaces = service.interfaces.map((each) => (each === found ? { ...found, goneAt } : each));
  const others = interfaces.filter((each) => attachmentStage(service, each, goneAt) !== null);
  // MongoDB's provider asserts every night that the service stays. The published description says that it goes.
  const takesService = world.options.lastTakesService && others.length === 0;
  return replaceService(world, { ...service, interfaces, ...(takesService && { goneAt }) });
}

function interfaceAnswer(service: Service, attachment: Attachment, now: number) {
  const { provider } = service;
  const status = attachmentStatus(service, attachment, now);
  const isFailed = attachmentStage(service, attachment, now) === 'failed';
  return {
    cloudProvider: provider,
    deleteRequested: attachment.goneAt !== null,
    errorMessage: isFailed ? failureOf(attachment.fate, service, now) : null,
    ...sandboxClouds[provider].interfaces.answer(attachment, status, service),
  };
}
