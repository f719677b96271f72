import type { Provider } from '../clouds/all.js';
import { interfaceAnswer } from './answers.js';
import { acceptEndpoint } from './aws/linking.js';
import { sandboxClouds } from './clouds/all.js';
import type { AnswerBody } from './clouds/cloud.js';
import type { Fate } from './faults.js';
import { Refusal } from './refusal.js';
import type { ApiRoute, Router } from './requests.js';
import { attachmentStatus, findService, interfacesOf, statusOf } from './services.js';
import { type Attachment, type AttachRequest, briefly, replaceService, type Service, type World } from './world.js';

const base = '/groups/{project}/privateEndpoint/{provider}/endpointService/{service}/endpoint';

/** The routes for the interface endpoints of a service. */
export function interfaceRoutes({ get, change }: Router): ApiRoute[] {
  return [
    change('POST', base, 201, (old, { project, provider, service: id, body, now, fate }) => {
      const { interfaces } = sandboxClouds[provider];
      const request = interfaces.read(Object(body) as AnswerBody);
      checkInterfaceId(provider, request.id);
      const found = findService(old, now, project, provider, id);
      interfaces.checkFits?.(found, request);
      const { world, service, attachment } = attachInterface(old, now, found, request, fate);
      return { world, answer: interfaceAnswer(service, attachment, now) };
    }),

    get(`${base}/{name}`, (world, { project, provider, service: id, name, now }) => {
      const service = findService(world, now, project, provider, id);
      return interfaceAnswer(service, findAttachment(service, now, name), now);
    }),

    change('DELETE', `${base}/{name}`, 202, (world, { project, provider, service: id, name, now }) => {
      const service = findService(world, now, project, provider, id);
      return { world: detachInterface(world, now, service, name), answer: {} };
    }),
  ];
}

function checkInterfaceId(provider: Provider, id: string): void {
  if (sandboxClouds[provider].interfaces.idShape.test(id)) return;
  throw new Refusal(404, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', `${id} is malformed.`, [id]);
}

/** Attaches an interface endpoint to a service that is ready. */
export function attachInterface(
  world: World,
  now: number,
  service: Service,
  request: AttachRequest,
  fate?: Fate,
): { world: World; service: Service; attachment: Attachment } {
  const status = statusOf(service, world.options, now);
  if (status !== 'AVAILABLE' && status !== 'WAITING_FOR_USER') {
    const what = `Service ${service.id} is ${status}.`;
    throw new Refusal(409, 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS', what, [service.id]);
  }
  if (interfacesOf(service, now).some(({ id }) => id === request.id)) {
    const what = `Interface endpoint ${request.id} already exists.`;
    throw new Refusal(409, 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS', what, [request.id]);
  }
  const accepted = acceptEndpoint(world, service, request.id, now);
  const times = { createdAt: now, availableAt: now + briefly(world.options), goneAt: null };
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
function detachInterface(world: World, now: number, service: Service, id: string): World {
  const found = findAttachment(service, now, id);
  const goneAt = found.goneAt ?? now + briefly(world.options);
  const interfaces = service.interfaces.map((each) => (each === found ? { ...found, goneAt } : each));
  const others = interfaces.filter((each) => attachmentStatus(service, each, goneAt) !== null);
  const takesService = world.options.lastTakesService && others.length === 0;
  return replaceService(world, { ...service, interfaces, ...(takesService && { goneAt }) });
}
