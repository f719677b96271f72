import { isFailure } from '../base/errors.js';
import type { RequestLimits } from '../base/request-limits.js';
import { type Provider, remoteProvider } from '../clouds/all.js';
import type { InterfaceRequest } from '../clouds/cloud.js';
import { type ApiKey, toApiKey } from './api-key.js';
import { type AuthCache, basicAuth, bearerAuth, type Credentials, digestAuth, serviceAccountAuth } from './auth.js';
import { type Cluster, toCluster } from './clusters.js';
import { AnswerError, ApiError, SignInError } from './errors.js';
import type { Auth } from './exchange.js';
import { createSend, type HttpCall, type HttpOptions, type Send } from './http.js';
import { path } from './ids.js';
import { type InterfaceEndpoint, toInterface } from './interfaces.js';
import { type Endpoint, type Project, toEndpoint, toEndpoints, toProject } from './model.js';
import { fields, type Page, toPage } from './read.js';
import type { Method } from './retry.js';

/** The API version for almost every call. Atlas uses the newest version that is not after this date. */
const version = 'application/vnd.atlas.2023-01-01+json';
const clusterVersion = 'application/vnd.atlas.2024-08-05+json';
const itemsPerPage = 500;
/** No list has this many pages. */
const mostPages = 100;

/** Clocks differ by less than this. A larger difference comes from a proxy that caches or invents the Date header. */
const mostSkewMs = 60 * 60_000;

/** A request without its credentials. */
export interface ApiRequest {
  method: Method;
  path: string;
  body?: Record<string, unknown>;
}

/** A service to create. Regions are in Atlas's spelling: Atlas accepts no other for remote regions. */
export interface ServiceRequest {
  provider: Provider;
  atlasRegion: string;
  /** The AWS regions that may connect from outside the service's region. */
  remoteRegions?: readonly string[] | undefined;
  /** GCP only: one service attachment for all nodes, or one for each. */
  portMapping?: boolean | undefined;
}

/** The request that creates a private endpoint service. */
export function createServiceRequest(projectId: string, service: ServiceRequest): ApiRequest {
  const { provider, atlasRegion, remoteRegions, portMapping } = service;
  return {
    method: 'POST',
    path: path`/api/atlas/v2/groups/${projectId}/privateEndpoint/endpointService`,
    body: {
      providerName: provider,
      region: atlasRegion,
      ...(remoteRegions && { supportedRemoteRegions: remoteRegions }),
      ...(portMapping !== undefined && { portMappingEnabled: portMapping }),
    },
  };
}

/** The calls of the Atlas Admin API. Each call throws the errors of `errors.ts`. */
export interface Atlas {
  listServices(projectId: string, provider: Provider, limits?: RequestLimits): Promise<Endpoint[]>;
  getService(projectId: string, provider: Provider, id: string, limits?: RequestLimits): Promise<Endpoint>;
  createService(projectId: string, service: ServiceRequest): Promise<Endpoint>;
  /** Replaces the remote regions of an AWS service, in Atlas's spelling. */
  updateService(projectId: string, id: string, remoteRegions: readonly string[]): Promise<Endpoint>;
  /** Resolves as soon as Atlas has accepted the request. The service disappears some time later. */
  deleteService(projectId: string, provider: Provider, id: string): Promise<void>;
  addInterface(service: Endpoint, request: InterfaceRequest): Promise<InterfaceEndpoint>;
  getInterface(service: Endpoint, id: string, limits?: RequestLimits): Promise<InterfaceEndpoint>;
  /** Resolves as soon as Atlas has accepted the request. The interface endpoint disappears some time later. */
  removeInterface(service: Endpoint, id: string): Promise<void>;
  /** Whether a region may have several private endpoints. */
  getRegionalMode(projectId: string, limits?: RequestLimits): Promise<boolean>;
  setRegionalMode(projectId: string, enabled: boolean): Promise<boolean>;
  listClusters(projectId: string, limits?: RequestLimits): Promise<Cluster[]>;
  listProjects(): Promise<Project[]>;
  /** What Atlas says about the API key in use. Null for other credentials. */
  readKey(limits?: RequestLimits): Promise<ApiKey | null>;
  /** Null if the credentials can't access a project with this name. */
  findProject(name: string, limits?: RequestLimits): Promise<Project | null>;
  /**
   * How many milliseconds polls of this many requests must be apart, to leave half of the rate limit to other clients.
   */
  gapOfRateLimit(requests: number): number;
  /**
   * Converts this machine's time to Atlas's time; both are milliseconds since 1970. It uses the Date header of the last
   * response, or no difference if that date is not plausible.
   */
  timeThere(local: number): number;
}

