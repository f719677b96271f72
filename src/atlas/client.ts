import pLimit from 'p-limit';
import { type Provider, remoteProvider } from '../clouds/all.js';
import type { InterfaceRequest } from '../clouds/facts.js';
import type { RequestLimits } from '../http/ask.js';
import { isRefusal } from '../http/request-error.js';
import { type Auth, type AuthCache, bearerAuth, type Credentials, digestAuth, serviceAccountAuth } from './auth.js';
import { toCluster } from './clusters.js';
import type { Nonce } from './digest.js';
import { fields, listOf, unusable } from './errors.js';
import { path } from './ids.js';
import { type Endpoint, toEndpoint, toInterface, toKeyRoles, toProject } from './model.js';
import { createSend, type HttpOptions, type Method, type Send } from './send.js';

/** The API version for almost every call. Atlas uses the newest version that is not after this date. */
const usualVersion = '2023-01-01';
const clusterVersion = '2024-08-05';
const itemsPerPage = 500;
const mostPages = 100;

/** Clocks differ by less than this. A larger difference comes from a proxy that caches or invents the Date header. */
const mostSkewMs = 60 * 60_000;

interface ApiRequest {
  method: Method;
  path: string;
  body?: Record<string, unknown>;
  version?: string;
  limits?: RequestLimits | undefined;
}

/** A service to create. Regions are in Atlas's spelling: Atlas accepts no other for remote regions. */
export interface ServiceRequest {
  provider: Provider;
  atlasRegion: string;
  remoteRegions?: readonly string[] | undefined;
  /** GCP only: one service attachment for all nodes, or one for each. */
  portMapping?: boolean | undefined;
}

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

export type Atlas = ReturnType<typeof createAtlas>;

export interface AtlasOptions extends HttpOptions {
  /** For the token of a service account. */
  cache?: AuthCache | undefined;
  /** For an API key, as in `digestAuth`. */
  idleNonces?: Nonce[] | undefined;
}

/** The calls of the Atlas Admin API. Each call throws the errors of `errors.ts`. */
export function createAtlas(credentials: Credentials, options: AtlasOptions) {
  /** How far this machine's clock is ahead of Atlas's. */
  let aheadMs = 0;
  const onAnswer: HttpOptions['onAnswer'] = ({ date }) => {
    const skew = options.clock.now() - Date.parse(String(date));
    if (!Number.isNaN(skew)) aheadMs = Math.abs(skew) <= mostSkewMs ? skew : 0;
  };
  const exchange = createSend({ ...options, onAnswer });
  const auth = authOf(credentials, options, exchange);
  const creating = pLimit(1);
  const send = ({ method, path: url, body, version = usualVersion, limits }: ApiRequest) => {
    const type = `application/vnd.atlas.${version}+json`;
    const headers = { accept: type, ...(body && { 'content-type': type }) };
    return exchange({ method, path: url, headers, limits, ...(body && { body: JSON.stringify(body) }) }, auth);
  };
  const get = (url: string, limits?: RequestLimits) => send({ method: 'GET', path: url, limits });
  return {
    listServices: async (projectId: string, provider: Provider, limits?: RequestLimits) => {
      const answer = await get(services(projectId, provider), limits);
      const all = listOf(answer, 'list of private endpoint services').map((item) =>
        toEndpoint(projectId, provider, item),
      );
      // One that was created during the answer may be there twice.
      return [...new Map(all.map((each) => [each.id, each])).values()];
    },
    getService: async (projectId: string, provider: Provider, id: string, limits?: RequestLimits) =>
      toEndpoint(projectId, provider, await get(services(projectId, provider) + path`/${id}`, limits)),
    /** One after the other: Atlas refuses some of several at once in a project (see `isNoCapacity`). */
    createService: async (projectId: string, service: ServiceRequest) => {
      const answer = await creating(() => send(createServiceRequest(projectId, service)));
      return toEndpoint(projectId, service.provider, answer);
    },
    /** Replaces the remote regions of an AWS service, in Atlas's spelling. */
    updateService: async (projectId: string, id: string, remoteRegions: readonly string[]) => {
      const url = group(projectId) + path`/privateEndpoint/endpointService/${id}`;
      const body = { cloudProvider: remoteProvider, supportedRemoteRegions: remoteRegions };
      return toEndpoint(projectId, remoteProvider, await send({ method: 'PATCH', path: url, body }));
    },
    /** Resolves as soon as Atlas has accepted the request. The service disappears some time later. */
    deleteService: async (projectId: string, provider: Provider, id: string) => {
      await send({ method: 'DELETE', path: services(projectId, provider) + path`/${id}` });
    },
    addInterface: async (service: Endpoint, { id, body }: InterfaceRequest) =>
      toInterface(service, id, await send({ method: 'POST', path: interfaces(service), body })),
    getInterface: async (service: Endpoint, id: string, limits?: RequestLimits) =>
      toInterface(service, id, await get(interfaces(service) + path`/${id}`, limits)),
    removeInterface: async (service: Endpoint, id: string) => {
      await send({ method: 'DELETE', path: interfaces(service) + path`/${id}` });
    },
    getRegionalMode: async (projectId: string, limits?: RequestLimits) =>
      fields(await get(regionalMode(projectId), limits), 'regional mode').enabled === true,
    setRegionalMode: async (projectId: string, enabled: boolean) => {
      const answer = await send({ method: 'PATCH', path: regionalMode(projectId), body: { enabled } });
      return fields(answer, 'regional mode').enabled === true;
    },
    listClusters: (projectId: string, limits?: RequestLimits) =>
      allOf(send, { path: `${group(projectId)}/clusters`, version: clusterVersion, limits }, 'clusters', toCluster),
    listProjects: (limits?: RequestLimits) =>
      allOf(send, { path: '/api/atlas/v2/groups', limits }, 'projects', toProject),
    getProject: async (id: string, limits?: RequestLimits) => toProject(await get(group(id), limits)),
    readKeyRoles: async (limits?: RequestLimits) => toKeyRoles(await get('/api/atlas/v2', limits)),
    /** Null if the credentials can't access a project with this name. */
    findProject: async (name: string, limits?: RequestLimits) => {
      try {
        return toProject(await get(path`/api/atlas/v2/groups/byName/${name}`, limits));
      } catch (error) {
        if (isRefusal(error) && error.status === 404) return null;
        throw error;
      }
    },
    /** Revokes a token of this service account (RFC 7009), so that it is useless if someone finds it. */
    revokeToken: async (token: string) => {
      if (credentials.kind !== 'service-account') return;
      await postForm(exchange, '/api/oauth/revoke', { token, token_type_hint: 'access_token' }, credentials);
    },
    /** This machine's time by Atlas's clock, if that is plausible. Milliseconds since 1970. */
    timeThere: (local: number) => local - aheadMs,
  };
}

