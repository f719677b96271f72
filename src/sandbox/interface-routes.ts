import type { Clock } from '../base/clock.js';
import type { Provider } from '../clouds/all.js';
import { interfaceAnswer } from './answers.js';
import { attachInterface, detachInterface, findAttachment } from './attaching.js';
import { sandboxClouds } from './clouds/all.js';
import type { AnswerBody } from './clouds/cloud.js';
import { Refusal } from './refusal.js';
import { type ApiRoute, atlasId, providerOf, route } from './requests.js';
import { findService, forgetGone } from './services.js';
import type { Store } from './store.js';
import type { AttachRequest } from './world.js';

const base = '/groups/*/privateEndpoint/*/endpointService/*/endpoint';

/** The routes for the interface endpoints of a service. */
export function interfaceRoutes(store: Store, clock: Clock): ApiRoute[] {
  return [
    route('POST', base, async ({ parts, body, fate }) => {
      const [project, provider, id] = placeOf(parts);
      const request = attachRequest(provider, body);
      const now = clock.now();
      const answer = await store.update((old) => {
        const world = forgetGone(old, now);
        const service = findService(world, now, project, provider, id);
        sandboxClouds[provider].interfaces.checkFits?.(service, request);
        const next = attachInterface(world, now, service, request, fate);
        return { world: next.world, answer: interfaceAnswer(next.service, next.attachment, now) };
      });
      return { status: 201, body: answer };
    }),

    route('GET', `${base}/*`, async ({ parts }) => {
      const [[project, provider, id], now] = [placeOf(parts), clock.now()];
      const service = findService(await store.read(), now, project, provider, id);
      const attachment = findAttachment(service, now, interfaceId(provider, parts[3]));
      return { status: 200, body: interfaceAnswer(service, attachment, now) };
    }),

    route('DELETE', `${base}/*`, async ({ parts }) => {
      const [[project, provider, id], now] = [placeOf(parts), clock.now()];
      const name = interfaceId(provider, parts[3]);
      await store.update((old) => {
        const world = forgetGone(old, now);
        const service = findService(world, now, project, provider, id);
        return { world: detachInterface(world, now, service, name), answer: undefined };
      });
      return { status: 202, body: {} };
    }),
  ];
}

function placeOf([group = '', cloud = '', id = '']: readonly string[]): [string, Provider, string] {
  return [atlasId(group, 'groupId'), providerOf(cloud), atlasId(id, 'endpointServiceId')];
}

/** Reads the body of a request to attach an interface endpoint. */
function attachRequest(provider: Provider, body: unknown): AttachRequest {
  const request = sandboxClouds[provider].interfaces.read(Object(body) as AnswerBody);
  return { ...request, id: interfaceId(provider, request.id) };
}

function interfaceId(provider: Provider, id = ''): string {
  if (sandboxClouds[provider].interfaces.idShape.test(id)) return id;
  throw new Refusal(404, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', `${id} is malformed.`, [id]);
}