export interface AtlasOptions extends HttpOptions {
  /** Keeps what was learned while signing in with these credentials. */
  cache?: AuthCache | undefined;
}

export function createAtlas(credentials: Credentials, options: AtlasOptions): Atlas {
  const rateLimit = createRateLimit();
  let ahead = 0;
  const exchange = createSend({
    ...options,
    onAnswer: (about) => {
      rateLimit.note(about.remaining);
      if (about.date === null) return;
      const skew = options.clock.now() - about.date;
      ahead = Math.abs(skew) <= mostSkewMs ? skew : 0;
    },
  });
  const auth = authOf(credentials, options, exchange);

  const send = (
    { method, path: url, body }: ApiRequest,
    { type = version, ...how }: Pick<HttpCall, 'limits' | 'repeatable'> & { type?: string } = {},
  ) =>
    exchange(
      {
        ...how,
        method,
        path: url,
        headers: { accept: type, ...(body && { 'content-type': type }) },
        ...(body && { body: JSON.stringify(body) }),
      },
      auth,
    );
  const get = (url: string, limits?: RequestLimits) => send({ method: 'GET', path: url }, { limits });
  const group = (projectId: string) => path`/api/atlas/v2/groups/${projectId}`;
  const services = (projectId: string, provider: Provider) =>
    group(projectId) + path`/privateEndpoint/${provider}/endpointService`;
  const interfaces = ({ projectId, provider, id }: Endpoint) => services(projectId, provider) + path`/${id}/endpoint`;
  const regionalMode = (projectId: string) => `${group(projectId)}/privateEndpoint/regionalMode`;

  /** Returns every item of a paged list once. Stops at the total, or at a page that isn't full or has nothing new. */
  const all = async <T extends { id: string; name: string }>(
    page: (query: string) => Promise<Page<T>>,
  ): Promise<T[]> => {
    const found = new Map<string, T>();
    for (let number = 1; number <= mostPages; number++) {
      const { items, total } = await page(`pageNum=${number}&itemsPerPage=${itemsPerPage}`);
      const before = found.size;
      for (const item of items) found.set(`${item.id} ${item.name}`, item);
      const isLast = items.length < itemsPerPage || found.size === before || (total !== null && found.size >= total);
      if (isLast) return [...found.values()];
    }
    throw new AnswerError(`Atlas returned more than ${mostPages} pages for one list.`);
  };

  return {
    listServices: async (projectId, provider, limits) =>
      toEndpoints(projectId, provider, await get(services(projectId, provider), limits)),

    getService: async (projectId, provider, id, limits) =>
      toEndpoint(projectId, provider, await get(services(projectId, provider) + path`/${id}`, limits)),

    createService: async (projectId, service) =>
      toEndpoint(projectId, service.provider, await send(createServiceRequest(projectId, service))),

    updateService: async (projectId, id, remoteRegions) => {
      const body = { cloudProvider: remoteProvider, supportedRemoteRegions: remoteRegions };
      const url = group(projectId) + path`/privateEndpoint/endpointService/${id}`;
      // Safe to repeat, like every request that states the desired result.
      return toEndpoint(
        projectId,
        remoteProvider,
        await send({ method: 'PATCH', path: url, body }, { repeatable: true }),
      );
    },

    deleteService: async (projectId, provider, id) => {
      await send({ method: 'DELETE', path: services(projectId, provider) + path`/${id}` }, { repeatable: true });
    },

    addInterface: async (service, request) => {
      const { body } = request;
      return toInterface(service, request.id, await send({ method: 'POST', path: interfaces(service), body }));
    },

    getInterface: async (service, id, limits) =>
      toInterface(service, id, await get(interfaces(service) + path`/${id}`, limits)),

    removeInterface: async (service, id) => {
      await send({ method: 'DELETE', path: interfaces(service) + path`/${id}` }, { repeatable: true });
    },

    getRegionalMode: async (projectId, limits) =>
      fields(await get(regionalMode(projectId), limits), 'regional mode').enabled === true,

    setRegionalMode: async (projectId, enabled) => {
      const request: ApiRequest = { method: 'PATCH', path: regionalMode(projectId), body: { enabled } };
      return fields(await send(request, { repeatable: true }), 'regional mode').enabled === true;
    },

    listClusters: (projectId, limits) =>
      all(async (query) => {
        const request: ApiRequest = { method: 'GET', path: `${group(projectId)}/clusters?${query}` };
        return toPage(await send(request, { type: clusterVersion, limits }), 'clusters', toCluster);
      }),

    listProjects: () => all(async (query) => toPage(await get(`/api/atlas/v2/groups?${query}`), 'projects', toProject)),

    readKey: async (limits) => toApiKey(await get('/api/atlas/v2', limits)),

    findProject: async (name, limits) => {
      try {
        return toProject(await get(path`/api/atlas/v2/groups/byName/${name}`, limits));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },

    gapOfRateLimit: rateLimit.gapMs,
    timeThere: (local) => local - ahead,
  };
}

const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };

