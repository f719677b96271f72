import type { Provider } from '../clouds/all.js';
import { sandboxClouds } from './clouds/all.js';
import type { AnswerBody } from './clouds/cloud.js';
import type { FaultOutcome } from './faults.js';
import { accepts } from './linking.js';
import { Refusal } from './refusal.js';
import { type ApiRoute, change, get } from './requests.js';
import { attachmentStatus, failureOf, findService, interfacesOf, statusOf } from './services.js';
import {
  type Attachment,
  type AttachRequest,
  briefly,
  replaceService,
  type Service,
  type World,
  type WorldView,
} from './world.js';

const base = '/groups/{project}/privateEndpoint/{provider}/endpointService/{service}/endpoint';

/** The routes for the interface endpoints of a service. */
export const interfaceRoutes: readonly ApiRoute[] = [
  change('POST', base, 201, (request) => {
    const { interfaces } = sandboxClouds[request.provider];
    const wanted = interfaces.read(Object(request.body) as AnswerBody);
    checkInterfaceId(request.provider, wanted.id);
    const found = findService(request);
    interfaces.checkFits?.(found, wanted);
    const { world, service, attachment } = attachInterface(request, found, wanted, request.fate);
    return { world, answer: interfaceAnswer(service, attachment, request.now) };
  }),

  get(`${base}/{name}`, (request) => {
    const service = findService(request);
    return interfaceAnswer(service, findAttachment(service, request.now, request.name), request.now);
  }),

  change('DELETE', `${base}/{name}`, 202, (request) => {
    return { world: detachInterface(request, findService(request), request.name), answer: {} };
  }),
];

function checkInterfaceId(provider: Provider, id: string): void {
  if (sandboxClouds[provider].interfaces.idShape.test(id)) return;
  throw new Refusal(404, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', `${id} is malformed.`, [id]);
}

/** Attaches an interface endpoint to a service that is ready. */
export function attachInterface(
  view: WorldView,
  service: Service,
  request: AttachRequest,
  fate?: FaultOutcome,
): { world: World; service: Service; attachment: Attachment } {
  const { now } = view;
  const status = statusOf(service, view);
  if (status !== 'AVAILABLE' && status !== 'WAITING_FOR_USER') {
    const what = `Service ${service.id} is ${status}.`;
    throw new Refusal(409, 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS', what, [service.id]);
  }
  if (interfacesOf(service, now).some(({ id }) => id === request.id)) {
    const what = `Interface endpoint ${request.id} already exists.`;
    throw new Refusal(409, 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS', what, [request.id]);
  }
  const accepted = accepts[service.provider](view, service, request);
  const times = { createdAt: now, availableAt: now + briefly(view.world.options), goneAt: null };
  const attachment = { ...request, ...times, fate: accepted.fate ?? fate };
  const changed = { ...service, interfaces: [...interfacesOf(service, now), attachment] };
  return { world: replaceService(accepted.world, changed), service: changed, attachment };
}

function findAttachment(service: Service, now: number, id: string): Attachment {
  checkInterfaceId(service.provider, id);
  const found = interfacesOf(service, now).find((each) => each.id === id);
  if (found) return found;
  throw new Refusal(404, 'PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND', `There is no interface endpoint ${id}.`, [id]);
}

/** Removes an interface endpoint. Removing the last one may delete its service. */
function detachInterface({ world, now }: WorldView, service: Service, id: string): World {
  const found = findAttachment(service, now, id);
  const goneAt = found.goneAt ?? now + briefly(world.options);
  const interfaces = service.interfaces.map((each) => (each === found ? { ...found, goneAt } : each));
  const others = interfaces.filter((each) => attachmentStatus(service, each, goneAt) !== null);
  const takesService = world.options.lastTakesService && others.length === 0;
  return replaceService(world, { ...service, interfaces, ...(takesService && { goneAt }) });
}

/** An interface endpoint in the format of the API. */
function interfaceAnswer(service: Service, attachment: Attachment, now: number): AnswerBody {
  const { provider } = service;
  const { failed, answer } = sandboxClouds[provider].interfaces;
  const status = attachmentStatus(service, attachment, now);
  return {
    cloudProvider: provider,
    deleteRequested: attachment.goneAt !== null,
    errorMessage: status === failed ? failureOf(attachment.fate, service, now) : null,
    ...answer(attachment, status, service),
  };
}
