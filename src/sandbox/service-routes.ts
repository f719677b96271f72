import type { Clock } from '../base/clock.js';
import { type Provider, providers } from '../clouds/all.js';
import { serviceAnswer } from './answers.js';
import { sandboxClouds } from './clouds/all.js';
import { checkBody } from './refusal.js';
import { type ApiRoute, atlasId, mustBe, olderRoute, providerOf, route } from './requests.js';
import {
  type CreateRequest,
  createService,
  deleteService,
  findService,
  forgetGone,
  servicesOf,
  updateService,
} from './services.js';
import type { Store } from './store.js';

const base = '/groups/*/privateEndpoint';

/** The clouds whose services accept remote regions. */
const withRemote = providers.filter((provider) => sandboxClouds[provider].remoteRegion);

/** Private endpoint services. */
export function serviceRoutes(store: Store, clock: Clock, random: () => number): ApiRoute[] {
  const one: ApiRoute['reply'] = async ({ parts: [group = '', cloud = '', id = ''] }) => {
    const [world, now] = [await store.read(), clock.now()];
    const [project, provider] = [atlasId(group, 'groupId'), providerOf(cloud)];
    const service = findService(world, now, project, provider, atlasId(id, 'endpointServiceId'));
    return { status: 200, body: serviceAnswer(world, service, now) };
  };

  return [
    route('POST', `${base}/endpointService`, async ({ parts: [group = ''], body, fate }) => {
      const project = atlasId(group, 'groupId');
      const request = createRequest(body);
      const now = clock.now();
      const created = await store.update((world) => {
        const next = createService(forgetGone(world, now), { now, random }, project, request, fate);
        return { world: next.world, answer: serviceAnswer(next.world, next.service, now) };
      });
      return { status: 201, body: created };
    }),

    route('PATCH', `${base}/endpointService/*`, async ({ parts: [group = '', id = ''], body }) => {
      const [project, service, now] = [atlasId(group, 'groupId'), atlasId(id, 'endpointServiceId'), clock.now()];
      const { cloudProvider, supportedRemoteRegions = null } = Object(body) as Record<string, unknown>;
      const provider = withRemote.find((name) => name === cloudProvider);
      checkBody({
        cloudProvider: [provider !== undefined, mustBe(withRemote)],
        supportedRemoteRegions: [isRemote(supportedRemoteRegions), 'up to 35 regions'],
      });
      const updated = await store.update((world) => {
        const remote = supportedRemoteRegions as string[] | null;
        const next = updateService(forgetGone(world, now), now, project, provider as Provider, service, remote);
        return { world: next.world, answer: serviceAnswer(next.world, next.service, now) };
      });
      return { status: 200, body: updated };
    }),

    route('GET', `${base}/*/endpointService`, async ({ parts: [group = '', cloud = ''] }) => {
      const [world, now] = [await store.read(), clock.now()];
      const services = servicesOf(world, now, atlasId(group, 'groupId'), providerOf(cloud));
      return { status: 200, body: services.map((service) => serviceAnswer(world, service, now)) };
    }),

    route('GET', `${base}/*/endpointService/*`, one),
    // Used by Terraform's import.
    olderRoute('GET', `${base}/*/endpointService/*`, one),

    route('DELETE', `${base}/*/endpointService/*`, async ({ parts: [group = '', cloud = '', id = ''] }) => {
      const [project, provider, now] = [atlasId(group, 'groupId'), providerOf(cloud), clock.now()];
      const service = atlasId(id, 'endpointServiceId');
      await store.update((world) => ({
        world: deleteService(forgetGone(world, now), now, project, provider, service),
        answer: undefined,
      }));
      return { status: 202, body: {} };
    }),
  ];
}

function createRequest(body: unknown): CreateRequest {
  const {
    providerName,
    region,
    supportedRemoteRegions = null,
    portMappingEnabled = false,
  } = Object(body) as Record<string, unknown>;
  checkBody({
    providerName: [providers.some((name) => name === providerName), mustBe(providers)],
    region: [typeof region === 'string' && region !== '', 'must not be empty'],
    supportedRemoteRegions: [isRemote(supportedRemoteRegions), 'up to 35 regions'],
    portMappingEnabled: [typeof portMappingEnabled === 'boolean', 'must be true or false'],
  });
  return {
    provider: providerName as Provider,
    region: region as string,
    supportedRemoteRegions: supportedRemoteRegions as string[] | null,
    portMappingEnabled: portMappingEnabled as boolean,
  };
}

function isRemote(value: unknown): boolean {
  return (
    value === null ||
    (Array.isArray(value) && value.length <= 35 && value.every((region) => typeof region === 'string'))
  );
}
