import { type Provider, providers } from '../clouds/all.js';
import { serviceAnswer } from './answers.js';
import { sandboxClouds } from './clouds/all.js';
import { checkBody } from './refusal.js';
import { type ApiRoute, mustBe, type Router } from './requests.js';
import {
  type CreateRequest,
  createService,
  deleteService,
  findService,
  servicesOf,
  updateService,
} from './services.js';

const base = '/groups/{project}/privateEndpoint';

/** The clouds whose services accept remote regions. */
const withRemote = providers.filter((provider) => sandboxClouds[provider].remoteRegion);

/** The routes for private endpoint services. */
export function serviceRoutes({ get, olderGet, change }: Router, random: () => number): ApiRoute[] {
  const one = `${base}/{provider}/endpointService/{service}`;
  const readOne: Parameters<Router['get']>[1] = (world, { now, project, provider, service }) =>
    serviceAnswer(world, findService(world, now, project, provider, service), now);

  return [
    change('POST', `${base}/endpointService`, 201, (old, { project, body, now, fate }) => {
      const { world, service } = createService(old, { now, random }, project, createRequest(body), fate);
      return { world, answer: serviceAnswer(world, service, now) };
    }),

    change('PATCH', `${base}/endpointService/{service}`, 200, (old, { project, service: id, body, now }) => {
      const { cloudProvider, supportedRemoteRegions: remote = null } = Object(body) as Record<string, unknown>;
      const provider = withRemote.find((name) => name === cloudProvider);
      checkBody({
        cloudProvider: [provider !== undefined, mustBe(withRemote)],
        supportedRemoteRegions: [isRemote(remote), 'up to 35 regions'],
      });
      const { world, service } = updateService(old, now, project, provider as Provider, id, remote as string[] | null);
      return { world, answer: serviceAnswer(world, service, now) };
    }),

    get(`${base}/{provider}/endpointService`, (world, { project, provider, now }) =>
      servicesOf(world, now, project, provider).map((service) => serviceAnswer(world, service, now)),
    ),

    get(one, readOne),
    // Used by Terraform's import.
    olderGet(one, readOne),

    change('DELETE', one, 202, (world, { project, provider, service, now }) => {
      return { world: deleteService(world, now, project, provider, service), answer: {} };
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
