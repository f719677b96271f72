import { CliError, InterruptedError } from '../errors.js';
import {
  type Auth,
  basicAuth,
  bearerAuth,
  type Credentials,
  digestAuth,
  type Memo,
  serviceAccountAuth,
} from './auth.js';
import { ApiError, SignInError } from './errors.js';
import { type Call, createSend, type HttpOptions, type Patience, type Send } from './http.js';
import { path } from './ids.js';
import { type Endpoint, type Project, toEndpoint, toEndpoints, toProject, toProjectPage } from './model.js';
import type { Provider } from './provider.js';
import type { Method } from './retry.js';

/** The version of the API for every call here; Atlas takes it as the newest one not after this date. */
const version = 'application/vnd.atlas.2023-01-01+json';
const projectsPerPage = 500;

/** A request as it will be sent, before credentials. */
export interface ApiRequest {
  method: Method;
  path: string;
  body?: Record<string, unknown>;
}

/** The request that asks for a private endpoint service. `atlasRegion` is in Atlas's spelling. */
export function createServiceRequest(projectId: string, provider: Provider, atlasRegion: string): ApiRequest {
  return {
    method: 'POST',
    path: path`/api/atlas/v2/groups/${projectId}/privateEndpoint/endpointService`,
    body: { providerName: provider, region: atlasRegion },
  };
}

/** The calls of the Atlas Admin API. Each throws the errors of `errors.ts`. */
export interface Atlas {
  listServices(projectId: string, provider: Provider, patience?: Patience): Promise<Endpoint[]>;
  getService(projectId: string, provider: Provider, id: string, patience?: Patience): Promise<Endpoint>;
  createService(projectId: string, provider: Provider, atlasRegion: string): Promise<Endpoint>;
  /** Resolves as soon as Atlas has accepted it; the service is gone some time later. */
  deleteService(projectId: string, provider: Provider, id: string): Promise<void>;
  listProjects(): Promise<Project[]>;
  /** Null where no project that this key can see has the name. */
  findProject(name: string): Promise<Project | null>;
  /** How many requests the rate limit leaves, as the last answer said; null where none said it. */
  remaining(): number | null;
}

export interface AtlasOptions extends HttpOptions {
  /** Keeps what signing in with these credentials learns. */
  memo?: Memo | undefined;
}

export function createAtlas(credentials: Credentials, options: AtlasOptions): Atlas {
  let remaining: number | null = null;
  const exchange = createSend({
    ...options,
    onRemaining: (requests) => {
      remaining = requests;
    },
  });
  const auth = authOf(credentials, options, exchange);

  const send = ({ method, path: url, body }: ApiRequest, how: Pick<Call, 'patience' | 'repeatable'> = {}) =>
    exchange(
      {
        ...how,
        method,
        path: url,
        headers: { accept: version, ...(body && { 'content-type': version }) },
        ...(body && { body: JSON.stringify(body) }),
      },
      auth,
    );
  const get = (url: string, patience?: Patience) => send({ method: 'GET', path: url }, { patience });
  const services = (projectId: string, provider: Provider) =>
    path`/api/atlas/v2/groups/${projectId}/privateEndpoint/${provider}/endpointService`;

  return {
    listServices: async (projectId, provider, patience) =>
      toEndpoints(projectId, provider, await get(services(projectId, provider), patience)),

    getService: async (projectId, provider, id, patience) =>
      toEndpoint(projectId, provider, await get(services(projectId, provider) + path`/${id}`, patience)),

    createService: async (projectId, provider, atlasRegion) =>
      toEndpoint(projectId, provider, await send(createServiceRequest(projectId, provider, atlasRegion))),

    deleteService: async (projectId, provider, id) => {
      // Asking twice asks for the same.
      await send({ method: 'DELETE', path: services(projectId, provider) + path`/${id}` }, { repeatable: true });
    },

    listProjects: async () => {
      const all: Project[] = [];
      for (let page = 1; ; page++) {
        const answer = await get(`/api/atlas/v2/groups?pageNum=${page}&itemsPerPage=${projectsPerPage}`);
        const { projects, total } = toProjectPage(answer);
        all.push(...projects);
        if (projects.length < projectsPerPage || all.length === total) return all;
      }
    },

    findProject: async (name) => {
      try {
        return toProject(await get(path`/api/atlas/v2/groups/byName/${name}`));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },

    remaining: () => remaining,
  };
}

const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };

function authOf(credentials: Credentials, { clock, memo }: AtlasOptions, send: Send): Auth {
  switch (credentials.kind) {
    case 'api-key':
      return digestAuth(credentials.publicKey, credentials.privateKey, clock, memo);
    case 'access-token':
      return bearerAuth(credentials.accessToken);
    case 'service-account': {
      const requestToken = async (authorization: string) => {
        try {
          return await send(
            // A second token does no harm.
            {
              method: 'POST',
              path: '/api/oauth/token',
              headers: form,
              body: 'grant_type=client_credentials',
              repeatable: true,
            },
            (_, exchange) => exchange(authorization),
          );
        } catch (error) {
          // Tried often enough: whoever waits for the token must neither try again nor think that its request left.
          if (error instanceof CliError && !(error instanceof InterruptedError)) throw new SignInError(error);
          throw error;
        }
      };
      return serviceAccountAuth(credentials, clock, requestToken, memo);
    }
  }
}

/** Takes a token of a service account back (RFC 7009), so that it is of no use to whoever finds it. */
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