const group = (projectId: string) => path`/api/atlas/v2/groups/${projectId}`;
const services = (projectId: string, provider: Provider) =>
  group(projectId) + path`/privateEndpoint/${provider}/endpointService`;
const interfaces = ({ projectId, provider, id }: Endpoint) => services(projectId, provider) + path`/${id}/endpoint`;
const regionalMode = (projectId: string) => `${group(projectId)}/privateEndpoint/regionalMode`;

/** Returns every item of a paged list once. Stops at the total, at a page with nothing new, or, without a total, at one that isn't full. */
async function allOf<T extends { id: string; name?: unknown }>(
  send: (request: ApiRequest) => Promise<unknown>,
  list: Omit<ApiRequest, 'method'>,
  what: string,
  toItem: (item: unknown) => T,
): Promise<T[]> {
  const found = new Map<string, T>();
  for (let number = 1; number <= mostPages; number++) {
    const query = `pageNum=${number}&itemsPerPage=${itemsPerPage}`;
    const answer = await send({ ...list, method: 'GET', path: `${list.path}?${query}` });
    const { results, totalCount } = fields(answer, `page of ${what}`);
    const items = listOf(results, `page of ${what}`).map(toItem);
    const before = found.size;
    for (const item of items) found.set(`${item.id} ${item.name}`, item);
    // As MongoDB's Terraform provider counts (AllPages): a page that isn't full doesn't end a list that has a total.
    const isAll = typeof totalCount === 'number' ? found.size >= totalCount : items.length < itemsPerPage;
    if (isAll || found.size === before) return [...found.values()];
  }
  throw unusable(`Atlas returned more than ${mostPages} pages for one list.`);
}

function authOf(credentials: Credentials, { clock, cache, idleNonces }: AtlasOptions, send: Send): Auth {
  if (credentials.kind === 'access-token') return bearerAuth(credentials.accessToken);
  if (credentials.kind === 'api-key') return digestAuth(credentials.publicKey, credentials.privateKey, idleNonces);
  const form = { grant_type: 'client_credentials' };
  const requestToken = (limits?: RequestLimits) => postForm(send, '/api/oauth/token', form, credentials, limits);
  return serviceAccountAuth(clock, requestToken, cache);
}

type ServiceAccount = Extract<Credentials, { kind: 'service-account' }>;

/** Sends a form to get or revoke a token. Sending it twice does no harm. */
function postForm(
  send: Send,
  url: string,
  form: Record<string, string>,
  { clientId, clientSecret }: ServiceAccount,
  limits?: RequestLimits,
): Promise<unknown> {
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  // Not percent-encoded: Atlas departs from RFC 6749 §2.3.1 here.
  const account = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return send({ method: 'POST', path: url, headers, body, isHarmless: true, limits }, (_, exchange) =>
    exchange(`Basic ${account}`),
  );
}