function authOf(credentials: Credentials, { clock, cache, random }: AtlasOptions, send: Send): Auth {
  switch (credentials.kind) {
    case 'api-key':
      return digestAuth(credentials.publicKey, credentials.privateKey, clock, cache, random);
    case 'access-token':
      return bearerAuth(credentials.accessToken);
    case 'service-account': {
      const requestToken = async (authorization: string, limits?: RequestLimits) => {
        try {
          return await send(
            // A second token does no harm.
            {
              method: 'POST',
              path: '/api/oauth/token',
              headers: form,
              body: 'grant_type=client_credentials',
              repeatable: true,
              limits,
            },
            (_, exchange) => exchange(authorization),
          );
        } catch (error) {
          // The token request was retried already. The caller must not retry again, nor assume that its own request was
          // sent.
          if (isFailure(error)) throw new SignInError(error);
          throw error;
        }
      };
      return serviceAccountAuth(credentials, clock, requestToken, cache);
    }
  }
}

/** Revokes a token of a service account (RFC 7009), so that nobody can use it if they find it. */
export async function revokeToken(
  account: { clientId: string; clientSecret: string },
  token: string,
  options: HttpOptions,
) {
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString();
  await createSend(options)(
    { method: 'POST', path: '/api/oauth/revoke', headers: form, body, repeatable: true },
    (_, exchange) => exchange(basicAuth(account)),
  );
}

/** Atlas returns how many requests are left, but not when the rate limit resets. So a window of one minute is assumed. */
const windowMs = 60_000;

/** What we know about the rate limit. */
interface RateLimit {
  /** `remaining`: how many requests are left; null if the response doesn't say. */
  note(remaining: number | null): void;
  /**
   * How many milliseconds polls of this many requests must be apart, to leave half of the remaining requests to other
   * clients.
   */
  gapMs(requests: number): number;
}

export function createRateLimit(): RateLimit {
  let left: number | undefined;
  return {
    note: (remaining) => {
      left = remaining ?? left;
    },
    gapMs: (requests) => (left === undefined ? 0 : windowMs * Math.min(1, (2 * requests) / Math.max(1, left))),
  };
}
