import { oneOf } from '../base/listed.js';
import { type Provider, providers } from '../clouds/all.js';
import { fromAtlasRegion } from '../clouds/regions.js';
import { sandboxClouds } from './clouds/all.js';
import type { AnswerBody } from './clouds/cloud.js';
import { checkBody } from './refusal.js';
import { type ApiRead, type ApiRoute, change, get, olderGet } from './requests.js';
import {
  type CreateRequest,
  checkRemoteRegions,
  createService,
  deleteService,
  failureOf,
  findService,
  interfacesOf,
  servicesOf,
  statusOf,
} from './services.js';
import { replaceService, type Service, type WorldView } from './world.js';

const base = '/groups/{project}/privateEndpoint';

/** The clouds whose services accept remote regions. */
const withRemote = providers.filter((provider) => sandboxClouds[provider].remoteRegion);

const one = `${base}/{provider}/endpointService/{service}`;
const readOne: ApiRead = (request) => serviceAnswer(findService(request), request);

/** The routes for private endpoint services. */
export const serviceRoutes: readonly ApiRoute[] = [
  change('POST', `${base}/endpointService`, 201, (request) => {
    const { world, service } = createService(request, createRequest(request.body));
    return { world, answer: serviceAnswer(service, request) };
  }),

  change('PATCH', `${base}/endpointService/{service}`, 200, (request) => {
    const { cloudProvider, supportedRemoteRegions = null } = Object(request.body) as Record<string, unknown>;
    const provider = withRemote.find((name) => name === cloudProvider) as Provider;
    checkBody({
      cloudProvider: [provider !== undefined, `must be ${oneOf(withRemote)}`],
      supportedRemoteRegions: [isRemote(supportedRemoteRegions), 'up to 35 regions'],
    });
    const found = findService({ ...request, provider });
    const service = { ...found, supportedRemoteRegions: supportedRemoteRegions as string[] | null };
    checkRemoteRegions(service);
    return { world: replaceService(request.world, service), answer: serviceAnswer(service, request) };
  }),

  get(`${base}/{provider}/endpointService`, (request) =>
    servicesOf(request).map((service) => serviceAnswer(service, request)),
  ),

  get(one, readOne),
  // Used by Terraform's import.
  olderGet(one, readOne),

  change('DELETE', one, 202, (request) => {
    return { world: deleteService(findService(request), request), answer: {} };
  }),
];

function createRequest(body: unknown): CreateRequest {
  const fields = Object(body) as Record<string, unknown>;
  const { providerName, region, supportedRemoteRegions = null, portMappingEnabled = false } = fields;
  checkBody({
    providerName: [providers.some((name) => name === providerName), `must be ${oneOf(providers)}`],
    region: [typeof region === 'string' && region !== '', 'must not be empty'],
    supportedRemoteRegions: [isRemote(supportedRemoteRegions), 'up to 35 regions'],
    portMappingEnabled: [typeof portMappingEnabled === 'boolean', 'must be true or false'],
  });
  return { provider: providerName, region, supportedRemoteRegions, portMappingEnabled } as CreateRequest;
}

function isRemote(value: unknown): boolean {
  return (
    value === null ||
    (Array.isArray(value) && value.length <= 35 && value.every((region) => typeof region === 'string'))
  );
}

/** A service in the format of the API: its field names, and null where the live API returns null. */
function serviceAnswer(service: Service, view: WorldView): AnswerBody {
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
      region: fromAtlasRegion(provider, atlasRegion),
      isReady: now >= readyAt && fate === undefined,
      attached: interfacesOf(service, now).map((each) => each.id),
    }),
  };
}
